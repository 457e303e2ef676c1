"""The normal form of conditions and expressions: what is written differently but says the same.

`not` stands only before atoms, equalities and comparisons; conjunctions and disjunctions are flat,
sorted, without repetitions and without parts that the others settle; constants are folded;
quantifiers are expanded over the objects where that stays small, and have canonical variables
where it does not. Each step keeps the meaning, so two conditions with one normal form are
equivalent. The reverse does not hold: finding that out in general is co-NP-complete even without
quantifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Literal

from goalsmith.domains.formula import (
    ANY_TYPE,
    FALSE,
    TRUE,
    And,
    Arithmetic,
    Atom,
    Bindings,
    Compare,
    Condition,
    Equal,
    Exists,
    Expression,
    Forall,
    FunctionTerm,
    Not,
    Or,
    Parameter,
    positive_form,
)
from goalsmith.domains.language import TypeHierarchy
from goalsmith.domains.writer import write_condition, write_expression

MAX_EXPANDED = 20_000
"""Atoms that a condition may have after its quantifiers are expanded; beyond, they are kept."""

MAX_ROUNDS = 50
"""Rounds of taking literals out of nested parts; more are hardly ever needed."""

_COMPLEMENT: Mapping[type, type] = {And: Or, Or: And}


class NormalForm:
    """Brings conditions into normal form over the objects of a hierarchy.

    With `expand`, quantifiers range over those objects and are expanded where that stays small.
    """

    def __init__(self, hierarchy: TypeHierarchy, expand: bool) -> None:
        self.hierarchy = hierarchy
        self._expand = expand

    def condition(self, condition: Condition, bindings: Bindings | None = None) -> Condition:
        """The normal form of a condition whose free variables are renamed by `bindings`."""
        positive = positive_form(condition)
        expand = self._expand and self._size(positive) <= MAX_EXPANDED
        return self._normal(positive, bindings or {}, expand, 0)

    def expression(self, expression: Expression, bindings: Bindings | None = None) -> Expression:
        """The normal form of an expression: constants folded, sums and products flat and sorted."""
        bindings = bindings or {}
        match expression:
            case FunctionTerm(function, args):
                return FunctionTerm(function, tuple(bindings.get(a, a) for a in args))
            case Arithmetic(operator, parts):
                return _arithmetic(operator, [self.expression(p, bindings) for p in parts])
            case _:
                return expression

    def objects_types(self, types: tuple[str, ...]) -> tuple[str, ...]:
        """The types of an object without those that others among them imply."""
        above = {a for t in types for a in self.hierarchy.ancestors(t) if a != t}
        return tuple(sorted({t for t in types if t not in above})) or (ANY_TYPE,)

    def wanted_types(self, types: tuple[str, ...]) -> tuple[str, ...]:
        """The types that a parameter asks for without those that others among them include."""
        if ANY_TYPE in types:
            return (ANY_TYPE,)
        wanted = set(types)
        return tuple(sorted(t for t in wanted if not (self.hierarchy.ancestors(t) - {t}) & wanted))

    def _size(self, condition: Condition) -> int:
        """The atoms of a condition after expansion."""
        match condition:
            case And(parts) | Or(parts):
                return sum(map(self._size, parts))
            case Forall(parameters, part) | Exists(parameters, part):
                size = self._size(part)
                for parameter in parameters:
                    size *= len(self.hierarchy.objects_of(parameter.types))
                return size
            case _:
                return 1

    def _normal(
        self, condition: Condition, bindings: Bindings, expand: bool, depth: int
    ) -> Condition:
        match condition:
            case Atom(predicate, args):
                return Atom(predicate, tuple([bindings.get(a, a) for a in args]))
            case Equal(left, right):
                return _equal(bindings.get(left, left), bindings.get(right, right))
            case Compare(relation, left_value, right_value):
                return _compare(
                    relation,
                    self.expression(left_value, bindings),
                    self.expression(right_value, bindings),
                )
            case Not(part):
                return _not(self._normal(part, bindings, expand, depth))
            case And(parts):
                return joined(And, [self._normal(p, bindings, expand, depth) for p in parts])
            case Or(parts):
                return joined(Or, [self._normal(p, bindings, expand, depth) for p in parts])
            case Forall() | Exists():
                return self._quantified(condition, bindings, expand, depth)
            case _:  # imply: the positive form has none
                raise AssertionError(condition)

    def _quantified(
        self, condition: Forall | Exists, bindings: Bindings, expand: bool, depth: int
    ) -> Condition:
        kind = type(condition)
        parameters = list(condition.parameters)
        part = condition.part
        while isinstance(part, kind) and not {p.name for p in part.parameters} & {
            p.name for p in parameters
        }:
            parameters += part.parameters
            part = part.part
        join: type[And] | type[Or] = And if kind is Forall else Or
        if expand:
            choices = [self.hierarchy.objects_of(p.types) for p in parameters]
            names = [p.name for p in parameters]
            return joined(
                join,
                [
                    self._normal(
                        part, {**bindings, **dict(zip(names, chosen, strict=True))}, True, depth
                    )
                    for chosen in product(*choices)
                ],
            )
        ordered = sorted(parameters, key=lambda p: self.wanted_types(p.types))
        fresh = {p.name: f"?{depth + index}" for index, p in enumerate(ordered)}
        inner = self._normal(part, {**bindings, **fresh}, False, depth + len(ordered))
        if not ordered:
            return inner
        kept = tuple(Parameter(fresh[p.name], self.wanted_types(p.types)) for p in ordered)
        return kind(kept, inner)


def joined(kind: type[And] | type[Or], parts: Iterable[Condition]) -> Condition:
    """The conjunction or disjunction of parts in normal form, in normal form.

    Literals among the parts are taken out of the others: (and p (or p q)) is p, and
    (and p (or (not p) q)) is (and p q); likewise with `and` and `or` exchanged.
    """
    absorbing = FALSE if kind is And else TRUE
    other = _COMPLEMENT[kind]
    waiting = list(parts)
    for _ in range(MAX_ROUNDS):
        flat = _flat(kind, waiting)
        if absorbing in flat:
            return absorbing
        nested = {p for p in flat if isinstance(p, other)}
        literals = flat - nested
        if any(p.part in literals for p in literals if isinstance(p, Not)):
            return absorbing
        reduced = {_reduced(p, literals, other) for p in nested}
        waiting = [*literals, *(p for p in reduced if p is not None)]
        if reduced == nested:
            break
    done = _flat(kind, waiting)
    if len(done) == 1:
        return next(iter(done))
    return kind(tuple(sorted(done, key=sort_key)))


def _flat(kind: type[And] | type[Or], parts: list[Condition]) -> set[Condition]:
    """The parts of nested conjunctions or disjunctions of one kind."""
    flat: set[Condition] = set()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if isinstance(part, And | Or) and isinstance(part, kind):
            waiting.extend(part.parts)
        else:
            flat.add(part)
    return flat


def _reduced(
    part: Condition, literals: set[Condition], other: type[And] | type[Or]
) -> Condition | None:
    """A nested part, given that the literals beside it are settled; None if they imply it."""
    assert isinstance(part, And | Or)
    if any(p in literals for p in part.parts):
        return None
    rest = [p for p in part.parts if _not(p) not in literals]
    return part if len(rest) == len(part.parts) else joined(other, rest)


def sort_key(condition: Condition) -> tuple[str, ...]:
    """Where a condition stands among others: literals by predicate and objects first."""
    if isinstance(condition, Atom):
        return ("", condition.predicate, *condition.args)
    return (write_condition(condition),)


def _not(condition: Condition) -> Condition:
    if isinstance(condition, Not):
        return condition.part
    if condition == TRUE:
        return FALSE
    if condition == FALSE:
        return TRUE
    return Not(condition)


def _equal(left: str, right: str) -> Condition:
    if left == right:
        return TRUE
    if not left.startswith("?") and not right.startswith("?"):
        return FALSE
    return Equal(*sorted((left, right)))


def _compare(
    relation: Literal["<", "<=", "=", ">=", ">"], left: Expression, right: Expression
) -> Condition:
    """Only `<`, `<=` and `=`. `not` stays: it holds where a number has no value, `>=` does not."""
    if relation == ">":
        return _compare("<", right, left)
    if relation == ">=":
        return _compare("<=", right, left)
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        holds = left < right or (left == right and relation != "<")
        return TRUE if (left == right if relation == "=" else holds) else FALSE
    if relation == "=" and write_expression(right) < write_expression(left):
        left, right = right, left
    return Compare(relation, left, right)


def _arithmetic(operator: Literal["+", "-", "*", "/"], parts: list[Expression]) -> Expression:
    if operator == "-" and len(parts) == 1:
        return _arithmetic("*", [Fraction(-1), parts[0]])
    if operator == "-":
        return _arithmetic("+", [parts[0], *(_arithmetic("-", [p]) for p in parts[1:])])
    if operator == "/":
        first, *rest = parts
        if all(isinstance(p, Fraction) and p != 0 for p in rest):
            inverse = [1 / p for p in rest if isinstance(p, Fraction)]
            return _arithmetic("*", [first, *inverse])
        return Arithmetic("/", tuple(parts))
    flat: list[Expression] = []
    for part in parts:
        if isinstance(part, Arithmetic) and part.operator == operator:
            flat.extend(part.parts)
        else:
            flat.append(part)
    constant = Fraction(0 if operator == "+" else 1)
    neutral = constant
    rest = []
    for part in flat:
        if not isinstance(part, Fraction):
            rest.append(part)
        elif operator == "+":
            constant += part
        else:
            constant *= part
    # A product with zero stays: its other factors may have no value.
    if not rest:
        return constant
    if constant != neutral:
        rest.append(constant)
    if len(rest) == 1:
        return rest[0]
    return Arithmetic(operator, tuple(sorted(rest, key=write_expression)))
