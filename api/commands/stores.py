"""The store that commands about runs share, and how its runs are named and shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.completing import run_names

if TYPE_CHECKING:
    from goalsmith.execute.store import RunRow, Store

StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Where runs are kept: sqlite:///FILE or postgresql://…; by default what the settings "
        "name as `runs`, or a file of yours.",
        metavar="URL",
    ),
]
RunId = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's id, or how it begins; its name; or `latest`.",
        autocompletion=run_names,
    ),
]


def open_runs(url: str | None) -> Store:
    """The store of runs that a URL names, or the settings, or else a file of the user's.

    Raises:
        StoreError: it cannot be opened.
        InputError: a setting is wrong.
    """
    from goalsmith.execute.store import open_store
    from goalsmith.settings import settings

    return open_store(url or settings().runs)


def when(seconds: float) -> str:
    """A time in the zone of this machine, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def state_of(run: RunRow) -> str:
    """What a run waits for, or how it ended, in a few words."""
    if run.outcome or run.owner or run.status != "running":
        return run.outcome or run.status
    return f"{run.status}, nobody drives it"
