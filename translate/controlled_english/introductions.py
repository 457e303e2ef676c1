"""Which objects a text introduces in describing a situation, and of which kinds they are.

An object is introduced by

- a noun and a name: `block a`, `the red block`, `blocks a, b and c`, `room 2`;
- a statement of its kind: `obj11 is a package`, `t1 and t2 are trucks`;
- a count: of `3 rooms`, `room2` is one, and those that the text does not name are named so;
- what the wording says that objects are called, or how their names begin;
- its first use, where any object may stand. Of which kind it is must then follow from the rest.

Nothing is believed here: the text is read afterwards with the objects found, and every word must
have its place in that reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Domain
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.asides import SITUATION_WORDS
from goalsmith.translate.controlled_english.counts import NUMBER_WORDS, counts_at
from goalsmith.translate.controlled_english.kinds import (
    Kind,
    called,
    declared_types,
    kinds_of,
)
from goalsmith.translate.controlled_english.nouns import name_forms
from goalsmith.translate.controlled_english.phrases import ARTICLES, Lexicon
from goalsmith.translate.controlled_english.things import FUNCTION_WORDS, list_separator
from goalsmith.translate.controlled_english.words import Word
from goalsmith.translate.rounds import NotTranslatedError

MAX_OBJECTS = 2_000
"""Objects that a text may introduce."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_NUMBER = re.compile(r"\d+(?:[-_]\d+)*")


@dataclass(slots=True)
class Cast:
    """The objects of a text.

    Attributes:
        kinds: by name, the kinds that each object is said to be of; in the order introduced.
        stated: kinds that a statement seems to say; the reading has to bear it out.
        called: what objects are called beside their names.
        counted: those that the text only counts.
    """

    kinds: dict[str, dict[Kind, None]] = field(default_factory=dict)
    stated: dict[tuple[str, Kind], None] = field(default_factory=dict)
    called: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)

    def add(self, name: str, kind: Kind | None = None) -> None:
        """Introduces an object, or says another of its kinds."""
        kinds = self.kinds.setdefault(name, {})
        if kind is not None:
            kinds[kind] = None
        if len(self.kinds) > MAX_OBJECTS:
            raise NotTranslatedError(f"the text has more than {MAX_OBJECTS} objects")

    def of(self, kind: Kind) -> list[str]:
        """The objects said to be of a kind."""
        return [n for n, kinds in self.kinds.items() if kind in kinds or (n, kind) in self.stated]


def introduced(words: Sequence[Word], domain: Domain, wording: Wording) -> Cast:
    """The objects that the words about a situation introduce. Raises NotTranslatedError."""
    return _Introductions(words, domain, wording).run()


