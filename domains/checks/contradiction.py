"""Conditions that can hold in no state: two literals that exclude each other.

What is found is a proof; not every contradiction is found, since satisfiability is hard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goalsmith.domains.formula import (
    Atom,
    Condition,
    Equal,
    Exists,
    Not,
    Or,
    Parameter,
    conjuncts,
    free_variables,
    positive_form,
)
from goalsmith.domains.writer import write_condition

Types = tuple[str, ...]

MAX_KNOWN = 500
"""Literals with which disjunctions are compared at most: each part is, with all of them."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a condition can never hold: the part that cannot, where to point, and a reason."""

    said: Condition
    part: Condition
    reason: str

    def __str__(self) -> str:
        return f"`{write_condition(self.said)}` cannot hold here, since {self.reason}"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known of the terms: their types, and which types may share an object."""

    types: Mapping[str, Types]
    may_be_same: Callable[[Types, Types], bool]

    def with_parameters(self, parameters: tuple[Parameter, ...]) -> Scope:
        """The scope within a quantifier."""
        return Scope({**self.types, **{p.name: p.types for p in parameters}}, self.may_be_same)


class _Names:
    """Which terms must name the same object."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def of(self, term: str) -> str:
        while term in self._parents:
            term = self._parents[term]
        return term

    def merge(self, left: str, right: str) -> bool:
        """Takes two terms for the same; says whether they can be, as far as names tell."""
        left, right = sorted((self.of(left), self.of(right)), key=lambda t: t.startswith("?"))
        if left == right:
            return True
        # An object is what the others are named after.
        self._parents[right] = left
        return right.startswith("?")

    def atom(self, atom: Atom) -> Atom:
        return Atom(atom.predicate, tuple(map(self.of, atom.args)))


def literals(condition: Condition) -> tuple[Condition, ...]:
    """The atoms and equalities that must hold, or must not, wherever the condition holds."""
    return tuple(
        part
        for part in conjuncts(positive_form(condition))
        if isinstance(part, Atom | Equal)
        or (isinstance(part, Not) and isinstance(part.part, Atom | Equal))
    )


def conflict(
    condition: Condition, scope: Scope, given: tuple[Condition, ...] = ()
) -> Conflict | None:
    """Why a condition can never hold where the literals `given` do; None if nothing says so."""
    known = (*given, *literals(condition))
    names = _Names()
    for part in known:
        if isinstance(part, Equal) and (found := _equality(part, names, scope)):
            return found
    if found := _clash(known, names):
        return found
    if len(known) > MAX_KNOWN:
        return None
    for original in conjuncts(condition):
        for part in conjuncts(positive_form(original)):
            if isinstance(part, Or):
                if all(conflict(each, scope, known) for each in part.parts):
                    return Conflict(original, original, "no part of it can hold")
            elif isinstance(part, Exists):
                hidden = {p.name for p in part.parameters}
                outer = tuple(each for each in known if not free_variables(each) & hidden)
                if found := conflict(part.part, scope.with_parameters(part.parameters), outer):
                    return found
    return None


def _equality(part: Equal, names: _Names, scope: Scope) -> Conflict | None:
    if not names.merge(part.left, part.right):
        return Conflict(part, part, "these are different objects")
    left, right = scope.types.get(part.left), scope.types.get(part.right)
    if left and right and not scope.may_be_same(left, right):
        reason = f"no object is both of type {' or '.join(left)} and of type {' or '.join(right)}"
        return Conflict(part, part, reason)
    return None


def _clash(parts: tuple[Condition, ...], names: _Names) -> Conflict | None:
    seen: dict[tuple[Atom, bool], Condition] = {}
    for part in parts:
        match part:
            case Atom() as atom:
                positive = True
            case Not(Atom() as atom):
                positive = False
            case Not(Equal(left, right) as equal) if names.of(left) == names.of(right):
                return Conflict(part, equal, "both are the same object")
            case _:
                continue
        key = names.atom(atom)
        other = seen.get((key, not positive))
        if other is not None:
            return Conflict(part, atom, f"it contradicts `{write_condition(other)}`")
        seen[key, positive] = part
    return None
