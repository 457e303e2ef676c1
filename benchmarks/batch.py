"""A batch: many tasks solved at once, each result kept as soon as it is there.

Each job has one core to itself, which its engines share, so that results do not depend on how many
jobs run beside it.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

from goalsmith.benchmarks.job import Job, named, prepare, run_job
from goalsmith.benchmarks.store import Result, Store
from goalsmith.benchmarks.suite import BenchmarkTask
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Limits

POLL = 0.1
"""Seconds between looks at the cancel flag; the end of a job is noticed at once."""

FAILURES = frozenset({Outcome.ENGINE_FAILED, Outcome.INVALID_PLAN, Outcome.CANNOT_SAY})
"""Results that may be otherwise the next time."""

Listener = Callable[[Result, bool], None]
"""Hears a result and whether it is new: just written, rather than found in the store."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How a batch ended.

    Attributes:
        results: of the tasks in their order; those that were not done are missing.
        skipped: how many of the results were in the store already.
        interrupted: whether it was stopped before all tasks were done.
    """

    results: tuple[Result, ...]
    skipped: int = 0
    interrupted: bool = False


def available_cores() -> tuple[int, ...]:
    """The cores that this process may run on; empty where the platform does not say which."""
    if sys.platform == "linux":
        return tuple(sorted(os.sched_getaffinity(0)))
    return ()


def run_batch(
    tasks: Iterable[BenchmarkTask],
    *,
    engine: str | None = None,
    limits: Limits | None = None,
    jobs: int = 1,
    store: Store,
    retry_failed: bool = False,
    on_result: Listener | None = None,
    executor: Executor | None = None,
    cancel: Event | None = None,
) -> Batch:
    """Solves the tasks that the store has no result of.

    On Linux a job's engines run on one core: one of `limits.cores` or else of this process, and
    more jobs than cores share them in turn. An executor of the caller's decides for itself where
    its jobs run; what it is given can be pickled. Jobs that it has begun outside this process
    cannot be stopped: they run to their limits, and their results are lost.

    Args:
        tasks: what to solve.
        engine: the one engine to ask; without it they race.
        limits: wall time and memory for each engine.
        jobs: how many tasks are solved at once.
        store: where results are looked up and kept. Only the calling thread uses it.
        retry_failed: do again what ended in a failure of an engine or of goalsmith.
        on_result: called in the calling thread, once the result is in the store.
        executor: what the jobs run in; by default threads, since the engines are processes.
        cancel: set to stop; finished results are kept.

    Raises:
        InputError: there is no engine of that name, the number of jobs is not positive, or the
            store cannot be used.
        UnsupportedError: the engine is not installed, or none is.
    """
    if jobs < 1:
        raise InputError(f"at least one job is needed, not {jobs}")
    limits = limits or Limits()
    stop = Event()
    workers = executor or ThreadPoolExecutor(jobs, "goalsmith-job")
    # An event is of this process; so are an executor's threads.
    stoppable = isinstance(workers, ThreadPoolExecutor)
    batch = _Batch(
        tuple(tasks),
        engine,
        [replace(limits, cores=c) for c in _cores(limits, jobs, pinned=executor is None)],
        store,
        retry_failed,
        on_result,
        partial(run_job, cancel=stop) if stoppable else run_job,
        workers,
    )
    cancel = cancel or Event()
    try:
        while not cancel.is_set() and batch.advance():
            pass
        if cancel.is_set():
            stop.set()
            batch.drop_waiting()
            while stoppable and batch.advance():
                pass
    finally:
        stop.set()
        batch.drop_waiting()
        if executor is None:
            workers.shutdown(wait=True)
    return batch.ended()


def _cores(limits: Limits, jobs: int, pinned: bool) -> list[frozenset[int] | None]:
    """For each job that runs beside others, the cores that are its own."""
    cores = sorted(limits.cores) if limits.cores is not None else available_cores()
    if not pinned or not cores:
        return [limits.cores] * jobs
    return [frozenset({cores[i % len(cores)]}) for i in range(jobs)]


class _Batch:
    """A batch under way."""

    def __init__(
        self,
        tasks: tuple[BenchmarkTask, ...],
        engine: str | None,
        limits: list[Limits],
        store: Store,
        retry_failed: bool,
        on_result: Listener | None,
        work: Callable[[Job], Result],
        executor: Executor,
    ) -> None:
        self.tasks = tasks
        self.engine = engine
        self.store = store
        self.retry_failed = retry_failed
        self.on_result = on_result
        self.work = work
        self.executor = executor
        self.waiting = deque(enumerate(tasks))
        self.free = deque(limits)
        self.pending: dict[Future[Result], tuple[int, Limits]] = {}
        self.results: dict[int, Result] = {}
        self.skipped = 0

    def advance(self) -> bool:
        """Begins a task if there is room and takes what has finished; False when all is done."""
        begins = bool(self.free and self.waiting)
        if begins:
            self._begin(*self.waiting.popleft())
        if not self.pending and not self.waiting:
            return False
        done, _ = wait(self.pending, 0 if begins else POLL, FIRST_COMPLETED)
        for future in done:
            index, limits = self.pending.pop(future)
            self.free.append(limits)
            if not future.cancelled():
                self._take(index, future.result())
        return True

    def drop_waiting(self) -> None:
        """Begins nothing more."""
        self.waiting.clear()
        for future in self.pending:
            future.cancel()

    def ended(self) -> Batch:
        results = tuple(result for _, result in sorted(self.results.items()))
        return Batch(results, self.skipped, len(results) < len(self.tasks))

    def _begin(self, index: int, task: BenchmarkTask) -> None:
        job = prepare(task, self.engine, self.free[0])
        if isinstance(job, Result):
            self._take(index, job)
            return
        known = self.store.find(job.key)
        if known is None or (self.retry_failed and known.outcome in FAILURES):
            self.pending[self.executor.submit(self.work, job)] = index, self.free.popleft()
            return
        # The same texts may lie in several places.
        known = named(known, task)
        self.skipped += 1
        self.results[index] = known
        if self.on_result is not None:
            self.on_result(known, False)

    def _take(self, index: int, result: Result) -> None:
        """A new result, to be kept unless the job was stopped."""
        if result.outcome is Outcome.INTERRUPTED:
            return
        self.store.write(result)
        self.results[index] = result
        if self.on_result is not None:
            self.on_result(result, True)
