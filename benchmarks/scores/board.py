"""All scores of all configurations, with how sure they are, and comparisons in pairs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from goalsmith.benchmarks.scores.attempt import Attempt, TaskName
from goalsmith.benchmarks.scores.certainty import (
    Interval,
    Resamples,
    sign_test,
    signed_rank_test,
)
from goalsmith.benchmarks.scores.competition import agile, optimal, satisficing, voided
from goalsmith.benchmarks.scores.quality import area, gap, improvements
from goalsmith.benchmarks.scores.references import NO_REFERENCES, Known, known
from goalsmith.benchmarks.scores.runtime import (
    LEAST_EXPANSIONS,
    LEAST_KIB,
    LEAST_SECONDS,
    MOST_EXPANSIONS,
    logarithmic,
    penalised,
)
from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError


@dataclass(frozen=True, slots=True)
class Score:
    """A figure for each attempt.

    Attributes:
        name: what it is called in tables and files.
        more_is_better: whether the greater of two is the better one.
        of: its value for an attempt, given what is known of the task; None where it has none.
        known_of: whether an attempt says what the score is about. A configuration that never does
            has no such score, rather than a bad one.
    """

    name: str
    more_is_better: bool
    of: Callable[[Attempt, Known], float | None]
    known_of: Callable[[Attempt], bool] = lambda _: True


def _settled(attempt: Attempt, known_: Known) -> bool:
    """Whether a task is settled. Who says that it is unsolvable although it has a plan is not."""
    return attempt.solved or (attempt.unsolvable and known_.best is None)


def _penalised(factor: float, attempt: Attempt, known_: Known) -> float:
    return penalised(_settled(attempt, known_), attempt.seconds, attempt.time_limit, factor)


def _memory(attempt: Attempt, known_: Known) -> float | None:
    most = attempt.memory_limit_kib
    if most is None:
        return None
    return logarithmic(_settled(attempt, known_), attempt.memory_kib, LEAST_KIB, most)


def _gap(attempt: Attempt, known_: Known) -> float | None:
    if attempt.cost is None or known_.bound is None:
        return None
    return gap(attempt.cost, known_.bound)


COVERAGE = Score("coverage", True, lambda a, _: float(a.solved))
SATISFICING = Score("ipc-satisficing", True, lambda a, k: satisficing(a.cost, k.best))
AGILE = Score(
    "ipc-agile", True, lambda a, _: agile(a.solved, a.seconds), lambda a: a.seconds is not None
)
OPTIMAL = Score(
    "ipc-optimal", True, lambda a, k: optimal(a, k.best), lambda a: a.optimal is not None
)
QUALITY_OVER_TIME = Score(
    "quality-over-time",
    True,
    lambda a, k: area(improvements(a), k.best, a.time_limit),
    lambda a: a.wall_seconds is not None or bool(a.improvements),
)
PAR2 = Score("par2", False, partial(_penalised, 2), lambda a: a.seconds is not None)
PAR10 = Score("par10", False, partial(_penalised, 10), lambda a: a.seconds is not None)
TIME = Score(
    "log-time",
    True,
    lambda a, k: logarithmic(_settled(a, k), a.seconds, LEAST_SECONDS, a.time_limit),
    lambda a: a.seconds is not None,
)
MEMORY = Score(
    "log-memory",
    True,
    _memory,
    lambda a: a.memory_kib is not None and a.memory_limit_kib is not None,
)
EXPANSIONS = Score(
    "log-expansions",
    True,
    lambda a, k: logarithmic(_settled(a, k), a.expansions, LEAST_EXPANSIONS, MOST_EXPANSIONS),
    lambda a: a.expansions is not None,
)
COST = Score("cost", False, lambda a, _: a.cost)
LENGTH = Score("plan-length", False, lambda a, _: a.length, lambda a: a.length is not None)
GAP = Score("gap", False, _gap)

SCORES = (
    COVERAGE,
    SATISFICING,
    AGILE,
    OPTIMAL,
    QUALITY_OVER_TIME,
    PAR2,
    PAR10,
    TIME,
    MEMORY,
    EXPANSIONS,
    COST,
    LENGTH,
    GAP,
)
"""In the order of tables."""

_COMPETITION = frozenset({COVERAGE.name, SATISFICING.name, AGILE.name, OPTIMAL.name})


@dataclass(frozen=True, slots=True)
class Standing:
    """A score of a configuration.

    Attributes:
        configuration: whose it is.
        score: the score's name.
        tasks: over how many tasks it is taken; several tries at a task count as one, by their mean.
        total: the sum over these tasks, as in the competitions.
        mean: the mean over these tasks.
        interval: where the mean lies, with 95 % confidence; None for fewer than two tasks.
    """

    configuration: str
    score: str
    tasks: int
    total: float
    mean: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two configurations on the tasks for which both have a score.

    Attributes:
        score: the score's name.
        first: one configuration.
        second: the other.
        tasks: how many tasks both have a value for.
        better: on how many of them the first is better.
        worse: on how many the second is.
        difference: the mean of the first's value less the second's.
        interval: where that lies, with 95 % confidence; None for fewer than two tasks.
        sign_p: the p-value of the sign test.
        signed_rank_p: the p-value of Wilcoxon's signed-rank test.
    """

    score: str
    first: str
    second: str
    tasks: int
    better: int
    worse: int
    difference: float
    interval: Interval | None
    sign_p: float
    signed_rank_p: float


