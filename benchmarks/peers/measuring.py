"""Peers measured side by side: task by task all of them, on the same cores with the same limits.

What disturbs a machine for a while disturbs all peers alike if they take turns on every task, so
their ratios hold. Who begins rotates from task to task. Rows are kept as they come, and used again
only if those of a task were measured in one turn, by all peers that are asked for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock
from typing import TypeAlias
from uuid import uuid4

from goalsmith.benchmarks.peers.judging import Judge
from goalsmith.benchmarks.peers.peer import Errand, Peer, Session
from goalsmith.benchmarks.peers.row import Row, row_key
from goalsmith.benchmarks.rows import RowFile
from goalsmith.benchmarks.suites.suite import BenchmarkTask
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.solution import Limits

OnRow: TypeAlias = Callable[[Row, bool], None]
"""Told of each row, and whether it is new. Called from any thread, one row at a time."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of all tasks that every peer has been measured on.

    Attributes:
        rows: task by task, peer by peer, in the orders given.
        interrupted: whether there are tasks left.
    """

    rows: tuple[Row, ...]
    interrupted: bool


@dataclass(frozen=True, slots=True)
class _Lane:
    """Cores on which one task at a time is measured, with peers that are ready."""

    cores: frozenset[int]
    sessions: Mapping[str, Session]


@dataclass(frozen=True, slots=True)
class _Job:
    """A task to be measured, and the keys of its rows by peer."""

    task: BenchmarkTask
    keys: Mapping[str, str]


def cores_here() -> tuple[int, ...]:
    """The cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def shares(cores: Sequence[int], jobs: int) -> tuple[frozenset[int], ...]:
    """As many cores for each job, none for two of them.

    Raises:
        InputError: there are fewer cores than jobs.
    """
    if not 1 <= jobs <= len(cores):
        raise InputError(f"{jobs} jobs need as many cores; there are {len(cores)}")
    each = len(cores) // jobs
    return tuple(frozenset(cores[i * each : (i + 1) * each]) for i in range(jobs))


def measure(
    tasks: Iterable[BenchmarkTask],
    peers: Sequence[Peer],
    *,
    limits: Limits,
    jobs: int = 1,
    kept: RowFile[Row] | None = None,
    on_row: OnRow = lambda _row, _new: None,
    cancel: Event | None = None,
) -> Measured:
    """Measures all peers that are installed on all tasks.

    Args:
        tasks: what is to be solved.
        peers: who is to solve it.
        limits: wall time and memory for each of them on each task; `cores` are set here.
        jobs: tasks that are measured at once, each on its share of the cores.
        kept: earlier rows, and where new ones are added.
        on_row: told of each row.
        cancel: set by another thread to stop; the run under way is then lost.

    Raises:
        InputError: a task's files cannot be read, there are fewer cores than jobs, or rows cannot
            be kept.
    """
    return _Measurement(peers, limits, jobs, kept, on_row, cancel or Event()).of(tasks)


class _Measurement:
    def __init__(
        self,
        peers: Sequence[Peer],
        limits: Limits,
        jobs: int,
        kept: RowFile[Row] | None,
        on_row: OnRow,
        cancel: Event,
    ) -> None:
        self._peers = [peer for peer in peers if not peer.missing()]
        self._versions = {peer.name: printable(peer.version()) for peer in self._peers}
        self._shares = shares(cores_here(), jobs)
        self._limits = replace(limits, cores=self._shares[0])
        self._kept = kept
        self._on_row = on_row
        self._cancel = cancel
        self._lock = Lock()

    def of(self, tasks: Iterable[BenchmarkTask]) -> Measured:
        jobs = [self._job(task) for task in tasks]
        with ExitStack() as stack:
            free: SimpleQueue[_Lane] = SimpleQueue()
            for cores in self._shares:
                sessions = {p.name: stack.enter_context(p.session()) for p in self._peers}
                free.put(_Lane(cores, sessions))

            def do(index: int) -> list[Row] | None:
                lane = free.get()
                try:
                    return self._rows_of(jobs[index], index, lane)
                except BaseException:
                    self._cancel.set()
                    raise
                finally:
                    free.put(lane)

            with ThreadPoolExecutor(len(self._shares)) as pool:
                try:
                    found = list(pool.map(do, range(len(jobs))))
                except BaseException:
                    # Such as a second Ctrl-C: the other threads are not to go on.
                    self._cancel.set()
                    raise
        rows = [row for each in found if each is not None for row in each]
        return Measured(tuple(rows), interrupted=None in found)

    def _job(self, task: BenchmarkTask) -> _Job:
        texts = task.load()
        keys = {
            name: row_key(task, texts, name, version, self._limits, len(self._shares))
            for name, version in self._versions.items()
        }
        return _Job(task, keys)

    def _rows_of(self, job: _Job, index: int, lane: _Lane) -> list[Row] | None:
        """The rows of a task in the order of the peers; None if it was interrupted."""
        known = self._known(job)
        if known is not None:
            for row in known:
                self._tell(row, new=False)
            return known
        # Loaded again, since those of a large suite are not to be held all the time.
        texts = job.task.load()
        judge = Judge(*texts)
        turn = uuid4().hex
        rows: dict[str, Row] = {}
        for place in range(len(self._peers)):
            peer = self._peers[(index + place) % len(self._peers)]
            if self._cancel.is_set():
                return None
            new = self._row(job, texts, peer.name, lane, judge, turn, place)
            if new is None:
                return None
            rows[peer.name] = new
            self._tell(new, new=True)
        return [rows[peer.name] for peer in self._peers]

    def _known(self, job: _Job) -> list[Row] | None:
        """The rows of a task that were measured before; None unless all were in one turn."""
        if self._kept is None:
            return None
        found = [self._kept.find(key) for key in job.keys.values()]
        rows = [row for row in found if row is not None]
        whole = len(rows) == len(found) and len({row.turn for row in rows}) == 1
        return rows if whole else None

    def _tell(self, row: Row, new: bool) -> None:
        with self._lock:
            if new and self._kept is not None:
                self._kept.add(row)
            self._on_row(row, new)

    def _row(
        self,
        job: _Job,
        texts: tuple[str, str],
        peer: str,
        lane: _Lane,
        judge: Judge,
        turn: str,
        place: int,
    ) -> Row | None:
        """A new row; None if it was interrupted."""
        limits = replace(self._limits, cores=lane.cores)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        with tempfile.TemporaryDirectory(prefix="goalsmith-peer-") as name:
            folder = Path(name)
            domain, problem = folder / "domain.pddl", folder / "problem.pddl"
            domain.write_text(texts[0], encoding="utf-8")
            problem.write_text(texts[1], encoding="utf-8")
            reply = lane.sessions[peer](Errand(domain, problem, folder, limits, self._cancel))
        if reply.outcome is Outcome.INTERRUPTED and self._cancel.is_set():
            return None
        # The folder has another name at every run, which would make equal reasons differ.
        reason = reply.reason.replace(f"{folder}{os.sep}", "")
        verdict = judge.verdict(replace(reply, reason=reason))
        return Row(
            job.keys[peer],
            turn,
            place,
            printable(job.task.domain_name),
            printable(job.task.name),
            peer,
            self._versions[peer],
            float(limits.seconds),
            limits.memory_mb,
            len(lane.cores),
            started,
            verdict.outcome.label,
            verdict.reason,
            verdict.wrong,
            reply.wall_seconds,
            max(0.0, reply.cpu_seconds),
            reply.engine_seconds,
            reply.once_seconds,
            verdict.cost,
            verdict.length,
        )