class _Introductions:
    def __init__(self, words: Sequence[Word], domain: Domain, wording: Wording) -> None:
        self._words = tuple(w.text for w in words)
        self._new_lines = {at for at, word in enumerate(words) if word.new_line}
        self._domain = domain
        self._wording = wording
        self._kinds = kinds_of(domain, wording)
        lexicon = Lexicon.of_situations(domain, wording, self._kinds)
        nouns = {w for kind in self._kinds for w in (*kind.one, *kind.many)}
        self._counts: dict[Kind, int] = {}
        for at in range(len(self._words)):
            for kind, number, _ in counts_at(self._words, at, self._kinds):
                self._counts[kind] = max(number, self._counts.get(kind, 0))
        self._known = lexicon.words | SITUATION_WORDS | NUMBER_WORDS.keys() | FUNCTION_WORDS | nouns
        self._known |= {w for c in domain.constants for form in name_forms(c.name) for w in form}
        self.cast = Cast()

    def run(self) -> Cast:
        for constant in self._domain.constants:
            self.cast.add(constant.name)
        at = 0
        while at < len(self._words):
            at = self._at(at)
        for at in range(len(self._words)):
            self._statement(at)
        self._fill()
        return self.cast

    def _at(self, at: int) -> int:
        """Introduces what begins at a word; the word after it."""
        for name, end, kind in self._called(at):
            self.cast.add(name, kind)
            return end
        for kind, end in self._nouns(at, plural=False):
            name = self._name_at(end, kind)
            if name:
                self.cast.add(name, kind)
                return end + 1
        for kind, end in self._nouns(at, plural=True):
            names = self._names_from(end, kind)
            if len(names) > 1:
                for name in names:
                    self.cast.add(name, kind)
        word = self._words[at]
        if word in self._known or not _NAME.fullmatch(word):
            return at + 1
        if at > 0 and self._words[at - 1] in ARTICLES:
            for kind, end in self._nouns(at + 1, plural=False):
                if not self._name_at(end, kind):
                    self.cast.add(word, kind)
                    noun = " ".join(kind.one)
                    self.cast.called[word] = (f"{word} {noun}",)
                    return end
        named = [k for k in self._kinds if k.named_like(word) or self._is_counted(word, k)]
        for kind in named or (None,):
            self.cast.add(word, kind)
        return at + 1

    def _is_counted(self, name: str, kind: Kind) -> bool:
        """Whether a name is noun and number, as `room2`, of a kind of which the text has a count.

        `city1-1` is none: so are places in city1 called, too.
        """
        return kind in self._counts and len(kind.number_in(name) or ()) == 1

    def _called(self, at: int) -> Iterator[tuple[str, int, Kind | None]]:
        """The objects that the wording has a name for, with the kind that the name says."""
        for name in self._wording.objects:
            for form in called(name, self._wording):
                end = at + len(form)
                if form and tuple(self._words[at:end]) == form:
                    said = (k for k in self._kinds if form[-len(k.one) :] == k.one)
                    yield name, end, next(said, None)

    def _nouns(self, at: int, *, plural: bool) -> Iterator[tuple[Kind, int]]:
        for kind in self._kinds:
            form = kind.many if plural else kind.one
            end = at + len(form)
            if tuple(self._words[at:end]) == form:
                yield kind, end

    def _name_at(self, at: int, kind: Kind) -> str:
        """The name at a word after a noun; empty if there is none."""
        if at >= len(self._words) or at in self._new_lines:
            return ""
        word = self._words[at]
        if _NUMBER.fullmatch(word):
            return "-".join(kind.one) + word
        if word in self._known:
            return word if word == "a" else ""
        return word if _NAME.fullmatch(word) else ""

    def _names_from(self, at: int, kind: Kind) -> list[str]:
        """The names in a list that follows a plural."""
        names = []
        following: int | None = at
        while following is not None:
            name = self._name_at(following, kind)
            if not name:
                break
            names.append(name)
            following = list_separator(self._words, following + 1)
        return names

    def _statement(self, at: int) -> None:
        """Says the kinds of the objects before `is a truck` or `are trucks`."""
        plural = self._words[at] == "are"
        if not plural and self._words[at] != "is":
            return
        start = at + 1
        if not plural:
            if start >= len(self._words) or self._words[start] not in ARTICLES:
                return
            start += 1
        for kind, _ in self._nouns(start, plural=plural):
            place = at - 1
            while place >= 0 and self._words[place] in self.cast.kinds:
                self.cast.stated[self._words[place], kind] = None
                if not plural:
                    break
                place -= 1
                while place >= 0 and self._words[place] in {",", "and"}:
                    place -= 1

    def _fill(self) -> None:
        """Names the objects that are only counted, by noun and number."""
        for kind, number in self._counts.items():
            every = kind.name == ANY_TYPE or declared_types(self._domain) == (kind.name,)
            known = len(self.cast.kinds if every else self.cast.of(kind))
            following = 1
            while known < number:
                name = "-".join(kind.one) + str(following)
                following += 1
                if name not in self.cast.kinds:
                    self.cast.add(name, kind)
                    self.cast.counted.add(name)
                    known += 1
