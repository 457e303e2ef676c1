"""What objects and kinds of objects are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.kinds import called, kinds_of, spellings
from goalsmith.translate.controlled_english.words import texts_of


@dataclass(frozen=True, slots=True)
class Noun:
    """What objects of a kind are called, and which they are."""

    one: tuple[str, ...]
    many: tuple[str, ...]
    objects: tuple[str, ...]


def nouns_of(task: Task, wording: Wording) -> Iterator[Noun]:
    """The nouns for a task's types, and for kinds that its domain says by predicates."""
    for kind in kinds_of(task.domain, wording):
        objects = kind.members(task)
        if objects or kind.is_type:
            yield Noun(kind.one, kind.many, objects)


def forms_of_names(task: Task, wording: Wording) -> dict[str, dict[tuple[str, ...], None]]:
    """How each object of a task may be called."""
    found = {o.name: dict.fromkeys(name_forms(o.name)) for o in task.objects}
    for name, forms in found.items():
        forms.update(dict.fromkeys(form for form in called(name, wording) if form))
    for kind in kinds_of(task.domain, wording):
        for name in kind.members(task):
            found[name].update(dict.fromkeys(spellings(kind, name)))
    return found


def name_forms(name: str) -> Iterable[tuple[str, ...]]:
    """How a name may be said: as it is, its parts as words (`depot-1`), its number apart."""
    spaced = re.sub(r"[-_]+", " ", name)
    numbered = re.sub(r"(?<=[A-Za-z])(?=\d+$)", " ", spaced)
    forms = (texts_of(form) for form in (name, spaced, numbered))
    return dict.fromkeys(form for form in forms if form)
