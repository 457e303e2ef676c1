"""What holds at a moment, indexed by predicate: the working form of a state.

Atoms are kept as tuples of arguments in one set per predicate, so that a test is a set lookup and
a join runs over one predicate's tuples only. A `Facts` is mutable and belongs to one computation;
`State` is the value that crosses between layers.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from goalsmith.domains.formula import Atom, FunctionTerm

Relation = set[tuple[str, ...]]
_NONE: frozenset[tuple[str, ...]] = frozenset()


class Facts:
    """The atoms that hold, by predicate, and the numbers."""

    __slots__ = ("numbers", "relations")

    def __init__(
        self, atoms: Iterable[Atom] = (), numbers: Iterable[tuple[FunctionTerm, Fraction]] = ()
    ) -> None:
        self.relations: dict[str, Relation] = {}
        for atom in atoms:
            self.add(atom.predicate, atom.args)
        self.numbers: dict[FunctionTerm, Fraction] = dict(numbers)

    def add(self, predicate: str, args: tuple[str, ...]) -> bool:
        """Makes an atom true; says whether it was false before."""
        relation = self.relations.get(predicate)
        if relation is None:
            self.relations[predicate] = {args}
            return True
        before = len(relation)
        relation.add(args)
        return len(relation) > before

    def remove(self, predicate: str, args: tuple[str, ...]) -> None:
        """Makes an atom false."""
        relation = self.relations.get(predicate)
        if relation is not None:
            relation.discard(args)

    def holds(self, predicate: str, args: tuple[str, ...]) -> bool:
        """Whether an atom is true."""
        return args in self.relations.get(predicate, _NONE)

    def relation(self, predicate: str) -> Relation | frozenset[tuple[str, ...]]:
        """The argument tuples for which a predicate holds. Not to be changed."""
        return self.relations.get(predicate, _NONE)

    def atoms(self) -> frozenset[Atom]:
        """All true atoms as values."""
        return frozenset(
            Atom(p, args) for p, relation in self.relations.items() for args in relation
        )
