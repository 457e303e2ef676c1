"""Names that every engine can read.

PDDL texts from real life name things `src/main.py`, `1` or `Zürich`. Fast Downward takes ASCII
only, Kairos letters, digits and a few marks, and neither says so in a standard. A task with other
names is given to engines under aliases, and the steps of a plan are mapped back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from goalsmith.domains.formula import (
    ANY_TYPE,
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
from goalsmith.domains.plans import Plan, Step

_PLAIN = re.compile(r"\??[A-Za-z][A-Za-z0-9_-]*", re.ASCII)

RESERVED = frozenset(
    {"and", "or", "not", "imply", "forall", "exists", "when", "either", "preference", "define"}
    | {"assign", "increase", "decrease", "scale-up", "scale-down", "object", "number", "total-time"}
    | {"minimize", "maximize", "always", "sometime", "within", "at", "over", "all", "start", "end"}
)
"""Words that some version of PDDL gives a meaning. As the name of a predicate they can mislead."""


@dataclass(frozen=True, slots=True)
class Aliased:
    """A task under aliases, and what its actions and objects are really called."""

    task: Task
    actions: Mapping[str, str]
    objects: Mapping[str, str]

    def original(self, plan: Plan) -> Plan:
        """A plan of the aliased task as a plan of the original one."""
        return Plan(
            tuple(
                Step(
                    self.actions.get(step.action, step.action),
                    tuple(self.objects.get(name, name) for name in step.args),
                )
                for step in plan
            )
        )


def with_aliases(task: Task) -> Aliased:
    """The task as it is if all its names are plain; else the same under aliases."""
    domain = task.domain
    named: list[Iterable[Type | Object | Predicate | Function | Action]] = [
        domain.types, task.objects, domain.predicates, domain.functions, domain.actions,
    ]  # fmt: skip
    names = [each.name for group in named for each in group]
    names += [p.name for a in domain.actions for p in a.parameters]
    heads = [each.name.lower() for group in named[2:] for each in group]
    plain = all(map(_PLAIN.fullmatch, names)) and RESERVED.isdisjoint(heads)
    if (
        plain
        and _PLAIN.fullmatch(domain.name or "d")
        and _PLAIN.fullmatch(task.problem.name or "p")
    ):
        return Aliased(task, {}, {})
    return _Renaming(task).aliased()


def _numbered(names: Iterable[str], letter: str) -> dict[str, str]:
    return {name: f"{letter}{index}" for index, name in enumerate(names)}


class _Renaming:
    """One task being renamed. Letters tell the kinds apart, so that no two can clash."""

    def __init__(self, task: Task) -> None:
        domain = task.domain
        self.source = task
        self.types = {**_numbered((t.name for t in domain.types), "t"), ANY_TYPE: ANY_TYPE}
        self.objects = _numbered((o.name for o in task.objects), "o")
        self.predicates = _numbered((p.name for p in domain.predicates), "p")
        self.functions = _numbered((f.name for f in domain.functions), "f")
        # Engines know costs by this name.
        self.functions.update({n: n for n in self.functions if n.lower() == "total-cost"})
        self.actions = _numbered((a.name for a in domain.actions), "a")
        self.variables: dict[str, str] = {}

    def aliased(self) -> Aliased:
        domain, problem = self.source.domain, self.source.problem
        renamed = Task(
            Domain(
                "domain",
                domain.requirements,
                tuple(Type(self.types[t.name], self.of_types(t.parents)) for t in domain.types),
                self.declared(domain.constants),
                tuple(
                    Predicate(self.predicates[p.name], self.parameters(p.parameters))
                    for p in domain.predicates
                ),
                tuple(
                    Function(self.functions[f.name], self.parameters(f.parameters))
                    for f in domain.functions
                ),
                tuple(
                    DerivedRule(
                        self.predicates[r.predicate],
                        self.parameters(r.parameters),
                        self.condition(r.condition),
                    )
                    for r in domain.derived
                ),
                tuple(
                    Action(
                        self.actions[a.name],
                        self.parameters(a.parameters),
                        self.condition(a.precondition),
                        self.effects(a.effects),
                    )
                    for a in domain.actions
                ),
            ),
            Problem(
                "problem",
                "domain",
                self.declared(problem.objects),
                tuple(self.atom(a) for a in problem.init),
                tuple((self.function(t), value) for t, value in problem.numbers),
                self.condition(problem.goal),
                problem.metric and self.metric(problem.metric),
                problem.requirements,
            ),
        )
        actions = {alias: name for name, alias in self.actions.items()}
        objects = {alias: name for name, alias in self.objects.items()}
        return Aliased(renamed, actions, objects)

    def metric(self, metric: Metric) -> Metric:
        if metric.expression == "total-time":
            return metric
        return replace(metric, expression=self.expression(metric.expression))

    def of_types(self, types: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.types[t] for t in types)

    def declared(self, objects: tuple[Object, ...]) -> tuple[Object, ...]:
        return tuple(Object(self.objects[o.name], self.of_types(o.types)) for o in objects)

    def parameters(self, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
        return tuple(Parameter(self.term(p.name), self.of_types(p.types)) for p in parameters)

    def term(self, term: str) -> str:
        if term.startswith("?"):
            return self.variables.setdefault(term, f"?v{len(self.variables)}")
        return self.objects[term]

    def terms(self, terms: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.term, terms))

    def atom(self, atom: Atom) -> Atom:
        return Atom(self.predicates[atom.predicate], self.terms(atom.args))

    def function(self, term: FunctionTerm) -> FunctionTerm:
        return FunctionTerm(self.functions[term.function], self.terms(term.args))

    def expression(self, expression: Expression) -> Expression:
        match expression:
            case Fraction():
                return expression
            case FunctionTerm():
                return self.function(expression)
            case Arithmetic(operator, parts):
                return Arithmetic(operator, tuple(map(self.expression, parts)))

    def condition(self, condition: Condition) -> Condition:
        match condition:
            case Atom():
                return self.atom(condition)
            case Equal(left, right):
                return Equal(self.term(left), self.term(right))
            case Not(part):
                return Not(self.condition(part))
            case And(parts):
                return And(tuple(map(self.condition, parts)))
            case Or(parts):
                return Or(tuple(map(self.condition, parts)))
            case Imply(premise, conclusion):
                return Imply(self.condition(premise), self.condition(conclusion))
            case Forall(parameters, part):
                return Forall(self.parameters(parameters), self.condition(part))
            case Exists(parameters, part):
                return Exists(self.parameters(parameters), self.condition(part))
            case Compare(relation, first, second):
                return Compare(relation, self.expression(first), self.expression(second))

    def effects(self, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(map(self.effect, effects))

    def effect(self, effect: Effect) -> Effect:
        match effect:
            case Add(atom):
                return Add(self.atom(atom))
            case Delete(atom):
                return Delete(self.atom(atom))
            case Assign(operator, target, value):
                return Assign(operator, self.function(target), self.expression(value))
            case When(condition, effects):
                return When(self.condition(condition), self.effects(effects))
            case ForEach(parameters, effects):
                return ForEach(self.parameters(parameters), self.effects(effects))
