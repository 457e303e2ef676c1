"""The grammar of the goals of one task: over its objects, well-typed by construction."""

from __future__ import annotations

from goalsmith.domains.errors import TranslationError
from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.translate.grammar.conditions import Conditions, keyed
from goalsmith.translate.grammar.grammar import (
    Expression,
    Field,
    Grammar,
    Maybe,
    Record,
    Ref,
    Word,
    choice,
)
from goalsmith.translate.grammar.rulebook import RuleBook

MAX_OBJECTS = 10_000
"""Objects that a grammar lists at most."""


def goal_grammar(
    task: Task,
    *,
    metric: bool = False,
    max_parts: int | None = None,
    max_depth: int | None = None,
) -> Grammar:
    """The grammar of `(:goal …)` over a task's objects, on one line with single spaces.

    Quantifiers stand at most two deep, less in a domain of very many types, and bind ?x1 and ?x2.
    A quantifier over a type without objects is left out, as is equality of two objects.

    Args:
        task: whose goal it is. Its own goal does not matter.
        metric: whether `(:metric …)` may follow, if the domain has functions.
        max_parts: parts of a conjunction or disjunction at most. With it and `max_depth` sentences
            are finite in number, and a model that rambles comes to an end.
        max_depth: connectives within connectives at most; 0 allows nothing but a literal.

    Raises:
        TranslationError: the objects are too many, or no predicate or function fits any.
    """
    if len(task.objects) > MAX_OBJECTS:
        raise TranslationError(
            f"the task has {len(task.objects)} objects, more than the {MAX_OBJECTS} that a grammar "
            "lists: translate without a grammar"
        )
    book = RuleBook()
    objects = _Objects(task, book)
    names = [t.name for t in task.domain.types]
    types = [t for t in dict.fromkeys([*names, ANY_TYPE]) if objects.of((t,)) is not None]
    conditions = Conditions(task.domain, book, objects.of, types, max_parts, max_depth)
    fields = [Field("goal", "(:goal ", conditions.condition())]
    if metric and conditions.functions:
        fields.append(Field("metric", ")", metric_option(conditions)))
        return book.grammar("goal", Record(tuple(fields)))
    return book.grammar("goal", Record(tuple(fields), ")"))


def metric_option(conditions: Conditions) -> Maybe:
    """A metric, or none."""
    expression = conditions.expression()
    directions = ("minimize", "maximize")
    return Maybe(choice(keyed(word, f" (:metric {word} ", expression) for word in directions))


class _Objects:
    """The rules that list a task's objects, once each, by the types that they are declared with."""

    def __init__(self, task: Task, book: RuleBook) -> None:
        self._book = book
        self._hierarchy = TypeHierarchy(task.domain)
        self._names: dict[tuple[str, ...], list[str]] = {}
        for each in task.objects:
            self._names.setdefault(each.types, []).append(each.name)

    def of(self, wanted: tuple[str, ...]) -> Expression | None:
        """The objects that fit where any of some types is asked."""
        groups = tuple(own for own in self._names if self._hierarchy.fits(own, wanted))
        if not groups:
            return None
        listed = tuple(map(self._group, groups))
        if len(listed) == 1:
            return listed[0]
        return self._book.ref("objects", groups, lambda: choice(listed))

    def _group(self, own: tuple[str, ...]) -> Ref:
        return self._book.ref("names", own, lambda: choice(map(Word, self._names[own])))
