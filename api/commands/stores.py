"""The store that commands about runs share, and how its runs are named and shown."""

from __future__ import annotations

import time
from pathlib import Path
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
        "name as `runs`, or runs.sqlite in ~/.local/share/goalsmith.",
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

_FILE = "sqlite:///"


def open_runs(url: str | None, *, new: bool = False) -> Store:
    """The store of runs that a URL names, or the settings, or else a file of the user's.

    Args:
        url: as `--store` has it.
        new: it is made where there is none. To a command that only looks for runs, a named file
            that is not there is a slip.

    Raises:
        StoreError: it cannot be opened.
        InputError: a setting is wrong, or there is no such file.
    """
    from goalsmith.domains.errors import InputError
    from goalsmith.execute.store import open_store
    from goalsmith.settings import settings

    url = url or settings().runs
    file = url.removeprefix(_FILE) if url is not None and url.startswith(_FILE) else ""
    if not new and file and not Path(file).exists():
        raise InputError(f"there is no store {file}: `goalsmith run --store {url}` makes one")
    return open_store(url)


def when(seconds: float) -> str:
    """A time in the zone of this machine, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def state_of(run: RunRow) -> str:
    """What a run waits for, or how it ended, in a few words."""
    if run.outcome or run.owner or run.status != "running":
        return run.outcome or run.status
    return f"{run.status}, nobody drives it"
