"""A text cut into words: lower case, contractions spelled out, punctuation apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_CHUNK = re.compile(r"[,;!?()\[\]{}]|[^\s,;!?()\[\]{}]+")
_QUOTES = "\"'`“”\u2018’«»"
_IRREGULAR = {"cannot": "can", "can't": "can", "won't": "will", "shan't": "shall"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a punctuation mark.

    Attributes:
        text: in lower case.
        start: where it begins in the text it comes from, in characters.
        end: where it ends there.
        new_line: it is the first of its line.
    """

    text: str
    start: int
    end: int
    new_line: bool = False


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text. `isn't` gives `is` and `not`; quotation marks are left out."""
    found: list[Word] = []
    line_end = 0
    for match in _CHUNK.finditer(text):
        new_line = "\n" in text[line_end : match.start()]
        line_end = match.end()
        for word, start, end in _split(match[0], match.start()):
            found.append(Word(word, start, end, new_line))
            new_line = False
    return tuple(found)


def texts_of(text: str) -> tuple[str, ...]:
    """The words of a text, without their places."""
    return tuple(w.text for w in words_of(text))


def quoted(text: str, words: Sequence[Word]) -> str:
    """The stretch of a text from the first to the last of some words, on one line."""
    return " ".join(text[words[0].start : words[-1].end].split()) if words else ""


def _split(chunk: str, start: int) -> list[tuple[str, int, int]]:
    """A run of characters without spaces as words with their places."""
    end = start + len(chunk)
    body = chunk.lstrip(_QUOTES)
    start = end - len(body)
    marks: list[tuple[str, int, int]] = []
    while body and (body[-1] in _QUOTES or body[-1] in ".:"):
        end -= 1
        if body[-1] in ".:":
            marks.append((body[-1], end, end + 1))
        body = body[:-1]
    found = []
    # Normalised last: places count characters of the text as it was given.
    lower = unicodedata.normalize("NFC", body).replace("’", "'").lower()
    if lower in _IRREGULAR:
        found = [(_IRREGULAR[lower], start, end), ("not", start, end)]
    elif lower.endswith("n't") and len(lower) > 3:
        found = [(lower[:-3], start, end), ("not", start, end)]
    elif lower:
        found = [(lower, start, end)]
    return [*found, *reversed(marks)]
