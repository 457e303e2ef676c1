"""What the generators of problems share: names, objects, chance, maps and costs.

Whatever takes a `random.Random` asks it in the order of what it is given, and at once, so that a
seed stands for the same problem wherever it is called.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import Metric, Object

TOTAL_COST = FunctionTerm("total-cost")

CHEAPEST = Metric("minimize", TOTAL_COST)
"""The metric of every bundled domain whose steps have costs."""

Numbers = tuple[tuple[FunctionTerm, Fraction], ...]
Pair = tuple[str, str]

NO_COST_YET: Numbers = ((TOTAL_COST, Fraction(0)),)

_Thing = TypeVar("_Thing")


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


def statements(predicate: str, rows: Iterable[tuple[str, ...]]) -> list[Atom]:
    """The atoms of one predicate."""
    return [Atom(predicate, row) for row in rows]


def of_each(predicate: str, names: Iterable[str]) -> list[Atom]:
    """The atoms of a predicate that says something of one object at a time."""
    return [Atom(predicate, (name,)) for name in names]


def some(rng: random.Random, things: Iterable[_Thing], share: float) -> list[_Thing]:
    """Those that chance picks, each with the likelihood `share`, in their order."""
    return [thing for thing in things if rng.random() < share]


def few(rng: random.Random, things: Sequence[_Thing], low: int, high: int) -> list[_Thing]:
    """From `low` to `high` different ones, as far as there are so many, in any order."""
    return rng.sample(things, min(len(things), rng.randint(low, high)))


def placed(rng: random.Random, names: Iterable[str], places: Sequence[str]) -> list[Pair]:
    """Each name with one of the places."""
    return [(name, rng.choice(places)) for name in names]


def matched(rng: random.Random, first: Sequence[str], second: Sequence[str]) -> list[Pair]:
    """Pairs, sorted, in which each of the first and each of the second occurs."""
    pairs = {(rng.choice(first), each) for each in second}
    return sorted(pairs.union(placed(rng, first, second)))


def both_ways(ways: Iterable[Pair]) -> list[Pair]:
    """Every way, followed by the way back."""
    return [each for start, end in ways for each in ((start, end), (end, start))]


def connected(rng: random.Random, places: Sequence[str], extra: int) -> list[Pair]:
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
    return sorted(both_ways(ways))


def dependencies(rng: random.Random, names: Sequence[str]) -> list[Pair]:
    """Each name with up to two that come before it, so that none depends on itself by any way."""
    return [
        (name, other) for index, name in enumerate(names) for other in few(rng, names[:index], 0, 2)
    ]
