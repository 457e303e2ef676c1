"""What an engine says, before anything of it is believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from types import MappingProxyType
from typing import Literal, Protocol, TypeAlias

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.programs.meter import Stop
from goalsmith.solve.solution import Limits, Statistics

Quality = Literal["first", "anytime", "optimal"]
"""What is asked of a plan: the first that is found, ever better ones, or one proved cheapest."""

Options: TypeAlias = Mapping[str, str | int | float | bool]
"""Parameters of an engine by their names."""

STOPPED: Mapping[Stop, tuple[Outcome, str]] = MappingProxyType(
    {
        "time": (Outcome.OUT_OF_TIME, " at the time limit"),
        "cpu": (Outcome.OUT_OF_TIME, " at the limit of CPU time"),
        "memory": (Outcome.OUT_OF_MEMORY, " at the memory limit"),
        "cancel": (Outcome.INTERRUPTED, ""),
    }
)
"""What it means that we stopped an engine, and why we did."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An engine's claim: an outcome, its evidence, and a plan as the engine wrote it.

    `plan_text` holds one `(action object …)` to a line. An outcome of SOLVED without it is refused.
    """

    outcome: Outcome
    evidence: str
    plan_text: str | None = None
    optimal: bool = False
    statistics: Statistics = field(default_factory=Statistics)


OnPlan: TypeAlias = Callable[[str], None]
"""Told of plans as engines write them. Called from any thread."""


def nobody(_: str) -> None:
    """Nobody wants to know."""


class Engine(Protocol):
    """An off-the-shelf planner."""

    name: str

    def missing(self) -> str:
        """Why the engine cannot be used here; empty when it can."""
        ...

    def answer(
        self,
        task: Task,
        limits: Limits,
        quality: Quality,
        cancel: Event,
        on_plan: OnPlan = nobody,
    ) -> Answer:
        """Runs the engine until it answers, a limit is reached, or `cancel` is set.

        `on_plan` is given each plan that comes before the answer, as the engine wrote it.
        """
        ...
