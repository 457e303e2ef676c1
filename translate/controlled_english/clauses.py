"""Clauses of controlled English: `put a on b`, `all blocks are clear`, `c is not on the table`.

A clause is a pattern of the domain's wording with noun phrases in its slots. After a clause, the
next may leave out what both share: the words that open an imperative (`move p1 to x and p2 to y`),
the verb (`a is on b and b on c`), the subject (`a is clear and on the table`). All readings are
given; those that would need a guess are refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.formula import Atom, Condition, Not
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.doubts import doubt
from goalsmith.translate.controlled_english.phrases import (
    ARTICLES,
    Article,
    Element,
    Lexicon,
    Pattern,
    Slot,
    Verb,
)
from goalsmith.translate.controlled_english.things import Reach, Thing, Things, TooMuchError

MAX_STEPS = 300_000
"""Elements of patterns tried on a text before it is given up; a long plain text takes 100,000."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the next clause may leave out: opening words, a verb's base, a subject."""

    opening: tuple[str, ...] = ()
    verb: str = ""
    subject: Thing | None = None
    negative: bool = False


NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Clause:
    """A reading of a clause: what it asks for, where it ends, and what the next may leave out."""

    conditions: tuple[Condition, ...]
    end: int
    context: Context
    imperative: bool = False
    pronoun: bool = False


@dataclass(slots=True)
class Failure:
    """How far the patterns came from one start, and why nothing came of it.

    Attributes:
        at: the word up to which some pattern was matched.
        expected: what the patterns that came so far would go on with.
        refused: why patterns that were matched in full may not be taken, and where they end.
    """

    at: int
    expected: dict[str, None] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Match:
    """A pattern matched up to a word."""

    end: int
    things: Mapping[int, Thing]
    negative: bool
    last: Thing | None = None


