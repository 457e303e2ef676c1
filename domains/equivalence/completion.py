"""Goals completed by what a task's laws imply, and admissible states that meet a condition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goalsmith.domains.effort import Effort, SpentError
from goalsmith.domains.formula import FALSE, TRUE, And, Atom, Condition, Not, Or, conjuncts
from goalsmith.domains.invariants.closure import Closure, ContradictionError
from goalsmith.domains.invariants.laws import Laws
from goalsmith.domains.normal_form import joined
from goalsmith.domains.transition import GroundAtom

PARTS_PER_STEP = 100
"""Parts of a condition that are looked at for one step of an effort."""


@dataclass(frozen=True, slots=True)
class CompletedGoal:
    """A goal with what it implies, and without what holds anyway.

    `literals` holds every atom that follows, and those negated ones that do not follow from them.
    `rest` holds the disjunctions that are left. A goal that no admissible state meets is None in
    the place of this.
    """

    literals: frozenset[Condition]
    rest: frozenset[Condition]


class Completer:
    """Completes goals of one task, in lower case and in normal form."""

    def __init__(self, laws: Laws) -> None:
        self.laws = laws
        self._base = Closure(laws)
        self._base.propagate()

    def complete(self, goal: Condition) -> CompletedGoal | None:
        """The completed goal; None if no admissible state meets it."""
        try:
            closure, rest = _assumed(self._base.copy(), [goal])
        except ContradictionError:
            return None
        atoms = [key for key in closure.true if key not in self._base.true]
        positive = self._base.copy()
        for key in atoms:
            positive.set_true(key)
        literals = {_condition(key) for key in atoms}
        literals |= {Not(_condition(key)) for key in closure.false if not positive.excluded(key)}
        return CompletedGoal(frozenset(literals), frozenset(rest))

    def admissible(
        self, conditions: Iterable[Condition], effort: Effort
    ) -> frozenset[GroundAtom] | None:
        """The atoms of an admissible state that meets conditions; None if there is none.

        Derived atoms and comparisons of numbers in the conditions are taken as if they could be
        chosen freely, so None is certain, but a state may not meet them.

        Raises:
            SpentError: the effort does not suffice.
        """
        try:
            return self._branch(self._base, list(conditions), effort)
        except RecursionError:
            raise SpentError from None

    def _branch(
        self, closure: Closure, conditions: list[Condition], effort: Effort
    ) -> frozenset[GroundAtom] | None:
        effort.spend(1 + len(conditions) // PARTS_PER_STEP)
        try:
            closure, rest = _assumed(closure.copy(), conditions)
        except ContradictionError:
            return None
        if not rest:
            return self._extended(closure, effort)
        first, *others = rest
        assert isinstance(first, Or)
        for alternative in first.parts:
            found = self._branch(closure, [alternative, *others], effort)
            if found is not None:
                return found
        return None

    def _extended(self, closure: Closure, effort: Effort) -> frozenset[GroundAtom] | None:
        """A state with what a closure says: each open group is decided."""
        return self._greedy(closure.copy()) or self._searched(closure, effort)

    def _greedy(self, closure: Closure) -> frozenset[GroundAtom] | None:
        """A state found without looking back: nearly always there is one, and this is fast."""
        while (group := closure.undecided()) is not None:
            atoms = (a for a in self.laws.preferred(group) if not closure.excluded(a))
            atom = next(atoms, None)
            if atom is None:
                return None
            closure.set_true(atom)
        return self._state(closure)

    def _searched(self, closure: Closure, effort: Effort) -> frozenset[GroundAtom] | None:
        group = closure.undecided()
        if group is None:
            return self._state(closure)
        for atom in self.laws.preferred(group):
            effort.spend()
            child = closure.copy()
            try:
                child.set_true(atom)
                child.propagate()
            except ContradictionError:
                continue
            found = self._searched(child, effort)
            if found is not None:
                return found
        return None

    def _state(self, closure: Closure) -> frozenset[GroundAtom]:
        """The atoms that a closure says hold, and of the initial ones those that it allows."""
        for atom in sorted(self.laws.init):
            if not closure.excluded(atom) and not self.laws.derived(atom[0]):
                closure.set_true(atom)
        return frozenset(
            key for key in closure.true if isinstance(key, tuple) and not self.laws.derived(key[0])
        )


def _assumed(closure: Closure, conditions: list[Condition]) -> tuple[Closure, list[Condition]]:
    """Assumes conditions as far as they are literals; what is left are disjunctions, reduced.

    Raises:
        ContradictionError: no admissible state meets the conditions.
    """
    waiting = [part for condition in conditions for part in conjuncts(condition)]
    while True:
        if any(part == FALSE for part in waiting):
            raise ContradictionError
        rest: list[Condition] = [part for part in waiting if isinstance(part, Or)]
        closure.assume(part for part in waiting if not isinstance(part, Or))
        reduced = [reduce(part, closure) for part in rest]
        waiting = [part for each in reduced for part in conjuncts(each)]
        if waiting == rest:
            return closure, rest


def reduce(condition: Condition, closure: Closure) -> Condition:
    """A condition without the literals that a closure decides."""
    match condition:
        case And(parts):
            return joined(And, [reduce(p, closure) for p in parts])
        case Or(parts):
            return joined(Or, [reduce(p, closure) for p in parts])
        case _:
            value = closure.holds(condition)
            return condition if value is None else TRUE if value else FALSE


def _condition(key: GroundAtom | Condition) -> Condition:
    return Atom(*key) if isinstance(key, tuple) else key
