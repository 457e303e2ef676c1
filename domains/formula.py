"""Formulas and effects of PDDL: what can be said about a state, and how an action changes it.

A term is a string: an object's name, or a variable, which begins with `?`. Names are spelled as
their declarations spell them. The forms are those of PDDL 2.1 (Fox and Long, JAIR 20, 2003) and of
derived predicates in PDDL 2.2 (Edelkamp and Hoffmann, 2004).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from goalsmith.domains.diagnostics import Position

ANY_TYPE = "object"
"""The root of every type hierarchy in PDDL."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A predicate applied to terms: `(on a ?x)`. Ground when no term is a variable."""

    predicate: str
    args: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"({' '.join((self.predicate, *self.args))})"

    def __lt__(self, other: Atom) -> bool:
        return (self.predicate, self.args) < (other.predicate, other.args)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable with its types: of one type, or of any of several (`either`)."""

    name: str
    types: tuple[str, ...] = (ANY_TYPE,)
    position: Position | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Equal:
    """Two terms name the same object."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; without parts, true."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """Some part holds; without parts, false."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Imply:
    """The conclusion holds if the premise does."""

    premise: Condition
    conclusion: Condition


@dataclass(frozen=True, slots=True)
class Forall:
    """The part holds for every choice of objects of the parameters' types."""

    parameters: tuple[Parameter, ...]
    part: Condition


@dataclass(frozen=True, slots=True)
class Exists:
    """The part holds for some choice of objects of the parameters' types."""

    parameters: tuple[Parameter, ...]
    part: Condition


Relation: TypeAlias = Literal["<", "<=", "=", ">=", ">"]


@dataclass(frozen=True, slots=True)
class Compare:
    """A relation between two numbers."""

    relation: Relation
    left: Expression
    right: Expression


Condition: TypeAlias = Atom | Equal | Not | And | Or | Imply | Forall | Exists | Compare

TRUE = And()
FALSE = Or()


