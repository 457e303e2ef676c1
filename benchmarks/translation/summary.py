"""What came of the rows of an evaluation, by source, domain and style: counts, costs, calibration.

How far a confidence can be trusted is said by two figures. The expected calibration error is the
mean distance between confidence and share right over bins of confidence, weighted by their sizes
(Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017). The Brier
score is the mean squared distance of the confidence from 1 where the translation was right, and
from 0 where not (Brier, Monthly Weather Review 78, 1950). Both are best at 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from goalsmith.benchmarks.translation.results import Row
from goalsmith.translate.attribution import Failure

BINS = 10
"""Bins of equal width into which confidences are sorted, as Guo et al. do."""


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """The rows of one source, domain and style, or all, counted.

    Attributes:
        source: the source; empty for all, as the next two.
        domain: the domain's name.
        style: how texts are written.
        pairs: rows that there are.
        parseable: with an answer that could be parsed.
        well_typed: all of whose names exist and fit.
        solvable: which has a plan.
        equivalent: which says what the gold problem says.
        undecided: of a single translation, where that could not be decided.
        plan_valid: whose plan achieves the gold problem.
        right: with which nothing is wrong.
        questions: where a question was asked back.
        rounds: answers, all pairs together.
        failures: how many failed by what, in the order of causes; those that occur.
        codes: the findings' codes behind each failure, the most frequent first.
        prompt_tokens: of all requests.
        completion_tokens: of all answers.
        cost: the price of all; None without prices.
        seconds: wall time of all translations.
    """

    source: str
    domain: str
    style: str
    pairs: int
    parseable: int
    well_typed: int
    solvable: int
    equivalent: int
    undecided: int
    plan_valid: int
    right: int
    questions: int
    rounds: int
    failures: tuple[tuple[Failure, int], ...]
    codes: tuple[tuple[Failure, str, int], ...]
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Translations of about the same confidence.

    Attributes:
        low: the bin holds confidences above this,
        high: and up to this.
        count: how many there are.
        confidence: their mean confidence.
        right: the share of them that say what the gold problem says.
    """

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidence can be trusted; see above for the two figures. Empty bins are left out."""

    bins: tuple[Bin, ...]
    expected_error: float
    brier: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The groups in the order in which rows name them, and all rows."""

    groups: tuple[GroupSummary, ...]
    total: GroupSummary
    calibration: Calibration | None


def sum_up(rows: Iterable[Row]) -> Summary:
    """Sums up rows by source, domain and style."""
    everything = tuple(rows)
    kinds: dict[tuple[str, str, str], list[Row]] = {}
    for row in everything:
        kinds.setdefault((row.source, row.domain, row.style), []).append(row)
    groups = tuple(_group(*kind, each) for kind, each in kinds.items())
    return Summary(groups, _group("", "", "", everything), calibration(everything))


def calibration(rows: Iterable[Row]) -> Calibration | None:
    """How confidence and being right go together; None where no row has a confidence.

    Questions count as well: their confidence is that of the leading translation.
    """
    said = [
        (row.confidence, row.leading_right)
        for row in rows
        if row.confidence is not None and row.leading_right is not None
    ]
    if not said:
        return None
    sorted_in: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in said:
        # The last bin is closed on both sides, and 0 belongs to the first.
        number = min(BINS, max(1, math.ceil(round(confidence * BINS, 9))))
        sorted_in.setdefault(number, []).append((confidence, right))
    bins = tuple(
        Bin(
            (number - 1) / BINS,
            number / BINS,
            len(each),
            fmean(confidence for confidence, _ in each),
            fmean(right for _, right in each),
        )
        for number, each in sorted(sorted_in.items())
    )
    distance = math.fsum(b.count * abs(b.right - b.confidence) for b in bins)
    brier = fmean((confidence - right) ** 2 for confidence, right in said)
    return Calibration(bins, distance / len(said), brier)


def _group(source: str, domain: str, style: str, rows: Sequence[Row]) -> GroupSummary:
    failures = Counter(row.failure for row in rows if row.failure is not None)
    codes = Counter((row.failure, row.code) for row in rows if row.failure is not None)
    ranks = {failure: rank for rank, failure in enumerate(Failure)}
    costs = [row.cost for row in rows if row.cost is not None]
    return GroupSummary(
        source,
        domain,
        style,
        pairs=len(rows),
        parseable=sum(row.parseable for row in rows),
        well_typed=sum(row.well_typed for row in rows),
        solvable=sum(row.solvable is True for row in rows),
        equivalent=sum(row.equivalent is True for row in rows),
        undecided=sum(row.equivalent is None and not row.question for row in rows),
        plan_valid=sum(row.plan_valid is True for row in rows),
        right=sum(row.right for row in rows),
        questions=sum(row.question for row in rows),
        rounds=sum(row.rounds for row in rows),
        failures=tuple((f, failures[f]) for f in Failure if failures[f]),
        codes=tuple(
            (failure, code, count)
            for (failure, code), count in sorted(
                codes.items(), key=lambda item: (ranks[item[0][0]], -item[1], item[0][1])
            )
        ),
        prompt_tokens=sum(row.prompt_tokens for row in rows),
        completion_tokens=sum(row.completion_tokens for row in rows),
        cost=math.fsum(costs) if costs else None,
        seconds=math.fsum(row.seconds for row in rows),
    )
