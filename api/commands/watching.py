"""Long commands watched: how far they are, and stopping them so that what is finished is kept."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import Console

    Handler = Callable[[int, FrameType | None], None] | signal.Handlers


@contextmanager
def interruptible() -> Iterator[Event]:
    """An event that the first Ctrl-C or TERM sets: what is finished is then kept and summed up.

    The second one ends the command as usual. Signals that are ignored stay so.
    """
    cancel = Event()
    usual: dict[signal.Signals, Handler] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
    }
    ours = [number for number, handler in usual.items() if signal.getsignal(number) is handler]

    def restore() -> None:
        for number in ours:
            signal.signal(number, usual[number])

    def interrupt(_number: int, _frame: object) -> None:
        cancel.set()
        restore()

    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield cancel
    finally:
        restore()


@contextmanager
def progress(console: Console, total: int) -> Iterator[Callable[[str, str], None]]:
    """Shows how many of some jobs are done: a bar on a terminal, else a line for each done now.

    Yields what to call for each job with its name, and with what came of it; that is empty for one
    that was done before, and gets no line.
    """
    from rich.text import Text

    if console.is_terminal:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            jobs = bar.add_task("", total=total)
            yield lambda name, _: bar.update(jobs, advance=1, description=name)
        return
    done = 0

    def line(name: str, came: str) -> None:
        nonlocal done
        done += 1
        if came:
            console.print(Text(f"{done}/{total} {name} {came}"))

    yield line