@dataclass(frozen=True, slots=True)
class FunctionTerm:
    """A numeric function applied to terms: `(distance a ?x)`."""

    function: str
    args: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"({' '.join((self.function, *self.args))})"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+`, `-`, `*` or `/` of expressions; `-` of one is its negation."""

    operator: Literal["+", "-", "*", "/"]
    parts: tuple[Expression, ...]


Expression: TypeAlias = Fraction | FunctionTerm | Arithmetic


@dataclass(frozen=True, slots=True)
class Add:
    """The atom becomes true."""

    atom: Atom


@dataclass(frozen=True, slots=True)
class Delete:
    """The atom becomes false, unless the same step also adds it."""

    atom: Atom


@dataclass(frozen=True, slots=True)
class Assign:
    """A number changes."""

    operator: Literal["assign", "increase", "decrease", "scale-up", "scale-down"]
    target: FunctionTerm
    value: Expression


@dataclass(frozen=True, slots=True)
class When:
    """The effects take place if the condition holds before the step."""

    condition: Condition
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class ForEach:
    """The effects take place for every choice of objects (PDDL's `forall` in an effect)."""

    parameters: tuple[Parameter, ...]
    effects: tuple[Effect, ...]


Effect: TypeAlias = Add | Delete | Assign | When | ForEach

Bindings: TypeAlias = Mapping[str, str]
"""Variables and the objects that they stand for."""


def conjuncts(condition: Condition) -> Iterator[Condition]:
    """The parts of nested conjunctions, or the condition itself."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from conjuncts(part)
    else:
        yield condition


def atoms_in(condition: Condition) -> Iterator[Atom]:
    """Every atom that occurs in a condition, in order, with repetitions."""
    match condition:
        case Atom():
            yield condition
        case And(parts) | Or(parts):
            for part in parts:
                yield from atoms_in(part)
        case Not(part) | Forall(_, part) | Exists(_, part):
            yield from atoms_in(part)
        case Imply(premise, conclusion):
            yield from atoms_in(premise)
            yield from atoms_in(conclusion)


def function_terms_in(part: Condition | Expression) -> Iterator[FunctionTerm]:
    """Every function term that a condition or an expression reads."""
    match part:
        case FunctionTerm():
            yield part
        case And(parts) | Or(parts):
            for each in parts:
                yield from function_terms_in(each)
        case Arithmetic(_, expressions):
            for expression in expressions:
                yield from function_terms_in(expression)
        case Not(inner) | Forall(_, inner) | Exists(_, inner):
            yield from function_terms_in(inner)
        case Imply(premise, conclusion):
            yield from function_terms_in(premise)
            yield from function_terms_in(conclusion)
        case Compare(_, left, right):
            yield from function_terms_in(left)
            yield from function_terms_in(right)


def simple_effects(effects: tuple[Effect, ...]) -> Iterator[Add | Delete | Assign]:
    """The additions, deletions and assignments in effects, under whatever conditions."""
    for effect in effects:
        if isinstance(effect, When | ForEach):
            yield from simple_effects(effect.effects)
        else:
            yield effect


def effect_conditions(effects: tuple[Effect, ...]) -> Iterator[Condition]:
    """The conditions of conditional effects, outer ones first."""
    for effect in effects:
        if isinstance(effect, When):
            yield effect.condition
        if isinstance(effect, When | ForEach):
            yield from effect_conditions(effect.effects)


def instantiate(condition: Condition, bindings: Bindings) -> Condition:
    """The condition with its free variables replaced by objects."""
    match condition:
        case Atom(predicate, args):
            return Atom(predicate, _terms(args, bindings))
        case Equal(left, right):
            return Equal(bindings.get(left, left), bindings.get(right, right))
        case Not(part):
            return Not(instantiate(part, bindings))
        case And(parts):
            return And(tuple(instantiate(p, bindings) for p in parts))
        case Or(parts):
            return Or(tuple(instantiate(p, bindings) for p in parts))
        case Imply(premise, conclusion):
            return Imply(instantiate(premise, bindings), instantiate(conclusion, bindings))
        case Forall(parameters, part):
            return Forall(parameters, instantiate(part, _without(bindings, parameters)))
        case Exists(parameters, part):
            return Exists(parameters, instantiate(part, _without(bindings, parameters)))
        case Compare(relation, left_value, right_value):
            return Compare(
                relation,
                instantiate_expression(left_value, bindings),
                instantiate_expression(right_value, bindings),
            )


def instantiate_expression(expression: Expression, bindings: Bindings) -> Expression:
    """The expression with its variables replaced by objects."""
    match expression:
        case FunctionTerm(function, args):
            return FunctionTerm(function, _terms(args, bindings))
        case Arithmetic(operator, parts):
            return Arithmetic(operator, tuple(instantiate_expression(p, bindings) for p in parts))
        case _:
            return expression


def _terms(args: tuple[str, ...], bindings: Bindings) -> tuple[str, ...]:
    return tuple(bindings.get(a, a) for a in args)


def _without(bindings: Bindings, parameters: tuple[Parameter, ...]) -> Bindings:
    hidden = {p.name for p in parameters}
    return {k: v for k, v in bindings.items() if k not in hidden}


def negation(condition: Condition) -> Condition:
    """The negation with `not` pushed inwards to atoms, equalities and comparisons."""
    match condition:
        case Not(part):
            return positive_form(part)
        case And(parts):
            return Or(tuple(map(negation, parts)))
        case Or(parts):
            return And(tuple(map(negation, parts)))
        case Imply(premise, conclusion):
            return And((positive_form(premise), negation(conclusion)))
        case Forall(parameters, part):
            return Exists(parameters, negation(part))
        case Exists(parameters, part):
            return Forall(parameters, negation(part))
        case _:
            return Not(condition)


def positive_form(condition: Condition) -> Condition:
    """The negation normal form: `not` only before atoms, equalities and comparisons, no `imply`."""
    match condition:
        case Not(part):
            return negation(part)
        case And(parts):
            return And(tuple(map(positive_form, parts)))
        case Or(parts):
            return Or(tuple(map(positive_form, parts)))
        case Imply(premise, conclusion):
            return Or((negation(premise), positive_form(conclusion)))
        case Forall(parameters, part):
            return Forall(parameters, positive_form(part))
        case Exists(parameters, part):
            return Exists(parameters, positive_form(part))
        case _:
            return condition


def free_variables(condition: Condition) -> frozenset[str]:
    """The variables of a condition that no quantifier in it binds."""
    match condition:
        case Atom(_, args):
            return frozenset(a for a in args if a.startswith("?"))
        case Equal(left, right):
            return frozenset(a for a in (left, right) if a.startswith("?"))
        case Not(part):
            return free_variables(part)
        case And(parts) | Or(parts):
            return frozenset().union(*map(free_variables, parts))
        case Imply(premise, conclusion):
            return free_variables(premise) | free_variables(conclusion)
        case Forall(parameters, part) | Exists(parameters, part):
            return free_variables(part) - {p.name for p in parameters}
        case Compare():
            terms = function_terms_in(condition)
            return frozenset(a for t in terms for a in t.args if a.startswith("?"))
