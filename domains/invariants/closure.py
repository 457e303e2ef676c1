"""What follows from literals by a task's laws: which other atoms hold, which do not.

Literals are propagated to a fixpoint: an atom that holds makes the others of its mutex groups
false; in a group of which exactly one atom holds, the last that is left holds; arcs of a relation
without cycles exclude the arcs that would close one. What is found follows; not all that follows
is found. The fixpoint does not depend on the order of propagation, nor on the objects' names.
"""

from __future__ import annotations

from collections.abc import Iterable

from goalsmith.domains.formula import Atom, Condition, Not
from goalsmith.domains.invariants.laws import Group, Laws
from goalsmith.domains.transition import GroundAtom

LiteralKey = GroundAtom | Condition
"""An atom as predicate and arguments, or a part of a condition of which the laws say nothing."""


class ContradictionError(Exception):
    """What is assumed breaks a law. Never leaves this package."""


class Closure:
    """Literals and what follows from them. Mutable; `copy` is cheap."""

    def __init__(self, laws: Laws) -> None:
        self.laws = laws
        self.true: set[LiteralKey] = set()
        self.false: set[LiteralKey] = set()
        self._owners: dict[Group, GroundAtom] = {}
        self._arcs: dict[tuple[str, str], list[str]] = {}
        # For each group of which exactly one atom holds: two that may, to be looked at first.
        self._open: dict[Group, tuple[GroundAtom, ...]] = dict.fromkeys(laws.exact_groups(), ())
        for atom in laws.permanent():
            self.set_true(atom)

    def copy(self) -> Closure:
        """A closure that changes on its own."""
        other = Closure.__new__(Closure)
        other.laws = self.laws
        other.true = set(self.true)
        other.false = set(self.false)
        other._owners = dict(self._owners)
        other._arcs = {k: list(v) for k, v in self._arcs.items()}
        other._open = dict(self._open)
        return other

    def assume(self, literals: Iterable[Condition]) -> None:
        """Adds literals and what follows.

        Raises:
            ContradictionError: no state that obeys the laws meets them all.
        """
        for literal in literals:
            match literal:
                case Not(Atom(predicate, args)):
                    self._set_false((predicate, args))
                case Not(part):
                    self._set_false(part)
                case Atom(predicate, args):
                    self.set_true((predicate, args))
                case _:
                    self.set_true(literal)
        self.propagate()

    def holds(self, literal: Condition) -> bool | None:
        """Whether a literal follows (True), its negation does (False), or neither (None)."""
        match literal:
            case Not(part):
                value = self.holds(part)
                return None if value is None else not value
            case Atom(predicate, args):
                key: LiteralKey = (predicate, args)
            case _:
                key = literal
        if key in self.true or (isinstance(key, tuple) and self.laws.always(key)):
            return True
        return False if self.excluded(key) else None

    def excluded(self, key: LiteralKey) -> bool:
        """Whether an atom cannot hold."""
        if key in self.false:
            return True
        if not isinstance(key, tuple) or self.laws.derived(key[0]) or key in self.true:
            return False
        groups = self.laws.groups(key)
        if groups is None:
            return True
        owners = self._owners
        for group in groups:
            if owners.get(group, key) != key:
                return True
        return key[0] in self.laws.acyclic and self._leads(key[0], key[1][1], key[1][0])

    def set_true(self, key: LiteralKey) -> None:
        """Makes an atom hold, without propagating what follows from that."""
        if key in self.true:
            return
        if self.excluded(key):
            raise ContradictionError
        self.true.add(key)
        if not isinstance(key, tuple) or self.laws.derived(key[0]):
            return
        for group in self.laws.groups(key) or ():
            self._owners[group] = key
            self._open.pop(group, None)
        if key[0] in self.laws.acyclic:
            self._arcs.setdefault((key[0], key[1][0]), []).append(key[1][1])

    def propagate(self) -> None:
        """Finds what follows from the groups of which exactly one atom holds."""
        changed = True
        while changed:
            changed = False
            for group, seen in list(self._open.items()):
                if group not in self._open:
                    continue
                left = tuple([a for a in seen if not self.excluded(a)])
                if len(left) < 2:
                    left = self._left(group)
                if not left:
                    raise ContradictionError
                if len(left) == 1:
                    self.set_true(left[0])
                    changed = True
                else:
                    self._open[group] = left

    def undecided(self) -> Group | None:
        """A group of which exactly one atom holds, but not yet which."""
        return next(iter(self._open), None)

    def _left(self, group: Group) -> tuple[GroundAtom, ...]:
        """At most two atoms of a group that are not excluded."""
        found: list[GroundAtom] = []
        for atom in self.laws.members(group):
            if not self.excluded(atom):
                found.append(atom)
                if len(found) == 2:
                    break
        return tuple(found)

    def _set_false(self, key: LiteralKey) -> None:
        if key in self.true or (isinstance(key, tuple) and self.laws.always(key)):
            raise ContradictionError
        self.false.add(key)

    def _leads(self, predicate: str, start: str, end: str) -> bool:
        """Whether arcs that hold lead from one object to another."""
        waiting = [start]
        while waiting:
            here = waiting.pop()
            if here == end:
                return True
            waiting += self._arcs.get((predicate, here), ())
        return False