class Scoreboard:
    """The scores of some attempts.

    Args:
        attempts: whatever was attempted, by all configurations.
        references: what good plans cost. Without one, the best known plan of a task is that of the
            attempts, and so it is where an attempt has a better one.
        official: the rules of the competition to the letter: the reference counts even if a plan
            is better, so that scores above 1 occur, and a wrong plan voids its domain.
        seed: for the chance in the confidence intervals.
    """

    def __init__(
        self,
        attempts: Iterable[Attempt],
        references: Mapping[TaskName, float] = NO_REFERENCES,
        *,
        official: bool = False,
        seed: int = 0,
    ) -> None:
        self._attempts: dict[str, list[Attempt]] = {}
        for each in attempts:
            self._attempts.setdefault(each.configuration, []).append(each)
        everything = [each for group in self._attempts.values() for each in group]
        self._known = known(everything, references, official=official)
        self._seed = seed
        self._resamples: dict[int, Resamples] = {}
        self._values: dict[tuple[str, str], dict[TaskName, float]] = {}
        none: frozenset[tuple[str, str]] = frozenset()
        self._void = {
            track: voided(everything, self._known, optimal_track=track) if official else none
            for track in (False, True)
        }

    @property
    def configurations(self) -> tuple[str, ...]:
        """Whose scores there are, in the order of their first attempts."""
        return tuple(self._attempts)

    @property
    def disqualified(self) -> tuple[str, ...]:
        """The configurations that were wrong in more than one domain, by the official rules."""
        domains = Counter(configuration for configuration, _ in self._void[False])
        return tuple(name for name in self._attempts if domains[name] > 1)

    @property
    def facts(self) -> Mapping[TaskName, Known]:
        """What is known of each task attempted."""
        return self._known

    def value(self, score: Score, attempt: Attempt) -> float | None:
        """A score of one of the attempts; None where it has none."""
        void = self._void[score is OPTIMAL] if score.name in _COMPETITION else frozenset()
        if (attempt.configuration, attempt.domain) in void:
            return 0.0
        return score.of(attempt, self._known[attempt.task])

    def values(self, score: Score, configuration: str) -> dict[TaskName, float]:
        """A configuration's value of a score for each task that has one, sorted by the tasks.

        Raises:
            InputError: there is no such configuration.
        """
        key = score.name, configuration
        if key not in self._values:
            self._values[key] = self._computed(score, configuration)
        return self._values[key]

    def _computed(self, score: Score, configuration: str) -> dict[TaskName, float]:
        attempts = self._attempts.get(configuration)
        if attempts is None:
            raise InputError(
                f"there is no configuration `{configuration}`: "
                + did_you_mean(configuration, self._attempts, "configuration")
            )
        if not any(map(score.known_of, attempts)):
            return {}
        found: dict[TaskName, list[float]] = {}
        for each in attempts:
            value = self.value(score, each)
            if value is not None:
                found.setdefault(each.task, []).append(value)
        # In one order, so that intervals do not depend on which run was done first.
        return {task: math.fsum(values) / len(values) for task, values in sorted(found.items())}

    def standings(self) -> tuple[Standing, ...]:
        """Every score of every configuration, by score; those that nothing is known of left out."""
        found = []
        for score in SCORES:
            for configuration in self._attempts:
                values = list(self.values(score, configuration).values())
                if values:
                    total = math.fsum(values)
                    mean, interval = total / len(values), self._interval(values)
                    standing = Standing(
                        configuration, score.name, len(values), total, mean, interval
                    )
                    found.append(standing)
        return tuple(found)

    def compare(self, first: str, second: str) -> tuple[Comparison, ...]:
        """Two configurations by every score that both have for some task.

        Raises:
            InputError: there is no such configuration.
        """
        found = []
        for score in SCORES:
            one, other = self.values(score, first), self.values(score, second)
            differences = [one[task] - other[task] for task in one if task in other]
            if not differences:
                continue
            more, less = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
            found.append(
                Comparison(
                    score.name,
                    first,
                    second,
                    len(differences),
                    more if score.more_is_better else less,
                    less if score.more_is_better else more,
                    math.fsum(differences) / len(differences),
                    self._interval(differences),
                    sign_test(differences),
                    signed_rank_test(differences),
                )
            )
        return tuple(found)

    def _interval(self, values: list[float]) -> Interval | None:
        count = len(values)
        if count not in self._resamples:
            self._resamples[count] = Resamples(count, self._seed)
        return self._resamples[count].interval(values)
