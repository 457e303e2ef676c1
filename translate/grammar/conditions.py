"""The rules of well-typed conditions: atoms, connectives, quantifiers, comparisons.

A variable may stand only where it is bound, so there are rules for each tuple of the variables in
scope. Types whose variables fit the same places share rules, atoms share them among all scopes that
offer them the same terms, and objects are listed once, by the types that they are declared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from goalsmith.domains.errors import TranslationError
from goalsmith.domains.formula import ANY_TYPE, Parameter
from goalsmith.domains.language import Domain, Function, Predicate, TypeHierarchy
from goalsmith.translate.grammar.grammar import (
    Expression,
    Field,
    Many,
    Record,
    Ref,
    Token,
    Word,
    choice,
)
from goalsmith.translate.grammar.rulebook import RuleBook

MAX_QUANTIFIERS = 2
"""Quantifiers within quantifiers at most."""

MAX_ALTERNATIVES = 2_000
"""Alternatives of all rules for conditions; fewer quantifiers are nested where more were needed."""

KEYWORDS = frozenset({"and", "or", "not", "imply", "forall", "exists"})

_COMPARISONS = (("lt", "<"), ("le", "<="), ("eq", "="), ("ge", ">="), ("gt", ">"))
_OPERATORS = (("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/"))

Scope: TypeAlias = tuple[str, ...]
"""The types of the variables ?x1, ?x2 … that are bound."""

Ground: TypeAlias = Callable[[tuple[str, ...]], Expression | None]
"""What of the situation may stand where any of some types is asked; None: nothing does."""


class Conditions:
    """The conditions that can be said with a domain's words and some terms.

    Args:
        domain: its predicates and functions; those whose places nothing fits are left out.
        book: where the rules go.
        ground: the terms that are no variables.
        types: what a quantifier may range over.
        max_parts: parts of a conjunction or disjunction at most; None: any number.
        max_depth: connectives within connectives; 0 allows a literal only, None any number.

    Raises:
        TranslationError: no predicate and no function fits any term.
    """

    def __init__(
        self,
        domain: Domain,
        book: RuleBook,
        ground: Ground,
        types: Iterable[str],
        max_parts: int | None = None,
        max_depth: int | None = None,
    ) -> None:
        self._book = book
        self._ground = ground
        self._hierarchy = TypeHierarchy(domain)
        self._typed = bool(domain.types)
        self._max_parts = max_parts
        self._max_depth = max_depth
        self.predicates = tuple(
            p
            for p in domain.predicates
            if p.name.lower() not in KEYWORDS and self._fillable(p.parameters)
        )
        self.functions = tuple(f for f in domain.functions if self._fillable(f.parameters))
        declared: tuple[Predicate | Function, ...] = (*self.predicates, *self.functions)
        if not declared:
            raise TranslationError(
                f"nothing can be said with the predicates of the domain {domain.name}: there is no "
                "object that fits any of their places"
            )
        self._places = list(dict.fromkeys(p.types for d in declared for p in d.parameters))
        # Every type that a variable may have, with the one that stands for all that fit alike.
        alike: dict[tuple[bool, ...], str] = {}
        self._types = {t: alike.setdefault(fit, t) for t in types if any(fit := self._fit(t))}
        self._quantifiers = self._quantifiers_allowed(len(alike))

    def condition(self) -> Ref:
        """Any condition without free variables."""
        return self._condition((), self._max_depth)

    def expression(self) -> Ref:
        """Any numeric expression without variables."""
        return self._expression((), self._max_depth)

    # Scopes

    def _fillable(self, parameters: Sequence[Parameter]) -> bool:
        return all(self._ground(p.types) is not None for p in parameters)

    def _fit(self, variable: str) -> tuple[bool, ...]:
        """Which places a variable of a type fits."""
        return tuple(self._hierarchy.fits((variable,), wanted) for wanted in self._places)

    def _quantifiers_allowed(self, types: int) -> int:
        """How deep quantifiers may be nested, so that the rules stay few."""
        alternatives = 0
        words = len(self.predicates) + len(self.functions) + 12
        for depth in range(MAX_QUANTIFIERS + 1):
            alternatives += types**depth * (words + 2 * len(self._types))
            if alternatives > MAX_ALTERNATIVES:
                return max(0, depth - 1)
        return MAX_QUANTIFIERS

    def _terms(self, wanted: tuple[str, ...], scope: Scope) -> Expression:
        """What may stand where any of some types is asked."""
        fits = self._hierarchy.fits
        bound = tuple(f"?x{i}" for i, t in enumerate(scope, 1) if fits((t,), wanted))
        ground = self._ground(wanted)
        assert ground is not None
        if not bound:
            return ground
        options = (*map(Word, bound), ground)
        return self._book.ref("term", (bound, ground), lambda: choice(options))

    # Conditions

    def _condition(self, scope: Scope, depth: int | None) -> Ref:
        affirmed = self._affirmed(scope, depth)
        return self._book.ref(
            "condition", affirmed, lambda: choice((affirmed, keyed("not", "(not ", affirmed)))
        )

    def _affirmed(self, scope: Scope, depth: int | None) -> Ref:
        """Any condition but a negation: negating twice says nothing, and weak models go on so."""
        return self._book.ref(
            "affirmed", (scope, depth), lambda: choice(self._affirmations(scope, depth))
        )

    def _affirmations(self, scope: Scope, depth: int | None) -> list[Expression]:
        simple = self._simple(scope)
        if depth == 0:
            return [simple]
        deeper = None if depth is None else depth - 1
        inner = self._condition(scope, deeper)
        parts = Many(inner, 1, self._max_parts)
        sides = (Field("if", "(imply ", inner), Field("then", " ", inner))
        found: list[Expression] = [
            simple,
            keyed("and", "(and ", parts),
            keyed("or", "(or ", parts),
            keyed("imply", "", Record(sides, ")"), ""),
        ]
        if len(scope) < self._quantifiers:
            variable = f"x{len(scope) + 1}"
            for quantifier in ("forall", "exists"):
                for name, alike in self._types.items():
                    typed = f"?{variable} - {name}" if self._typed else f"?{variable}"
                    body = self._condition((*scope, alike), deeper)
                    key = f"{quantifier}.{variable}.{name}"
                    found.append(keyed(key, f"({quantifier} ({typed}) ", body))
        return found

    def _simple(self, scope: Scope) -> Ref:
        """Atoms, equalities and comparisons."""
        return self._book.ref("simple", scope, lambda: choice(self._simple_options(scope)))

    def _simple_options(self, scope: Scope) -> list[Expression]:
        found = [self._atom(p, scope) for p in self.predicates]
        if scope:
            variables = choice(Word(f"?x{i}") for i in range(1, len(scope) + 1))
            same = (
                Field("left", "(= ", variables),
                Field("right", " ", self._terms((ANY_TYPE,), scope)),
            )
            # Two objects are the same or not whatever happens, so one side is a variable.
            found.append(keyed("same.objects", "", Record(same, ")"), ""))
        if self.functions:
            found.append(self._comparison(scope))
        return found

    def _atom(self, predicate: Predicate, scope: Scope) -> Expression:
        terms = tuple(self._terms(p.types, scope) for p in predicate.parameters)
        return self._book.ref(
            "atom",
            (predicate.name, terms),
            lambda: applied(predicate, terms),
        )

    # Numbers

    def _comparison(self, scope: Scope) -> Ref:
        """A relation of numbers, of which the left one depends on the state."""
        left, right = self._numbers(scope), self._expression(scope, self._max_depth)
        return self._book.ref(
            "comparison", (left, right), lambda: choice(_pairs(_COMPARISONS, left, right))
        )

    def _numbers(self, scope: Scope) -> Ref:
        """The terms of functions."""
        terms = [tuple(self._terms(p.types, scope) for p in f.parameters) for f in self.functions]
        return self._book.ref(
            "number", tuple(terms), lambda: choice(map(applied, self.functions, terms))
        )

    def _expression(self, scope: Scope, depth: int | None) -> Ref:
        numbers = self._numbers(scope)
        return self._book.ref(
            "expression",
            (numbers, depth),
            lambda: choice(self._expressions(scope, numbers, depth)),
        )

    def _expressions(self, scope: Scope, numbers: Ref, depth: int | None) -> list[Expression]:
        if depth == 0:
            return [Token("number"), numbers]
        inner = self._expression(scope, None if depth is None else depth - 1)
        return [Token("number"), numbers, *_pairs(_OPERATORS, inner, inner)]


def _pairs(
    signs: Iterable[tuple[str, str]], left: Expression, right: Expression
) -> Iterator[Record]:
    """Signs before two operands."""
    for name, sign in signs:
        sides = (Field("left", f"({sign} ", left), Field("right", " ", right))
        yield keyed(f"number.{name}", "", Record(sides, ")"), "")


def applied(head: Predicate | Function, terms: Iterable[Expression]) -> Record:
    """A predicate or function with a term for each place."""
    places = Record(place_fields(head.parameters, terms), ")")
    return keyed(head.name, f"({head.name}", places, "")


def place_fields(parameters: Sequence[Parameter], terms: Iterable[Expression]) -> tuple[Field, ...]:
    """A blank for each place, labelled by its name; by its number where a name is repeated."""
    labels = [p.name.removeprefix("?") for p in parameters]
    if len(set(labels)) < len(labels):
        labels = [str(index) for index in range(1, len(labels) + 1)]
    return tuple(Field(label, " ", t) for label, t in zip(labels, terms, strict=True))


def keyed(key: str, before: str, body: Expression, after: str = ")") -> Record:
    """Text with one blank. The key tells it from other options: none begins with the same one."""
    return Record((Field(key, before, body),), after)
