"""Groups and chains of facts as sentences, from the templates of a domain's wording.

`{x} is on the table` gives `a, b and c are on the table`. Where the verb has no plural that is
known, or a list might be taken for one thing (`an image of a and b`), the sentence stays in the
singular: `there is an image of each of a and b`. A `the` before a placeholder belongs to what
stands there: `the {x} is on the table` gives `the cup and plate are on the table`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording, template_parts
from goalsmith.translate.controlled_english.phrases import (
    Article,
    Pattern,
    Slot,
    Verb,
    patterns_of,
)
from goalsmith.translate.saying.grouping import Chain, Group, grouped
from goalsmith.translate.saying.names import Names, Naming, bare

SHORT_CHAIN = 6
"""Objects of a chain that is said fact by fact: `a is on b, b on c and c on d`."""

MAX_CHAIN = 60
"""Names and runs of a chain; of more the first, and how many more."""

_SAME_IN_PLURAL = frozenset({"can", "cannot", "could", "may", "might", "must", "will", "would"})
_JOINING = re.compile(r"\b(?:and|or|nor)\b|,")
_PLURAL_VERB = re.compile(r"\b(?:are|have)\b")
_ONE_OF = re.compile(r"\b(?:an?|one|no|nothing|some)\b")
_THE = re.compile(r"(?:^|(?<=\s))the\s+$")


class Manner(Enum):
    """How several objects are said in a place of a template."""

    PLURAL = "as a list, with the verb in the plural"
    LIST = "as a list"
    EACH = "as `each of`, with the verb in the singular"


@dataclass(frozen=True, slots=True)
class _Template:
    """A template taken apart.

    Attributes:
        parts: its words as written, without a `the` before a placeholder, and its placeholders as
            places from 0.
        the: the places that had a `the` before them.
        manners: how several objects are said in each place; none where they cannot be.
        plural: the word after the first place in the plural, where that is known.
        gap: what follows the first place without its verb, as said in a second clause.
    """

    parts: tuple[str | int, ...]
    the: frozenset[int]
    manners: tuple[Manner | None, ...]
    plural: str = ""
    gap: str = ""

    def filled(self, texts: Sequence[str], opening: str | None = None) -> str:
        """The template with texts in its places; `opening` instead of what follows the first."""
        parts = list(self.parts)
        if opening is not None:
            parts[1] = opening
        return "".join(texts[p] if isinstance(p, int) else p for p in parts)

    def texts(self, atom: Atom) -> list[str]:
        """The objects of an atom as they stand in the places."""
        names = map(bare, atom.args)
        return [f"the {name}" if p in self.the else name for p, name in enumerate(names)]

    def may_except(self, place: int) -> bool:
        """Whether `all … except a` may stand in a place: what follows might be taken with `a`."""
        index = self.parts.index(place)
        return index in {0, len(self.parts) - 1}

    @property
    def says_to(self) -> bool:
        """Whether there is a `to` in it, which `b1 to b5` would make hard to follow."""
        return any(isinstance(p, str) and "to" in p.split() for p in self.parts)

    @property
    def plural_opening(self) -> str:
        """What follows the first place, with its verb in the plural."""
        words = self.parts[1]
        assert isinstance(words, str)
        _, space, rest = words.strip().partition(" ")
        return f" {self.plural}{space}{rest}" + (" " if words.endswith(" ") else "")


class Statements:
    """Says the facts of one task.

    Attributes:
        names: what its objects are called together.
    """

    def __init__(self, task: Task, wording: Wording) -> None:
        self.domain = task.domain
        self.wording = wording
        self.names = Names(task, wording)
        self._patterns: dict[tuple[str, str], Pattern] = {}
        for pattern in patterns_of(task.domain, wording):
            if not pattern.imperative:
                self._patterns.setdefault((pattern.predicate.name, pattern.template), pattern)
        self._templates: dict[tuple[str, bool], _Template] = {}

    def one(self, atom: Atom, positive: bool = True) -> str:
        """One fact, or its negation. Variables are said without their question marks."""
        return self.wording.atom(self.domain, _bare(atom), positive)

    def grouped(
        self, facts: Iterable[Atom], *, positive: bool = True, brief: bool = True
    ) -> tuple[Group | Chain, ...]:
        """Facts of one predicate in groups that can be said.

        When not `brief`, only such as are said in controlled English; see `say`.
        """
        ordered = list(facts)
        if not ordered:
            return ()
        template = self._template(ordered[0].predicate, positive)
        allowed: Collection[Manner] = tuple(Manner)
        if not positive:
            # `a does not visit b and c` might deny the two together only.
            allowed = (Manner.PLURAL,)
        elif not brief:
            allowed = (Manner.PLURAL, Manner.LIST)
        places = [p for p, manner in enumerate(template.manners) if manner in allowed]
        return grouped(ordered, places, chains=positive and (brief or bool(template.gap)))

    def say(self, group: Group | Chain, *, positive: bool = True, brief: bool = True) -> str:
        """A group or a chain as one sentence, that may have an `and` in it.

        When `brief`, runs of names are made and long lists are cut, with a count; else all is said
        in full, in controlled English.
        """
        if isinstance(group, Chain):
            return self._chain(group, brief)
        if not group.objects:
            return self.one(group.first, positive)
        template = self._template(group.first.predicate, positive)
        texts = template.texts(group.first)
        others = {a for p, a in enumerate(group.first.args) if p != group.place}
        how = Naming(
            brief=brief,
            # `all blocks are on b`, and `all … are not …`, could be taken in two ways.
            all_of_kind=positive and others.isdisjoint(group.objects),
            exceptions=template.may_except(group.place),
            runs=not template.says_to,
            the=group.place in template.the,
        )
        manner = template.manners[group.place]
        several = self.names.each_of if manner is Manner.EACH else self.names.several
        texts[group.place] = several(group.objects, how)
        return template.filled(texts, template.plural_opening if manner is Manner.PLURAL else None)

    def _chain(self, chain: Chain, brief: bool) -> str:
        template = self._template(chain.predicate, True)
        if template.gap and not (brief and len(chain.objects) > SHORT_CHAIN):
            first, *rest = chain.atoms
            clauses = [self.one(first)]
            clauses += [template.filled(template.texts(a), template.gap) for a in rest]
            return f"{', '.join(clauses[:-1])} and {clauses[-1]}"
        objects: Sequence[str] = chain.objects
        texts = ("each", "the one after it")
        if next(p for p in template.parts if isinstance(p, int)) == 1:
            objects, texts = objects[::-1], texts[::-1]
        names = self.names.items(objects, MAX_CHAIN, counted=False)
        return f"{template.filled(texts)}: {names} ({len(objects)} in all)"

    def _template(self, predicate: str, positive: bool) -> _Template:
        found = self._templates.get((predicate, positive))
        if found is None:
            found = self._templates[predicate, positive] = self._made(predicate, positive)
        return found

    def _made(self, predicate: str, positive: bool) -> _Template:
        phrasing = self.wording.predicates[predicate]
        template = phrasing.say if positive else phrasing.deny
        parameters = self.domain.predicate(predicate).parameters
        parts, the = _without_the(template_parts(template, parameters))
        pattern = self._patterns.get((predicate, template))
        words = " ".join(p for p in parts if isinstance(p, str))
        if pattern is None or _JOINING.search(words):
            # `it is not so that …`, `{1} and {2} are …`: a list would be misunderstood.
            return _Template(parts, the, (None,) * len(parameters))
        pattern = _with_bare_slots(pattern, the)
        plural, gap = _verb_at_once(parts, pattern)
        manners = [_manner(parts, pattern, place, plural) for place in range(len(parameters))]
        return _Template(parts, the, tuple(manners), plural, gap)


def _without_the(
    parts: Sequence[str | int],
) -> tuple[tuple[str | int, ...], frozenset[int]]:
    """A template's parts without each `the` before a placeholder, and the places that had one."""
    kept: list[str | int] = []
    the = set()
    for part in parts:
        if isinstance(part, int) and kept and isinstance(before := kept[-1], str):
            if _THE.search(before):
                the.add(part)
                before = _THE.sub("", before)
            kept[-1:] = [before] if before else []
        kept.append(part)
    return tuple(kept), frozenset(the)


