"""How much was solved, and how well, after which time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from goalsmith.benchmarks.scores.attempt import Attempt, TaskName
from goalsmith.benchmarks.scores.competition import satisficing
from goalsmith.benchmarks.scores.quality import improvements
from goalsmith.benchmarks.scores.references import Known

MOST_POINTS = 400
"""Points of a curve that are drawn: more cannot be told apart on a screen."""

LEAST_TIME = 0.001
"""Seconds; what is shorter is drawn here, as the axis is logarithmic."""

Clock: TypeAlias = str
"""`cpu` or `wall`."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure of a configuration over time: a staircase of (seconds, figure) up to the limit."""

    configuration: str
    points: tuple[tuple[float, float], ...]

    def at(self, seconds: float) -> float:
        """The figure after some seconds."""
        return next((y for x, y in reversed(self.points) if x <= seconds), 0.0)


def clock_of(attempts: Iterable[Attempt]) -> Clock:
    """Which time to the first plan can be compared.

    That of the CPU, if every attempt that solved its task says it and went no further: when plans
    came on the way is known by the clock on the wall.
    """
    solved = (each for each in attempts if each.solved)
    known = all(a.cpu_seconds is not None and len(a.improvements) < 2 for a in solved)
    return "cpu" if known else "wall"


def seconds_of(attempt: Attempt, clock: Clock) -> float | None:
    """How long an attempt took to its first plan, by a clock; None if it is not known."""
    if clock == "cpu":
        return attempt.cpu_seconds
    first = min((each.seconds for each in attempt.improvements), default=None)
    return attempt.wall_seconds if first is None else first


def solved_curve(attempts: Sequence[Attempt], clock: Clock) -> Curve:
    """How many tasks were solved: the cactus plot. Of several tries at a task each counts a part.

    Args:
        attempts: those of one configuration; at least one.
        clock: the time that counts.
    """
    tries = Counter(each.task for each in attempts)
    rises = [
        (seconds, 1 / tries[each.task])
        for each in attempts
        if each.solved and (seconds := seconds_of(each, clock)) is not None
    ]
    return _curve(attempts, rises)


def quality_curve(attempts: Sequence[Attempt], known: Mapping[TaskName, Known]) -> Curve:
    """The mean of C*/C over all tasks, 0 before the first plan, by wall time.

    What lies under it is the score of quality over time.
    """
    tries = Counter(each.task for each in attempts)
    rises = []
    for each in attempts:
        quality, share = 0.0, 1 / tries[each.task] / len(tries)
        for plan in sorted(improvements(each), key=lambda plan: plan.seconds):
            better = satisficing(plan.cost, known[each.task].best)
            if better > quality:
                rises.append((plan.seconds, (better - quality) * share))
                quality = better
    return _curve(attempts, rises)


def _curve(attempts: Sequence[Attempt], rises: list[tuple[float, float]]) -> Curve:
    height = 0.0
    points: dict[float, float] = {}
    for seconds, rise in sorted(rises):
        height += rise
        points[max(seconds, LEAST_TIME)] = height
    end = max(attempts[0].time_limit, *(each.time_limit for each in attempts))
    found = list(points.items())
    if not found or found[-1][0] < end:
        found.append((end, height))
    return Curve(attempts[0].configuration, tuple(found))


def thinned(curve: Curve, most: int = MOST_POINTS) -> Curve:
    """A curve to be drawn: its first point, its last, and others at equal distances in number.

    Figures are read off the whole one, as between two points of this one some steps are missing.
    """
    points, last = curve.points, len(curve.points) - 1
    if last < most:
        return curve
    kept = tuple(points[round(i * last / (most - 1))] for i in range(most))
    return Curve(curve.configuration, kept)
