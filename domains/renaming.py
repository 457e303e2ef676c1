"""Tasks under other names: objects renamed, all in lower case, or every name given an alias."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from goalsmith.domains.formula import (
    Add,
    And,
    Arithmetic,
    Assign,
    Atom,
    Compare,
    Condition,
    Delete,
    Effect,
    Equal,
    Exists,
    Expression,
    Forall,
    ForEach,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    When,
)
from goalsmith.domains.language import (
    Action,
    DerivedRule,
    Domain,
    Function,
    Metric,
    Object,
    Predicate,
    Problem,
    Task,
    Type,
)

Rename: TypeAlias = Callable[[str], str]


def _same(name: str) -> str:
    return name


@dataclass(frozen=True, slots=True)
class Renaming:
    """New names for each kind of thing; by default all keep theirs. Positions are not kept."""

    types: Rename = _same
    objects: Rename = _same
    predicates: Rename = _same
    functions: Rename = _same
    actions: Rename = _same
    variables: Rename = _same

    def domain(self, domain: Domain) -> Domain:
        """The domain under the new names; its own name stays."""
        return Domain(
            domain.name,
            domain.requirements,
            tuple(Type(self.types(t.name), self._types(t.parents)) for t in domain.types),
            self._objects(domain.constants),
            tuple(
                Predicate(self.predicates(p.name), self._parameters(p.parameters))
                for p in domain.predicates
            ),
            tuple(
                Function(self.functions(f.name), self._parameters(f.parameters))
                for f in domain.functions
            ),
            tuple(
                DerivedRule(
                    self.predicates(r.predicate),
                    self._parameters(r.parameters),
                    self.condition(r.condition),
                )
                for r in domain.derived
            ),
            tuple(
                Action(
                    self.actions(a.name),
                    self._parameters(a.parameters),
                    self.condition(a.precondition),
                    self.effects(a.effects),
                )
                for a in domain.actions
            ),
        )

    def problem(self, problem: Problem) -> Problem:
        """The problem under the new names; its own name stays."""
        metric = problem.metric
        if metric is not None and metric.expression != "total-time":
            metric = Metric(metric.direction, self.expression(metric.expression))
        return replace(
            problem,
            objects=self._objects(problem.objects),
            init=tuple(self._atom(a) for a in problem.init),
            numbers=tuple((self._function(t), value) for t, value in problem.numbers),
            goal=self.condition(problem.goal),
            metric=metric,
        )

    def condition(self, condition: Condition) -> Condition:
        """The condition under the new names."""
        match condition:
            case Atom():
                return self._atom(condition)
            case Equal(left, right):
                return Equal(self._term(left), self._term(right))
            case Not(part):
                return Not(self.condition(part))
            case And(parts):
                return And(tuple(map(self.condition, parts)))
            case Or(parts):
                return Or(tuple(map(self.condition, parts)))
            case Imply(premise, conclusion):
                return Imply(self.condition(premise), self.condition(conclusion))
            case Forall(parameters, part):
                return Forall(self._parameters(parameters), self.condition(part))
            case Exists(parameters, part):
                return Exists(self._parameters(parameters), self.condition(part))
            case Compare(relation, first, second):
                return Compare(relation, self.expression(first), self.expression(second))

    def expression(self, expression: Expression) -> Expression:
        """The expression under the new names."""
        match expression:
            case Fraction():
                return expression
            case FunctionTerm():
                return self._function(expression)
            case Arithmetic(operator, parts):
                return Arithmetic(operator, tuple(map(self.expression, parts)))

    def effects(self, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        """The effects under the new names."""
        return tuple(map(self._effect, effects))

    def _effect(self, effect: Effect) -> Effect:
        match effect:
            case Add(atom):
                return Add(self._atom(atom))
            case Delete(atom):
                return Delete(self._atom(atom))
            case Assign(operator, target, value):
                return Assign(operator, self._function(target), self.expression(value))
            case When(condition, effects):
                return When(self.condition(condition), self.effects(effects))
            case ForEach(parameters, effects):
                return ForEach(self._parameters(parameters), self.effects(effects))

    def _types(self, types: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.types, types))

    def _objects(self, objects: tuple[Object, ...]) -> tuple[Object, ...]:
        return tuple(Object(self.objects(o.name), self._types(o.types)) for o in objects)

    def _parameters(self, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
        return tuple(Parameter(self.variables(p.name), self._types(p.types)) for p in parameters)

    def _term(self, term: str) -> str:
        return self.variables(term) if term.startswith("?") else self.objects(term)

    def _atom(self, atom: Atom) -> Atom:
        return Atom(self.predicates(atom.predicate), tuple([self._term(a) for a in atom.args]))

    def _function(self, term: FunctionTerm) -> FunctionTerm:
        args = tuple([self._term(a) for a in term.args])
        return FunctionTerm(self.functions(term.function), args)


def renamed(problem: Problem, names: Mapping[str, str]) -> Problem:
    """The problem with its objects renamed throughout; names that are not given stay."""
    return Renaming(objects=lambda name: names.get(name, name)).problem(problem)


_LOWER = Renaming(str.lower, str.lower, str.lower, str.lower, str.lower, str.lower)


def lowered(task: Task) -> Task:
    """The task with all names in lower case."""
    domain = _lowered_domain(task.domain)
    if domain is task.domain and all(o.name == o.name.lower() for o in task.objects):
        return task
    return Task(domain, _LOWER.problem(task.problem))


@lru_cache(maxsize=64)
def _lowered_domain(domain: Domain) -> Domain:
    declared = (domain.types, domain.constants, domain.predicates, domain.functions, domain.actions)
    if all(each.name == each.name.lower() for group in declared for each in group):
        return domain
    return _LOWER.domain(domain)
