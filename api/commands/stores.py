"""The store that commands about runs share, and how its runs are named and shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from goalsmith.execute.store import Store

StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Where runs are kept: sqlite:///FILE or postgresql://…; by default a file of yours.",
        metavar="URL",
    ),
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or how it begins.")]


@contextmanager
def opened(url: str | None) -> Iterator[Store]:
    """The store at a URL, closed afterwards. Raises as `open_store`."""
    from goalsmith.execute.store import open_store

    with open_store(url) as store:
        yield store


def when(seconds: float) -> str:
    """A time in the zone of this machine, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
