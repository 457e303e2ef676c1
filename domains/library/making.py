"""What the generators of problems share: names, objects, maps and costs."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import Metric, Object

TOTAL_COST = FunctionTerm("total-cost")

CHEAPEST = Metric("minimize", TOTAL_COST)
"""The metric of every bundled domain whose steps have costs."""

Numbers = tuple[tuple[FunctionTerm, Fraction], ...]

NO_COST_YET: Numbers = ((TOTAL_COST, Fraction(0)),)


def numbered(stem: str, count: int) -> list[str]:
    """Names from `stem1` on."""
    return [f"{stem}{number}" for number in range(1, count + 1)]


def objects_of(groups: Mapping[str, Iterable[str]]) -> tuple[Object, ...]:
    """Objects of types, given by type."""
    return tuple(Object(name, (kind,)) for kind, group in groups.items() for name in group)


def costs(function: str, values: Mapping[tuple[str, ...], int]) -> Numbers:
    """The initial numbers of a problem: those of one function, and a total cost of nothing."""
    terms = ((FunctionTerm(function, args), Fraction(value)) for args, value in values.items())
    return (*terms, *NO_COST_YET)


def connected(rng: random.Random, places: Sequence[str], extra: int) -> list[tuple[str, str]]:
    """Ways between places, so that each can be reached from each: a tree and `extra` ways more.

    Every way is in the list once for each of its two directions.
    """
    order = rng.sample(places, len(places))
    ways = {(order[i], order[rng.randrange(i)]) for i in range(1, len(order))}
    if len(places) > 1:
        for _ in range(extra):
            first, second = rng.sample(places, 2)
            if (second, first) not in ways:
                ways.add((first, second))
    return sorted(ways | {(second, first) for first, second in ways})


def statements(predicate: str, rows: Iterable[tuple[str, ...]]) -> list[Atom]:
    """The atoms of one predicate."""
    return [Atom(predicate, row) for row in rows]
