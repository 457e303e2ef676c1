"""Watching what a running program uses, against limits that the operating system does not keep."""

from __future__ import annotations

import time
from typing import Literal

from goalsmith.solve.programs.usage import usage

LOOK = 0.05
"""Seconds between looks at what a program uses."""

Stop = Literal["", "time", "cpu", "memory", "cancel"]
"""Why a program was stopped; empty if it ended by itself."""


class Meter:
    """Looks at what a process and its descendants use, now and then, and compares with limits.

    Attributes:
        cpu_seconds: CPU time that they have used since the first look, as of the last.
        peak_mb: the most memory seen, in MiB: of one process, or of all together.
    """

    def __init__(self, pid: int, memory_mb: int | None, cpu_seconds: float | None) -> None:
        self._pid = pid
        self._memory_mb = memory_mb
        self._limit = cpu_seconds
        self._next = 0.0
        before = usage(pid)
        self._before = before.cpu_seconds if before else 0.0
        self.cpu_seconds = 0.0
        self.peak_mb = 0.0

    def look(self) -> Stop:
        """Which limit has been reached, if any. Does nothing if called again at once."""
        now = time.monotonic()
        if now < self._next:
            return ""
        self._next = now + LOOK
        found = usage(self._pid)
        if found is None:
            return ""
        self.cpu_seconds = max(self.cpu_seconds, found.cpu_seconds - self._before)
        self.peak_mb = max(self.peak_mb, found.peak_mb, found.memory_mb)
        if self._limit is not None and self.cpu_seconds >= self._limit:
            return "cpu"
        if self._memory_mb is not None and found.memory_mb > self._memory_mb:
            return "memory"
        return ""
