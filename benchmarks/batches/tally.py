"""How far a batch is: what is done, what is under way, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable

from goalsmith.benchmarks.configurations import Configuration
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.suites.task import BenchmarkTask
from goalsmith.domains.outcome import Outcome

EXPLAINED = frozenset(
    {Outcome.UNSOLVABLE, Outcome.NO_PLAN_FOUND, Outcome.OUT_OF_MEMORY, Outcome.OUT_OF_TIME}
)
"""Endings without a plan that are no errors."""


class Tally:
    """The counts of a batch under way.

    Args:
        total: runs that there are.
        clock: seconds from any point in time.

    Attributes:
        done: runs that are done, those that were known included.
        known: runs that were known before.
        solved: of those that are done, with a plan.
        out_of_time: likewise, stopped at the time limit.
        errors: likewise, failures, wrong plans and input that is wrong or not supported.
        other: likewise, all else: unsolvable, out of memory, or given up.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = self.known = 0
        self._clock = clock
        self._began: float | None = None
        self._running: set[tuple[str, str, str, int]] = set()
        self.solved = self.out_of_time = self.errors = self.other = 0

    @property
    def running(self) -> int:
        """Runs under way."""
        return len(self._running)

    def start(self, task: BenchmarkTask, configuration: Configuration, seed: int) -> None:
        """A run begins."""
        self._running.add((task.domain_name, task.name, configuration.name, seed))
        if self._began is None:
            self._began = self._clock()

    def add(self, result: Result, new: bool) -> None:
        """A run is done; `new` if just now, rather than found in the store."""
        self.done += 1
        self.known += not new
        # What cannot be read is done without having begun.
        run = result.domain, result.problem, result.configuration, result.key.seed
        self._running.discard(run)
        outcome = result.outcome
        self.solved += outcome is Outcome.SOLVED
        self.out_of_time += outcome is Outcome.OUT_OF_TIME
        self.errors += outcome is not Outcome.SOLVED and outcome not in EXPLAINED
        self.other = self.done - self.solved - self.out_of_time - self.errors

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes if it goes on as so far; None before anything is done."""
        fresh = self.done - self.known
        if self._began is None or not fresh:
            return None
        return (self._clock() - self._began) / fresh * (self.total - self.done)

    def __str__(self) -> str:
        """The counts in a line; endings that did not occur are left out, but for errors."""
        said = [f"{self.running} running", f"{self.solved} solved"]
        if self.out_of_time:
            said.append(f"{self.out_of_time} out of time")
        if self.other:
            said.append(f"{self.other} other")
        said.append(f"{self.errors} error{'' if self.errors == 1 else 's'}")
        if self.done < self.total and self.seconds_left is not None:
            said.append(f"{duration(self.seconds_left)} left")
        return ", ".join(said)


def duration(seconds: float) -> str:
    """A time as a person says it, in its two largest units: `1 h 5 min`, `2 min 3 s`, `40 s`."""
    whole = round(seconds)
    parts = (
        (whole // 86_400, "d"),
        (whole // 3_600 % 24, "h"),
        (whole // 60 % 60, "min"),
        (whole % 60, "s"),
    )
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = parts[first : first + 2]
    return " ".join(f"{n} {unit}" for n, unit in shown if n) or "0 s"
