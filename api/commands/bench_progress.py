"""How far a batch is, shown while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goalsmith.benchmarks.batches.tally import Tally
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.results.summary import cost_text

if TYPE_CHECKING:
    from rich.console import Console

BETWEEN = 30.0
"""Seconds from one line with all counts to the next, where there is no terminal."""

LONGEST_REASON = 120
"""Characters of a reason in a line of progress."""


@contextmanager
def shown(console: Console, tally: Tally) -> Iterator[Callable[[Result | None, bool], None]]:
    """Shows a tally: a bar on a terminal, else a line for each result and now and then the counts.

    Yields what to call after each change of the tally: with a result, and whether it is new, or
    with None for a run that has begun.
    """
    if console.is_terminal:
        with _bar(console, tally) as tell:
            yield tell
        return
    from rich.text import Text

    last = time.monotonic()

    def line(result: Result | None, new: bool) -> None:
        nonlocal last
        if result is None or not new:
            return
        console.print(Text(f"{tally.done}/{tally.total} {name(result)} {said(result)}"))
        if time.monotonic() - last > BETWEEN:
            last = time.monotonic()
            console.print(Text(f"{tally.done}/{tally.total} done: {tally}"))

    yield line


@contextmanager
def _bar(console: Console, tally: Tally) -> Iterator[Callable[[Result | None, bool], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TimeElapsedColumn,
    )
    from rich.text import Text

    class Counts(ProgressColumn):
        """The counts as they are now: what is left changes while nothing else does."""

        def render(self, _task: Task) -> Text:
            return Text(str(tally))

    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), Counts())
    with Progress(*columns, console=console, transient=True) as bar:
        runs = bar.add_task("", total=tally.total)
        yield lambda *_: bar.update(runs, completed=tally.done)


def name(result: Result) -> str:
    """Which run a result is of, in a few words."""
    seed = f" seed {result.key.seed}" if result.key.seed else ""
    return f"{result.domain} {result.problem} [{result.configuration}{seed}]"


def said(result: Result) -> str:
    """What a result says, in a line."""
    outcome = str(result.outcome)
    if result.plan_length is not None:
        by = f", {result.engine}" if result.engine else ""
        return f"{outcome}: cost {cost_text(result.cost)}, {result.wall_seconds:.2f} s{by}"
    return with_reason(outcome, result.evidence)


def with_reason(ending: str, reason: str) -> str:
    """How something ended and why, in a line."""
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        reason = reason[:LONGEST_REASON] + "…"
    return f"{ending}: {reason}" if reason else ending
