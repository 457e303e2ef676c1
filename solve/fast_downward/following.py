"""What a search of Fast Downward writes, read while it runs: better plans and lower bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from goalsmith.solve.answer import OnPlan
from goalsmith.solve.fast_downward.output import complete_plan
from goalsmith.solve.programs.process import OUTPUT_LOG

LOOK = 0.05
"""Seconds between looks at what a search has written."""

PLAN = "plan"
"""The file of a plan; those of a stream end in `.1` and so on."""

_BOUND = re.compile(
    rb"^\[t=[^\]]*\] (?:f = (\d+),|Initial heuristic value for [^\n:]*: (\d+)$)", re.MULTILINE
)


@contextmanager
def followed(
    folder: Path, on_plan: OnPlan | None, on_bound: Callable[[int], None] | None
) -> Iterator[None]:
    """Tells, while the block runs, what a search in a folder finds. What lay there before goes.

    Args:
        folder: where the search runs, and nothing else.
        on_plan: told of each plan of a stream, in a thread of its own.
        on_bound: told, in the same thread, of each higher value of f, and at first of the
            heuristic's. Where the heuristic never overestimates, no plan costs less.
    """
    for old in folder.glob(f"{PLAN}*"):
        old.unlink()
    (folder / OUTPUT_LOG).unlink(missing_ok=True)
    if on_plan is None and on_bound is None:
        yield
        return
    over = Event()
    follower = Thread(target=_follow, args=(folder, over, on_plan, on_bound), daemon=True)
    follower.start()
    try:
        yield
    finally:
        over.set()
        follower.join()


def _follow(
    folder: Path,
    over: Event,
    on_plan: OnPlan | None,
    on_bound: Callable[[int], None] | None,
) -> None:
    """Looks at the plan files and the log until the search is over, and once more then."""
    number = 1
    place = 0
    best = -1
    while True:
        last = over.wait(LOOK)
        while on_plan and (text := complete_plan(folder / f"{PLAN}.{number}")) is not None:
            on_plan(text)
            number += 1
        log = folder / OUTPUT_LOG
        if on_bound and log.is_file():
            with log.open("rb") as lines:
                lines.seek(place)
                written = lines.read()
            written = written[: written.rfind(b"\n") + 1]
            place += len(written)
            highest = max((int(f or h) for f, h in _BOUND.findall(written)), default=-1)
            if highest > best:
                best = highest
                on_bound(best)
        if last:
            return
