"""What an answer may be: rules whose sentences are lists in parentheses, and JSON trees as well.

A rule's body says both at once what the sentence reads and what tree stands for it, so that every
form is compiled from the same rules and a tree can be turned into its sentence: `Record` is a piece
of text with blanks and a JSON object, `Many` a list, `Choice` one of several.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """A fixed word: an object, a type, a variable. In JSON a string."""

    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """A word that is not known beforehand: in JSON a string or a number.

    Attributes:
        kind: `name`: a letter, then letters, digits, `_` and `-`, at most 40 characters; `number`:
            a decimal of at most 15 digits before the point and 9 behind it.
    """

    kind: Literal["name", "number"]


@dataclass(frozen=True, slots=True)
class Ref:
    """What another rule, or the same one, allows."""

    rule: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. In JSON records are told apart by their labels, which differ."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """Items with one space between. In JSON an array.

    Attributes:
        item: what each of them is.
        low: the least number, 0 or 1.
        high: the greatest number; None: no bound.
    """

    item: Expression
    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Maybe:
    """Something or nothing. In JSON nothing is null."""

    body: Expression


@dataclass(frozen=True, slots=True)
class Field:
    """A blank in a record: the text before it, and what fills it. In JSON a property."""

    label: str
    before: str
    body: Expression


@dataclass(frozen=True, slots=True)
class Record:
    """Text with blanks. In JSON an object that has exactly the fields' labels."""

    fields: tuple[Field, ...]
    after: str = ""


Expression: TypeAlias = Word | Token | Ref | Choice | Many | Maybe | Record


@dataclass(frozen=True, slots=True)
class Rule:
    """A named body. The name is letters and then digits, which every form takes as it is."""

    name: str
    body: Expression


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rules of the answers to one request; the first is where they start.

    Two grammars with the same rules are equal, and have the same text.

    Attributes:
        name: what the answer is, in a word: `goal` or `problem`.
        rules: the start is referred to by no rule, and its body is a record.
    """

    name: str
    rules: tuple[Rule, ...]

    @property
    def text(self) -> str:
        """The whole grammar in one canonical notation, for keys and for reading."""
        lines = [f"{rule.name} = {_notation(rule.body)}" for rule in self.rules]
        return "\n".join([self.name, *lines, ""])


def choice(options: Iterable[Expression]) -> Expression:
    """One of some options; an only option is itself."""
    found = tuple(options)
    return found[0] if len(found) == 1 else Choice(found)


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """What an expression is put together from."""
    match expression:
        case Choice(options):
            return options
        case Many(part) | Maybe(part):
            return (part,)
        case Record(fields):
            return tuple(field.body for field in fields)
        case _:
            return ()


def _notation(expression: Expression) -> str:
    match expression:
        case Word(text):
            return json.dumps(text)
        case Token(kind):
            return kind.upper()
        case Ref(rule):
            return rule
        case Choice(options):
            return f"({' | '.join(map(_notation, options))})"
        case Many(item, low, high):
            return f"[{_notation(item)} {low}..{'' if high is None else high}]"
        case Maybe(body):
            return f"{_notation(body)}?"
        case Record(fields, after):
            parts = [
                f"{json.dumps(f.label)}: {json.dumps(f.before)} {_notation(f.body)}" for f in fields
            ]
            return f"{{{', '.join([*parts, json.dumps(after)])}}}"
