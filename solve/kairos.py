"""Kairos, in worker processes that are kept warm and shared.

Kairos (PyPI `kairos-planner`) is a C++ library. It runs in a process of its own, one task at a
time, and nothing that it says is believed unchecked: its plans are validated, and its "unsolvable"
is a claim, not a proof.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from threading import Event, Lock
from typing import Any

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve.answer import Answer, Quality
from goalsmith.solve.process import POLL, kill_group, limit_cores, limit_memory
from goalsmith.solve.solution import Limits, Statistics

OVERTIME = 0.25
"""Seconds that Kairos may take beyond its own time limit before its process is killed."""

MOST_IDLE = 4
"""Workers kept warm at most."""

MOST_MEMORY_KEPT = 256
"""MiB that a worker may have used at its peak to be kept; a larger one is replaced."""

REUSABLE = frozenset({"SOLVED", "UNSOLVABLE", "NO_PLAN_FOUND", "TIMEOUT", "UNSUPPORTED"}) | {
    "INVALID_INPUT"
}
"""Statuses after which a worker is as good as new."""

START_SECONDS = 30.0
"""Seconds that a worker may take to start."""

LONGEST_ANSWER = 64 * 2**20
"""Bytes of an answer at most."""

STATUSES = {
    "SOLVED": (Outcome.SOLVED, "Kairos found a plan"),
    # Kairos calls this a proof. It is young, so it counts as a claim until another engine agrees.
    "UNSOLVABLE": (Outcome.NO_PLAN_FOUND, "Kairos claims that the task is unsolvable"),
    "NO_PLAN_FOUND": (Outcome.NO_PLAN_FOUND, "Kairos gave up without a plan or a proof"),
    "TIMEOUT": (Outcome.OUT_OF_TIME, "Kairos ran out of time"),
    "CANCELLED": (Outcome.INTERRUPTED, "Kairos was stopped"),
    "OUT_OF_MEMORY": (Outcome.OUT_OF_MEMORY, "Kairos ran out of memory"),
    "GROUNDING_TOO_LARGE": (Outcome.OUT_OF_MEMORY, "the grounded task is too large for Kairos"),
    "UNSUPPORTED": (Outcome.UNSUPPORTED, "Kairos does not support the task"),
    "INVALID_INPUT": (Outcome.UNSUPPORTED, "Kairos cannot read the task"),
}
"""What Kairos's statuses mean. Whatever is not here is a failure of the engine."""


class WorkerGoneError(Exception):
    """A worker ended, was killed, or answered nonsense. Never leaves this module."""


class Worker:
    """One Kairos process and the pipes to it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "goalsmith.solve.kairos_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        self._buffer = bytearray()
        self.ready = False

    def ask(self, request: dict[str, Any], seconds: float, cancel: Event) -> dict[str, Any]:
        """One answer to one request.

        Raises:
            WorkerGoneError: the process ended or answered nonsense.
            TimeoutError: there was no answer in time, or `cancel` was set.
        """
        deadline = time.monotonic() + seconds
        if not self.ready:
            self._receive(time.monotonic() + START_SECONDS, cancel)
            self.ready = True
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise WorkerGoneError(self._end()) from None
        return self._receive(deadline, cancel)

    def _receive(self, deadline: float, cancel: Event) -> dict[str, Any]:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        while (end := self._buffer.find(b"\n")) < 0:
            if cancel.is_set() or time.monotonic() > deadline:
                raise TimeoutError
            if not select.select([descriptor], [], [], POLL)[0]:
                continue
            data = os.read(descriptor, 2**16)
            self._buffer += data
            if not data or len(self._buffer) > LONGEST_ANSWER:
                raise WorkerGoneError(self._end())
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            answer = json.loads(line)
        except ValueError:
            raise WorkerGoneError("it answered nonsense") from None
        if not isinstance(answer, dict):
            raise WorkerGoneError("it answered nonsense")
        return answer

    def _end(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            return f"its process ended with code {self.process.wait(1.0)}"
        return "its process closed its output"

    def kill(self) -> None:
        """Ends the process and closes the pipes."""
        kill_group(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self.process.wait()


class Pool:
    """Idle workers, for any thread to take and give back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._owner = os.getpid()

    def take(self) -> Worker:
        """An idle worker, or a new one."""
        with self._lock:
            if self._owner != os.getpid():
                # After a fork the workers belong to the parent.
                self._idle.clear()
                self._owner = os.getpid()
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.kill()
        return Worker()

    def give_back(self, worker: Worker) -> None:
        """Keeps a worker for the next task, unless enough are idle."""
        with self._lock:
            if len(self._idle) < MOST_IDLE:
                self._idle.append(worker)
                return
        worker.kill()

    def close(self) -> None:
        """Ends all idle workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        if self._owner == os.getpid():
            for worker in idle:
                worker.kill()


@cache
def _pool() -> Pool:
    pool = Pool()
    atexit.register(pool.close)
    return pool


class Kairos:
    """The engine `kairos`."""

    name = "kairos"

    def missing(self) -> str:
        """Why the engine cannot be used here; empty when it can."""
        if importlib.util.find_spec("kairos") is None:
            return "Kairos is not installed: pip install kairos-planner (Linux only)"
        return ""

    def answer(self, task: Task, limits: Limits, quality: Quality, cancel: Event) -> Answer:
        """Solves the task in a worker."""
        if quality == "optimal":
            return Answer(
                Outcome.UNSUPPORTED, "Kairos's claims of optimality are not taken as proof"
            )
        started = time.monotonic()
        request = {
            "domain": write_domain(task.domain),
            "problem": write_problem(task.problem),
            "seconds": limits.seconds,
            "memory_mb": limits.memory_mb,
        }
        pool = _pool()
        worker = pool.take()
        finished = False
        try:
            limit_memory(worker.process.pid, limits.memory_mb)
            # Without a limit too: the worker's last task may have had one.
            limit_cores(worker.process.pid, limits.cores)
            said = worker.ask(request, limits.seconds + OVERTIME, cancel)
            peak = said.get("peak_memory_mb")
            slim = isinstance(peak, (int, float)) and peak < MOST_MEMORY_KEPT
            finished = slim and said.get("status") in REUSABLE
        except TimeoutError:
            stopped = cancel.is_set()
            said = {"status": "CANCELLED" if stopped else "TIMEOUT"}
        except WorkerGoneError as error:
            said = {"status": "GONE", "says": str(error)}
        finally:
            if finished:
                pool.give_back(worker)
            else:
                worker.kill()
        return _answer(said, time.monotonic() - started)


def _answer(said: dict[str, Any], wall_seconds: float) -> Answer:
    """A worker's answer in our terms."""
    statistics = Statistics(
        wall_seconds=wall_seconds,
        cpu_seconds=said.get("cpu_seconds"),
        peak_memory_mb=said.get("peak_memory_mb"),
    )
    status = str(said.get("status"))
    remark = str(said.get("says") or "")
    if "bad_alloc" in remark:
        status = "OUT_OF_MEMORY"
    row = STATUSES.get(status)
    if row is None:
        evidence = f"Kairos failed ({status.lower()}): {remark}"
        return Answer(Outcome.ENGINE_FAILED, evidence, statistics=statistics)
    outcome, evidence = row
    plan = None
    if outcome is Outcome.SOLVED:
        plan = "\n".join(f"({' '.join(map(str, words))})" for words in said.get("plan") or ())
    elif remark:
        evidence += f": {remark}"
    return Answer(outcome, evidence, plan, statistics=statistics)
