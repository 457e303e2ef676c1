"""What objects and kinds of objects are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.domains.wording import Wording
from goalsmith.translate.words import texts_of


@dataclass(frozen=True, slots=True)
class Noun:
    """What objects of a kind are called, and which they are."""

    one: tuple[str, ...]
    many: tuple[str, ...]
    objects: tuple[str, ...]


def nouns_of(task: Task, wording: Wording) -> Iterator[Noun]:
    """The nouns for a task's types, and for kinds that its domain says by predicates."""
    hierarchy = TypeHierarchy(task.domain, task.objects)
    for name, noun in wording.types.items():
        one, many = texts_of(noun.one), texts_of(noun.many)
        if one and many:
            yield Noun(one, many, hierarchy.objects_of((name,)))
    yield from _kind_nouns(task)


def name_forms(name: str) -> Iterable[tuple[str, ...]]:
    """How a name may be said: as it is, its parts as words (`depot-1`), its number apart."""
    spaced = re.sub(r"[-_]+", " ", name)
    numbered = re.sub(r"(?<=[A-Za-z])(?=\d+$)", " ", spaced)
    forms = (texts_of(form) for form in (name, spaced, numbered))
    return dict.fromkeys(form for form in forms if form)


def _kind_nouns(task: Task) -> Iterator[Noun]:
    """Nouns of a domain that has no types but says kinds by predicates: `(ball b1)`.

    Such a predicate has one place and never changes.
    """
    derived = (rule.predicate for rule in task.domain.derived)
    changing = task.domain.changing_predicates().union(derived)
    types = {t.name.lower() for t in task.domain.types}
    for predicate in task.domain.predicates:
        name = predicate.name
        if len(predicate.parameters) == 1 and name not in changing and name.lower() not in types:
            objects = tuple(a.args[0] for a in task.problem.init if a.predicate == name)
            one = texts_of(re.sub(r"[-_]+", " ", name))
            if objects and one:
                yield Noun(one, (*one[:-1], one[-1] + "s"), objects)
