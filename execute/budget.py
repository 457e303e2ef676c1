"""What a run may use before it is ended short."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from goalsmith.domains.errors import InputError


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may use; None: as much as it takes.

    Attributes:
        replans: how often the solver may be asked.
        steps: how many steps the environment may be asked to take.
        seconds: wall time, looked at before each step.
        cost: what all steps taken may cost by the task's metric.
        visits: how often the run may come back to one and the same state.
        attempts: how often a step may have no effect in one state before plans do without it.

    Raises:
        InputError: one of them is negative, or `attempts` is less than 1.
    """

    replans: int = 10
    steps: int = 10_000
    seconds: float | None = None
    cost: Fraction | None = None
    visits: int | None = None
    attempts: int = 3

    def __post_init__(self) -> None:
        if self.replans < 0 or self.steps < 0:
            raise InputError("max_replans and max_steps must not be negative")
        for name, value in (
            ("seconds", self.seconds),
            ("cost", self.cost),
            ("visits", self.visits),
        ):
            if value is not None and not value >= 0:
                raise InputError(f"the budget of {name} must be at least 0, not {value}")
        if self.attempts < 1:
            raise InputError(f"attempts must be at least 1, not {self.attempts}")
