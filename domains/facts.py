"""What holds at a moment, indexed by predicate: the working form of a state.

Atoms are kept as tuples of arguments in one set per predicate, so that a test is a set lookup and
a join runs over one predicate's tuples only, or over those with a given object in a given place. A
`Facts` is mutable and belongs to one computation; `State` is the value that crosses between layers.

What follows from the facts need not be there from the start: a predicate may be deferred, which is
computed when anyone first asks for it. Whoever reads facts cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from fractions import Fraction

from goalsmith.domains.formula import Atom, FunctionTerm

Args = tuple[str, ...]
_NONE: frozenset[Args] = frozenset()

SMALL = 8
"""Relations up to this size are searched through without an index."""


class Facts:
    """The atoms that hold, by predicate, and the numbers."""

    __slots__ = ("_deferred", "_indexes", "_relations", "numbers")

    def __init__(
        self, atoms: Iterable[Atom] = (), numbers: Iterable[tuple[FunctionTerm, Fraction]] = ()
    ) -> None:
        self._relations: dict[str, set[Args]] = {}
        # By predicate, place and object: the tuples that have the object there. Made when asked.
        self._indexes: dict[str, dict[int, dict[str, set[Args]]]] = {}
        # Predicates that have no relation yet, and what makes one when it is asked for.
        self._deferred: dict[str, Callable[[Facts, str], None]] = {}
        relations = self._relations
        for atom in atoms:
            try:
                relations[atom.predicate].add(atom.args)
            except KeyError:
                relations[atom.predicate] = {atom.args}
        self.numbers: dict[FunctionTerm, Fraction] = dict(numbers)

    def add(self, predicate: str, args: Args) -> bool:
        """Makes an atom true; says whether it was false before."""
        relation = self._relations.get(predicate)
        if relation is None:
            relation = self._relations[predicate] = set()
        if args in relation:
            return False
        relation.add(args)
        indexes = self._indexes.get(predicate)
        if indexes is not None:
            for place, index in indexes.items():
                index.setdefault(args[place], set()).add(args)
        return True

    def remove(self, predicate: str, args: Args) -> bool:
        """Makes an atom false; says whether it was true before."""
        relation = self._relations.get(predicate)
        if relation is None or args not in relation:
            return False
        relation.remove(args)
        indexes = self._indexes.get(predicate)
        if indexes is not None:
            for place, index in indexes.items():
                index[args[place]].remove(args)
        return True

    def replace(self, predicate: str, relation: Iterable[Args]) -> None:
        """Makes a predicate hold for just these tuples."""
        self._deferred.pop(predicate, None)
        self._relations[predicate] = set(relation)
        self._indexes.pop(predicate, None)

    def defer(self, predicates: Iterable[str], complete: Callable[[Facts, str], None]) -> None:
        """Leaves predicates open until one of them is asked for.

        Then `complete` is called with it, and must replace that predicate's relation at least.
        """
        for predicate in predicates:
            self._relations.pop(predicate, None)
            self._indexes.pop(predicate, None)
            self._deferred[predicate] = complete

    def is_deferred(self, predicate: str) -> bool:
        """Whether a predicate was deferred and not asked for since."""
        return predicate in self._deferred

    def holds(self, predicate: str, args: Args) -> bool:
        """Whether an atom is true."""
        relation = self._relations.get(predicate)
        return args in (self.relation(predicate) if relation is None else relation)

    def relation(self, predicate: str) -> Set[Args]:
        """The argument tuples for which a predicate holds. Not to be changed."""
        complete = self._deferred.get(predicate)
        if complete is not None:
            complete(self, predicate)
        return self._relations.get(predicate, _NONE)

    def candidates(self, predicate: str, pattern: Iterable[str | None]) -> Set[Args]:
        """Tuples of a relation among which are all that fit a pattern (None: any object).

        Of the places that the pattern fixes, the one that leaves the fewest tuples is used.
        """
        best: Set[Args] | None = self._relations.get(predicate)
        if best is None:
            best = self.relation(predicate)
        if len(best) <= SMALL:
            return best
        for place, name in enumerate(pattern):
            if name is not None:
                chosen = self._index(predicate, place).get(name, _NONE)
                if len(chosen) < len(best):
                    best = chosen
        return best

    def lookup(self, predicate: str, place: int | None, name: str) -> Set[Args]:
        """The tuples of a relation that have an object in a place; all if no place is given."""
        relation: Set[Args] | None = self._relations.get(predicate)
        if relation is None:
            relation = self.relation(predicate)
        if place is None or not relation:
            return relation
        return self._index(predicate, place).get(name, _NONE)

    def distinct(self, predicate: str, place: int) -> int:
        """How many different objects the tuples of a relation have in a place, as a rule."""
        return len(self._index(predicate, place)) if self.relation(predicate) else 0

    def _index(self, predicate: str, place: int) -> dict[str, set[Args]]:
        indexes = self._indexes.setdefault(predicate, {})
        index = indexes.get(place)
        if index is None:
            index = indexes[place] = {}
            for args in self._relations[predicate]:
                index.setdefault(args[place], set()).add(args)
        return index

    def atoms(self, without: Set[str] = frozenset()) -> frozenset[Atom]:
        """All true atoms as values, but for those of some predicates."""
        for predicate in tuple(self._deferred):
            if predicate not in without:
                self.relation(predicate)
        return frozenset(
            Atom(predicate, args)
            for predicate, relation in self._relations.items()
            if predicate not in without
            for args in relation
        )
