"""The order in which a search goes through the parts of a clause.

It is chosen greedily before the search: what is known is tested first, then comes the atom that is
expected to leave the fewest tuples, and the objects of a variable are tried one by one only where
no atom has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import TypeAlias

from goalsmith.domains.formula import (
    And,
    Atom,
    Condition,
    Equal,
    Exists,
    Forall,
    Or,
    free_variables,
)
from goalsmith.domains.growing_relations import Relations


@dataclass(frozen=True, slots=True)
class Tests:
    """Conditions are tested whose variables are all known."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """An atom's tuples are looked up by the places that are known."""

    atom: Atom
    known: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A variable's objects are tried one by one."""

    variable: str


@dataclass(frozen=True, slots=True)
class Reached:
    """All variables that are wanted are known."""


Turn: TypeAlias = Tests | Lookup | Trial | Reached
"""What a search does at one place."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a clause, the terms that must be known to test it, and whether that is dear."""

    condition: Condition
    terms: frozenset[str]
    dear: bool = False


class Order:
    """Chooses the order of searches that share their variables.

    `growing` are the relations on whose present size nothing should rest. `members` has the objects
    that each variable may stand for; terms that stand for a variable once more are added to it.
    """

    def __init__(
        self, relations: Relations, growing: Set[str], members: dict[str, frozenset[str]]
    ) -> None:
        self._relations = relations
        self._growing = growing
        self.members = members

    def turns(
        self, parts: Iterable[Condition], known: Set[str], wanted: Set[str]
    ) -> Iterator[Turn]:
        """The turns of a search through parts; what is dear to test comes late.

        It comes to `Reached` as soon as the wanted variables are known, and goes on.
        """
        known = set(known)
        left: list[_Part] = []
        for part in parts:
            left += self._prepared(part, known)
        waiting = True
        while True:
            ready = [p for p in left if p.terms <= known and not (waiting and p.dear)]
            if ready:
                left = [p for p in left if not (p.terms <= known and not (waiting and p.dear))]
                ready.sort(key=lambda p: p.dear)
                yield Tests(tuple(p.condition for p in ready))
            atoms = [p.condition for p in left if isinstance(p.condition, Atom)]
            if waiting and wanted <= known:
                waiting = False
                yield Reached()
            elif atoms:
                best = min(atoms, key=lambda atom: self._expected(atom, known))
                left = [p for p in left if p.condition is not best]
                yield Lookup(best, tuple(p for p, term in enumerate(best.args) if term in known))
                known.update(best.args)
            else:
                # Variables of which nothing is asked come last.
                asked = {term for p in left for term in p.terms} - known
                unknown = sorted(asked & wanted) or sorted(asked)
                if waiting and not unknown:
                    unknown = sorted(wanted - known)
                if not unknown:
                    return
                yield Trial(unknown[0])
                known.add(unknown[0])

    def _prepared(self, part: Condition, known: set[str]) -> Iterator[_Part]:
        """A part; an atom with a variable for each place, and which of them must be equal."""
        if not isinstance(part, Atom):
            yield _Part(part, free_variables(part), _is_dear(part))
            return
        args: list[str] = []
        for term in part.args:
            if term not in self.members:
                known.add(term)
            elif term in args and term not in known:
                other = f"{term} {len(self.members)} again"
                self.members[other] = self.members[term]
                yield _Part(Equal(term, other), frozenset((term, other)))
                args.append(other)
                continue
            args.append(term)
        yield _Part(Atom(part.predicate, tuple(args)), frozenset(args))

    def _expected(self, atom: Atom, known: Set[str]) -> float:
        """How many of an atom's tuples agree with the terms that are known, roughly."""
        most = 1.0
        for term in atom.args:
            if term not in known:
                most *= len(self.members[term])
        if atom.predicate in self._growing:
            return most
        size = len(self._relations.tuples(atom.predicate))
        for place, term in enumerate(atom.args):
            if term in known:
                objects = len(self._relations.index(atom.predicate, (place,)))
                most = min(most, size / max(objects, 1))
        return min(most, size)


def _is_dear(condition: Condition) -> bool:
    """Whether a test is itself a search, better put off until it matters."""
    match condition:
        case Exists() | Forall():
            return True
        case And(parts) | Or(parts):
            return any(map(_is_dear, parts))
        case _:
            return False
