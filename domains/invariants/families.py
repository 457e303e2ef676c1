"""Invariants: families of sets of atoms of which steps never make more hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

from goalsmith.domains.formula import Atom, Equal, Not
from goalsmith.domains.invariants.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Part:
    """The atoms of one predicate in an invariant.

    `places` holds, for each of the invariant's parameters, the place of the argument that it
    stands at, counted from 0; `counted` is the place of an argument that may be any object.
    """

    predicate: str
    places: tuple[int, ...]
    counted: int | None = None

    def key(self, args: tuple[str, ...]) -> tuple[str, ...]:
        """The invariant's parameters in an atom with these arguments."""
        return tuple([args[place] for place in self.places])


@dataclass(frozen=True, slots=True)
class Invariant:
    """A family of sets of atoms; no step increases the weight of one whose weight is 0 or 1.

    There is at most one part for a predicate. `conserved`: weight 1 does not become 0 either.
    """

    parts: tuple[Part, ...]
    conserved: bool = False

    def part(self, predicate: str) -> Part | None:
        """The part that holds a predicate's atoms, if there is one."""
        return next((p for p in self.parts if p.predicate == predicate), None)

    def weights(self, atoms: Iterable[Atom]) -> Counter[tuple[str, ...]]:
        """The weight of each instance, by its parameters, in a state with these atoms."""
        parts = {p.predicate: p for p in self.parts}
        return Counter(parts[a.predicate].key(a.args) for a in set(atoms) if a.predicate in parts)

    def ordered(self) -> Invariant:
        """The same family with its parameters and parts in a fixed order.

        All orders of the parameters are tried.
        """
        forms = []
        for order in permutations(range(len(self.parts[0].places))):
            parts = (
                Part(p.predicate, tuple(p.places[i] for i in order), p.counted) for p in self.parts
            )
            forms.append(tuple(sorted(parts, key=_order)))
        return Invariant(min(forms, key=lambda parts: [_order(p) for p in parts]), self.conserved)

    def __str__(self) -> str:
        return "{" + ", ".join(map(_written, self.parts)) + "}"


def _order(part: Part) -> tuple[str, tuple[int, ...]]:
    return part.predicate, part.places


def _written(part: Part) -> str:
    size = len(part.places) + (part.counted is not None)
    args = ["_"] * size
    for index, place in enumerate(part.places):
        args[place] = f"?{index}"
    return f"({' '.join((part.predicate, *args))})"


def possible(invariant: Invariant, key: tuple[str, ...], before: Knowledge) -> bool:
    """Whether an instance may have weight 0 or 1, for all that is known."""
    inside = [
        (part, atom)
        for atom in before.true()
        if (part := invariant.part(atom.predicate)) and before.all_same(part.key(atom.args), key)
    ]
    for index, (part, atom) in enumerate(inside):
        for other_part, other in inside[:index]:
            if part is not other_part:
                return False
            if part.counted is not None and before.entails(
                Not(Equal(atom.args[part.counted], other.args[part.counted]))
            ):
                return False
    return True
