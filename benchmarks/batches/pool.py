"""Worker processes that are kept warm and do one call at a time, each on a core of its own.

Processes rather than threads: engines are programs, but reading tasks and validating plans are
Python, and threads of one process take turns at that. They are started as programs of their own,
never forked: whoever uses the pool needs no `__main__` guard.
"""

from __future__ import annotations

import os
import pickle
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Event
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from goalsmith.domains.errors import EngineError, InputError
from goalsmith.solve.programs.usage import usage
from goalsmith.solve.programs.watchdog import Watchdog

COMMAND = (sys.executable, "-P", "-m", "goalsmith.benchmarks.batches.worker")

ATTEMPTS = 3
"""Workers that a call may lose before it is given up."""

POLL = 0.1
"""Seconds between looks at whether to stop; an answer is noticed at once."""

LOOK = 1.0
"""Seconds between looks at how much memory a worker and its engines hold."""

START_SECONDS = 60.0
"""Seconds that a worker may take to start."""

STALL_SECONDS = 30
"""Seconds that a worker may pause amid a message."""

MOST_MEMORY_KEPT = 1024
"""MiB that a worker may have had at its peak to be kept; a larger one is replaced."""

LONGEST_REMARK = 500
"""Characters of what a lost worker wrote last."""


def available_cores() -> tuple[int, ...]:
    """The cores that this process may run on; empty where the platform does not say which."""
    if sys.platform == "linux":
        return tuple(sorted(os.sched_getaffinity(0)))
    return ()


P = ParamSpec("P")
T = TypeVar("T")


class WorkerLostError(EngineError):
    """The process that was to do a call died, again and again, or was killed at a limit.

    It says nothing about the call, which may succeed another time or elsewhere.
    """


class _GoneError(Exception):
    """A worker died. Never leaves the pool."""


@dataclass(frozen=True, slots=True)
class Backstop:
    """Limits at which a worker is killed with its engines, which have narrower ones of their own.

    Attributes:
        seconds: wall time of a call; None: no limit.
        memory_mb: memory in MiB that the worker and its engines hold together (Linux only); None:
            no limit.
    """

    seconds: float | None = None
    memory_mb: float | None = None


