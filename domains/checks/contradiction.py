"""Conditions that can hold in no state: two literals that exclude each other.

What is found is a proof; not every contradiction is found, since satisfiability is hard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goalsmith.domains.formula import (
    And,
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

Types = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a condition can never hold: the part to point at, and a sentence about it."""

    part: Atom | Equal | Or
    reason: str


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
    parts = tuple(conjuncts(positive_form(condition)))
    known = (*given, *literals(And(parts)))
    names = _Names()
    for part in known:
        if isinstance(part, Equal) and (found := _equality(part, names, scope)):
            return found
    if found := _clash(known, names):
        return found
    for part in parts:
        if isinstance(part, Or):
            if all(conflict(each, scope, known) for each in part.parts):
                return Conflict(part, "no part of it can hold")
        elif isinstance(part, Exists):
            hidden = {p.name for p in part.parameters}
            outer = tuple(each for each in known if not free_variables(each) & hidden)
            if found := conflict(part.part, scope.with_parameters(part.parameters), outer):
                return found
    return None


def _equality(part: Equal, names: _Names, scope: Scope) -> Conflict | None:
    if not names.merge(part.left, part.right):
        return Conflict(part, "these are different objects")
    left, right = scope.types.get(part.left), scope.types.get(part.right)
    if left and right and not scope.may_be_same(left, right):
        reason = f"no object is both of type {' or '.join(left)} and of type {' or '.join(right)}"
        return Conflict(part, reason)
    return None


def _clash(parts: tuple[Condition, ...], names: _Names) -> Conflict | None:
    seen: dict[tuple[Atom, bool], Atom] = {}
    for part in parts:
        match part:
            case Atom() as atom:
                positive = True
            case Not(Atom() as atom):
                positive = False
            case Not(Equal(left, right) as equal) if names.of(left) == names.of(right):
                return Conflict(equal, "both are the same object")
            case _:
                continue
        key = names.atom(atom)
        other = seen.get((key, not positive))
        if other is not None:
            what = "it" if other == atom else f"`{other}`, which is the same,"
            return Conflict(atom, f"{what} is also {'denied' if positive else 'asked for'}")
        seen[key, positive] = atom
    return None
