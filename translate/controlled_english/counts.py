"""How many objects of a kind a text says there are: `3 blocks`, `two rooms`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from goalsmith.domains.formula import Atom
from goalsmith.translate.controlled_english.kinds import Kind

MAX_COUNT = 10_000
"""Objects of a kind that a text may count."""

_FROM_ZERO = """
    zero one two three four five six seven eight nine ten eleven twelve
"""
NUMBER_WORDS = dict(zip(_FROM_ZERO.split(), range(13), strict=True))


def number_of(word: str) -> int | None:
    """The number that a word is; None if it is none, or too large."""
    if word.isascii() and word.isdigit():
        number = int(word[:6])
        return number if len(word) <= 6 and number <= MAX_COUNT else None
    return NUMBER_WORDS.get(word)


def counts_at(
    words: Sequence[str], at: int, kinds: Iterable[Kind]
) -> Iterator[tuple[Kind, int, int]]:
    """The kinds that are counted at a word, with their numbers and the words after them.

    The noun may be in the singular or the plural, whatever the number is.
    """
    number = number_of(words[at]) if at < len(words) else None
    if number is None:
        return
    for kind in kinds:
        for form in dict.fromkeys((kind.one, kind.many)):
            end = at + 1 + len(form)
            if tuple(words[at + 1 : end]) == form:
                yield kind, number, end


def counting(kind: Kind, number: int) -> Atom:
    """The atom that holds a count; see `goalsmith.translate.controlled_english.kinds`."""
    return Atom(kind.count, (str(number),))
