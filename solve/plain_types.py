"""Tasks whose types every engine understands.

PDDL lets a type have several parents, and an object or a parameter be of any of several types
(`either`). Engines read that differently: some refuse it, and Fast Downward keeps one parent of a
type and forgets the others, which can make a solvable task look unsolvable. Such a task is given to
engines without types: what belongs to a type is stated by atoms instead.
"""

from __future__ import annotations

from dataclasses import replace

from goalsmith.domains.formula import (
    ANY_TYPE,
    And,
    Atom,
    Condition,
    Effect,
    Exists,
    Forall,
    ForEach,
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
    Object,
    Predicate,
    Task,
    TypeHierarchy,
)


def with_plain_types(task: Task) -> Task:
    """The same task, without types if it uses more than a tree of them. Plans carry over."""
    if not _needs_rewriting(task):
        return task
    return _Rewriting(task).task()


def _needs_rewriting(task: Task) -> bool:
    domain = task.domain
    if any(len(t.parents) > 1 for t in domain.types) or any(len(o.types) > 1 for o in task.objects):
        return True
    parameters = [p for a in domain.actions for p in a.parameters]
    parameters += [p for r in domain.derived for p in r.parameters]
    conditions = [a.precondition for a in domain.actions] + [r.condition for r in domain.derived]
    conditions.append(task.problem.goal)
    for action in domain.actions:
        _quantified_in_effects(action.effects, parameters, conditions)
    while conditions:
        match conditions.pop():
            case Not(part):
                conditions.append(part)
            case And(parts) | Or(parts):
                conditions.extend(parts)
            case Imply(premise, conclusion):
                conditions += [premise, conclusion]
            case Forall(bound, part) | Exists(bound, part):
                parameters.extend(bound)
                conditions.append(part)
    return any(len(p.types) > 1 for p in parameters)


def _quantified_in_effects(
    effects: tuple[Effect, ...], parameters: list[Parameter], conditions: list[Condition]
) -> None:
    for effect in effects:
        match effect:
            case When(condition, inner):
                conditions.append(condition)
                _quantified_in_effects(inner, parameters, conditions)
            case ForEach(bound, inner):
                parameters.extend(bound)
                _quantified_in_effects(inner, parameters, conditions)


class _Rewriting:
    """One task being rewritten."""

    def __init__(self, source: Task) -> None:
        self.source = source
        self.hierarchy = TypeHierarchy(source.domain, source.objects)
        taken = {p.name.lower() for p in source.domain.predicates}
        self.names: dict[str, str] = {}
        for each in source.domain.types:
            name = f"is-{each.name}"
            while name.lower() in taken:
                name += "-"
            taken.add(name.lower())
            self.names[each.name] = name

    def task(self) -> Task:
        domain = self.source.domain
        predicates = tuple(Predicate(p.name, _untyped(p.parameters)) for p in domain.predicates)
        predicates += tuple(Predicate(n, (Parameter("?x"),)) for n in self.names.values())
        rewritten = Domain(
            domain.name,
            domain.requirements,
            (),
            tuple(Object(o.name) for o in domain.constants),
            predicates,
            tuple(replace(f, parameters=_untyped(f.parameters)) for f in domain.functions),
            tuple(self.rule(r) for r in domain.derived),
            tuple(self.action(a) for a in domain.actions),
        )
        facts = tuple(
            Atom(self.names[name], (o.name,))
            for o in self.source.objects
            for name in sorted({a for t in o.types for a in self.hierarchy.ancestors(t)})
            if name != ANY_TYPE
        )
        problem = self.source.problem
        return Task(
            rewritten,
            replace(
                problem,
                objects=tuple(Object(o.name) for o in problem.objects),
                init=problem.init + facts,
                goal=self.condition(problem.goal),
            ),
        )

    def member(self, parameters: tuple[Parameter, ...]) -> tuple[Condition, ...]:
        """What says that the parameters are of their types."""
        return tuple(
            Or(tuple(Atom(self.names[t], (p.name,)) for t in p.types))
            if len(p.types) > 1
            else Atom(self.names[p.types[0]], (p.name,))
            for p in parameters
            if ANY_TYPE not in p.types
        )

    def action(self, action: Action) -> Action:
        precondition = And((*self.member(action.parameters), self.condition(action.precondition)))
        return Action(
            action.name, _untyped(action.parameters), precondition, self.effects(action.effects)
        )

    def rule(self, rule: DerivedRule) -> DerivedRule:
        condition = And((*self.member(rule.parameters), self.condition(rule.condition)))
        return DerivedRule(rule.predicate, _untyped(rule.parameters), condition)

    def effects(self, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        rewritten: list[Effect] = []
        for effect in effects:
            match effect:
                case When(condition, inner):
                    rewritten.append(When(self.condition(condition), self.effects(inner)))
                case ForEach(parameters, inner):
                    within = self.effects(inner)
                    if member := self.member(parameters):
                        within = (When(And(member), within),)
                    rewritten.append(ForEach(_untyped(parameters), within))
                case _:
                    rewritten.append(effect)
        return tuple(rewritten)

    def condition(self, condition: Condition) -> Condition:
        match condition:
            case Not(part):
                return Not(self.condition(part))
            case And(parts):
                return And(tuple(map(self.condition, parts)))
            case Or(parts):
                return Or(tuple(map(self.condition, parts)))
            case Imply(premise, conclusion):
                return Imply(self.condition(premise), self.condition(conclusion))
            case Forall(parameters, part):
                premise = And(self.member(parameters))
                return Forall(_untyped(parameters), Imply(premise, self.condition(part)))
            case Exists(parameters, part):
                both = And((*self.member(parameters), self.condition(part)))
                return Exists(_untyped(parameters), both)
            case _:
                return condition


def _untyped(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    return tuple(Parameter(p.name) for p in parameters)
