"""Kinds of objects: the types of a domain, and the predicates that say what an object is.

A text can say more than a domain's predicates do: that an object is of a type, and how many of a
kind there are. While a text is read, that is held in atoms of no domain: a predicate's name in PDDL
has no space, and theirs has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goalsmith.domains.formula import ANY_TYPE, Atom
from goalsmith.domains.language import Domain, Task, TypeHierarchy
from goalsmith.domains.wording import Noun, Wording
from goalsmith.domains.wording.defaults import plural
from goalsmith.translate.controlled_english.words import texts_of

_NUMBER = r"\d+(?:[-_]\d+)*"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects: a type, or else a predicate with one place that no action changes.

    Attributes:
        name: of the type or predicate.
        is_type: whether it is a type.
        one: the words of its noun.
        many: the words of its plural.
        names: how names of its objects begin, before a number; in lower case.
    """

    name: str
    is_type: bool
    one: tuple[str, ...]
    many: tuple[str, ...]
    names: tuple[str, ...] = ()

    @property
    def membership(self) -> str:
        """The predicate that says that an object is of this kind."""
        return f"type {self.name}" if self.is_type else self.name

    @property
    def count(self) -> str:
        """The predicate that says how many objects of this kind there are."""
        return f"count {'type' if self.is_type else 'predicate'} {self.name}"

    def named_like(self, name: str) -> bool:
        """Whether a name begins as the wording says that names of the kind do."""
        return _numbers(self.names, name) is not None

    def number_in(self, name: str) -> tuple[str, ...] | None:
        """The numbers in a name: `0` and `1` in `package_0_1`; None if it is none of the kind."""
        nouns = ("".join(self.one), "-".join(self.one), "_".join(self.one))
        return _numbers((*self.names, *nouns), name)

    def members(self, task: Task) -> tuple[str, ...]:
        """The objects of this kind in a task's initial state, in the order declared."""
        if self.is_type:
            return TypeHierarchy(task.domain, task.objects).objects_of((self.name,))
        inside = {a.args[0] for a in task.problem.init if a.predicate == self.name}
        return tuple(o.name for o in task.objects if o.name in inside)


def _numbers(starts: Iterable[str], name: str) -> tuple[str, ...] | None:
    """The numbers in a name that begins with any of some letters and goes on with numbers."""
    for start in starts:
        match = re.fullmatch(f"{re.escape(start)}[-_]?({_NUMBER})", name.lower())
        if match:
            return tuple(re.split("[-_]", match[1]))
    return None


def kinds_of(domain: Domain, wording: Wording) -> tuple[Kind, ...]:
    """All kinds of a domain that have a noun."""
    return tuple(k for k in _kinds(domain, wording) if k.one and k.many)


def _kinds(domain: Domain, wording: Wording) -> Iterator[Kind]:
    for name, noun in wording.types.items():
        yield _kind(name, True, noun)
    types = {t.name.lower() for t in domain.types}
    for name in domain.static_predicates():
        if len(domain.predicate(name).parameters) == 1 and name.lower() not in types:
            one = re.sub(r"[-_]+", " ", name)
            yield _kind(name, False, wording.kinds.get(name) or Noun(one, plural(one)))


def _kind(name: str, is_type: bool, noun: Noun) -> Kind:
    names = tuple(n.lower() for n in noun.names)
    return Kind(name, is_type, texts_of(noun.one), texts_of(noun.many), names)


def spellings(kind: Kind, name: str) -> Iterator[tuple[str, ...]]:
    """How an object of a kind may be called by noun and number: `package 0`, `package_0`."""
    numbers = kind.number_in(name)
    if numbers is not None:
        for joint in "-", "_":
            number = joint.join(numbers)
            yield (*kind.one, number)
            for between in "", joint:
                yield texts_of(joint.join(kind.one) + between + number)


def called(name: str, wording: Wording) -> Iterator[tuple[str, ...]]:
    """What an object is called by the wording, without an article."""
    for text in wording.objects.get(name.lower(), ()):
        words = texts_of(text)
        yield words[1:] if words[:1] == ("the",) else words


def declared_types(domain: Domain) -> tuple[str, ...]:
    """The types that an object of a domain may have."""
    return tuple(t.name for t in domain.types if t.name != ANY_TYPE) or (ANY_TYPE,)


def membership(kinds: Iterable[Kind], atom: Atom) -> Kind | None:
    """The type that an atom says an object is of; None if it says something else."""
    return next((k for k in kinds if k.is_type and k.membership == atom.predicate), None)


def count(kinds: Iterable[Kind], atom: Atom) -> Kind | None:
    """The kind whose number of objects an atom says; None if it says something else."""
    return next((k for k in kinds if k.count == atom.predicate), None)
