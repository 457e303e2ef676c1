"""Contenders run in turn on one task, so that a busy machine slows them alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping

from contenders import Run

ROUNDS = 5
"""Runs of each contender on a task, while all of its runs are short."""

SHORT = 0.5
"""Seconds; longer runs are not repeated."""


def in_turn(contenders: Mapping[str, Callable[[], Run]]) -> dict[str, Run]:
    """What each contender takes: medians over its runs."""
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, contender in contenders.items():
            if all(r.wall < SHORT for r in runs[name]):
                runs[name].append(contender())
    return {name: middle(each) for name, each in runs.items()}


def middle(runs: list[Run]) -> Run:
    """Several runs of one contender as one: medians, and solved only if they all were."""
    worst = min(runs, key=lambda r: r.solved)
    return Run(
        worst.solved,
        worst.outcome,
        statistics.median(r.wall for r in runs),
        statistics.median(r.cpu for r in runs),
        statistics.median(r.reading for r in runs),
        statistics.median_low(r.engines for r in runs),
    )
