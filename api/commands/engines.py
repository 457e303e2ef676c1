"""`goalsmith engines`: which planners are here, and what each can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goalsmith.commands.options import Json

if TYPE_CHECKING:
    from rich.table import Table

    from goalsmith.solve import EngineInfo


def engines(as_json: Json = False) -> None:
    """List the engines: those that race, and those of unified-planning for `--engine NAME`.

    What those of unified-planning support is what they say themselves.

    Example: goalsmith engines --json
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.solve import all_engines

    found = all_engines()
    if as_json:
        out.say_json(Outcome.YES, engines=[_as_dict(each) for each in found])
    else:
        out.say(_table(found))
    out.leave(Outcome.YES)


def _as_dict(engine: EngineInfo) -> dict[str, object]:
    return {
        "name": engine.name,
        "installed": not engine.missing,
        "version": engine.version or None,
        "missing": engine.missing or None,
        "supports": sorted(engine.features),
    }


def _table(engines: tuple[EngineInfo, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from goalsmith.solve.engines import FEATURES

    table = Table(box=None, pad_edge=False)
    for heading in ("engine", "version", "supports"):
        table.add_column(heading)
    for engine in engines:
        if engine.missing:
            table.add_row(engine.name, "-", Text(engine.missing, style="dim"))
        else:
            supported = [each for each in FEATURES if each in engine.features]
            table.add_row(engine.name, engine.version or "?", ", ".join(supported))
    return table
