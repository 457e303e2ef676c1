"""What a report says, as plain values: put together once, and rendered in every format."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.benchmarks.reports.curves import Clock, Curve
from goalsmith.benchmarks.reports.significance import Difference
from goalsmith.benchmarks.reports.troubles import Ending, Trouble
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.scores.attempt import Attempt, TaskName
from goalsmith.benchmarks.scores.board import Standing


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration, and how it was run. Several values of one thing are listed.

    Attributes:
        configuration: its name.
        runs: results that there are.
        tasks: over how many tasks.
        asked: what was asked of `solve`.
        limits: of time and memory.
        engines: the installed engines with their versions.
        code: the versions of goalsmith.
        hosts: the machines.
        started: when the first and the last run began.
    """

    configuration: str
    runs: int
    tasks: int
    asked: str
    limits: str
    engines: str
    code: str
    hosts: str
    started: str


@dataclass(frozen=True, slots=True)
class DomainScore:
    """A score in a domain, or in all.

    Attributes:
        domain: its name.
        tasks: tasks that were tried.
        sums: the score's sum for each configuration, in the report's order; None if it has none.
        better: of the two that are compared, on how many tasks the first is better.
        worse: on how many the second is.
        p: the p-value of their difference, adjusted for the number of domains; None without a pair.
    """

    domain: str
    tasks: int
    sums: tuple[float | None, ...]
    better: int = 0
    worse: int = 0
    p: float | None = None


@dataclass(frozen=True, slots=True)
class DomainTable:
    """A score domain by domain."""

    score: str
    domains: tuple[DomainScore, ...]


@dataclass(frozen=True, slots=True)
class Scatter:
    """What each configuration needed for each task; None where it did not solve it.

    Attributes:
        tasks: the tasks that are drawn.
        of: how many tasks there are.
        seconds: for each configuration, its time for each task, by the report's clock.
        costs: likewise, the cost of its plan.
        expansions: likewise, the states that it expanded.
    """

    tasks: tuple[TaskName, ...]
    of: int
    seconds: tuple[tuple[float | None, ...], ...]
    costs: tuple[tuple[float | None, ...], ...]
    expansions: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A run, with the scores that depend on what else is known of its task."""

    result: Result
    attempt: Attempt
    best: float | None
    scores: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ReportData:
    """A report in full.

    Attributes:
        sources: what the runs were read from.
        configurations: the names, the leader first; the others as they were run.
        tasks: how many tasks there are.
        setups: how each configuration was run.
        standings: every score of every configuration.
        pairs: the comparisons, for each pair one after the other by score: the two that were asked
            for, or else the leader with each of the others.
        only: how many tasks each configuration solves and each other one does not.
        domains: scores domain by domain.
        clock: the time by which runs are compared.
        solved: tasks solved over time, every step of it.
        quality: the mean quality over time, likewise.
        scatter: the tasks one by one.
        endings: how the runs ended.
        troubles: what went wrong.
        notes: what a reader has to know before believing a figure.
        rows: all runs.
    """

    sources: tuple[str, ...]
    configurations: tuple[str, ...]
    tasks: int
    setups: tuple[Setup, ...]
    standings: tuple[Standing, ...]
    pairs: tuple[tuple[Difference, ...], ...]
    only: tuple[tuple[int, ...], ...]
    domains: tuple[DomainTable, ...]
    clock: Clock
    solved: tuple[Curve, ...]
    quality: tuple[Curve, ...]
    scatter: Scatter
    endings: tuple[Ending, ...]
    troubles: tuple[Trouble, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def unexplained(self) -> int:
        """Runs that went wrong."""
        return sum(trouble.runs for trouble in self.troubles)
