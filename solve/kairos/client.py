"""One Kairos process from the outside: questions, answers, limits of time, its end."""

from __future__ import annotations

import json
import math
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import Any

from goalsmith.solve.programs.meter import Meter, Stop
from goalsmith.solve.programs.process import POLL, kill_group

LONGEST_ANSWER = 64 * 2**20
"""Bytes of an answer at most."""

ENDING = 5.0
"""Seconds in which a process that has closed its output should have ended."""

PIECE = 2**16
"""Bytes sent or received at a time: what a pipe holds."""


class WorkerGoneError(Exception):
    """A worker ended, was killed, or answered nonsense. Never leaves the engine."""


class StoppedError(Exception):
    """A worker was stopped before it had an answer. Never leaves the engine."""

    def __init__(self, reason: Stop) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause amid a request, in which the process has no time of the processor.

    Attributes:
        after: seconds from the request to its beginning.
        seconds: how long it is.
    """

    after: float
    seconds: float


class Worker:
    """One Kairos process and the pipes to it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "goalsmith.solve.kairos.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        self._buffer = bytearray()
        self.ready = False
        self.version: str | None = None

    def await_ready(self, seconds: float, cancel: Event, meter: Meter | None = None) -> None:
        """Waits until the process has started and can take a request. Raises as `ask` does."""
        if not self.ready:
            said = self._exchange(b"", time.monotonic() + seconds, cancel, meter)
            self.ready = True
            self.version = str(said.get("ready"))

    def ask(
        self,
        request: dict[str, Any],
        seconds: float,
        cancel: Event,
        meter: Meter | None = None,
        on_better: Callable[[object], None] = lambda _: None,
        rest: Rest | None = None,
    ) -> dict[str, Any]:
        """One answer to one request. What comes before it goes to `on_better`, plan by plan.

        With `rest`, the process pauses before the first of them.

        Raises:
            WorkerGoneError: the process ended or answered nonsense.
            StoppedError: there was no answer in time, a limit that `meter` watches was reached, or
                `cancel` was set.
        """
        deadline = time.monotonic() + seconds
        self.await_ready(seconds, cancel, meter)
        pausing = _Pausing(self.process, rest)
        try:
            line = json.dumps(request).encode() + b"\n"
            said = self._exchange(line, deadline, cancel, meter, pausing)
        finally:
            pausing.end()
        while "better" in said:
            on_better(said["better"])
            said = self._exchange(b"", deadline, cancel, meter)
        return said

    def _exchange(
        self,
        request: bytes,
        deadline: float,
        cancel: Event,
        meter: Meter | None,
        pausing: _Pausing | None = None,
    ) -> dict[str, Any]:
        """Sends a request as fast as it is taken, and waits for one answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        given, said = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(given, False)
        poller = select.poll()
        poller.register(said, select.POLLIN)
        if request:
            poller.register(given, select.POLLOUT)
        while (end := self._buffer.find(b"\n")) < 0:
            if cancel.is_set():
                raise StoppedError("cancel")
            if time.monotonic() > deadline:
                raise StoppedError("time")
            if meter is not None and (reason := meter.look()):
                raise StoppedError(reason)
            seconds = POLL if pausing is None else min(POLL, pausing.until_next())
            ready = dict(poller.poll(seconds * 1000))
            try:
                if given in ready:
                    request = request[os.write(given, request[:PIECE]) :]
                    if not request:
                        poller.unregister(given)
                if said not in ready:
                    continue
                data = os.read(said, PIECE)
            except OSError:
                raise WorkerGoneError(self._end()) from None
            self._buffer += data
            if not data or len(self._buffer) > LONGEST_ANSWER:
                raise WorkerGoneError(self._end())
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            raise WorkerGoneError("it answered nonsense") from None
        if not isinstance(answer, dict):
            raise WorkerGoneError("it answered nonsense")
        return answer

    def _end(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            return f"its process ended with code {self.process.wait(ENDING)}"
        return "its process closed its output"

    def kill(self) -> None:
        """Ends the process and closes the pipes."""
        kill_group(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self.process.wait()


class _Pausing:
    """Stops a process for a while and has it go on, when its turn comes."""

    def __init__(self, process: subprocess.Popen[bytes], rest: Rest | None) -> None:
        self._process = process
        now = time.monotonic()
        times = () if rest is None else (now + rest.after, now + rest.after + rest.seconds)
        self._due = [*zip(times, (signal.SIGSTOP, signal.SIGCONT), strict=False)]

    def until_next(self) -> float:
        """Does what is due, and says in how many seconds something will be."""
        while self._due and (left := self._due[0][0] - time.monotonic()) <= 0:
            self._send(self._due.pop(0)[1])
        return left if self._due else math.inf

    def end(self) -> None:
        """Has the process go on if it was stopped."""
        if len(self._due) == 1:
            self._send(self._due.pop()[1])
        self._due.clear()

    def _send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)  # does nothing if the process has ended
