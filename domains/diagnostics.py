"""What is wrong with a text, where, what was expected, what was found, and what to do about it.

The same fields print a snippet for a person, serialise to JSON, and feed a repair prompt for a
language model.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Literal

Severity = Literal["error", "warning", "note"]

SNIPPET_WIDTH = 160
"""Characters of a source line shown at most: some lines are a megabyte long."""

MAX_FINDINGS = 100
"""Findings collected about one text at most: nobody reads more."""

MAX_SENTENCE = 400
"""Characters of a message or suggestion at most: it may quote a name a megabyte long."""

MAX_COMPARED = 100
"""Characters of a name that is compared with others; difflib takes quadratic time."""

MAX_CANDIDATES = 2000
"""Names that one is compared with at most."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text: line and column count from 1, offset (in characters) from 0."""

    line: int
    column: int
    offset: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """A named text and where its lines begin. `name` is a path or a word such as `<goal>`."""

    name: str
    text: str
    line_starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str, name: str) -> Source:
        """The source of `text`, with its line starts found once."""
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        return cls(name, text, tuple(starts))

    def position(self, offset: int) -> Position:
        """The line and column of a character offset."""
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1, offset)

    def snippet(self, position: Position) -> str:
        """What stands around a position in its line: SNIPPET_WIDTH characters at most."""
        start = self.line_starts[position.line - 1] + _snippet_start(position)
        end = self.text.find("\n", start, start + SNIPPET_WIDTH)
        return self.text[start : end if end >= 0 else start + SNIPPET_WIDTH].rstrip("\r")


def _snippet_start(position: Position) -> int:
    """The offset in its line at which the snippet of a position begins."""
    return max(0, position.column - 1 - SNIPPET_WIDTH // 2)


def printable(text: str, limit: int = MAX_SENTENCE) -> str:
    """Text safe to show: without control characters, and shortened to a limit."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a text, with a stable `code` such as `unknown-predicate`.

    `length` counts characters from the position. What it quotes is made safe to show.
    """

    code: str
    message: str
    severity: Severity = "error"
    source: str = ""
    position: Position | None = None
    length: int = 1
    snippet: str = ""
    expected: tuple[str, ...] = ()
    found: str = ""
    suggestion: str = ""

    def __post_init__(self) -> None:
        for name in ("message", "snippet", "found", "suggestion"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    def __str__(self) -> str:
        return self.render()

    @property
    def place(self) -> str:
        """Where it is, as compilers write it: `file:line:column`."""
        return f"{self.source}:{self.position}" if self.position else self.source

    def render(self) -> str:
        """The finding as a compiler prints it: place, message, source line, caret, suggestion."""
        head = f"{self.place}: " if self.place else ""
        lines = [f"{head}{self.severity}: {self.message} [{self.code}]"]
        if self.snippet and self.position:
            before = self.position.column - 1 - _snippet_start(self.position)
            caret = "^" * max(1, min(self.length, len(self.snippet) - before))
            margin = f"{self.position.line:>5} | "
            lines.append(margin + self.snippet)
            lines.append(" " * (len(margin) - 2) + "| " + " " * before + caret)
        if self.expected:
            lines.append("  expected: " + listed(self.expected, "or"))
        if self.suggestion:
            lines.append("  help: " + self.suggestion)
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """The finding as plain data for JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": self.source,
            "line": self.position.line if self.position else None,
            "column": self.position.column if self.position else None,
            "length": self.length,
            "snippet": self.snippet,
            "expected": list(self.expected),
            "found": self.found,
            "suggestion": self.suggestion,
        }


def listed(words: Sequence[str], conjunction: str = "and") -> str:
    """Words as a sentence lists them: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + f" {conjunction} {words[-1]}"


def nearest(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The known names that look most like `name` (difflib's ratio, at least 0.6), nearest first."""
    if len(name) > MAX_COMPARED:
        return ()
    short = (k for k in known if len(k) <= MAX_COMPARED)
    by_lower = {k.lower(): k for k in islice(short, MAX_CANDIDATES)}
    return tuple(by_lower[m] for m in get_close_matches(name.lower(), by_lower, n=count))


def did_you_mean(name: str, known: Iterable[str], kind: str) -> str:
    """A suggestion for an unknown name: the nearest known ones, or a few that exist."""
    names = list(known)
    close = nearest(name, names)
    if close:
        return f"did you mean {listed([f'`{c}`' for c in close], 'or')}?"
    if not names:
        return f"no {kind} is declared"
    shown = [f"`{n}`" for n in names[:8]]
    if len(names) > len(shown):
        shown.append(f"{len(names) - len(shown)} more")
    return f"known: {listed(shown)}"
