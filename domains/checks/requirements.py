"""Requirements that are missing, needless or unknown.

What each stands for is said by PDDL 1.2 (McDermott and others, 1998), 2.1 (Fox and Long, 2003),
2.2 (Edelkamp and Hoffmann, 2004) and 3.1 (Helmert, 2008).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from goalsmith.domains.checks.subject import Subject, Text, Where
from goalsmith.domains.checks.usage import parts_of, quantified
from goalsmith.domains.diagnostics import Diagnostic, did_you_mean
from goalsmith.domains.formula import (
    ANY_TYPE,
    Assign,
    Atom,
    Compare,
    Condition,
    Effect,
    Equal,
    Exists,
    Forall,
    ForEach,
    Imply,
    Not,
    Or,
    Parameter,
    When,
    effect_conditions,
    simple_effects,
)

_ADL = (
    ":typing",
    ":negative-preconditions",
    ":disjunctive-preconditions",
    ":equality",
    ":existential-preconditions",
    ":universal-preconditions",
    ":conditional-effects",
)

REQUIREMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        ":strips": (),
        **{name: (name,) for name in _ADL},
        ":quantified-preconditions": (":existential-preconditions", ":universal-preconditions"),
        ":adl": _ADL,
        ":ucpop": (*_ADL, ":derived-predicates"),
        ":derived-predicates": (":derived-predicates",),
        ":domain-axioms": (":derived-predicates",),
        ":action-costs": (":action-costs",),
        ":numeric-fluents": (":action-costs", ":numeric-fluents"),
        ":fluents": (":action-costs", ":numeric-fluents"),
    }
)
"""Each requirement that goalsmith supports, and the features that it stands for."""

UNSUPPORTED = frozenset(
    {
        ":object-fluents",
        ":durative-actions",
        ":duration-inequalities",
        ":continuous-effects",
        ":timed-initial-literals",
        ":preferences",
        ":constraints",
        ":time",
    }
)
"""The other requirements of PDDL. The features themselves are refused where they are used."""

COST = "total-cost"
"""The function that `:action-costs` allows actions to increase."""

Uses = dict[str, tuple[Text, Where | None]]
"""Features used, each with the first place that uses it."""


def requirements(subject: Subject) -> Iterator[Diagnostic]:
    """Features used without being required, and requirements of what is not used."""
    declared = {r.lower(): subject.domain_text for r in subject.domain.requirements}
    if subject.problem and subject.problem_text:
        for name in subject.problem.requirements:
            declared.setdefault(name.lower(), subject.problem_text)
    uses = _uses(subject)
    covered = {feature for name in declared for feature in REQUIREMENTS.get(name, ())}
    for feature, (text, where) in uses.items():
        if feature not in covered:
            yield text.finding(
                "missing-requirement",
                f"this needs `{feature}`, which is not among the requirements",
                where,
                suggestion=f"add `{feature}` to `(:requirements …)`",
            )
    for name, text in declared.items():
        features = REQUIREMENTS.get(name)
        if features is None and name not in UNSUPPORTED:
            yield text.finding(
                "unknown-requirement",
                f"PDDL has no requirement `{name}`",
                name,
                suggestion=did_you_mean(name, REQUIREMENTS, "requirement"),
            )
        elif name != ":strips" and not set(features or ()) & uses.keys():
            yield text.finding(
                "unused-requirement", f"`{name}` is required, but nothing uses it", name
            )


def _uses(subject: Subject) -> Uses:
    uses: Uses = {}
    domain, text = subject.domain, subject.domain_text
    if domain.types:
        uses[":typing"] = text, ":types"
    for constant in domain.constants:
        _typed(uses, text, constant.types, constant.position)
    for predicate in domain.predicates:
        _parameters(uses, text, predicate.parameters)
    for function in domain.functions:
        _parameters(uses, text, function.parameters)
    for rule in domain.derived:
        uses.setdefault(":derived-predicates", (text, rule.position))
        _parameters(uses, text, rule.parameters)
        _condition(uses, text, rule.condition)
    for action in domain.actions:
        _parameters(uses, text, action.parameters)
        _condition(uses, text, action.precondition)
        _effects(uses, text, action.effects)
    numeric = next((f for f in domain.functions if f.name.lower() != COST), None)
    if numeric and ":numeric-fluents" not in uses and ":action-costs" not in uses:
        # Numbers that no action reads or changes are left: the metric may.
        uses[":numeric-fluents"] = text, numeric.position
    if subject.problem and subject.problem_text:
        for each in subject.problem.objects:
            _typed(uses, subject.problem_text, each.types, each.position)
        _condition(uses, subject.problem_text, subject.problem.goal)
    return uses


def _typed(uses: Uses, text: Text, types: tuple[str, ...], where: Where | None) -> None:
    if types != (ANY_TYPE,):
        uses.setdefault(":typing", (text, where))


def _parameters(uses: Uses, text: Text, parameters: tuple[Parameter, ...]) -> None:
    for parameter in parameters:
        _typed(uses, text, parameter.types, parameter.position)


def _condition(uses: Uses, text: Text, condition: Condition) -> None:
    for part in parts_of(condition):
        match part:
            case Not(Atom() as atom):
                uses.setdefault(":negative-preconditions", (text, atom))
            case Or() | Imply():
                uses.setdefault(":disjunctive-preconditions", (text, part))
            case Equal():
                uses.setdefault(":equality", (text, part))
            case Exists(parameters):
                uses.setdefault(":existential-preconditions", (text, part))
                _parameters(uses, text, parameters)
            case Forall(parameters):
                uses.setdefault(":universal-preconditions", (text, part))
                _parameters(uses, text, parameters)
            case Compare():
                uses.setdefault(":numeric-fluents", (text, part))


def _effects(uses: Uses, text: Text, effects: tuple[Effect, ...]) -> None:
    for condition in effect_conditions(effects):
        _condition(uses, text, condition)
    for parameters in quantified(effects):
        _parameters(uses, text, parameters)
    for effect in effects:
        if isinstance(effect, When | ForEach):
            uses.setdefault(":conditional-effects", (text, effect))
    for effect in simple_effects(effects):
        if isinstance(effect, Assign):
            costs = effect.operator == "increase" and effect.target.function.lower() == COST
            feature = ":action-costs" if costs else ":numeric-fluents"
            uses.setdefault(feature, (text, effect))