class ClauseReader:
    """Reads the clauses of one text.

    Attributes:
        failures: by start, how far the readings of clauses came that failed.
    """

    def __init__(
        self, words: Sequence[str], task: Task, wording: Wording, lexicon: Lexicon
    ) -> None:
        self.words = words
        self.wording = wording
        self.things = Things(task, wording)
        self.lexicon = lexicon
        self.failures: dict[int, Failure] = {}
        self._steps_taken = 0
        self._things: dict[tuple[int, tuple[str, ...]], tuple[Thing, ...]] = {}
        self._fits: dict[tuple[str, ...], frozenset[str]] = {}
        self._known: dict[tuple[int, Context], tuple[Clause, ...]] = {}

    def at(self, start: int, context: Context = NO_CONTEXT) -> tuple[Clause, ...]:
        """All readings of a clause that begins at a word, after a clause that left `context`."""
        known = self._known.get((start, context))
        if known is None:
            found = list(dict.fromkeys(self._read(start, context)))
            # `nothing is on {x}` in a wording says what it says; `nothing` is no pronoun there.
            plain = {c.end for c in found if not c.pronoun}
            known = tuple(c for c in found if not c.pronoun or c.end not in plain)
            self._known[start, context] = known
        return known

    def _read(self, start: int, context: Context) -> Iterator[Clause]:
        failure = self.failures.setdefault(start, Failure(start))
        for pattern in self.lexicon.patterns:
            for match in self._matches(pattern, start, context, failure):
                reason = doubt(match.things, match.negative, pattern.imperative)
                if reason:
                    failure.refused[reason] = match.end
                else:
                    yield self._clause(pattern, match)

    def _matches(
        self, pattern: Pattern, start: int, context: Context, failure: Failure
    ) -> Iterator[_Match]:
        """The pattern matched in full, and shortened by what the context allows."""
        elements = pattern.elements
        begin = _Match(start, {}, pattern.negative)
        verb = pattern.verb
        if pattern.imperative:
            yield from self._match(pattern, elements, begin, failure)
            if pattern.gap_opening and pattern.gap_opening == context.opening:
                slot = next(i for i, e in enumerate(elements) if isinstance(e, Slot))
                yield from self._match(pattern, elements[slot:], begin, failure)
            return
        if context.negative and (verb is None or verb.optional):
            # `a is not on b and c on d`: whether `not` still holds would be a guess.
            if verb is not None:
                needed = Verb(verb.base, verb.forms)
                elements = tuple(needed if e is verb else e for e in elements)
                yield from self._match(pattern, elements, begin, failure)
            return
        yield from self._match(pattern, elements, begin, failure)
        may_drop = verb is not None and verb.base == context.verb and not context.negative
        verbless = tuple(e for e in elements if not isinstance(e, Verb))
        if may_drop and pattern.begins_with_slot:
            yield from self._match(pattern, verbless, begin, failure)
        subject = context.subject
        if subject is not None and verb is not None and pattern.begins_with_slot:
            first = elements[0]
            assert isinstance(first, Slot)
            if self.fits(pattern, first.place).issuperset(subject.objects):
                carried = _Match(start, {first.place: subject}, pattern.negative, subject)
                yield from self._match(pattern, elements[1:], carried, failure)
                # In `a has x and y` the rest is a slot alone: that is a list, and no clause.
                if may_drop and len(verbless) > 1 and not isinstance(verbless[1], Slot):
                    yield from self._match(pattern, verbless[1:], carried, failure)

    def fits(self, pattern: Pattern, place: int) -> frozenset[str]:
        """The objects that may stand in a place of a pattern."""
        types = pattern.predicate.parameters[place].types
        found = self._fits.get(types)
        if found is None:
            found = self._fits[types] = frozenset(self.things.hierarchy.objects_of(types))
        return found

    def _match(
        self, pattern: Pattern, elements: tuple[Element, ...], match: _Match, failure: Failure
    ) -> Iterator[_Match]:
        """Every way to match the elements from where a match has come to."""
        if not elements:
            yield match
            return
        element, rest = elements[0], elements[1:]
        for following in self._steps(pattern, element, match, failure):
            yield from self._match(pattern, rest, following, failure)

    def _steps(
        self, pattern: Pattern, element: Element, match: _Match, failure: Failure
    ) -> Iterator[_Match]:
        """Every way to match one element."""
        self._steps_taken += 1
        if self._steps_taken > MAX_STEPS:
            raise TooMuchError("the text has too many possible readings: say it more briefly")
        at = match.end
        word = self._word(at)
        found = False
        if isinstance(element, Article):
            yield _Match(at, match.things, match.negative)
            if word in ARTICLES:
                yield _Match(at + 1, match.things, match.negative)
            return
        if isinstance(element, str):
            skip = 1 if word == "the" and self._word(at + 1) == element else 0
            if self._word(at + skip) == element:
                found = True
                yield _Match(at + skip + 1, match.things, match.negative)
        elif isinstance(element, Slot):
            place = element.place
            for thing in self._lists(pattern, place, at):
                # Only the first list of a clause may do without `and` before its last item.
                if thing.closed or not match.things:
                    found = True
                    things = {**match.things, place: thing}
                    yield _Match(thing.end, things, match.negative, thing)
        else:
            if element.optional:
                yield _Match(at, match.things, match.negative)
            for form in element.forms:
                end = at + len(form.words)
                if tuple(self.words[at:end]) != form.words:
                    continue
                subject = match.last if pattern.begins_with_slot else None
                if subject and form.plural not in (None, subject.plural):
                    continue
                found = True
                yield _Match(end, match.things, match.negative is not form.negative)
        if not found and at >= failure.at:
            if at > failure.at:
                failure.at = at
                failure.expected.clear()
            failure.expected[self._named(pattern, element)] = None

    def _lists(self, pattern: Pattern, place: int, at: int) -> tuple[Thing, ...]:
        """The noun phrases at a word that may stand in a place of a pattern."""
        key = (at, pattern.predicate.parameters[place].types)
        found = self._things.get(key)
        if found is None:
            found = tuple(self.things.lists(self.words, at, self.fits(pattern, place)))
            self._things[key] = found
        return found

    def _word(self, at: int) -> str:
        return self.words[at] if at < len(self.words) else ""

    def _named(self, pattern: Pattern, element: Element) -> str:
        """What an element is called in an error."""
        match element:
            case Slot(place):
                types = pattern.predicate.parameters[place].types
                return listed([f"a {self.wording.types[t].one}" for t in types], "or")
            case Verb():
                return f"`{' '.join(element.forms[0].words)}`"
            case Article():
                return "`the`"
            case _:
                return f"`{element}`"

    def _clause(self, pattern: Pattern, match: _Match) -> Clause:
        ordered = [match.things[i] for i in range(len(pattern.predicate.parameters))]
        none = any(t.reach is Reach.NONE for t in ordered)
        negative = match.negative or none
        atoms = [Atom(pattern.predicate.name, a) for a in product(*(t.objects for t in ordered))]
        conditions: tuple[Condition, ...] = tuple(Not(a) if negative else a for a in atoms)
        verb = pattern.verb
        subject = None
        first = pattern.elements[0]
        if not pattern.imperative and isinstance(first, Slot) and verb is not None:
            subject = match.things[first.place]
            others = [t for p, t in match.things.items() if p != first.place]
            # In `a is on b and c …` the list may end early, and `c` begin the next clause.
            if none or any(t.listed for t in others):
                subject = None
        context = Context(
            opening=pattern.gap_opening,
            verb=verb.base if verb else "",
            subject=subject,
            negative=negative and not pattern.imperative,
        )
        pronoun = any(t.pronoun for t in ordered)
        return Clause(conditions, match.end, context, pattern.imperative, pronoun)
