"""What a batch would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goalsmith.benchmarks.batches.job import prepare
from goalsmith.benchmarks.batches.retrying import Retry, stands
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.results.store import Store
from goalsmith.benchmarks.suites.task import BenchmarkTask
from goalsmith.solve import Limits


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be done for a configuration.

    Attributes:
        configuration: its name.
        runs: tasks, once for each seed.
        known: of which the results are known and stand.
        again: of which the results are known, and are to be found again.
        unreadable: of which the files cannot be read.
    """

    configuration: str
    runs: int
    known: int
    again: int
    unreadable: int

    @property
    def left(self) -> int:
        """Runs that would be done."""
        return self.runs - self.known - self.unreadable


def outlook(
    tasks: Iterable[BenchmarkTask],
    configurations: Sequence[Configuration],
    limits: Limits,
    store: Store | None,
    retry: Retry = False,
) -> tuple[Outlook, ...]:
    """What `run_batch` would do with these arguments, a row for each configuration.

    Without a store, nothing is known.
    """
    suite = tuple(tasks)
    return tuple(_outlook(suite, each, limits, store, retry) for each in configurations)


def _outlook(
    tasks: Sequence[BenchmarkTask],
    configuration: Configuration,
    limits: Limits,
    store: Store | None,
    retry: Retry,
) -> Outlook:
    known = again = unreadable = 0
    for task in tasks:
        for seed in configuration.seeds:
            job = prepare(task, configuration, seed, limits)
            if isinstance(job, Result):
                unreadable += 1
            elif store is not None and (result := store.find(job.key)) is not None:
                if stands(result, retry):
                    known += 1
                else:
                    again += 1
    runs = len(tasks) * len(configuration.seeds)
    return Outlook(configuration.name, runs, known, again, unreadable)
