"""The grammar of whole problems of a domain, whose objects are named freely.

No context-free grammar can hold a name to its declaration: that an object is declared, once, and of
a type that fits is for the reader to check. Predicates, their arity, types, and variables are kept.
"""

from __future__ import annotations

import re

from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Domain, Function
from goalsmith.translate.grammar.conditions import Conditions, applied, keyed, place_fields
from goalsmith.translate.grammar.goals import metric_option
from goalsmith.translate.grammar.grammar import (
    Expression,
    Field,
    Grammar,
    Many,
    Record,
    Token,
    Word,
    choice,
)
from goalsmith.translate.grammar.rulebook import RuleBook

_FREE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,39}")


def problem_grammar(domain: Domain) -> Grammar:
    """The grammar of `(define (problem …) …)` for a domain, on one line with single spaces.

    A metric may stand at the end if the domain has functions; initial values are decimals.

    Raises:
        TranslationError: the domain declares no predicate.
    """
    book = RuleBook()
    # Most constants are named as objects may be; only the others must be listed.
    odd = [Word(c.name) for c in domain.constants if not _FREE_NAME.fullmatch(c.name)]
    name = choice([Token("name"), *odd])

    def anything(_: tuple[str, ...]) -> Expression:
        return name

    names = [t.name for t in domain.types]
    conditions = Conditions(domain, book, anything, dict.fromkeys([*names, ANY_TYPE]))
    fields = [
        Field("name", "(define (problem ", Token("name")),
        Field("objects", f") (:domain {domain.name}) (:objects ", _objects(names)),
        Field("init", ") (:init ", Many(_facts(domain, conditions, name, book))),
        Field("goal", ") (:goal ", conditions.condition()),
    ]
    if conditions.functions:
        fields.append(Field("metric", ")", metric_option(conditions)))
        return book.grammar("problem", Record(tuple(fields), ")"))
    return book.grammar("problem", Record(tuple(fields), "))"))


def _objects(types: list[str]) -> Many:
    """The declarations: names, and in a typed domain their type behind them."""
    if not types:
        return Many(Token("name"))
    kinds = choice(map(Word, dict.fromkeys([*types, ANY_TYPE])))
    return Many(Record((Field("names", "", Many(Token("name"), 1)), Field("type", " - ", kinds))))


def _facts(domain: Domain, conditions: Conditions, name: Expression, book: RuleBook) -> Expression:
    """Atoms that are not derived, and initial values."""
    derived = {rule.predicate for rule in domain.derived}
    basic = [p for p in conditions.predicates if p.name not in derived]
    facts = [applied(p, [name] * len(p.parameters)) for p in basic]
    facts += [_value(f, name) for f in conditions.functions]
    return book.ref("fact", domain.name, lambda: choice(facts))


def _value(function: Function, name: Expression) -> Record:
    """The initial value of a function."""
    places = place_fields(function.parameters, [name] * len(function.parameters))
    # A place may be called like this too; a label has to be one of a kind.
    label = "value" if all(field.label != "value" for field in places) else "initial.value"
    fields = (*places, Field(label, ") ", Token("number")))
    return keyed(f"value.{function.name}", f"(= ({function.name}", Record(fields), ")")
