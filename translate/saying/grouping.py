"""Facts of one predicate put together, to be said in few sentences. No words are made here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from goalsmith.domains.formula import Atom

MIN_CHAIN = 3
"""Facts that are said as a chain; fewer are said one by one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one predicate that differ in one place only, or one fact.

    Attributes:
        first: the first of the facts.
        place: where they differ.
        objects: what stands in that place, in order; empty for one fact.
    """

    first: Atom
    place: int = 0
    objects: tuple[str, ...] = ()

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The facts."""
        if not self.objects:
            return (self.first,)
        before, after = self.first.args[: self.place], self.first.args[self.place + 1 :]
        return tuple(Atom(self.first.predicate, (*before, o, *after)) for o in self.objects)


@dataclass(frozen=True, slots=True)
class Chain:
    """Facts of a predicate with two places that hold between each object and the next."""

    predicate: str
    objects: tuple[str, ...]

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The facts."""
        pairs = zip(self.objects, self.objects[1:], strict=False)
        return tuple(Atom(self.predicate, pair) for pair in pairs)


def grouped(
    facts: Iterable[Atom], places: Collection[int], chains: bool
) -> tuple[Group | Chain, ...]:
    """Facts of one predicate in groups and chains, as few as were found; together just the facts.

    The groups stand in the order of their first facts, and have the objects in the order of the
    facts. Facts are grouped by one place or, where that gives fewer groups, largest group first
    (the greedy way of covering a set: at most ln n + 1 times as many as the fewest).

    Args:
        facts: of one predicate.
        places: where the facts of a group may differ.
        chains: whether chains are made.
    """
    ordered = tuple(dict.fromkeys(facts))
    found = _chained(ordered) if chains else None
    if found is None:
        divisions = [_by_place(ordered, place) for place in sorted(places)]
        if len(divisions) > 1:
            divisions.append(_largest_first(ordered, places))
        found = min(divisions, key=len) if divisions else [Group(fact) for fact in ordered]
    position = {fact: index for index, fact in enumerate(ordered)}
    return tuple(sorted(found, key=lambda each: position[each.atoms[0]]))


def _chained(facts: Sequence[Atom]) -> list[Group | Chain] | None:
    """Facts as chains, and the rest one by one; None when there are none, or they branch."""
    if not facts or len(facts[0].args) != 2:
        return None
    following = {f.args[0]: f.args[1] for f in facts}
    if not len(facts) == len(following) == len(set(following.values())):
        return None
    found: list[Group | Chain] = []
    left = set(following)
    for start in following.keys() - set(following.values()):
        chain = tuple(_walk(start, following))
        if len(chain) > MIN_CHAIN:
            found.append(Chain(facts[0].predicate, chain))
            left.difference_update(chain)
    if not found:
        return None
    return [*found, *(Group(f) for f in facts if f.args[0] in left)]


def _walk(start: str, following: dict[str, str]) -> Iterator[str]:
    at: str | None = start
    while at is not None:
        yield at
        at = following.get(at)


def _by_place(facts: Sequence[Atom], place: int) -> list[Group | Chain]:
    """Facts that agree but for one place, each set of them a group."""
    sets: dict[tuple[str, ...], list[Atom]] = {}
    for fact in facts:
        sets.setdefault(_others(fact, place), []).append(fact)
    return [_group(each, place) for each in sets.values()]


def _largest_first(facts: Sequence[Atom], places: Collection[int]) -> list[Group | Chain]:
    """The largest group that any place gives, then the largest of the remaining facts, and so on.

    Sizes in the heap may be those of before some facts were taken; a set whose size is no longer
    right is put back with the right one.
    """
    sets: dict[tuple[int, tuple[str, ...]], list[Atom]] = {}
    for place in sorted(places):
        for fact in facts:
            sets.setdefault((place, _others(fact, place)), []).append(fact)
    heap = [(-len(each), index) for index, each in enumerate(sets.values())]
    heapify(heap)
    keys = list(sets)
    left = set(facts)
    found: list[Group | Chain] = []
    while left:
        size, index = heappop(heap)
        remaining = [f for f in sets[keys[index]] if f in left]
        if len(remaining) == -size:
            found.append(_group(remaining, keys[index][0]))
            left.difference_update(remaining)
        elif remaining:
            heappush(heap, (-len(remaining), index))
    return found


def _group(facts: Sequence[Atom], place: int) -> Group:
    if len(facts) == 1:
        return Group(facts[0])
    return Group(facts[0], place, tuple(f.args[place] for f in facts))


def _others(fact: Atom, place: int) -> tuple[str, ...]:
    return fact.args[:place] + fact.args[place + 1 :]
