"""The stages that a join is made of: loops that bind variables, and tests.

Each is a function of the facts, of the variables' values, and of the set that results go into.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import TypeAlias

from goalsmith.domains.facts import Args, Facts

Values: TypeAlias = list[str]
Op: TypeAlias = Callable[[Facts, Values, set[Args]], bool]
"""One stage of a join: for each way to bind its variables it calls the next one, until that says
that enough was found. The last stage adds to the set, or says so."""


def enough(_facts: Facts, _values: Values, _found: set[Args]) -> bool:
    """A last stage: what is bound is enough."""
    return True


def never(_facts: Facts, _values: Values, _found: set[Args]) -> bool:
    """A stage that nothing passes."""
    return False


def collector(slots: tuple[int, ...]) -> Op:
    """A last stage: notes the values in some places and goes on."""
    pick = picker(slots)

    def collect(_facts: Facts, values: Values, found: set[Args]) -> bool:
        found.add(pick(values))
        return False

    return collect


def picker(slots: tuple[int, ...]) -> Callable[[Values], Args]:
    """What takes the values in some places, as a tuple."""
    if not slots:
        return lambda _: ()
    if len(slots) == 1:
        only = slots[0]
        return lambda values: (values[only],)
    return itemgetter(*slots)


def scan(
    predicate: str,
    place: int | None,
    key: int,
    new: tuple[tuple[int, int, frozenset[str]], ...],
    same: tuple[tuple[int, int], ...],
    then: Op,
) -> Op:
    """A loop over the tuples of a predicate that agree with what is bound.

    Args:
        predicate: the predicate.
        place: the place to look the tuples up by; None to go through all.
        key: where the value for that place is.
        new: places whose objects are bound, where to, and which objects may be.
        same: places whose objects must be as values are.
        then: the next stage.
    """
    if len(new) == 1 and not same:
        only, target, fitting = new[0]

        def bind_one(facts: Facts, values: Values, found: set[Args]) -> bool:
            for args in facts.lookup(predicate, place, values[key]):
                name = args[only]
                if name in fitting:
                    values[target] = name
                    if then(facts, values, found):
                        return True
            return False

        return bind_one

    def bind(facts: Facts, values: Values, found: set[Args]) -> bool:
        for args in facts.lookup(predicate, place, values[key]):
            for at, slot, members in new:
                name = args[at]
                if name not in members:
                    break
                values[slot] = name
            else:
                for at, slot in same:
                    if args[at] != values[slot]:
                        break
                else:
                    if then(facts, values, found):
                        return True
        return False

    return bind


def assign(target: int, source: int, members: frozenset[str], then: Op) -> Op:
    """A variable takes a value that is known, if it is one of some objects."""

    def assign_one(facts: Facts, values: Values, found: set[Args]) -> bool:
        name = values[source]
        if name not in members:
            return False
        values[target] = name
        return then(facts, values, found)

    return assign_one


def each(slot: int, members: frozenset[str], then: Op) -> Op:
    """A variable takes every one of some objects."""

    def each_one(facts: Facts, values: Values, found: set[Args]) -> bool:
        for name in members:
            values[slot] = name
            if then(facts, values, found):
                return True
        return False

    return each_one


def opposite(test: Op) -> Op:
    """A test that holds where another does not."""
    return lambda facts, values, found: not test(facts, values, found)


def every(tests: list[Op]) -> Op:
    """All tests hold."""

    def all_of(facts: Facts, values: Values, found: set[Args]) -> bool:
        return all(test(facts, values, found) for test in tests)

    return all_of


def some(ways: list[Op]) -> Op:
    """The ways one after the other, until one says that enough was found."""

    def any_of(facts: Facts, values: Values, found: set[Args]) -> bool:
        # A loop, since a generator costs as much again as most ways do.
        for way in ways:  # noqa: SIM110
            if way(facts, values, found):
                return True
        return False

    return any_of
