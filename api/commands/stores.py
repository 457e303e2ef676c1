"""The store that commands about runs share, and how its runs are named and shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from goalsmith.execute.store import RunRow

StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Where runs are kept: sqlite:///FILE or postgresql://…; by default a file of yours.",
        metavar="URL",
    ),
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or how it begins.")]


def when(seconds: float) -> str:
    """A time in the zone of this machine, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def state_of(run: RunRow) -> str:
    """What a run waits for, or how it ended, in a few words."""
    if run.outcome or run.owner or run.status != "running":
        return run.outcome or run.status
    return f"{run.status}, nobody drives it"
