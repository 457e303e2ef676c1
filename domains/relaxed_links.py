"""Searches as chains of functions over one list of names, a slot for each term.

Each function does one thing, for the names that are known by then, and calls the next: it looks up
an atom, tests conditions, or tries the objects of a variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from operator import itemgetter
from typing import TypeAlias

from goalsmith.domains.facts import Args
from goalsmith.domains.formula import (
    And,
    Atom,
    Condition,
    Equal,
    Exists,
    Forall,
    Not,
    Or,
    conjuncts,
    free_variables,
    negation,
)
from goalsmith.domains.growing_relations import Relations
from goalsmith.domains.relaxed_order import Lookup, Order, Reached, Tests, Trial

Search: TypeAlias = Callable[[list[str]], bool]
"""A search, given the names that are known by now; whether it is over. Tests are such too."""

Link: TypeAlias = Callable[[Search], Search]
"""What a chain does at one place, given what comes after."""

Members: TypeAlias = Callable[[tuple[str, ...]], frozenset[str]]
"""The objects of any of some types."""

Compare: TypeAlias = Callable[[Condition, Mapping[str, str]], bool]
"""Evaluates a comparison of numbers for a choice of objects."""


class Chain:
    """Searches in the making that share their slots."""

    def __init__(
        self, relations: Relations, order: Order, members: Members, compare: Compare
    ) -> None:
        self._relations = relations
        self._order = order
        self._members = members
        self._compare = compare
        self._slots: dict[str, int] = {}

    def search(
        self, parts: Iterable[Condition], known: Set[str], wanted: Set[str], then: Link
    ) -> Search:
        """A search through parts; `then` comes in as soon as the wanted variables are known."""
        turns = self._order.turns(parts, known, wanted)
        links = [then if isinstance(turn, Reached) else self._link(turn) for turn in turns]
        search: Search = _over
        for link in reversed(links):
            search = link(search)
        return search

    # The slots

    def slot(self, term: str) -> int:
        """The slot of a term."""
        return self._slots.setdefault(term, len(self._slots))

    def names(self) -> list[str]:
        """A name in each slot: objects stay, variables are written over."""
        return list(self._slots)

    def picked(self, terms: Iterable[str]) -> Callable[[list[str]], Args]:
        """A function that takes the tuple of terms from the slots."""
        slots = [self.slot(term) for term in terms]
        if len(slots) == 1:
            only = slots[0]
            return lambda names: (names[only],)
        return itemgetter(*slots) if slots else lambda _: ()

    # The links

    def _link(self, turn: Lookup | Trial | Tests) -> Link:
        match turn:
            case Lookup(atom, known):
                return self._looked_up(atom, known)
            case Trial(variable):
                return self._tried(variable)
            case Tests(conditions):
                return _tested([self._test(condition) for condition in conditions])

    def _looked_up(self, atom: Atom, known: tuple[int, ...]) -> Link:
        spend = self._relations.spend
        index = self._relations.index(atom.predicate, known)
        key = self.picked([atom.args[place] for place in known])
        outs = [
            (place, self.slot(term), self._order.members[term])
            for place, term in enumerate(atom.args)
            if place not in known
        ]

        def link(rest: Search) -> Search:
            def run(names: list[str]) -> bool:
                tuples = index.get(key(names))
                if tuples is None:
                    return False
                spend(len(tuples))
                for args in tuples:
                    for place, slot, allowed in outs:
                        name = args[place]
                        if name not in allowed:
                            break
                        names[slot] = name
                    else:
                        if rest(names):
                            return True
                return False

            return run

        return link

    def _tried(self, variable: str) -> Link:
        spend, slot = self._relations.spend, self.slot(variable)
        objects = self._order.members[variable]

        def link(rest: Search) -> Search:
            def run(names: list[str]) -> bool:
                spend(len(objects))
                for name in objects:
                    names[slot] = name
                    if rest(names):
                        return True
                return False

            return run

        return link

    def _test(self, condition: Condition) -> Search:
        """A test of a condition whose free variables are all known."""
        match condition:
            case Atom(relation, args):
                known, pick = self._relations.tuples(relation), self.picked(args)
                return lambda names: pick(names) in known
            case Equal(left, right):
                one, other = self.slot(left), self.slot(right)
                return lambda names: names[one] == names[other]
            case Not(Atom() | Equal() as part):
                test = self._test(part)
                return lambda names: not test(names)
            case And(parts):
                tests = [self._test(part) for part in parts]
                return lambda names: all(test(names) for test in tests)
            case Or(parts):
                tests = [self._test(part) for part in parts]
                return lambda names: any(test(names) for test in tests)
            case Exists(parameters, part):
                self._order.members |= {p.name: self._members(p.types) for p in parameters}
                wanted = {p.name for p in parameters}
                known_terms = free_variables(condition)
                return self.search(conjuncts(part), known_terms, wanted, lambda rest: rest)
            case Forall(parameters, part):
                counterexample = self._test(Exists(parameters, negation(part)))
                return lambda names: not counterexample(names)
            case _:
                slots = {v: self.slot(v) for v in free_variables(condition)}
                compare = self._compare
                return lambda names: compare(condition, {v: names[s] for v, s in slots.items()})


def _tested(tests: list[Search]) -> Link:
    if len(tests) == 1:
        return lambda rest: lambda names: tests[0](names) and rest(names)

    def link(rest: Search) -> Search:
        def run(names: list[str]) -> bool:
            for test in tests:
                if not test(names):
                    return False
            return rest(names)

        return run

    return link


def _over(_: list[str]) -> bool:
    return True
