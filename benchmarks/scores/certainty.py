"""How sure a figure is: intervals by resampling tasks, and tests of paired differences.

The tests are exact as far as that is quick, and need nothing but the standard library.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from statistics import NormalDist, fmean

RESAMPLES = 1_000

MOST_RESAMPLED = 1_000
"""Tasks that are resampled. The mean of more is as good as normally distributed, and resampling
them would take longer than everything else."""

MOST_EXACT = 50
"""Differences for which the distribution of the signed ranks is counted out."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a confidence interval."""

    low: float
    high: float


class Resamples:
    """Tasks drawn with replacement, again and again: the bootstrap (Efron, Ann. Statist. 7, 1979).

    The same draws serve all scores, and both sides of a comparison.

    Args:
        tasks: how many tasks there are.
        seed: for chance.
    """

    def __init__(self, tasks: int, seed: int = 0) -> None:
        dice = random.Random(seed)
        everything = list(range(tasks))
        count = RESAMPLES if 2 <= tasks <= MOST_RESAMPLED else 0
        self._tasks = tasks
        self._draws = [itemgetter(*dice.choices(everything, k=tasks)) for _ in range(count)]

    def interval(self, values: Sequence[float], confidence: float = 0.95) -> Interval | None:
        """Where the mean lies; None for fewer than two tasks.

        It is told by the percentiles of the resamples, and from the standard error where there are
        more than MOST_RESAMPLED tasks.

        Raises:
            ValueError: the values are not as many as the tasks.
        """
        if len(values) != self._tasks:
            raise ValueError("a value for each task is needed")
        if self._tasks < 2:
            return None
        outside = (1 - confidence) / 2
        if not self._draws:
            mean = fmean(values)
            spread = math.fsum((value - mean) ** 2 for value in values) / (self._tasks - 1)
            error = math.sqrt(spread / self._tasks)
            around = NormalDist(mean, error) if error else None
            ends = (outside, 1 - outside)
            low, high = map(around.inv_cdf, ends) if around else (values[0], values[0])
            return Interval(low, high)
        means = sorted(math.fsum(draw(values)) / self._tasks for draw in self._draws)
        last = len(means) - 1
        return Interval(means[round(outside * last)], means[round((1 - outside) * last)])


def sign_test(differences: Sequence[float]) -> float:
    """The p-value of the two-sided sign test: as many rises as falls were to be expected.

    Differences of 0 are left out (Conover, Practical Nonparametric Statistics, 1999, section 3.4).
    """
    rises = sum(each > 0 for each in differences)
    falls = sum(each < 0 for each in differences)
    count, fewer = rises + falls, min(rises, falls)
    ways, tail = 1, 0
    for k in range(fewer + 1):
        tail += ways
        ways = ways * (count - k) // (k + 1)
    return min(1.0, 2 * tail / (1 << count))


def signed_rank_test(differences: Sequence[float]) -> float:
    """The p-value of Wilcoxon's two-sided signed-rank test (Biometrics Bulletin 1(6), 1945).

    Differences of 0 are left out and equal ones share their ranks. Up to MOST_EXACT differences,
    the distribution is counted out given these ranks; beyond, it is taken as normal, with the
    variance that the shared ranks leave.
    """
    sizes = sorted(abs(each) for each in differences if each != 0)
    # Twice the rank, which is whole.
    doubled: dict[float, int] = {}
    before = 0
    for size, group in groupby(sizes):
        count = sum(1 for _ in group)
        doubled[size] = 2 * before + count + 1
        before += count
    ranks = [doubled[size] for size in sizes]
    positive = sum(doubled[each] for each in differences if each > 0)
    smaller = min(positive, sum(ranks) - positive)
    if len(ranks) > MOST_EXACT:
        deviation = math.sqrt(sum(rank * rank for rank in ranks)) / 2
        return math.erfc((sum(ranks) / 2 - smaller) / deviation / math.sqrt(2))
    ways = [1] + [0] * sum(ranks)
    for rank in ranks:
        for total in range(len(ways) - 1, rank - 1, -1):
            ways[total] += ways[total - rank]
    return min(1.0, 2 * sum(ways[: smaller + 1]) / (1 << len(ranks)))
