"""A batch: many tasks solved at once, each result kept as soon as it is there.

Each job has one core to itself, which its engines share, so that results do not depend on how many
jobs run beside it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
)
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event
from typing import Protocol, runtime_checkable

from goalsmith.benchmarks.batches.job import Job, named, prepare, run_job
from goalsmith.benchmarks.batches.pool import Backstop, WorkerLostError, WorkerPool, available_cores
from goalsmith.benchmarks.batches.retrying import Retry, stands
from goalsmith.benchmarks.configurations import RACE, Configuration
from goalsmith.benchmarks.results.claims import Claims
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.results.store import Store
from goalsmith.benchmarks.suites.suite import BenchmarkTask, as_text
from goalsmith.domains.errors import EngineError, GoalsmithError, InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Limits

POLL = 0.1
"""Seconds between looks at the cancel flag; the end of a job is noticed at once."""

LONGER = 3.0
"""Times its time limit that a job may take before its worker is killed: engines run one after the
other, and reading and validating take time as well."""

MORE_SECONDS = 120.0
"""Seconds that it may take beyond that."""

MORE_MEMORY = 4096
"""MiB that a worker may hold beyond what its engines may: two of them race."""

Listener = Callable[[Result, bool], None]
"""Hears a result and whether it is new: just written, rather than found in the store."""

Starter = Callable[[BenchmarkTask, Configuration, int], None]
"""Hears of a job that begins: its task, configuration and seed."""

Unit = tuple[BenchmarkTask, Configuration, int]
"""What is to be done once: a task under a configuration with a seed."""


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


@runtime_checkable
class Killable(Protocol):
    """An executor that can end what it does."""

    def kill(self) -> None:
        """Ends all that it does, at once; it is of no use any more."""


def run_batch(
    tasks: Iterable[BenchmarkTask],
    *,
    configurations: Sequence[Configuration] = (RACE,),
    limits: Limits | None = None,
    jobs: int = 1,
    store: Store,
    retry: Retry = False,
    on_start: Starter | None = None,
    on_result: Listener | None = None,
    executor: Executor | None = None,
    cancel: Event | None = None,
) -> Batch:
    """Solves the tasks that the store has no result of.

    By default, jobs are done by processes of their own, on Linux each on one core: one of
    `limits.cores` or else of this process, and more jobs than cores share them in turn. A job whose
    process dies is done again, and at last recorded as a failure for an outside reason.

    An executor of the caller's decides for itself where its jobs run. What it is given can be
    pickled. Threads run engines of this process's own, too. When the batch is stopped, jobs in
    threads are stopped, and an executor that can be killed is; what another has begun runs on to
    its limits, and its results are lost.

    Args:
        tasks: what to solve.
        configurations: how to solve each, once with each of their seeds.
        limits: wall time and memory for each engine.
        jobs: how many tasks are solved at once.
        store: where results are looked up and kept. Only the calling thread uses it.
        retry: which results are done again although they are known.
        on_start: called in the calling thread when a job begins.
        on_result: called in the calling thread, once the result is in the store.
        executor: what the jobs run in; by default a pool of warm processes.
        cancel: set to stop; finished results are kept.

    Raises:
        InputError: there is no engine of that name, the number of jobs is not positive, or the
            store cannot be used.
        UnsupportedError: the engine is not installed, or none is.
        EngineError: no process can be started, or the executor is broken.
    """
    if jobs < 1:
        raise InputError(f"at least one job is needed, not {jobs}")
    limits = limits or Limits()
    stop = Event()
    workers = executor or _pool(limits, jobs)
    # An event is of this process; so are an executor's threads.
    threads = isinstance(workers, ThreadPoolExecutor)
    batch = _Batch(
        [(task, each, seed) for task in tasks for each in configurations for seed in each.seeds],
        limits if executor is not None else replace(limits, cores=None),
        jobs,
        store,
        retry,
        on_start,
        on_result,
        partial(run_job, cancel=stop) if threads else run_job,
        workers,
    )
    cancel = cancel or Event()
    try:
        while not cancel.is_set() and batch.advance():
            pass
        if cancel.is_set():
            stop.set()
            batch.drop_waiting()
            if isinstance(workers, Killable):
                workers.kill()
            while (threads or isinstance(workers, Killable)) and batch.advance():
                pass
    finally:
        stop.set()
        batch.drop_waiting()
        if isinstance(workers, WorkerPool) and executor is None:
            # Nothing that it still does is wanted.
            workers.kill()
        batch.claims.close()
    return batch.ended()


def _pool(limits: Limits, jobs: int) -> WorkerPool:
    """Warm processes for so many jobs at once."""
    cores = available_cores() if limits.cores is None else sorted(limits.cores)
    return WorkerPool(
        jobs,
        cores=[cores[i % len(cores)] for i in range(jobs)] if cores else None,
        backstop=Backstop(
            seconds=LONGER * limits.seconds + MORE_SECONDS,
            memory_mb=2.0 * limits.memory_mb + MORE_MEMORY,
        ),
    )


class _Batch:
    """A batch under way."""

    def __init__(
        self,
        units: list[Unit],
        limits: Limits,
        jobs: int,
        store: Store,
        retry: Retry,
        on_start: Starter | None,
        on_result: Listener | None,
        work: Callable[[Job], Result],
        executor: Executor,
    ) -> None:
        self.units = units
        self.limits = limits
        self.jobs = jobs
        self.store = store
        self.retry = retry
        self.on_start = on_start
        self.on_result = on_result
        self.work = work
        self.executor = executor
        self.waiting = deque(enumerate(units))
        # What another runner has under way, to be looked at again.
        self.elsewhere: deque[tuple[int, Job]] = deque()
        self.claims = Claims(store.path)
        self.next: tuple[int, Job] | None = None
        self.pending: dict[Future[Result], tuple[int, Job]] = {}
        # What has ended comes by itself, so that many jobs at once cost no more than few.
        self.finished: SimpleQueue[Future[Result]] = SimpleQueue()
        self.stopping = False
        self.results: dict[int, Result] = {}
        self.skipped = 0

    def advance(self) -> bool:
        """Prepares a job, begins it if there is room, takes one that has ended.

        Returns:
            False when all is done.
        """
        if self.next is None and self.waiting:
            self._prepare(*self.waiting.popleft())
        if self.next is not None and len(self.pending) < self.jobs:
            self._begin()
        more = bool(self.waiting) and self.next is None
        if not self.pending:
            if self.elsewhere and not self.waiting and self.next is None:
                self._look_again()
            return more or self.next is not None or bool(self.elsewhere)
        try:
            future = self.finished.get(timeout=0 if more else POLL)
        except Empty:
            return True
        index, job = self.pending.pop(future)
        if self.next is not None:
            # Its place must not stand empty while the row is written.
            self._begin()
        result = self._ended(future, job)
        if result is not None:
            self._take(index, result)
        self.claims.give_back(job.key)
        return True

    def drop_waiting(self) -> None:
        """Begins nothing more."""
        self.stopping = True
        self.waiting.clear()
        self.elsewhere.clear()
        self.next = None
        for future in list(self.pending):
            future.cancel()

    def ended(self) -> Batch:
        results = tuple(result for _, result in sorted(self.results.items()))
        return Batch(results, self.skipped, len(results) < len(self.units))

    def _prepare(self, index: int, unit: Unit) -> None:
        """Makes the next job of a unit, unless there is a result at once."""
        task, configuration, seed = unit
        job = prepare(task, configuration, seed, self.limits)
        if isinstance(job, Result):
            self._take(index, job)
            return
        self._claim(index, job)

    def _claim(self, index: int, job: Job) -> bool:
        """Makes a job the next one, unless its result is known; False where another has it."""
        if not self.claims.take(job.key):
            self.elsewhere.append((index, job))
            return False
        known = self.store.find(job.key)
        if known is None or not stands(known, self.retry):
            self.next = index, job
            return True
        self.claims.give_back(job.key)
        # The same texts may lie in several places.
        known = named(known, job.task, job.configuration)
        self.store.place(known)
        self.skipped += 1
        self.results[index] = known
        if self.on_result is not None:
            self.on_result(known, False)
        return True

    def _look_again(self) -> None:
        """Looks whether another runner is done with what it had under way, or has died of it."""
        if not self._claim(*self.elsewhere.popleft()):
            time.sleep(POLL)

    def _begin(self) -> None:
        """Hands the next job over."""
        assert self.next is not None
        index, job = self.next
        self.next = None
        try:
            future = self.executor.submit(self.work, job)
        except BrokenExecutor as error:
            raise EngineError(f"what the jobs run in is broken: {error}") from None
        self.pending[future] = index, job
        if self.on_start is not None:
            self.on_start(*self.units[index])
        future.add_done_callback(self.finished.put)

    def _ended(self, future: Future[Result], job: Job) -> Result | None:
        """The result of a job that has ended; None if it was stopped."""
        try:
            return future.result()
        except CancelledError:
            if not self.stopping:
                raise EngineError(
                    "a job was dropped by what it ran in, as by a cluster whose scheduler is gone"
                ) from None
            return None
        except BrokenExecutor as error:
            raise EngineError(f"what the jobs run in is broken: {error}") from None
        except WorkerLostError as error:
            return _undone(job, str(error))
        except GoalsmithError:
            # It is about the engines or the workers, so it would be the same for every task.
            raise
        except Exception as error:
            return _undone(job, f"{type(error).__name__}: {error}")

    def _take(self, index: int, result: Result) -> None:
        """A new result, to be kept unless the job was stopped."""
        if result.outcome is Outcome.INTERRUPTED:
            return
        self.store.write(result)
        self.results[index] = result
        if self.on_result is not None:
            self.on_result(result, True)


def _undone(job: Job, reason: str) -> Result:
    """The result of a job that could not be done, through no fault of the task or the engine."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    said = as_text(f"the job could not be done: {reason}")
    blank = Result(
        job.key, "", "", "", "", Outcome.CANNOT_SAY, evidence=said, started=now, outside=True
    )
    return named(blank, job.task, job.configuration)
