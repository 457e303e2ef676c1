"""What came of a run, way by way: how many plans are valid, how good they are, what they took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist, fmean

from goalsmith.benchmarks.direct.results import NOT_COUNTED, Came, Row, Way
from goalsmith.benchmarks.scores import Interval, TaskName, satisficing, sign_test
from goalsmith.benchmarks.scores.references import NO_REFERENCES


@dataclass(frozen=True, slots=True)
class WaySummary:
    """The rows of one way, of one domain or of all. What no row has is None.

    Attributes:
        way: how plans were come by.
        domain: the domain's name; empty for all.
        tasks: rows that count.
        valid: plans that do what they claim.
        interval: where the share of valid plans lies, with 95 % confidence.
        came: how many came to what, valid ones included; what occurs, in the order of `Came`.
        score: the mean over the tasks of the best known cost divided by the plan's, 0 without a
            valid plan: the competitions' satisficing score.
        ratio: the mean over valid plans of their cost divided by the best known, where there is
            such a ratio.
        needless: the share of the steps of valid plans that they do not need.
        prefix: the mean share of an invalid plan's steps before the first that fails.
        to_goal: the mean number of steps from there to the goal, where a plan was found.
        lost: plans that break off where no plan leads to the goal any more, or none was found.
        rounds: answers that a model was asked for, together.
        prompt_tokens: of all requests.
        completion_tokens: of all answers.
        price: of all; None without prices.
        seconds: the mean wall time of a task.
    """

    way: Way
    domain: str
    tasks: int
    valid: int
    interval: Interval | None
    came: tuple[tuple[Came, int], ...]
    score: float | None
    ratio: float | None
    needless: float | None
    prefix: float | None
    to_goal: float | None
    lost: int
    rounds: int
    prompt_tokens: int
    completion_tokens: int
    price: float | None
    seconds: float | None

    @property
    def share(self) -> float | None:
        """The share of valid plans."""
        return self.valid / self.tasks if self.tasks else None


@dataclass(frozen=True, slots=True)
class WayComparison:
    """Two ways on the tasks that count for both.

    Attributes:
        first: the one way.
        second: the other.
        tasks: tasks that count for both.
        only_first: tasks for which only the first has a valid plan.
        only_second: likewise the second.
        p_valid: how probable a difference as large is by chance: McNemar's test in its exact form,
            which is the sign test over the tasks that one of them solved (Psychometrika 12, 1947).
        both: tasks for which both have a valid plan with a cost.
        cheaper_first: of these, with a cheaper plan of the first.
        cheaper_second: likewise of the second.
        p_cost: likewise by chance: the sign test.
    """

    first: Way
    second: Way
    tasks: int
    only_first: int
    only_second: int
    p_valid: float
    both: int
    cheaper_first: int
    cheaper_second: int
    p_cost: float


@dataclass(frozen=True, slots=True)
class Summary:
    """All ways over all tasks, by domain, and in pairs.

    Attributes:
        total: each way, all domains together.
        domains: each way in each domain, in the order of the rows.
        comparisons: each way beside each.
        left_out: how many rows do not count, and why.
    """

    total: tuple[WaySummary, ...]
    domains: tuple[WaySummary, ...]
    comparisons: tuple[WayComparison, ...]
    left_out: tuple[tuple[Came, int], ...]


def best_costs(
    rows: Iterable[Row], references: Mapping[TaskName, float] = NO_REFERENCES
) -> dict[TaskName, float]:
    """The lowest cost known of each task: of its reference and of all the plans."""
    best = dict(references)
    for row in rows:
        if row.cost is not None:
            best[row.task] = min(row.cost, best.get(row.task, row.cost))
    return best


def ratio(row: Row, best: Mapping[TaskName, float]) -> float | None:
    """A plan's cost divided by the best known; None without a valid plan.

    Beside a plan that costs nothing there is a ratio for another such plan only, which is 1.
    """
    least = best.get(row.task)
    if row.cost is None or least is None:
        return None
    if row.cost == least:
        return 1.0
    return row.cost / least if least > 0 else None


def sum_up(rows: Iterable[Row], references: Mapping[TaskName, float] = NO_REFERENCES) -> Summary:
    """Sums up rows by way, and by domain and way."""
    everything = tuple(rows)
    best = best_costs(everything, references)
    counted = [row for row in everything if row.came not in NOT_COUNTED]
    ways = [way for way in Way if any(row.way is way for row in everything)]
    domains = dict.fromkeys(row.domain for row in everything)
    return Summary(
        tuple(_summary(way, "", counted, best) for way in ways),
        tuple(
            _summary(way, domain, [row for row in counted if row.domain == domain], best)
            for domain in domains
            for way in ways
        ),
        tuple(_comparison(*pair, counted) for pair in combinations(ways, 2)),
        _counts(row.came for row in everything if row.came in NOT_COUNTED),
    )


def share_interval(successes: int, tasks: int, confidence: float = 0.95) -> Interval | None:
    """Where a share lies, by Wilson's score interval (JASA 22, 1927); None without tasks.

    Where all tasks came to the same, a bootstrap says that the share is certain, however few they
    are. This one does not.
    """
    if not tasks:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / tasks
    weight = 1 + z * z / tasks
    middle = (share + z * z / (2 * tasks)) / weight
    reach = z / weight * math.sqrt(share * (1 - share) / tasks + z * z / (4 * tasks * tasks))
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def _summary(
    way: Way, domain: str, counted: Sequence[Row], best: Mapping[TaskName, float]
) -> WaySummary:
    rows = [row for row in counted if row.way is way]
    valid = [row for row in rows if row.valid]
    broken = [row for row in rows if row.prefix is not None]
    prices = [row.price for row in rows if row.price is not None]
    steps = sum(row.length or 0 for row in valid)
    return WaySummary(
        way,
        domain,
        tasks=len(rows),
        valid=len(valid),
        interval=share_interval(len(valid), len(rows)),
        came=_counts(row.came for row in rows),
        score=_mean(rows, lambda row: _score(row, best)),
        ratio=_mean(valid, lambda row: ratio(row, best)),
        needless=sum(row.needless or 0 for row in valid) / steps if steps else None,
        prefix=_mean(broken, lambda row: (row.prefix or 0) / row.length if row.length else None),
        to_goal=_mean(broken, lambda row: row.to_goal),
        lost=sum(row.to_goal is None for row in broken),
        rounds=sum(row.rounds for row in rows),
        prompt_tokens=sum(row.prompt_tokens for row in rows),
        completion_tokens=sum(row.completion_tokens for row in rows),
        price=math.fsum(prices) if prices else None,
        seconds=_mean(rows, lambda row: row.seconds),
    )


def _comparison(first: Way, second: Way, counted: Sequence[Row]) -> WayComparison:
    rows = {row.task: row for row in counted if row.way is first}
    pairs = [(rows[row.task], row) for row in counted if row.way is second and row.task in rows]
    valid = [one.valid - other.valid for one, other in pairs]
    costs = [
        one.cost - other.cost
        for one, other in pairs
        if one.cost is not None and other.cost is not None
    ]
    return WayComparison(
        first,
        second,
        tasks=len(pairs),
        only_first=valid.count(1),
        only_second=valid.count(-1),
        p_valid=sign_test(valid),
        both=len(costs),
        cheaper_first=sum(each < 0 for each in costs),
        cheaper_second=sum(each > 0 for each in costs),
        p_cost=sign_test(costs),
    )


def _score(row: Row, best: Mapping[TaskName, float]) -> float | None:
    """The satisficing score; None for a valid plan without a cost that there are ratios of."""
    if row.valid and row.cost is None:
        return None
    return satisficing(row.cost, best.get(row.task))


def _mean(rows: Iterable[Row], of: Callable[[Row], float | None]) -> float | None:
    values = [value for value in map(of, rows) if value is not None]
    return fmean(values) if values else None


def _counts(came: Iterable[Came]) -> tuple[tuple[Came, int], ...]:
    counts = Counter(came)
    return tuple((each, counts[each]) for each in Came if counts[each])
