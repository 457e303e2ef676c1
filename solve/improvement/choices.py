"""Options of which those that have brought more for their time are chosen more often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

Option = TypeVar("Option")

FORGETTING = 0.9
"""What a use counts for at the next use of the same option."""

HOPE = 2e-5
"""Gain that an option is taken to have brought before it was ever used, in HOPE_SECONDS."""

HOPE_SECONDS = 0.3

LEAST = 0.1
"""Chance of the worst option, in proportion to that of the best: what was bad may become good."""


@dataclass(slots=True)
class _Record:
    gain: float = 0.0
    seconds: float = 0.0


class Choices(Generic[Option]):
    """A choice that learns. Not safe for several threads."""

    def __init__(self, options: Iterable[Option]) -> None:
        self._records: dict[Option, _Record] = {option: _Record() for option in options}

    def choose(self, random: Random) -> Option:
        """An option, with a chance that grows with its gain for its time."""
        rates = [(r.gain + HOPE) / (r.seconds + HOPE_SECONDS) for r in self._records.values()]
        least = LEAST * max(rates)
        return random.choices(list(self._records), [rate + least for rate in rates])[0]

    def note(self, option: Option, gain: float, seconds: float) -> None:
        """Notes what a use of an option brought, as a share of the best, and what time it took."""
        record = self._records[option]
        record.gain = record.gain * FORGETTING + gain
        record.seconds = record.seconds * FORGETTING + seconds
