"""Texts from stores, before they stand in a report: whoever wrote them, they stay texts."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")


def visible(text: str) -> str:
    """A text without what cannot be seen and may change how the rest is shown.

    Left out are the control, format, surrogate and private characters of Unicode (general category
    C), such as marks that turn the direction of writing; lines and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c)[0] != "C")


def one_line(text: str) -> str:
    """The same in one line."""
    return " ".join(visible(text).split())
