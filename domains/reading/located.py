"""Reading for checks: a text's value as far as it could be read, its findings, and places.

The plain readers give a value or raise. Here what was read is kept beside what is wrong with it,
and every part of a formula or an effect can be found in the text again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from goalsmith.domains.diagnostics import Diagnostic, Position, Source
from goalsmith.domains.errors import PddlError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Domain, Problem
from goalsmith.domains.reader import source_of
from goalsmith.domains.reading.domain import DomainReader
from goalsmith.domains.reading.formulas import FormulaReader, Part
from goalsmith.domains.reading.problem import FOLLOW_A_WRONG_DOMAIN, ProblemReader
from goalsmith.domains.reading.syntax import blank_comments

_WORD = re.compile(r"[^\s()]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: `length` characters from a position."""

    position: Position
    length: int


class Places:
    """Where the parts of a text stand."""

    def __init__(self, reader: FormulaReader) -> None:
        self.source: Source = reader.source
        self._parts: Mapping[int, tuple[Part, int]] = reader.offsets
        self._keywords: Mapping[str, int] = reader.keywords
        self._stated: Mapping[Atom, list[int]] = {}
        if isinstance(reader, ProblemReader):
            self._stated = reader.stated or {}
        self._blank: str | None = None

    def part(self, part: Part) -> Span | None:
        """A part of a formula or an effect, found by identity; None if it was not read here."""
        found = self._parts.get(id(part))
        return self._form(found[1]) if found is not None and found[0] is part else None

    def stated(self, atom: Atom) -> tuple[Span, ...]:
        """Each place at which an atom is stated to hold initially."""
        return tuple(map(self._form, self._stated.get(atom, ())))

    def repeated(self) -> tuple[Atom, ...]:
        """The atoms that are stated more than once, in the order of the text."""
        return tuple(atom for atom, offsets in self._stated.items() if len(offsets) > 1)

    def keyword(self, name: str) -> Span | None:
        """The keyword of a section, such as `:init`, or a requirement, such as `:typing`."""
        offset = self._keywords.get(name)
        if offset is None:
            return None
        text = self._text()
        if text[offset] == "(":
            offset = text.index(":", offset)
        return self.word(self.source.position(offset))

    def word(self, position: Position) -> Span:
        """The word at a position: a declared name, a variable, a keyword."""
        word = _WORD.match(self._text(), position.offset)
        return Span(position, len(word.group()) if word else 1)

    def _text(self) -> str:
        if self._blank is None:
            self._blank = blank_comments(self.source.text)
        return self._blank

    def _form(self, offset: int) -> Span:
        """The form in parentheses around an offset that stands at its `(` or its first word."""
        text = self._text()
        start = text.rfind("(", 0, offset + 1)
        depth = 0
        end = start
        for end in range(start, len(text)):
            depth += (text[end] == "(") - (text[end] == ")")
            if depth == 0:
                break
        return Span(self.source.position(start), end + 1 - start)


_Value = TypeVar("_Value", Domain, Problem)


@dataclass(frozen=True, slots=True)
class Reading(Generic[_Value]):
    """What a text says, where, and what is wrong with it.

    `value` is what could be read: all of it where there are no findings; None where there were too
    many to go on.
    """

    value: _Value | None
    places: Places
    findings: tuple[Diagnostic, ...]


def read_domain_located(text: str, name: str = "<domain>") -> Reading[Domain]:
    """Reads a domain for checks. Raises InputError when the text is too long."""
    reader = DomainReader(source_of(text, name))
    return _reading(reader, reader.read)


def read_problem_located(
    text: str, domain: Reading[Domain], name: str = "<problem>"
) -> Reading[Problem]:
    """Reads a problem for checks. Raises InputError when the text is too long.

    Where the domain has errors, findings that may only be their consequence are left out.
    """
    reader = ProblemReader(source_of(text, name), domain.value or Domain(""), locate=True)
    if domain.findings:
        reader.ignored |= FOLLOW_A_WRONG_DOMAIN | {"wrong-domain"}
    return _reading(reader, reader.read)


def _reading(reader: FormulaReader, read: Callable[[], _Value]) -> Reading[_Value]:
    """What `read`, a method of the reader, gives, and what the reader then finds wrong with it."""
    value = None
    try:
        value = read()
        reader.finish()
    except PddlError as error:
        return Reading(value, Places(reader), error.diagnostics)
    return Reading(value, Places(reader), ())
