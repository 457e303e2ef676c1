"""What came of a task under a configuration: the plain values that scores are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

TaskName: TypeAlias = tuple[str, str]
"""A task of a suite: the names of its domain and of its problem."""


@dataclass(frozen=True, slots=True)
class Improvement:
    """A plan found on the way: after how many seconds, and its cost."""

    seconds: float
    cost: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One configuration's try at one task. What is not known is None.

    Attributes:
        domain: the domain's name in its suite.
        problem: the problem's name.
        configuration: what made the attempt.
        time_limit: seconds that it had.
        memory_limit_kib: KiB that it had.
        seed: which of several tries it is.
        cost: what its validated plan costs; None without a plan.
        length: the plan's number of steps.
        unsolvable: it proved that there is no plan.
        wrong: it gave a plan that is not valid, or any other wrong answer.
        optimal: it claims that no plan is cheaper.
        bound: it proved that no plan costs less.
        wall_seconds: until its answer.
        cpu_seconds: likewise.
        memory_kib: the most that it held.
        expansions: states that it expanded.
        improvements: its plans in the order in which they were found; may be left empty where the
            only one came at the end.
    """

    domain: str
    problem: str
    configuration: str
    time_limit: float
    memory_limit_kib: float | None = None
    seed: int = 0
    cost: float | None = None
    length: int | None = None
    unsolvable: bool = False
    wrong: bool = False
    optimal: bool | None = None
    bound: float | None = None
    wall_seconds: float | None = None
    cpu_seconds: float | None = None
    memory_kib: float | None = None
    expansions: int | None = None
    improvements: tuple[Improvement, ...] = ()

    @property
    def task(self) -> TaskName:
        """What was attempted."""
        return self.domain, self.problem

    @property
    def solved(self) -> bool:
        """Whether there is a valid plan."""
        return self.cost is not None

    @property
    def settled(self) -> bool:
        """Whether the task is solved, or proved to be unsolvable."""
        return self.solved or self.unsolvable

    @property
    def seconds(self) -> float | None:
        """CPU time as far as it is known, otherwise wall time, which is no less on one core."""
        return self.wall_seconds if self.cpu_seconds is None else self.cpu_seconds
