"""Who reads and who changes each predicate, function, type and constant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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
    effect_conditions,
    free_variables,
    function_terms_in,
    simple_effects,
)
from goalsmith.domains.language import Domain, Problem


@dataclass(slots=True)
class Usage:
    """What a domain, and a problem's goal and metric, do with names.

    `asked` and `denied` are the atoms that conditions ask for and those that they ask not to hold,
    as they occur; `reads` are the numbers read, `only_measured` the functions that nothing but the
    metric reads. `initial` are the predicates that hold initially of
    something. `terms` are all names of objects and variables that occur.
    """

    asked: list[Atom] = field(default_factory=list)
    denied: list[Atom] = field(default_factory=list)
    reads: list[FunctionTerm] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    derived: set[str] = field(default_factory=set)
    only_measured: set[str] = field(default_factory=set)
    changed: dict[str, set[str]] = field(default_factory=dict)
    initial: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    terms: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, domain: Domain, problem: Problem | None) -> Usage:
        """The usage of a domain's names."""
        usage = cls()
        for rule in domain.derived:
            usage.derived.add(rule.predicate)
            usage._parameters(rule.parameters)
            usage._condition(rule.condition)
        for action in domain.actions:
            usage._parameters(action.parameters)
            usage._condition(action.precondition)
            usage._effects(action.effects)
        for predicate in domain.predicates:
            usage._parameters(predicate.parameters)
        for function in domain.functions:
            usage._parameters(function.parameters)
        for constant in domain.constants:
            usage.types.update(constant.types)
        if problem is not None:
            usage._condition(problem.goal)
            if problem.metric and problem.metric.expression != "total-time":
                before = {term.function for term in usage.reads}
                usage._expression(problem.metric.expression)
                usage.only_measured = {term.function for term in usage.reads} - before
            usage.initial.update(atom.predicate for atom in problem.init)
        return usage

    def read(self) -> set[str]:
        """The predicates that some condition mentions."""
        return {atom.predicate for atom in (*self.asked, *self.denied)}

    def static(self, predicate: str) -> bool:
        """Whether nothing ever changes a predicate."""
        return predicate not in self.added | self.deleted | self.derived

    def _parameters(self, parameters: Iterable[Parameter]) -> None:
        for parameter in parameters:
            self.types.update(parameter.types)

    def _condition(self, condition: Condition, denied: bool = False) -> None:
        match condition:
            case Atom(_, args):
                (self.denied if denied else self.asked).append(condition)
                self.terms.update(args)
            case Equal(left, right):
                self.terms |= {left, right}
            case Not(part):
                self._condition(part, not denied)
            case And(parts) | Or(parts):
                for part in parts:
                    self._condition(part, denied)
            case Imply(premise, conclusion):
                self._condition(premise, not denied)
                self._condition(conclusion, denied)
            case Forall(parameters, part) | Exists(parameters, part):
                self._parameters(parameters)
                self._condition(part, denied)
            case Compare(_, left_value, right_value):
                self._expression(left_value)
                self._expression(right_value)

    def _expression(self, expression: Expression) -> None:
        for term in function_terms_in(expression):
            self.reads.append(term)
            self.terms.update(term.args)

    def _effects(self, effects: tuple[Effect, ...]) -> None:
        for condition in effect_conditions(effects):
            self._condition(condition)
        for parameters in quantified(effects):
            self._parameters(parameters)
        for effect in simple_effects(effects):
            match effect:
                case Add(atom):
                    self.added.add(atom.predicate)
                    self.terms.update(atom.args)
                case Delete(atom):
                    self.deleted.add(atom.predicate)
                    self.terms.update(atom.args)
                case Assign(operator, target, value):
                    self.changed.setdefault(target.function, set()).add(operator)
                    self.terms.update(target.args)
                    self._expression(value)


def quantified(effects: tuple[Effect, ...]) -> Iterator[tuple[Parameter, ...]]:
    """The parameters of each quantified effect."""
    for effect in effects:
        if isinstance(effect, ForEach):
            yield effect.parameters
        if isinstance(effect, When | ForEach):
            yield from quantified(effect.effects)


def variables_of(effects: tuple[Effect, ...]) -> frozenset[str]:
    """The free variables of effects."""
    found: set[str] = set()
    for effect in effects:
        match effect:
            case Add(atom) | Delete(atom):
                found |= free_variables(atom)
            case Assign(_, target, value):
                for term in (target, *function_terms_in(value)):
                    found.update(a for a in term.args if a.startswith("?"))
            case When(condition, inner):
                found |= free_variables(condition) | variables_of(inner)
            case ForEach(parameters, inner):
                found |= variables_of(inner) - {p.name for p in parameters}
    return frozenset(found)


def parts_of(condition: Condition | Expression) -> Iterator[Condition | Expression]:
    """A condition and all that it is made of, outer parts first."""
    yield condition
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from parts_of(part)
        case Not(part) | Forall(_, part) | Exists(_, part):
            yield from parts_of(part)
        case Imply(premise, conclusion):
            yield from parts_of(premise)
            yield from parts_of(conclusion)
        case Compare(_, left, right):
            yield from parts_of(left)
            yield from parts_of(right)
        case Arithmetic(_, expressions):
            for expression in expressions:
                yield from parts_of(expression)
