"""Scores of plans: how near their costs are to what is proved, and how soon they were good."""

from __future__ import annotations

from collections.abc import Iterable

from goalsmith.benchmarks.scores.attempt import Attempt, Improvement
from goalsmith.benchmarks.scores.competition import satisficing


def gap(cost: float, bound: float) -> float:
    """What could still be saved at most, as a share of the cost; 0 where the bound is reached."""
    return 0.0 if cost <= max(bound, 0.0) else (cost - bound) / cost


def improvements(attempt: Attempt) -> tuple[Improvement, ...]:
    """The plans of an attempt as they came; where only the last is known, it came at the end."""
    if attempt.improvements or attempt.cost is None or attempt.wall_seconds is None:
        return attempt.improvements
    return (Improvement(attempt.wall_seconds, attempt.cost),)


def quality_after(found: Iterable[Improvement], best: float | None, seconds: float) -> float:
    """C*/C of the cheapest plan found so far, 0 before the first: quality over time."""
    cost = min((each.cost for each in found if each.seconds <= seconds), default=None)
    return satisficing(cost, best)


def area(found: Iterable[Improvement], best: float | None, limit: float) -> float:
    """The mean of the quality over the time from 0 to the limit: the area under its curve.

    It is 1 − P(limit)/limit, where P is the primal integral (Berthold, Measuring the impact of
    primal heuristics, Operations Research Letters 41(6), 2013), whose gap is 1 − C*/C.

    Raises:
        ValueError: the limit is not positive.
    """
    if limit <= 0:
        raise ValueError("there is no area over no time")
    plans = sorted((each for each in found if each.seconds < limit), key=lambda each: each.seconds)
    ends = [each.seconds for each in plans[1:]] + [limit]
    total, cost = 0.0, None
    for plan, end in zip(plans, ends, strict=False):
        cost = plan.cost if cost is None else min(cost, plan.cost)
        total += satisficing(cost, best) * (end - plan.seconds)
    return total / limit
