"""Peers that are libraries: loaded in a process that stays and does one errand after the other.

What counts begins with the request and ends with the answer; to start the process and load the
library does not. A request is a line of JSON on the process's standard input. Its answer is a file
in the errand's folder, and a byte in a pipe of its own says that it is there: the standard output
is for whatever a library wants to print. The other end is
`goalsmith.benchmarks.peers.workers.serving`.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from goalsmith.benchmarks.peers.peer import Errand, Reply, Session, Source
from goalsmith.benchmarks.peers.strays import Mark
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.answer import STOPPED
from goalsmith.solve.programs.meter import Meter, Stop
from goalsmith.solve.programs.process import (
    LARGEST_FILE,
    POLL,
    limit_cores,
    limit_files,
    limit_memory,
    tail,
)
from goalsmith.solve.programs.watchdog import Watchdog

ANSWER = "answer.json"

MAX_ANSWER = 64 * 2**20
"""Bytes of an answer at most."""

PYTHON = (sys.executable, "-P", "-m")

STARTING = 120.0
"""Seconds in which a process must be ready."""

SOUND = frozenset({Outcome.SOLVED, Outcome.UNSOLVABLE, Outcome.NO_PLAN_FOUND, Outcome.UNSUPPORTED})
"""Answers after which a process is kept; after others the next errand gets a new one."""

_OUTCOMES = {outcome.label: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Service:
    """A peer that is a library.

    Attributes:
        name: what tables call it.
        what: what is asked of it, in a line.
        source: what it comes in.
        module: the module of ours that loads it and answers, in a process of its own.
        arguments: what that process is given on its command line.
    """

    name: str
    what: str
    source: Source
    module: str
    arguments: tuple[str, ...] = ()

    def missing(self) -> str:
        """Why it cannot be used here and how to get it; empty when it can."""
        return self.source.missing()

    def version(self) -> str:
        """The versions of what it comes in."""
        return self.source.version()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Keeps a process for the block; it is started with the first errand."""
        process: _Process | None = None

        def do(errand: Errand) -> Reply:
            nonlocal process
            if process is None:
                try:
                    process = _Process(self.module, self.arguments)
                except OSError as error:
                    return Reply(Outcome.ENGINE_FAILED, f"cannot be started: {error.strerror}")
            reply = process.ask(errand)
            if reply.outcome not in SOUND:
                process.close()
                process = None
            return reply

        try:
            yield do
        finally:
            if process is not None:
                process.close()


class _GoneError(Exception):
    """The process ended, or closed its output."""


class _Process:
    """One process that answers, with all that it starts. Raises OSError if it cannot start."""

    def __init__(self, module: str, arguments: tuple[str, ...]) -> None:
        self._mark = Mark()
        self._watchdog = Watchdog()
        self._folder = tempfile.TemporaryDirectory(prefix="goalsmith-peer-")
        self._errors = Path(self._folder.name) / "stderr.log"
        self._said, saying = os.pipe()
        self._ready = False
        try:
            with self._errors.open("wb") as errors:
                self._process = subprocess.Popen(  # noqa: S603 - a module of ours
                    self._mark.on([*PYTHON, module, str(saying), *arguments]),
                    cwd=self._folder.name,
                    stdin=subprocess.PIPE,
                    stdout=errors,
                    stderr=errors,
                    process_group=self._watchdog.group,
                    pass_fds=(saying,),
                )
        except BaseException:
            os.close(self._said)
            self._watchdog.close()
            self._folder.cleanup()
            raise
        finally:
            os.close(saying)
        limit_files(self._process.pid, LARGEST_FILE)

    def ask(self, errand: Errand) -> Reply:
        """The answer to an errand; times are those from the request on."""
        pid, limits = self._process.pid, errand.limits
        try:
            if not self._ready:
                limit_cores(pid, limits.cores)
                if stop := self._wait(time.monotonic() + STARTING, None, errand.cancel):
                    return _stopped(stop, "it was not ready in time")
                self._ready = True
            limit_memory(pid, limits.memory_mb)
            limit_cores(pid, limits.cores)
            meter = Meter(pid, limits.memory_mb, None)
            began = time.monotonic()
            self._send(errand)
            stop = self._wait(began + limits.seconds, meter, errand.cancel)
            wall = time.monotonic() - began
        except (_GoneError, OSError):
            return Reply(Outcome.ENGINE_FAILED, f"its process ended: {self._last_words()}")
        if stop:
            reply = _stopped(stop)
            return replace(reply, wall_seconds=wall, cpu_seconds=meter.cpu_seconds)
        return replace(_answer_in(errand.folder / ANSWER), wall_seconds=wall)

    def _send(self, errand: Errand) -> None:
        limits = errand.limits
        request = {
            "domain": str(errand.domain),
            "problem": str(errand.problem),
            "answer": str(errand.folder / ANSWER),
            "seconds": limits.seconds,
            "memory_mb": limits.memory_mb,
            "cores": None if limits.cores is None else sorted(limits.cores),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def _wait(self, deadline: float, meter: Meter | None, cancel: Event) -> Stop:
        """Waits for a byte; empty, or why it did not come."""
        poller = select.poll()
        poller.register(self._said, select.POLLIN)
        while not poller.poll(POLL * 1000):
            if cancel.is_set():
                return "cancel"
            if time.monotonic() >= deadline:
                return "time"
            if meter is not None and (stop := meter.look()):
                return stop
        if not os.read(self._said, 1):
            raise _GoneError
        return ""

    def _last_words(self) -> str:
        lines = tail(self._errors).strip().splitlines() or ["it said nothing"]
        return printable(lines[-1])

    def close(self) -> None:
        """Ends the process and all that it started."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        os.close(self._said)
        self._watchdog.close()
        self._mark.end_all()
        self._process.wait()
        self._folder.cleanup()


def _stopped(stop: Stop, instead: str = "") -> Reply:
    """What it means that a process was stopped. `instead`: what a lack of time means here."""
    if instead and stop == "time":
        return Reply(Outcome.ENGINE_FAILED, instead)
    outcome, meaning = STOPPED[stop]
    return Reply(outcome, f"was stopped{meaning}")


def _answer_in(path: Path) -> Reply:
    """The answer in a file, as far as it is one."""
    try:
        if path.stat().st_size > MAX_ANSWER:
            raise ValueError
        said: Any = json.loads(path.read_bytes())
        return Reply(
            _OUTCOMES[said["outcome"]],
            printable(str(said.get("reason", ""))),
            _text(said.get("plan")),
            cpu_seconds=_seconds(said["cpu_seconds"]),
            engine_seconds=None
            if said.get("engine_seconds") is None
            else _seconds(said["engine_seconds"]),
        )
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return Reply(Outcome.ENGINE_FAILED, "its answer is nonsense")


def _text(said: object) -> str | None:
    if said is not None and not isinstance(said, str):
        raise ValueError
    return said


def _seconds(said: object) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < 10**9:
        raise ValueError
    return float(said)
