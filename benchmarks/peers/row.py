"""What a peer made of a task: a row that is kept as it comes."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass

from goalsmith.benchmarks.suites.suite import BenchmarkTask
from goalsmith.solve.solution import Limits


@dataclass(frozen=True, slots=True)
class Row:
    """One run of a peer on a task. Seconds, MiB.

    Attributes:
        key: made of all that decides what the row says: see `row_key`.
        turn: tells a task's rows that were measured in turn from those of other turns.
        place: which of the peers it was in this turn, from 0.
        domain: the domain's name in the suite.
        problem: the problem's name.
        peer: the peer's name.
        version: its version.
        seconds: limit of wall time.
        memory_mb: limit of memory.
        cores: number of cores that it had.
        started: when, in UTC.
        outcome: the label of what came of it, after our validation.
        reason: what is wrong with the plan, or the peer's own words.
        wrong: it gave a plan that is none of the task.
        wall_seconds: until its answer.
        cpu_seconds: of all processes that took part.
        engine_seconds: what the engine within says that it took; None if it does not say.
        once_seconds: the part of the wall time that it spends once for many tasks.
        cost: what its valid plan costs.
        length: the plan's number of steps.
    """

    key: str
    turn: str
    place: int
    domain: str
    problem: str
    peer: str
    version: str
    seconds: float
    memory_mb: int
    cores: int
    started: str
    outcome: str
    reason: str
    wrong: bool
    wall_seconds: float
    cpu_seconds: float
    engine_seconds: float | None
    once_seconds: float
    cost: int | float | None
    length: int | None

    @property
    def task(self) -> tuple[str, str]:
        """The names of its domain and problem."""
        return self.domain, self.problem

    @property
    def solved(self) -> bool:
        """Whether there is a valid plan."""
        return self.length is not None

    @property
    def own_seconds(self) -> float:
        """The wall time that is spent for the task alone."""
        return max(0.0, self.wall_seconds - self.once_seconds)

    @property
    def overhead(self) -> float | None:
        """Wall time for the task beyond what the engine within says that it took itself."""
        return None if self.engine_seconds is None else self.own_seconds - self.engine_seconds


def row_key(
    task: BenchmarkTask, texts: tuple[str, str], peer: str, version: str, limits: Limits, jobs: int
) -> str:
    """The key of a row: a hash of the task, the peer and its version, the limits and the machine.

    `jobs` is how many tasks are measured at once.
    """
    said = [
        task.domain_name,
        task.name,
        *texts,
        peer,
        version,
        limits.seconds,
        limits.memory_mb,
        len(limits.cores or ()),
        jobs,
        platform.node(),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
