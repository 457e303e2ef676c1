"""Names that are declared but not used, or used in one way only."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.domains.checks.subject import Subject, Text
from goalsmith.domains.checks.usage import parts_of, variables_of
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.formula import (
    Atom,
    Condition,
    Effect,
    Exists,
    Forall,
    ForEach,
    Parameter,
    When,
    conjuncts,
    free_variables,
)


def unused_parameters(subject: Subject) -> Iterator[Diagnostic]:
    """Parameters of actions, rules and quantifiers that nothing mentions."""
    text = subject.domain_text
    for action in subject.domain.actions:
        used = free_variables(action.precondition) | variables_of(action.effects)
        for parameter in action.parameters:
            if parameter.name not in used:
                yield text.finding(
                    "unused-parameter",
                    f"action `{action.name}` does not use its parameter `{parameter.name}`",
                    parameter.position,
                    suggestion="remove it: it only multiplies the steps to choose from",
                )
        yield from _idle_variables(text, action.precondition)
        yield from _idle_in_effects(text, action.effects)
    for rule in subject.domain.derived:
        used = free_variables(rule.condition)
        for parameter in rule.parameters:
            if parameter.name not in used:
                message = f"the rule for `{rule.predicate}` does not use `{parameter.name}`"
                help_ = "it derives the atom for every object there"
                yield text.finding(
                    "unused-parameter", message, parameter.position, suggestion=help_
                )
        yield from _idle_variables(text, rule.condition)
    if subject.problem is not None and subject.problem_text is not None:
        yield from _idle_variables(subject.problem_text, subject.problem.goal)


def _idle_variables(text: Text, condition: Condition) -> Iterator[Diagnostic]:
    for part in parts_of(condition):
        if isinstance(part, Forall | Exists):
            yield from _idle(text, part.parameters, free_variables(part.part))


def _idle_in_effects(text: Text, effects: tuple[Effect, ...]) -> Iterator[Diagnostic]:
    for effect in effects:
        if isinstance(effect, When):
            yield from _idle_variables(text, effect.condition)
        if isinstance(effect, ForEach):
            yield from _idle(text, effect.parameters, variables_of(effect.effects))
        if isinstance(effect, When | ForEach):
            yield from _idle_in_effects(text, effect.effects)


def _idle(
    text: Text, parameters: tuple[Parameter, ...], used: frozenset[str]
) -> Iterator[Diagnostic]:
    for parameter in parameters:
        if parameter.name not in used:
            message = f"the quantifier does not use its variable `{parameter.name}`"
            yield text.finding("unused-parameter", message, parameter.position)


def unused_types(subject: Subject) -> Iterator[Diagnostic]:
    """Types that no declaration asks for: neither them, nor one above or below them."""
    asked = subject.usage.types
    ancestors = subject.hierarchy.ancestors
    # Whatever has a used type below it is used to group types.
    above = {name for each in asked for name in ancestors(each)}
    for declared in subject.domain.types:
        if declared.name not in above and not ancestors(declared.name) & asked:
            yield subject.domain_text.finding(
                "unused-type",
                f"nothing in the domain asks for type `{declared.name}`",
                declared.position,
            )


def unused_predicates(subject: Subject) -> Iterator[Diagnostic]:
    """Predicates that occur nowhere, are asked for but never true, or changed but never asked."""
    usage = subject.usage
    text = subject.domain_text
    read = usage.read()
    changed = usage.added | usage.deleted
    asked: dict[str, Atom] = {}
    for atom in usage.asked:
        asked.setdefault(atom.predicate, atom)  # those of the goal come last
    for predicate in subject.domain.predicates:
        name = predicate.name
        if name not in read | changed | usage.derived:
            where = "no action, rule or goal" if subject.problem else "no action or rule"
            yield text.finding(
                "unused-predicate", f"{where} mentions predicate `{name}`", predicate.position
            )
        elif name not in read and subject.problem:
            how = "derives" if name in usage.derived else "changes"
            yield text.finding(
                "never-read",
                f"the domain {how} `{name}`, but nothing asks for it, nor does the goal",
                predicate.position,
            )
        elif (
            subject.problem
            and name in asked
            and name not in usage.added | usage.derived | usage.initial
        ):
            if _told_elsewhere(subject, name):
                continue
            place = text.places.part(asked[name])
            yield text.finding(
                "never-true",
                f"`{name}` is asked for, but no effect makes it true, nor does it hold initially",
                place or predicate.position,
            )


def _told_elsewhere(subject: Subject, predicate: str) -> bool:
    """Whether all that asks for a predicate is actions and goals, reported as impossible."""
    asking = [a.precondition for a in subject.domain.actions]
    if subject.problem:
        asking.append(subject.problem.goal)
    parts = [part for condition in asking for part in conjuncts(condition)]
    needed = [p for p in parts if isinstance(p, Atom) and p.predicate == predicate]
    uses = [a for a in subject.usage.asked if a.predicate == predicate]
    return subject.reachability.complete and len(needed) == len(uses)


def unused_functions(subject: Subject) -> Iterator[Diagnostic]:
    """Functions that nothing reads or changes."""
    used = {t.function for t in subject.usage.reads} | subject.usage.changed.keys()
    for function in subject.domain.functions:
        if function.name not in used:
            yield subject.domain_text.finding(
                "unused-function",
                f"nothing reads or changes function `{function.name}`",
                function.position,
            )


def unused_constants(subject: Subject) -> Iterator[Diagnostic]:
    """Constants that no formula mentions, and no declaration's type takes in."""
    usage = subject.usage
    stated: set[str] = set()
    if subject.problem:
        for atom in subject.problem.init:
            stated.update(atom.args)
        for term, _ in subject.problem.numbers:
            stated.update(term.args)
    for constant in subject.domain.constants:
        if constant.name not in usage.terms | stated:
            where = (
                "no action, rule, goal or initial fact" if subject.problem else "no action or rule"
            )
            yield subject.domain_text.finding(
                "unused-constant",
                f"{where} mentions constant `{constant.name}`",
                constant.position,
            )
