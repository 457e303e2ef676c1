"""Actions that cannot be applied, and effects that do nothing or undo each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from goalsmith.domains.checks.contradiction import Scope, conflict, literals
from goalsmith.domains.checks.subject import Subject
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.formula import (
    Add,
    Assign,
    Atom,
    Condition,
    Delete,
    Effect,
    ForEach,
    Not,
    Parameter,
    When,
    free_variables,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A simple effect with what stands around it.

    `conditions` and `bound` are the conditions and the quantified variables around it, from the
    outside in; `given` are the literals that hold wherever it takes place.
    """

    effect: Add | Delete | Assign
    conditions: tuple[Condition, ...]
    bound: tuple[Parameter, ...]
    given: tuple[Condition, ...]


def impossible_conditions(subject: Subject) -> Iterator[Diagnostic]:
    """Preconditions, and conditions of derived rules, that contradict themselves."""
    for action in subject.domain.actions:
        found = conflict(action.precondition, _scope(subject, action.parameters))
        if found:
            yield subject.domain_text.finding(
                "contradictory-precondition",
                f"`{action.name}` is never applicable: {found}",
                found.part,
            )
    for rule in subject.domain.derived:
        found = conflict(rule.condition, _scope(subject, rule.parameters))
        if found:
            yield subject.domain_text.finding(
                "contradictory-rule",
                f"this rule for `{rule.predicate}` never applies: {found}",
                found.part,
            )


def _scope(subject: Subject, parameters: tuple[Parameter, ...]) -> Scope:
    types = {o.name: o.types for o in subject.domain.constants}
    types |= {p.name: p.types for p in parameters}
    return Scope(types, subject.may_be_same)


def dead_effects(subject: Subject) -> Iterator[Diagnostic]:
    """Conditional effects whose condition excludes the precondition, or itself."""
    for action in subject.domain.actions:
        scope = _scope(subject, action.parameters)
        given = literals(action.precondition)
        if conflict(action.precondition, scope) is None:
            yield from _dead(subject, action.name, action.effects, scope, given)


def _dead(
    subject: Subject,
    name: str,
    effects: tuple[Effect, ...],
    scope: Scope,
    given: tuple[Condition, ...],
) -> Iterator[Diagnostic]:
    for effect in effects:
        if isinstance(effect, ForEach):
            within = scope.with_parameters(effect.parameters)
            outer = _outside(given, effect.parameters)
            yield from _dead(subject, name, effect.effects, within, outer)
        elif isinstance(effect, When):
            found = conflict(effect.condition, scope, given)
            if found:
                yield subject.domain_text.finding(
                    "dead-effect",
                    f"this effect of `{name}` never takes place: {found}",
                    found.part,
                )
            else:
                known = (*given, *literals(effect.condition))
                yield from _dead(subject, name, effect.effects, scope, known)


def _outside(
    given: tuple[Condition, ...], parameters: tuple[Parameter, ...]
) -> tuple[Condition, ...]:
    """The literals that keep their meaning within a quantifier."""
    hidden = {p.name for p in parameters}
    return tuple(each for each in given if not free_variables(each) & hidden)


def _placed(
    effects: tuple[Effect, ...],
    given: tuple[Condition, ...],
    conditions: tuple[Condition, ...] = (),
    bound: tuple[Parameter, ...] = (),
) -> Iterator[Placed]:
    for effect in effects:
        match effect:
            case When(condition, inner):
                known = (*given, *literals(condition))
                yield from _placed(inner, known, (*conditions, condition), bound)
            case ForEach(parameters, inner):
                known = _outside(given, parameters)
                yield from _placed(inner, known, conditions, (*bound, *parameters))
            case _:
                yield Placed(effect, conditions, bound, given)


def opposed_effects(subject: Subject) -> Iterator[Diagnostic]:
    """Deletions of an atom that the same action adds at the same time: the addition wins."""
    for action in subject.domain.actions:
        placed = tuple(_placed(action.effects, ()))
        for one in placed:
            opposed = _opposed(one, placed)
            if opposed is not None and not isinstance(one.effect, Assign):
                place = subject.domain_text.places.part(opposed)
                line = f" on line {place.position.line}" if place else ""
                yield subject.domain_text.finding(
                    "add-and-delete",
                    f"`{action.name}` deletes `{opposed}`, which it also adds{line}: the addition "
                    "wins, so the deletion does nothing",
                    one.effect.atom,
                )


def _opposed(one: Placed, placed: tuple[Placed, ...]) -> Atom | None:
    """The atom, where it is added, that a deletion deletes in vain."""
    if not isinstance(one.effect, Delete):
        return None
    for other in placed:
        if isinstance(other.effect, Add) and _whenever(one, other):
            return other.effect.atom
    return None


def _whenever(deletion: Placed, addition: Placed) -> bool:
    """Whether the addition takes place, of the same atom, whenever the deletion does."""
    assert isinstance(deletion.effect, Delete)
    assert isinstance(addition.effect, Add)
    if addition.effect.atom != deletion.effect.atom:
        return False
    variables = free_variables(addition.effect.atom)
    bound = {p for p in deletion.bound if p.name in variables}
    return set(addition.conditions) <= set(deletion.conditions) and bound <= set(
        addition.bound
    ) <= set(deletion.bound)


def idle_effects(subject: Subject) -> Iterator[Diagnostic]:
    """Effects that change nothing, and actions all of whose effects do not."""
    text = subject.domain_text
    read = {term.function for term in subject.usage.reads} - subject.usage.only_measured
    for action in subject.domain.actions:
        placed = tuple(_placed(action.effects, literals(action.precondition)))
        idle = [p for p in placed if _idle_reason(p, placed)]
        moving = [p for p in placed if p not in idle and not _only_counts(p.effect, read)]
        if not moving:
            rest = "only counts costs" if any(p not in idle for p in placed) else "changes nothing"
            yield text.finding("idle-action", f"`{action.name}` {rest}", action.position)
            continue
        seen = set()
        for one in placed:
            reason = _idle_reason(one, placed)
            plain = replace(one, given=())
            if not reason and plain in seen and not isinstance(one.effect, Assign):
                reason = "it is stated twice"
            seen.add(plain)
            if reason and _opposed(one, placed) is None:
                at = one.effect if isinstance(one.effect, Assign) else one.effect.atom
                yield text.finding(
                    "idle-effect", f"this effect of `{action.name}` changes nothing: {reason}", at
                )


def _only_counts(effect: Add | Delete | Assign, read: set[str]) -> bool:
    """Whether an effect changes a number on which nothing else depends."""
    return isinstance(effect, Assign) and effect.target.function not in read


def _idle_reason(one: Placed, placed: tuple[Placed, ...]) -> str:
    """Why an effect changes nothing; empty if it does."""
    match one.effect:
        case Add(atom) if atom in one.given:
            deletions = (p.effect.atom for p in placed if isinstance(p.effect, Delete))
            # An addition may also protect its atom from a deletion in the same step.
            if not any(_may_be_equal(atom, each) for each in deletions):
                return "the atom holds already where it takes place"
        case Delete(atom) if Not(atom) in one.given:
            return "the atom does not hold where it takes place"
        case Assign("assign", target, value) if target == value:
            return "it assigns a number to itself"
    return ""


def _may_be_equal(atom: Atom, other: Atom) -> bool:
    """Whether two atoms may be the same for some choice of objects, types left aside."""
    return (atom.predicate, len(atom.args)) == (other.predicate, len(other.args)) and all(
        a == b or a.startswith("?") or b.startswith("?")
        for a, b in zip(atom.args, other.args, strict=True)
    )
