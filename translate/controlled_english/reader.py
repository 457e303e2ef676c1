"""The reader of sentences: lead-ins, clauses, separators.

A text is clauses with separators between them. All readings of the whole text are followed at once;
it is understood only if all of them come to the same conditions. A wrong goal given as sure would
be worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from goalsmith.domains.formula import And, Condition, Not
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.asides import (
    DENIALS,
    JOINS,
    LEADS,
    MARKS,
    SITUATION_LEADS,
    SITUATION_WORDS,
    STOPS,
    TAILS,
    WORDS,
)
from goalsmith.translate.controlled_english.chains import chain_at, chains_of
from goalsmith.translate.controlled_english.clauses import (
    NO_CONTEXT,
    Clause,
    ClauseReader,
    Context,
)
from goalsmith.translate.controlled_english.counts import NUMBER_WORDS, counting, counts_at
from goalsmith.translate.controlled_english.doubts import MAX_CONDITIONS
from goalsmith.translate.controlled_english.kinds import Kind, kinds_of
from goalsmith.translate.controlled_english.mood import Mood
from goalsmith.translate.controlled_english.phrases import Lexicon
from goalsmith.translate.controlled_english.words import Word
from goalsmith.translate.rounds import NotTranslatedError

MAX_READINGS = 4
"""Different readings of the beginning of a text that are followed; more are a doubt in any case."""

_DENIED_MANY = "`not` before a whole clause denies one plain statement only: deny each by itself"


@dataclass(slots=True)
class _Progress:
    """The readings of a text up to each place where a clause may begin."""

    readings: dict[Context, dict[frozenset[Condition], tuple[Condition, ...]]] = field(
        default_factory=dict
    )


class SentenceReader:
    """Reads sentences: lead-ins, clauses, separators.

    Attributes:
        words: the words of the text.
        mood: what they are taken to be about.
        reached: the word up to which the text was understood.
    """

    def __init__(
        self, words: tuple[Word, ...], task: Task, wording: Wording, mood: Mood = Mood.GOAL
    ) -> None:
        self.words = words
        self.texts = tuple(w.text for w in words)
        self.mood = mood
        domain = task.domain
        if mood is Mood.GOAL:
            self._lead_phrases = LEADS
            self._kinds: tuple[Kind, ...] = ()
            self._chains = chains_of(domain, wording)
            lexicon = Lexicon.of(domain, wording)
            self._words = WORDS.union(*(chain.words for chain in self._chains))
        else:
            self._lead_phrases = SITUATION_LEADS
            self._kinds = kinds_of(domain, wording)
            self._chains = ()
            lexicon = Lexicon.of_situations(domain, wording, self._kinds)
            self._words = SITUATION_WORDS | NUMBER_WORDS.keys()
        self.clauses = ClauseReader(self.texts, task, wording, lexicon)
        self.reached = 0

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that means something somewhere."""
        known = self.clauses.lexicon.words | self.clauses.things.words
        return known | self._words

    def goals(self, start: int = 0) -> list[Condition]:
        """The different goals that the words from `start` on may say; none if they cannot be read.

        Moves `reached`.
        """
        end = len(self.texts)
        self.reached = start
        places: list[_Progress] = [_Progress() for _ in range(end + 1)]
        nothing: dict[frozenset[Condition], tuple[Condition, ...]] = {frozenset(): ()}
        for place in self._leads(start):
            places[place].readings[NO_CONTEXT] = nothing
        goals: dict[frozenset[Condition], tuple[Condition, ...]] = {}
        for place in range(start, end):
            for context, readings in places[place].readings.items():
                for conditions, after, left in self._clauses(place, context):
                    self.reached = max(self.reached, after)
                    extended = _extended(readings, conditions)
                    for following, stopped in self._separated(after):
                        if left is None and not stopped:
                            continue
                        if following is None:
                            _merge(goals, extended)
                            continue
                        kept = NO_CONTEXT if stopped or left is None else left
                        for begin in self._leads(following):
                            target = places[begin].readings.setdefault(kept, {})
                            _merge(target, extended)
                            self.reached = max(self.reached, following)
        return [And(g) if len(g) > 1 else g[0] for g in goals.values()]

    def begins(self, start: int) -> bool:
        """Whether a clause can be read at a word, or after lead-ins there."""
        return any(any(self._clauses(at, NO_CONTEXT)) for at in self._leads(start))

    def _clauses(
        self, start: int, context: Context
    ) -> Iterator[tuple[tuple[Condition, ...], int, Context | None]]:
        """The clauses at a word, also those denied as a whole: conditions, end, what is left.

        What is left is None after a denial, which may reach up to the next stop: until then no
        other clause may follow.
        """
        for clause in (*self.clauses.at(start, context), *self._others(start)):
            yield clause.conditions, clause.end, clause.context
        for phrase in DENIALS:
            after = start + len(phrase)
            if self.texts[start:after] == phrase:
                for clause in self.clauses.at(after):
                    part = clause.conditions[0]
                    # `not all …`, `not: a and b …`, `not: a is not …` would need a guess.
                    if clause.imperative:
                        continue
                    if len(clause.conditions) == 1 and not isinstance(part, Not):
                        yield (Not(part),), clause.end, None
                    else:
                        failure = self.clauses.failures[start]
                        failure.refused[_DENIED_MANY] = clause.end

    def _others(self, start: int) -> Iterator[Clause]:
        """What is read at a word otherwise than by patterns: rows of objects, and counts."""
        for chain in self._chains:
            for atoms, end in chain_at(self.texts, start, chain, self.clauses.things):
                yield Clause(atoms, end, NO_CONTEXT, imperative=True)
        for kind, number, end in counts_at(self.texts, start, self._kinds):
            yield Clause((counting(kind, number),), end, NO_CONTEXT)

    def _leads(self, start: int) -> set[int]:
        """Where a clause may begin when a sentence begins at `start`: after no, one, more leads."""
        found = set()
        waiting = [start]
        if self._numbered(start):
            waiting.append(start + 2)
        while waiting:
            place = waiting.pop()
            if place in found:
                continue
            found.add(place)
            for phrase in self._lead_phrases:
                if self.texts[place : place + len(phrase)] == phrase:
                    waiting.append(place + len(phrase))
        return found

    def _numbered(self, at: int) -> bool:
        """Whether an item of a numbered list begins: `1.` or `1)` at the beginning of a line."""
        return (
            at + 1 < len(self.words)
            and (at == 0 or self.words[at].new_line)
            and self.texts[at].isdigit()
            and self.texts[at + 1] in {".", ")"}
        )

    def _separated(self, after: int) -> Iterator[tuple[int | None, bool]]:
        """Where the next clause may begin after one: the word, and whether a stop is between.

        None for the word: the text ends there.
        """
        for place in self._tails(after):
            at = place
            stopped = joined = False
            while at < len(self.texts) and (self.texts[at] in MARKS or self.texts[at] in JOINS):
                stopped = stopped or self.texts[at] in STOPS
                joined = joined or self.texts[at] in JOINS
                at += 1
                # `finally` and `also` may also belong to what follows; so may a name such as `-`.
                if at < len(self.texts) and not stopped:
                    yield at, False
            if at == len(self.texts):
                if not joined:
                    yield None, True
            elif stopped or (at == place and self.words[at].new_line):
                yield at, True

    def _tails(self, after: int) -> set[int]:
        found = {after}
        for phrase in TAILS:
            if self.texts[after : after + len(phrase)] == phrase:
                found.add(after + len(phrase))
        return found


def _extended(
    readings: dict[frozenset[Condition], tuple[Condition, ...]], conditions: tuple[Condition, ...]
) -> dict[frozenset[Condition], tuple[Condition, ...]]:
    """Readings with the conditions of one more clause."""
    found = {}
    for known, ordered in readings.items():
        new = tuple(dict.fromkeys(c for c in conditions if c not in known))
        if len(ordered) + len(new) > MAX_CONDITIONS:
            raise NotTranslatedError(f"the text comes to more than {MAX_CONDITIONS} conditions")
        found[known | frozenset(new)] = ordered + new
    return found


def _merge(
    target: dict[frozenset[Condition], tuple[Condition, ...]],
    readings: dict[frozenset[Condition], tuple[Condition, ...]],
) -> None:
    """Adds readings to those of a place, as many as are needed to see a doubt."""
    for known, ordered in readings.items():
        if len(target) < MAX_READINGS:
            target.setdefault(known, ordered)