class WorkerPool(Executor):
    """An executor whose calls are done by warm worker processes.

    A worker that dies amid a call is replaced and the call is done again, ATTEMPTS times in all.
    Workers are started when they are needed and end with this process, even when it is killed, and
    their engines with them. What is called, with what, and what it returns or raises is pickled.

    Args:
        workers: how many processes.
        cores: the core of each, as the operating system counts them (Linux only); None: any.
        backstop: limits for a call.

    Raises:
        InputError: there are no workers, or a core is none that this process may run on.
    """

    def __init__(
        self,
        workers: int,
        *,
        cores: Sequence[int] | None = None,
        backstop: Backstop | None = None,
    ) -> None:
        if workers < 1:
            raise InputError(f"at least one worker is needed, not {workers}")
        if cores is not None and len(cores) != workers:
            raise InputError(f"{workers} workers cannot have {len(cores)} cores")
        strange = set(cores or ()) - set(available_cores())
        if strange and sys.platform == "linux":
            raise InputError(f"core {min(strange)} is none that this process may run on")
        self._backstop = backstop or Backstop()
        self._stop = Event()
        self._threads = ThreadPoolExecutor(workers, "goalsmith-worker")
        self._places: SimpleQueue[_Place] = SimpleQueue()
        given: Sequence[int | None] = cores or [None] * workers
        for core in given:
            self._places.put(_Place(core))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A call to be done by the next worker that is free.

        The future raises what the call raised; WorkerLostError if it could not be done; EngineError
        if a worker does not start; CancelledError if the pool was killed.
        """
        if kwargs:
            raise TypeError("calls have positional arguments only")
        return self._threads.submit(self._do, fn, args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the pool once all calls are done, or, with `cancel_futures`, those that have begun.

        Without `wait` it returns at once, and the workers end with this process.
        """
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            while not self._places.empty():
                self._places.get().close()

    def kill(self) -> None:
        """Ends the pool and all that its workers do, at once."""
        self._stop.set()
        self.shutdown(cancel_futures=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.shutdown()
        else:
            self.kill()

    def _do(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        # There are as many places as threads.
        place = self._places.get()
        try:
            return place.call((function, arguments), self._backstop, self._stop)
        finally:
            self._places.put(place)


class _Place:
    """A worker's place in the pool: its core, and the process that has it now."""

    def __init__(self, core: int | None) -> None:
        self._core = core
        self._worker: _Worker | None = None

    def close(self) -> None:
        """Ends the worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    def call(self, call: tuple[Callable[..., T], Any], backstop: Backstop, stop: Event) -> T:
        """What a call returns. Raises as its future does."""
        message = pickle.dumps(call, pickle.HIGHEST_PROTOCOL)
        lost = ""
        for _ in range(ATTEMPTS):
            try:
                answer: T = self._ask(message, backstop, stop)
                return answer
            except _GoneError as error:
                lost = str(error)
        raise WorkerLostError(f"{ATTEMPTS} workers were lost one after the other; the last: {lost}")

    def _ask(self, message: bytes, backstop: Backstop, stop: Event) -> Any:
        """What a call returns; raises _GoneError if the worker died."""
        keep = False
        try:
            if self._worker is None:
                try:
                    self._worker = _Worker(self._core)
                except OSError as error:
                    raise EngineError(f"a worker process cannot be started: {error}") from None
            self._worker.await_ready(stop)
            returned, value, peak_mb = self._worker.ask(message, backstop, stop)
            keep = peak_mb <= MOST_MEMORY_KEPT
        finally:
            if not keep:
                self.close()
        if not returned:
            raise value
        return value


class _Worker:
    """A worker process and the socket to it. Used by one thread at a time."""

    def __init__(self, core: int | None) -> None:
        self._guard = Watchdog()
        try:
            # It may write as much as it likes, and what it wrote last is told if it dies.
            self._remarks = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            ours, its = socket.socketpair()
            with ours, its:
                # It must not be possible to hang on a worker that was stopped amid a message.
                patience = struct.pack("ll", STALL_SECONDS, 0)
                for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
                    ours.setsockopt(socket.SOL_SOCKET, direction, patience)
                self._process = subprocess.Popen(  # noqa: S603 - a fixed command of ours
                    [*COMMAND, *([] if core is None else [str(core)])],
                    stdin=its.fileno(),
                    stdout=self._remarks,
                    stderr=self._remarks,
                    process_group=self._guard.group,
                )
                self._connection = Connection(ours.detach())
        except BaseException:
            self._guard.close()
            raise
        self._ready = False

    def await_ready(self, stop: Event) -> None:
        """Waits until the worker has started.

        Raises:
            EngineError: it does not.
            CancelledError: `stop` was set.
        """
        if self._ready:
            return
        try:
            self._receive(Backstop(START_SECONDS), stop)
        except (_GoneError, WorkerLostError) as error:
            raise EngineError(f"a worker process does not start: {error}") from None
        self._ready = True

    def ask(self, message: bytes, backstop: Backstop, stop: Event) -> tuple[bool, Any, float]:
        """The answer to a call.

        Raises:
            _GoneError: the worker died.
            WorkerLostError: it reached a limit.
            CancelledError: `stop` was set.
        """
        try:
            self._connection.send_bytes(message)
        except OSError:
            raise _GoneError(self._end()) from None
        return self._receive(backstop, stop)

    def _receive(self, backstop: Backstop, stop: Event) -> tuple[bool, Any, float]:
        began = looked = time.monotonic()
        while not self._connection.poll(POLL):
            if stop.is_set():
                raise CancelledError
            now = time.monotonic()
            if backstop.seconds is not None and now - began > backstop.seconds:
                raise WorkerLostError(
                    f"its worker had no answer after {backstop.seconds:g} seconds and was killed"
                )
            if backstop.memory_mb is not None and now - looked > LOOK:
                looked = now
                held = usage(self._process.pid)
                if held is not None and held.memory_mb > backstop.memory_mb:
                    raise WorkerLostError(
                        f"its worker held {held.memory_mb:.0f} MiB of memory with its engines, "
                        f"more than {backstop.memory_mb:.0f}, and was killed"
                    )
        try:
            answer: tuple[bool, Any, float] = pickle.loads(self._connection.recv_bytes())  # noqa: S301 - our own process
        except (OSError, EOFError):
            raise _GoneError(self._end()) from None
        return answer

    def _end(self) -> str:
        """How a worker that is gone ended, and what it wrote last."""
        try:
            ended = f"it ended with code {self._process.wait(5.0)}"
        except subprocess.TimeoutExpired:
            ended = "it closed its socket"
        self._remarks.seek(0, os.SEEK_END)
        self._remarks.seek(max(0, self._remarks.tell() - LONGEST_REMARK))
        remark = " ".join(self._remarks.read().decode("utf-8", "replace").split())
        return f"{ended}: {remark}" if remark else ended

    def kill(self) -> None:
        """Ends the worker's process; its engines see that and end too."""
        self._connection.close()
        self._guard.close()
        self._process.wait()
        self._remarks.close()
