"""Tasks under other names: objects renamed, or all names in lower case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from goalsmith.domains.formula import (
    And,
    Arithmetic,
    Atom,
    Compare,
    Condition,
    Exists,
    Expression,
    Forall,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    instantiate,
    instantiate_expression,
)
from goalsmith.domains.language import Domain, Problem, Task
from goalsmith.domains.reader import read_domain
from goalsmith.domains.writer import write_domain


def renamed(problem: Problem, names: Mapping[str, str]) -> Problem:
    """The problem with its objects renamed throughout; names that are not given stay."""

    def args(old: tuple[str, ...]) -> tuple[str, ...]:
        return tuple([names.get(a, a) for a in old])

    metric = problem.metric
    if metric is not None and metric.expression != "total-time":
        metric = replace(metric, expression=instantiate_expression(metric.expression, names))
    return replace(
        problem,
        objects=tuple(replace(o, name=names.get(o.name, o.name)) for o in problem.objects),
        init=tuple(Atom(a.predicate, args(a.args)) for a in problem.init),
        numbers=tuple(
            (FunctionTerm(term.function, args(term.args)), value) for term, value in problem.numbers
        ),
        goal=instantiate(problem.goal, names),
        metric=metric,
    )


def lowered(task: Task) -> Task:
    """The task with all names in lower case."""
    domain = _lowered_domain(task.domain)
    problem = task.problem
    if domain is not task.domain:
        metric = problem.metric
        if metric is not None and metric.expression != "total-time":
            metric = replace(metric, expression=_lowered_expression(metric.expression))
        problem = replace(
            problem,
            objects=tuple(
                replace(o, types=tuple([t.lower() for t in o.types])) for o in problem.objects
            ),
            init=tuple(Atom(a.predicate.lower(), a.args) for a in problem.init),
            numbers=tuple((_lowered_term(term), value) for term, value in problem.numbers),
            goal=_lowered_condition(problem.goal),
            metric=metric,
        )
    names = {o.name: o.name.lower() for o in task.objects if o.name != o.name.lower()}
    return Task(domain, renamed(problem, names) if names else problem)


def _lowered_condition(condition: Condition) -> Condition:
    """The condition with predicates, functions and types in lower case; terms stay."""
    match condition:
        case Atom(predicate, args):
            return Atom(predicate.lower(), args)
        case Not(part):
            return Not(_lowered_condition(part))
        case And(parts):
            return And(tuple(map(_lowered_condition, parts)))
        case Or(parts):
            return Or(tuple(map(_lowered_condition, parts)))
        case Imply(premise, conclusion):
            return Imply(_lowered_condition(premise), _lowered_condition(conclusion))
        case Forall(parameters, part):
            return Forall(_lowered_parameters(parameters), _lowered_condition(part))
        case Exists(parameters, part):
            return Exists(_lowered_parameters(parameters), _lowered_condition(part))
        case Compare(relation, left, right):
            return Compare(relation, _lowered_expression(left), _lowered_expression(right))
        case _:
            return condition


def _lowered_parameters(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    return tuple(Parameter(p.name, tuple([t.lower() for t in p.types])) for p in parameters)


def _lowered_expression(expression: Expression) -> Expression:
    match expression:
        case FunctionTerm():
            return _lowered_term(expression)
        case Arithmetic(operator, parts):
            return Arithmetic(operator, tuple(map(_lowered_expression, parts)))
        case _:
            return expression


def _lowered_term(term: FunctionTerm) -> FunctionTerm:
    return FunctionTerm(term.function.lower(), term.args)


def _lowered_domain(domain: Domain) -> Domain:
    names = [t.name for t in domain.types]
    names += [constant.name for constant in domain.constants]
    names += [predicate.name for predicate in domain.predicates]
    names += [function.name for function in domain.functions]
    names += [action.name for action in domain.actions]
    if all(name == name.lower() for name in names):
        return domain
    return _reread_in_lower_case(domain)


@lru_cache(maxsize=64)
def _reread_in_lower_case(domain: Domain) -> Domain:
    return read_domain(write_domain(domain).lower())