def _with_bare_slots(pattern: Pattern, the: Collection[int]) -> Pattern:
    """A pattern without the articles before the slots of some places."""
    elements = pattern.elements
    following = (*elements[1:], None)
    kept = [
        element
        for element, after in zip(elements, following, strict=True)
        if not (isinstance(element, Article) and isinstance(after, Slot) and after.place in the)
    ]
    return replace(pattern, elements=tuple(kept))


def _bare(atom: Atom) -> Atom:
    return Atom(atom.predicate, tuple(map(bare, atom.args)))


def _verb_at_once(parts: Sequence[str | int], pattern: Pattern) -> tuple[str, str]:
    """The plural of the word after the place that a template begins with, if that is a verb.

    And what is left of the words there without a verb that may be left out in a second clause.
    """
    if len(parts) < 2 or not isinstance(parts[0], int) or not isinstance(parts[1], str):
        return "", ""
    word, _, rest = parts[1].strip().partition(" ")
    verb = pattern.elements[1]
    if not isinstance(verb, Verb):
        return (word if word in _SAME_IN_PLURAL else ""), ""
    if verb.optional:
        return "", ""
    gap = f" {rest} " if rest and len(parts) == 3 else ""
    if verb.base == "be" and re.match(r"(?:not )?(?:an?|the|part)\b", rest):
        # `a is a hotel in c` has no plural that is right for every noun.
        return "", gap
    plurals = (f.words[0] for f in verb.forms if f.plural and len(f.words) == 1 and not f.negative)
    return next(plurals, ""), gap


def _manner(parts: Sequence[str | int], pattern: Pattern, place: int, plural: str) -> Manner | None:
    index, elements = parts.index(place), pattern.elements
    if index == 0:
        # `each of a and b of c …` could be taken in two ways.
        alone = len(elements) > 1 and isinstance(elements[1], Verb)
        return Manner.PLURAL if plural else Manner.EACH if alone else None
    before = " ".join(p for p in parts[:index] if isinstance(p, str))
    as_list = _agrees(parts, pattern, place) and _ONE_OF.search(before) is None
    return Manner.LIST if as_list else Manner.EACH


def _agrees(parts: Sequence[str | int], pattern: Pattern, place: int) -> bool:
    """Whether a list in a place, not the first, leaves the verb as it is.

    It is not the place of the subject, or the verb has no other plural.
    """
    index = parts.index(place)
    if isinstance(parts[0], int) and pattern.verb is None:
        return True
    if pattern.verb is None:
        return index == len(parts) - 1
    elements = pattern.elements
    if elements.index(pattern.verb) < elements.index(Slot(place)):
        return True
    after = " ".join(p for p in parts[index:] if isinstance(p, str))
    return isinstance(parts[0], str) and _PLURAL_VERB.search(after) is not None
