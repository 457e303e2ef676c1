"""What is asked for, beside the figure that was measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that is asked for, the figure that was measured, and whether that is enough."""

    asked: str
    figure: str
    met: bool

    def __str__(self) -> str:
        return f"{'met    ' if self.met else 'NOT MET'}  {self.asked}: {self.figure}"


def median(values: Iterable[float]) -> float | None:
    """The median; None without values."""
    listed = list(values)
    return statistics.median(listed) if listed else None


def at_most(value: float | None, limit: float) -> bool:
    """Whether a figure is there and within a limit."""
    return value is not None and value <= limit


def shown(value: float | None) -> str:
    """A ratio or seconds, with three decimals."""
    return "–" if value is None else f"{value:.3f}"
