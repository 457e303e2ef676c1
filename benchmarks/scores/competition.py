"""The scores of the International Planning Competition.

They are those of the rules for the classical tracks of 2018 (https://ipc2018-classical.bitbucket.io)
and 2023 (https://ipc2023-classical.github.io). A planner's score in a track is the sum over tasks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from goalsmith.benchmarks.scores.attempt import Attempt, TaskName
from goalsmith.benchmarks.scores.references import Known, is_above

AGILE_SECONDS = 300.0
"""The time limit of the agile track."""


def satisficing(cost: float | None, best: float | None) -> float:
    """C*/C, where C* is the best known cost: the score of the satisficing track; 0 without a plan.

    The rules leave open what the quotient is where costs are 0. A plan that costs nothing cannot be
    bettered and scores 1; beside such a plan, one that costs something scores 0, as in the filters
    that Downward Lab's authors publish with it.
    """
    if cost is None or best is None:
        return 0.0
    return 1.0 if cost <= 0 else max(best, 0.0) / cost


def agile(solved: bool, seconds: float | None, limit: float = AGILE_SECONDS) -> float:
    """1 within a second, then 1 − ln T / ln limit: the score of the agile track.

    It is 0 without a plan and beyond the limit. The rules count CPU time.

    Raises:
        ValueError: the limit is not above one second.
    """
    if limit <= 1:
        raise ValueError("the score falls from 1 s on, so the limit must be above that")
    if not solved or seconds is None or seconds > limit:
        return 0.0
    return 1.0 if seconds <= 1 else 1.0 - math.log(seconds) / math.log(limit)


def optimal(attempt: Attempt, best: float | None) -> float:
    """1 for a plan that is claimed to be cheapest and that no known plan undercuts, else 0."""
    if attempt.cost is None or not attempt.optimal:
        return 0.0
    return 0.0 if _undercut(attempt.cost, best) else 1.0


def _undercut(cost: float, best: float | None) -> bool:
    return best is not None and is_above(cost, best)


def voided(
    attempts: Iterable[Attempt], knowledge: Mapping[TaskName, Known], *, optimal_track: bool
) -> frozenset[tuple[str, str]]:
    """The configurations, each with a domain, all tasks of which the rules count as unsolved.

    That is where it gave an invalid plan; in the optimal track also one that is not the cheapest.
    A configuration with two such domains is disqualified.
    """
    found = set()
    for each in attempts:
        best = knowledge[each.task].best
        dearer = each.optimal and each.cost is not None and _undercut(each.cost, best)
        if each.wrong or (optimal_track and dearer):
            found.add((each.configuration, each.domain))
    return frozenset(found)
