"""Which differences are more than chance, with as many looked at as a report does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goalsmith.benchmarks.scores.board import COVERAGE, Comparison

LEVELS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
"""Below which p-value a difference has which mark."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A comparison, and how likely it is to come from chance.

    Attributes:
        comparison: two configurations by one score.
        p: the p-value of the sign test for coverage, of Wilcoxon's signed-rank test for the others.
        adjusted: the same for all the pairs that are compared by this score.
    """

    comparison: Comparison
    p: float
    adjusted: float

    @property
    def mark(self) -> str:
        """Stars if the difference is significant."""
        return mark(self.adjusted)


def holm(values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number (Holm, Scandinavian Journal of Statistics 6, 1979).

    The chance that any of those below a level is there by chance is then at most that level.
    """
    adjusted = [0.0] * len(values)
    least = 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        least = max(least, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = least
    return adjusted


def differences(pairs: Sequence[Sequence[Comparison]]) -> tuple[tuple[Difference, ...], ...]:
    """The comparisons of some pairs, adjusted score by score for the number of pairs."""
    families: dict[str, list[Comparison]] = {}
    for pair in pairs:
        for each in pair:
            families.setdefault(each.score, []).append(each)
    found: dict[tuple[str, str, str], Difference] = {}
    for family in families.values():
        values = [_p(each) for each in family]
        for each, p, adjusted in zip(family, values, holm(values), strict=True):
            found[each.score, each.first, each.second] = Difference(each, p, adjusted)
    return tuple(tuple(found[each.score, each.first, each.second] for each in p) for p in pairs)


def mark(p: float | None) -> str:
    """Stars for a p-value; nothing for one that shows nothing, or that there is not."""
    return "" if p is None else next((stars for level, stars in LEVELS if p < level), "")


def _p(comparison: Comparison) -> float:
    # A task is solved or not, so that there are no sizes of differences to be ranked.
    return comparison.sign_p if comparison.score == COVERAGE.name else comparison.signed_rank_p
