"""One form for all tasks that say the same in other words: what a cache's key is made from.

Names are in lower case, since PDDL does not tell cases apart; the order of declarations, atoms and
conditions is fixed; conditions and expressions are in normal form. Names of objects, predicates
and actions matter, the names of the domain, the problem and of variables do not, nor do
requirements.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from goalsmith.domains.formula import (
    Add,
    And,
    Assign,
    Atom,
    Condition,
    Delete,
    Effect,
    ForEach,
    FunctionTerm,
    Parameter,
    When,
)
from goalsmith.domains.language import (
    Action,
    DerivedRule,
    Domain,
    Metric,
    Object,
    Task,
    TypeHierarchy,
)
from goalsmith.domains.normal_form import NormalForm, joined
from goalsmith.domains.renaming import lowered
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import (
    write_condition,
    write_effects,
    write_expression,
)


@dataclass(frozen=True, slots=True)
class CanonicalTask:
    """A task in canonical form: equal for two tasks only if they mean the same.

    `domain` is the canonical text of the domain. `objects` holds the constants too.
    """

    domain: str
    objects: tuple[Object, ...]
    init: tuple[Atom, ...]
    numbers: tuple[tuple[FunctionTerm, Fraction], ...]
    goal: Condition
    metric: Metric | None

    @property
    def text(self) -> str:
        """The whole as one text; equal texts, equal tasks."""
        lines = [self.domain]
        lines += [f"object {o.name}: {' '.join(o.types)}" for o in self.objects]
        lines += [f"init {atom}" for atom in self.init]
        lines += [f"number {term} {value}" for term, value in self.numbers]
        lines.append(f"goal {write_condition(self.goal)}")
        if self.metric is not None:
            lines.append(f"metric {write_metric(self.metric)}")
        return "\n".join(lines)


def canonical(task: Task) -> CanonicalTask:
    """The canonical form of a task."""
    return canonical_lowered(lowered(task))


def canonical_lowered(task: Task) -> CanonicalTask:
    """The canonical form of a task that is in lower case already."""
    problem = task.problem
    hierarchy = TypeHierarchy(task.domain, task.objects)
    normal = NormalForm(hierarchy, expand=True)
    objects = [Object(o.name, normal.objects_types(o.types)) for o in task.objects]
    numbers = dict(problem.numbers)
    if task.domain.functions:
        for counter in Semantics(task).counters:
            # A counter that the file leaves out begins at zero.
            numbers.setdefault(FunctionTerm(counter), Fraction(0))
    return CanonicalTask(
        domain_text(task.domain),
        tuple(sorted(objects, key=lambda o: o.name)),
        tuple(sorted(set(problem.init), key=_atom_key)),
        tuple(sorted(numbers.items(), key=lambda n: (n[0].function, n[0].args))),
        normal.condition(problem.goal),
        _metric(problem.metric, normal),
    )


def task_hash(task: Task) -> str:
    """The SHA-256 of a task's canonical text, in hexadecimal.

    Equal for tasks that differ only in order, letter case, the names of variables, of the domain
    and of the problem, or in the form of conditions. A plan kept under it is spelled in lower case
    or as the task that it was made for spells its names.
    """
    return hashlib.sha256(canonical(task).text.encode()).hexdigest()


@lru_cache(maxsize=64)
def domain_text(domain: Domain) -> str:
    """The canonical text of a domain in lower case: one declaration to a line."""
    hierarchy = TypeHierarchy(domain)
    normal = NormalForm(hierarchy, expand=False)
    lines = [
        f"type {t.name}: {' '.join(sorted(hierarchy.ancestors(t.name)))}" for t in domain.types
    ]
    for constant in domain.constants:
        lines.append(f"constant {constant.name}: {' '.join(normal.objects_types(constant.types))}")
    for predicate in domain.predicates:
        lines.append(f"predicate {predicate.name} {_parameters(predicate.parameters, normal)}")
    for function in domain.functions:
        lines.append(f"function {function.name} {_parameters(function.parameters, normal)}")
    lines += [_rule(rule, normal) for rule in domain.derived]
    lines += [_action(action, normal) for action in domain.actions]
    return "\n".join(sorted(lines))


def write_metric(metric: Metric) -> str:
    """A metric on one line, without its keyword."""
    if metric.expression == "total-time":
        return f"{metric.direction} (total-time)"
    return f"{metric.direction} {write_expression(metric.expression)}"


def _atom_key(atom: Atom) -> tuple[str, tuple[str, ...]]:
    return atom.predicate, atom.args


def _metric(metric: Metric | None, normal: NormalForm) -> Metric | None:
    if metric is None or metric == Metric("minimize", "total-time"):
        return None
    if metric.expression == "total-time":
        return metric
    return replace(metric, expression=normal.expression(metric.expression))


def _parameters(parameters: tuple[Parameter, ...], normal: NormalForm) -> str:
    """The types of parameters: their names say nothing."""
    return " ".join(f"({' '.join(normal.wanted_types(p.types))})" for p in parameters)


def _rule(rule: DerivedRule, normal: NormalForm) -> str:
    names = {p.name: f"?p{index}" for index, p in enumerate(rule.parameters)}
    condition = write_condition(normal.condition(rule.condition, names))
    return f"derived {rule.predicate} {_parameters(rule.parameters, normal)} {condition}"


def _action(action: Action, normal: NormalForm) -> str:
    names = {p.name: f"?p{index}" for index, p in enumerate(action.parameters)}
    condition = write_condition(normal.condition(action.precondition, names))
    effects = {e for effect in action.effects for e in _simple(effect, names, (), (), normal)}
    parameters = _parameters(action.parameters, normal)
    return f"action {action.name} {parameters} {condition} {' '.join(sorted(effects))}"


def _simple(
    effect: Effect,
    names: Mapping[str, str],
    parameters: tuple[Parameter, ...],
    conditions: tuple[Condition, ...],
    normal: NormalForm,
) -> Iterator[str]:
    """The texts of the simple effects in an effect, each under all its conditions."""
    match effect:
        case When(condition, effects):
            more = (*conditions, normal.condition(condition, names))
            for each in effects:
                yield from _simple(each, names, parameters, more, normal)
        case ForEach(own, effects):
            # Positions name the variables; `e` keeps them apart from those of quantifiers.
            start = len(parameters)
            fresh = [
                Parameter(f"?e{start + index}", normal.wanted_types(p.types))
                for index, p in enumerate(own)
            ]
            inner = {**names, **{p.name: f.name for p, f in zip(own, fresh, strict=True)}}
            for each in effects:
                yield from _simple(each, inner, (*parameters, *fresh), conditions, normal)
        case Add(Atom(predicate, args)):
            changed = Add(Atom(predicate, tuple(names.get(a, a) for a in args)))
            yield _under(changed, parameters, conditions)
        case Delete(Atom(predicate, args)):
            lost = Delete(Atom(predicate, tuple(names.get(a, a) for a in args)))
            yield _under(lost, parameters, conditions)
        case Assign(operator, target, value):
            term = FunctionTerm(target.function, tuple(names.get(a, a) for a in target.args))
            set_to = Assign(operator, term, normal.expression(value, names))
            yield _under(set_to, parameters, conditions)


def _under(
    effect: Effect, parameters: tuple[Parameter, ...], conditions: tuple[Condition, ...]
) -> str:
    if conditions:
        effect = When(joined(And, conditions), (effect,))
    if parameters:
        effect = ForEach(parameters, (effect,))
    return write_effects((effect,))
