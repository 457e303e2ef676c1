"""What solving a task ends in: an outcome with its evidence, never a bare plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan


def number(value: Fraction | None) -> int | float | None:
    """An exact number as plain data: whole, or the nearest floating-point number."""
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an engine may use.

    Attributes:
        seconds: wall time.
        memory_mb: address space of a process in MiB; on Linux also what all of them hold together.
        cores: the cores that the engine's processes may run on, as the operating system counts them
            (Linux only; elsewhere without effect); None: all that this process may run on.
        cpu_seconds: CPU time of all its processes together (Linux only); None: no limit but wall
            time.
    """

    seconds: float = 60.0
    memory_mb: int = 4096
    cores: frozenset[int] | None = None
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What an engine's run cost, as far as the engine says (None: it does not).

    Times are in seconds, memory in MiB. `translator_seconds` is the time to read and ground the
    task, `version` the engine's own.
    """

    wall_seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_memory_mb: float | None = None
    expanded: int | None = None
    evaluated: int | None = None
    generated: int | None = None
    initial_heuristic: int | None = None
    translator_seconds: float | None = None
    search_seconds: float | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to a task.

    Attributes:
        outcome: SOLVED with a plan, UNSOLVABLE with a proof, or why neither.
        engine: which engine the answer comes from; empty when none was needed.
        evidence: the sentence that supports the outcome.
        plan: a plan that our own validator accepted; None without one.
        cost: the plan's cost under the task's metric; without a metric, its length.
        optimal: the engine claims that no plan is cheaper.
        lower_bound: it is proved that no plan costs less; None if nothing is.
        statistics: what the engine's run cost.
        attempts: the answers of all engines that took part, this one's included.
    """

    outcome: Outcome
    engine: str = ""
    evidence: str = ""
    plan: Plan | None = None
    cost: Fraction | None = None
    optimal: bool = False
    lower_bound: Fraction | None = None
    statistics: Statistics = field(default_factory=Statistics)
    attempts: tuple[Solution, ...] = ()

    @property
    def gap(self) -> Fraction | None:
        """How much of the cost could still be saved, as a share of it; None if nothing is known."""
        if self.cost is None or self.lower_bound is None:
            return None
        if self.cost <= self.lower_bound:
            return Fraction(0)
        return (self.cost - self.lower_bound) / self.cost

    @property
    def solved(self) -> bool:
        """Whether there is a validated plan."""
        return self.outcome is Outcome.SOLVED


OnSolution: TypeAlias = Callable[[Solution], None]
"""Told of solutions as they are found. Called from any thread."""


def ignored(_: Solution) -> None:
    """Nobody wants to know."""


EXPLANATIONS = (
    Outcome.NO_PLAN_FOUND,
    Outcome.OUT_OF_TIME,
    Outcome.OUT_OF_MEMORY,
    Outcome.INVALID_PLAN,
    Outcome.ENGINE_FAILED,
    Outcome.BAD_INPUT,
    Outcome.UNSUPPORTED,
    Outcome.INTERRUPTED,
)
"""When no engine settles the task: whose account is given, most telling first."""


def without_plan(attempts: tuple[Solution, ...]) -> Solution:
    """What it comes to when no engine settles a task: the most telling of at least one account."""
    unsettled = [each for each in attempts if each.outcome in EXPLANATIONS]
    best = min(unsettled, key=lambda each: EXPLANATIONS.index(each.outcome))
    evidence = "; ".join(dict.fromkeys(each.evidence for each in attempts))
    return replace(best, evidence=evidence, attempts=attempts)
