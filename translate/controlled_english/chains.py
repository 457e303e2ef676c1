"""Rows of objects: `a tower of a on b on c` asks for a on b and b on c.

A chain of the wording is taken apart into the words before its first placeholder, those between
the two, which are repeated between any two objects that follow each other, and those after. Where
a comma is between them, it may be `and` before the last, as in a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Domain
from goalsmith.domains.wording import Wording, template_parts
from goalsmith.translate.controlled_english.phrases import ARTICLES
from goalsmith.translate.controlled_english.things import Reach, Things, list_separator
from goalsmith.translate.controlled_english.words import texts_of


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of a wording, taken apart. `forward`: the first placeholder is the first place."""

    predicate: str
    types: tuple[tuple[str, ...], tuple[str, ...]]
    before: tuple[str, ...]
    between: tuple[str, ...]
    after: tuple[str, ...]
    forward: bool

    @property
    def words(self) -> frozenset[str]:
        """The words that it is made of."""
        return frozenset(self.before + self.between + self.after)


def chains_of(domain: Domain, wording: Wording) -> tuple[Chain, ...]:
    """The chains of a domain's wording."""
    found = []
    for predicate in domain.predicates:
        parameters = predicate.parameters
        for template in wording.predicates[predicate.name].chain:
            pieces: list[tuple[str, ...]] = [()]
            places = []
            for part in template_parts(template, parameters):
                if isinstance(part, int):
                    places.append(part)
                    pieces.append(())
                else:
                    words = (w for w in texts_of(part) if w not in ARTICLES)
                    pieces[-1] = tuple(words)
            types = (parameters[0].types, parameters[1].types)
            before, between, after = pieces
            found.append(Chain(predicate.name, types, before, between, after, places == [0, 1]))
    return tuple(found)


def chain_at(
    words: Sequence[str], at: int, chain: Chain, things: Things
) -> Iterator[tuple[tuple[Atom, ...], int]]:
    """The rows that a chain reads at a word: their atoms, and the word after each.

    Each row that ends early is given as well; a word that nobody reads then tells that it did.
    """
    start = _after(words, at, chain.before)
    if start is None:
        return
    first, second = (frozenset(things.hierarchy.objects_of(types)) for types in chain.types)
    fits = first | second
    waiting: list[tuple[tuple[str, ...], int]] = []
    waiting += [((name,), end) for name, end in _named(words, start, things, fits)]
    while waiting:
        row, at = waiting.pop()
        end = _after(words, at, chain.after)
        pairs = [(a, b) if chain.forward else (b, a) for a, b in pairwise(row)]
        if any(a not in first or b not in second for a, b in pairs):
            continue
        if pairs and end is not None:
            yield tuple(Atom(chain.predicate, pair) for pair in pairs), end
        following = _between(words, at, chain.between)
        if following is not None:
            for name, end in _named(words, following, things, fits):
                # No row comes back to where it was: `a on b on a` is a slip.
                if name not in row:
                    waiting.append(((*row, name), end))


def _named(
    words: Sequence[str], at: int, things: Things, fits: frozenset[str]
) -> Iterator[tuple[str, int]]:
    """The single objects that are named at a word."""
    for thing in things.lists(words, at, fits):
        if thing.reach is Reach.NAMED and len(thing.objects) == 1 and not thing.listed:
            yield thing.objects[0], thing.end


def _between(words: Sequence[str], at: int, between: tuple[str, ...]) -> int | None:
    return list_separator(words, at) if between == (",",) else _after(words, at, between)


def _after(words: Sequence[str], at: int, expected: tuple[str, ...]) -> int | None:
    """The word after the expected ones, articles passed over; None if they are not there."""
    for word in expected:
        if at < len(words) and words[at] in ARTICLES and words[at] != word:
            at += 1
        if at >= len(words) or words[at] != word:
            return None
        at += 1
    return at
