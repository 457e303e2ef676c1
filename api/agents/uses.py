"""What a condition or an effect speaks of, found before its predicates are declared.

A text that the grammar accepts is taken apart into its parentheses; what is no word of PDDL at the
head of a form is a predicate, or, where a number is asked for, a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from goalsmith.agents.places import Place
from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.reading.syntax import blank_comments

Form: TypeAlias = "str | list[Form]"
"""A word, or what stands between two parentheses."""

Scope: TypeAlias = Mapping[str, tuple[str, ...]]
"""The types of variables and constants, by their names in lower case."""

_WORD = re.compile(r"[()]|[^\s()]+")
_RELATIONS = frozenset({"=", "<", "<=", ">", ">="})
_ARITHMETIC = frozenset({"+", "-", "*", "/"})
_CHANGES = frozenset({"assign", "increase", "decrease", "scale-up", "scale-down"})


@dataclass(frozen=True, slots=True)
class Use:
    """A predicate or a function where it is used.

    Attributes:
        name: as it is written there.
        terms: what stands in its places.
        types: the types of each; empty for what is not known.
        numeric: whether it is a function.
        place: the function in whose decorator it stands.
    """

    name: str
    terms: tuple[str, ...]
    types: tuple[tuple[str, ...], ...]
    numeric: bool
    place: Place


def uses(text: str, scope: Scope, place: Place, numeric: bool = False) -> Iterator[Use]:
    """The predicates and functions in a text that the grammar accepts, as often as they occur.

    Args:
        text: a condition, an effect or, if `numeric`, an expression.
        scope: the types of parameters and constants.
        place: where it stands.
        numeric: whether the text stands for a number.
    """
    for form in forms(text):
        yield from (_numbers if numeric else _in)(form, scope, place)


def forms(text: str) -> list[Form]:
    """The forms of a text. What is not closed in the end counts as closed there."""
    top: list[Form] = []
    open_forms = [top]
    for match in _WORD.finditer(blank_comments(text)):
        word = match.group()
        if word == "(":
            inner: list[Form] = []
            open_forms[-1].append(inner)
            open_forms.append(inner)
        elif word == ")":
            if len(open_forms) > 1:
                open_forms.pop()
        else:
            open_forms[-1].append(word)
    return top


def words(form: Form) -> Iterator[str]:
    """All words in a form."""
    if isinstance(form, str):
        yield form
    else:
        for part in form:
            yield from words(part)


def _in(form: Form, scope: Scope, place: Place) -> Iterator[Use]:
    if isinstance(form, str) or not form or not isinstance(form[0], str):
        return
    head, *parts = form
    assert isinstance(head, str)
    match head.lower():
        case "and" | "or" | "not" | "imply" | "when":
            for part in parts:
                yield from _in(part, scope, place)
        case "forall" | "exists":
            within = {**scope, **_typed(parts[0])}
            for part in parts[1:]:
                yield from _in(part, within, place)
        case relation if relation in _RELATIONS:
            # Two terms, or two numbers; a term is never in parentheses.
            for part in parts:
                yield from _numbers(part, scope, place)
        case change if change in _CHANGES:
            for part in parts:
                yield from _numbers(part, scope, place)
        case _:
            yield _use(head, parts, scope, place, numeric=False)


def _numbers(form: Form, scope: Scope, place: Place) -> Iterator[Use]:
    if isinstance(form, str) or not form or not isinstance(form[0], str):
        return
    head, *parts = form
    assert isinstance(head, str)
    if head in _ARITHMETIC:
        for part in parts:
            yield from _numbers(part, scope, place)
    else:
        yield _use(head, parts, scope, place, numeric=True)


def _use(head: str, parts: list[Form], scope: Scope, place: Place, *, numeric: bool) -> Use:
    terms = tuple(part for part in parts if isinstance(part, str))
    types = tuple(scope.get(term.lower(), ()) for term in terms)
    return Use(head, terms, types, numeric, place)


def _typed(form: Form) -> dict[str, tuple[str, ...]]:
    """The variables of a quantifier with their types."""
    typed: dict[str, tuple[str, ...]] = {}
    waiting: list[str] = []
    parts = iter(() if isinstance(form, str) else form)
    for part in parts:
        if part == "-":
            kind = next(parts, ANY_TYPE)
            types = (kind,) if isinstance(kind, str) else tuple(words(kind))[1:]
            typed.update((each, tuple(t.lower() for t in types)) for each in waiting)
            waiting = []
        elif isinstance(part, str):
            waiting.append(part.lower())
    typed.update((each, (ANY_TYPE,)) for each in waiting)
    return typed
