"""One Kairos process from the outside: questions, answers, limits of time, its end."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

from goalsmith.solve.programs.meter import Meter, Stop
from goalsmith.solve.programs.process import POLL, kill_group

LONGEST_ANSWER = 64 * 2**20
"""Bytes of an answer at most."""

PIECE = 2**16
"""Bytes sent or received at a time: what a pipe holds."""


class WorkerGoneError(Exception):
    """A worker ended, was killed, or answered nonsense. Never leaves the engine."""


class StoppedError(Exception):
    """A worker was stopped before it had an answer. Never leaves the engine."""

    def __init__(self, reason: Stop) -> None:
        self.reason = reason
        super().__init__(reason)


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
    ) -> dict[str, Any]:
        """One answer to one request. What comes before it goes to `on_better`, plan by plan.

        Raises:
            WorkerGoneError: the process ended or answered nonsense.
            StoppedError: there was no answer in time, a limit that `meter` watches was reached, or
                `cancel` was set.
        """
        deadline = time.monotonic() + seconds
        self.await_ready(seconds, cancel, meter)
        said = self._exchange(json.dumps(request).encode() + b"\n", deadline, cancel, meter)
        while "better" in said:
            on_better(said["better"])
            said = self._exchange(b"", deadline, cancel, meter)
        return said

    def _exchange(
        self, request: bytes, deadline: float, cancel: Event, meter: Meter | None
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
            ready = dict(poller.poll(POLL * 1000))
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
