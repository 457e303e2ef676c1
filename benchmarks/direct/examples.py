"""Examples: tasks of the same domain in a suite, with plans that an engine made."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

from goalsmith.benchmarks.direct.prompts import Example
from goalsmith.benchmarks.direct.tasks import read
from goalsmith.benchmarks.suites.suite import BenchmarkTask, Suite
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.reading.syntax import MAX_TEXT
from goalsmith.solve import Limits, solve

ENGINE = "fast-downward"
"""Who plans for examples: its plans do not depend on how fast a machine is, so that a recording of
what a model was asked serves on another."""

MOST_CANDIDATES = 100
"""Tasks of a domain, the first in the suite, among which the smallest are looked for."""

MOST_TRIED = 3
"""Tasks for which a plan is looked for before it is said that there is no example."""


class Examples:
    """The examples for tasks of a suite.

    The example for a task is the smallest other one of its domain, by the length of its text: so
    only for the smallest it may be a larger one.

    Args:
        suite: where examples are looked for.
        limits: wall time and memory for each plan.
        cancel: set by another thread to stop.
    """

    def __init__(
        self, suite: Suite, limits: Limits | None = None, cancel: Event | None = None
    ) -> None:
        self._limits = limits or Limits()
        self._cancel = cancel or Event()
        self._domains: dict[str, list[BenchmarkTask]] = {}
        for entry in suite:
            self._domains.setdefault(entry.domain_name, []).append(entry)
        self._sorted: dict[str, list[BenchmarkTask]] = {}
        self._known: dict[BenchmarkTask, tuple[Task, Plan] | None] = {}

    def of(self, entry: BenchmarkTask, task: Task) -> Example | None:
        """The example for a task; None if there is none.

        Raises:
            UnsupportedError: the engine that plans for examples is not installed.
        """
        tried = 0
        for other in self._candidates(entry.domain_name):
            if other == entry:
                continue
            if tried == MOST_TRIED:
                break
            tried += 1
            if other not in self._known:
                self._known[other] = self._solved(other)
            known = self._known[other]
            # Copies of the task itself would give its plan away.
            if known and known[0].domain == task.domain and not _same(known[0], task):
                return Example(*known)
        return None

    def _candidates(self, domain: str) -> list[BenchmarkTask]:
        """Tasks of a domain, the smallest first."""
        if domain not in self._sorted:
            some = self._domains.get(domain, [])[:MOST_CANDIDATES]
            self._sorted[domain] = sorted(some, key=_size)
        return self._sorted[domain]

    def _solved(self, entry: BenchmarkTask) -> tuple[Task, Plan] | None:
        try:
            task = read(entry)
        except (InputError, UnsupportedError):
            return None
        found = solve(task, engine=ENGINE, limits=self._limits, cancel=self._cancel)
        # A task whose goal holds already is an example of nothing.
        return (task, found.plan) if found.plan else None


def _size(entry: BenchmarkTask) -> int:
    """The characters of the problem; what cannot be read comes last."""
    try:
        return len(entry.load()[1])
    except InputError:
        return MAX_TEXT + 1


def _same(one: Task, other: Task) -> bool:
    """Whether two tasks of a domain differ in no more than their names."""
    return replace(one.problem, name="") == replace(other.problem, name="")
