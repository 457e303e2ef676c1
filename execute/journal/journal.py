"""What happened in a run, event by event.

An event says what happened; its entry in the journal adds when, and as which in order. Entries are
never changed or removed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from goalsmith.domains.formula import Condition, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.writer import write_condition
from goalsmith.execute.divergence import Divergence, NumberChange
from goalsmith.execute.journal.events import Event
from goalsmith.execute.store.plain import Plain


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a journal: an event, its place from 0, and seconds since the run began."""

    sequence: int
    seconds: float
    event: Event

    def as_dict(self) -> dict[str, Plain]:
        """The entry as plain data: `sequence`, `seconds`, `event` (its kind), and its fields.

        Atoms, steps and conditions are PDDL; exact numbers are texts such as `3` or `1/3`.
        """
        row: dict[str, Plain] = {
            "sequence": self.sequence,
            "seconds": self.seconds,
            "event": self.event.kind,
        }
        row.update((f.name, _plain(getattr(self.event, f.name))) for f in fields(self.event))
        return row


Listener: TypeAlias = Callable[[Entry], None]


class Journal:
    """The entries of one run, in order. Entries are only ever added.

    Args:
        clock: seconds on a clock that never goes back.
        on_event: called with each entry once it is in the journal. What it raises, `record` raises.
        first: the number of the first entry: how many the run had before.
        elapsed: seconds that the run had taken before.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        on_event: Listener | None = None,
        *,
        first: int = 0,
        elapsed: float = 0.0,
    ) -> None:
        self._clock = clock
        self._on_event = on_event
        self._first = first
        self._began = clock() - elapsed
        self._entries: list[Entry] = []

    @property
    def seconds(self) -> float:
        """Seconds since the run began, without those in which nobody drove it."""
        return self._clock() - self._began

    def record(self, event: Event) -> Entry:
        """Adds an event."""
        entry = Entry(self._first + len(self._entries), self.seconds, event)
        self._entries.append(entry)
        if self._on_event is not None:
            self._on_event(entry)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def as_dicts(self) -> list[dict[str, Plain]]:
        """All entries as plain data."""
        return [entry.as_dict() for entry in self]


def _plain(value: object) -> Plain:
    match value:
        case StrEnum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case Outcome():
            return value.label
        case Step() | FunctionTerm() | Fraction():
            return str(value)
        case Plan():
            return [_plain(step) for step in value]
        case State(atoms, numbers):
            return {
                "atoms": _plain(atoms),
                "numbers": _plain({str(term): number for term, number in numbers}),
            }
        case Divergence() | NumberChange():
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case frozenset():
            return [str(each) for each in sorted(value)]
        case tuple():
            return [_plain(each) for each in value]
        case Mapping():
            return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, Condition):
        return write_condition(value)
    raise TypeError(f"no plain form of {value!r}")
