"""`goalsmith domains`: the bundled library."""

from __future__ import annotations

from typing import Annotated

import typer

from goalsmith.commands.options import Json


def domains(
    name: Annotated[str | None, typer.Argument(help="A domain, to see it in full.")] = None,
    as_json: Json = False,
) -> None:
    """List the bundled domains, or show one: what can be said in it, and its instances.

    Example: goalsmith domains software-release
    """
    from rich.table import Table
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.library import bundled, names
    from goalsmith.domains.outcome import Outcome

    if name is None:
        libraries = [bundled(each) for each in names()]
        if as_json:
            out.say_json(Outcome.YES, domains=[render.library_fields(x) for x in libraries])
            out.leave(Outcome.YES)
        table = Table("domain", "what it is", "instances", "sizes", box=None, pad_edge=False)
        for library in libraries:
            sizes = ", ".join(f"{s.name} {s.low}–{s.high}" for s in library.sizes)
            instances = ", ".join(i.name for i in library.instances)
            table.add_row(
                Text(library.name, style="bold"), library.wording.summary, instances, sizes
            )
        out.say(table)
    else:
        library = bundled(name)
        if as_json:
            out.say_json(Outcome.YES, **render.library_fields(library, full=True))
        else:
            out.say(*render.library_page(library))
    out.leave(Outcome.YES)
