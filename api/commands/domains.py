"""`goalsmith domains`: the library, problems of any size from it, and wordings to begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from goalsmith.commands.options import Json

if TYPE_CHECKING:
    from goalsmith.domains.library import LibraryDomain

MOST_PROBLEMS = 1000
"""Problems that one command generates."""

_SIZE = re.compile(r"(?P<name>[^=\s]+)=(?P<number>[+-]?[0-9]{1,18})")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A domain of the library, or a folder like its own.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files.")]


class NameOrCommand(TyperGroup):
    """A group whose first word, where it is no command, is what the command `show` is to show."""

    # Click's types: typer brings a click of its own in some versions, and uses click in others.
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command's name, the command, and its arguments."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=NameOrCommand)


@app.callback(invoke_without_command=True)
def domains(ctx: typer.Context, as_json: Json = False) -> None:
    """List the domains of the library with the sizes of their problems, or show one by its NAME.

    Example: goalsmith domains software-release
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = as_json
        return
    from rich.table import Table
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.library import bundled, clashes, names
    from goalsmith.domains.outcome import Outcome

    libraries = []
    problems = list(clashes())
    for name in names():
        try:
            libraries.append(bundled(name))
        except InputError as error:
            problems.append(str(error))
    if as_json:
        fields = [render.library_fields(library) for library in libraries]
        out.say_json(Outcome.YES, domains=fields, problems=problems)
        out.leave(Outcome.YES)
    table = Table("domain", "what it is", "instances", "sizes", box=None, pad_edge=False)
    for library in libraries:
        sizes = ", ".join(f"{s.name} {s.low}–{s.high}" for s in library.sizes)
        instances = ", ".join(i.name for i in library.instances)
        table.add_row(Text(library.name, style="bold"), library.wording.summary, instances, sizes)
    out.say(table)
    for problem in problems:
        out.remark(problem)
    out.leave(Outcome.YES)


@app.command("show")
def show(ctx: typer.Context, name: Name, as_json: Json = False) -> None:
    """Show a domain in full: what can be said and done in it, its instances and sizes.

    `goalsmith domains NAME` does the same where NAME is no command.

    Example: goalsmith domains show software-release
    """
    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.outcome import Outcome

    library = _library(name)
    if as_json or ctx.obj:
        out.say_json(Outcome.YES, **render.library_fields(library, full=True))
    else:
        out.say(render.grouped(*render.library_page(library)))
    out.leave(Outcome.YES)


@app.command("generate")
def generate(
    ctx: typer.Context,
    name: Name,
    size: Annotated[
        list[str] | None,
        typer.Option(
            "--size",
            help="A size of the problems, such as blocks=8; `goalsmith domains NAME` lists them.",
            metavar="NAME=NUMBER",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="The same seed gives the same problem.", min=0)
    ] = 0,
    count: Annotated[
        int,
        typer.Option(
            "--count",
            help="Problems, of seeds one after the other: p01.pddl, p02.pddl, …",
            min=1,
            max=MOST_PROBLEMS,
        ),
    ] = 1,
    folder: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="The folder to write to; by default one named after the domain, in this folder.",
            metavar="DIR",
        ),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write a random problem that has a plan, with its domain: domain.pddl and problem.pddl.

    Example: goalsmith domains generate blocksworld --size blocks=8 --seed 3 -o towers
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.sizes import chosen_sizes
    from goalsmith.domains.writer import write_domain, write_problem

    library = _library(name)
    sizes = _sizes(size or [])
    folder = folder or Path(library.name)
    seeds = range(seed, seed + count)
    width = max(2, len(str(count)))
    texts = {folder / "domain.pddl": write_domain(library.domain)}
    problems = {}
    for number, each in enumerate(seeds, 1):
        file = folder / ("problem.pddl" if count == 1 else f"p{number:0{width}}.pddl")
        texts[file] = write_problem(library.generate(each, **sizes))
        problems[each] = file
    _write(texts, force)
    if as_json or ctx.obj:
        out.say_json(
            Outcome.YES,
            name=library.name,
            sizes=chosen_sizes(library.sizes, sizes),
            domain=str(folder / "domain.pddl"),
            problems=[{"seed": each, "file": str(file)} for each, file in problems.items()],
        )
    else:
        out.remark(f"{count} problem{'' if count == 1 else 's'} written to {folder}")
    out.leave(Outcome.YES)


@app.command("init")
def init(
    ctx: typer.Context,
    domain: Annotated[Path, typer.Argument(metavar="DOMAIN.pddl", help="A domain file.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="The file to write; by default wording.toml beside the domain, where it is found.",
            metavar="FILE",
        ),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write a wording file for a domain, to be improved: how each predicate and action is said.

    Example: goalsmith domains init my-domain.pddl
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.reader import load_domain
    from goalsmith.domains.wording.draft import draft_wording

    loaded = load_domain(domain)
    file = output or domain.with_name("wording.toml")
    _write({file: draft_wording(loaded)}, force)
    if as_json or ctx.obj:
        out.say_json(
            Outcome.YES,
            file=str(file),
            predicates=[p.name for p in loaded.predicates],
            actions=[a.name for a in loaded.actions],
        )
    else:
        out.remark(
            f"predicates: {len(loaded.predicates)}, actions: {len(loaded.actions)}; to be put in "
            f"better words in {file}"
        )
    out.leave(Outcome.YES)


def _library(name: str) -> LibraryDomain:
    """The domain of the library with that name, or the one in that folder."""
    from goalsmith.domains.library import bundled, load_folder, names

    if name not in names() and Path(name).is_dir():
        return load_folder(name)
    return bundled(name)


def _sizes(settings: Sequence[str]) -> dict[str, int]:
    """The sizes in settings such as `blocks=8`. Whether they fit is for the generator to say."""
    from goalsmith.domains.errors import InputError

    sizes: dict[str, int] = {}
    for setting in settings:
        match = _SIZE.fullmatch(setting.strip())
        if match is None:
            raise InputError(
                f"`--size {setting}`: NAME=NUMBER is expected, with a whole number, as in blocks=8"
            )
        if match["name"] in sizes:
            raise InputError(f"the size `{match['name']}` is set twice")
        sizes[match["name"]] = int(match["number"])
    return sizes


def _write(texts: Mapping[Path, str], force: bool) -> None:
    """Writes files, each whole or not at all. One that is there with the same text is left as is.

    Raises:
        InputError: a file exists and is not to be overwritten (then none is written), or one cannot
            be written.
    """
    from goalsmith import output as out
    from goalsmith.domains.errors import InputError

    new = {file: text for file, text in texts.items() if not _holds(file, text)}
    existing = [str(file) for file in new if file.exists()]
    if existing and not force:
        more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
        raise InputError(f"{existing[0]}{more} would be overwritten: say --force to do that")
    for file, text in new.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{file.parent} cannot be made: {error.strerror}") from None
        out.write_file(file, text)


def _holds(file: Path, text: str) -> bool:
    """Whether a file is there and holds just that text."""
    try:
        return file.read_bytes() == text.encode()
    except (OSError, ValueError):
        return False
