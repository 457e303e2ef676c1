"""CPU time of this process and of all that it started, whether that has ended or still runs."""

from __future__ import annotations

import os
import resource
import time
from contextlib import suppress
from pathlib import Path

from goalsmith.solve.programs.usage import tree


def cpu_seconds() -> float:
    """CPU time of this process, of its children that have ended, and of all descendants that run.

    When a descendant ends, what it used moves from one of these sums to another, so a difference
    counts everything once. Linux only.
    """
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    own = os.getpid()
    for pid in tree(own):
        if pid != own:
            with suppress(OSError):
                # The CPU clock of another process, by Linux's encoding of clock_getcpuclockid(3).
                total += time.clock_gettime((~pid << 3) | 2) + _reaped(pid)
    return total


def _reaped(pid: int) -> float:
    """CPU time of the children that a process has waited for: proc_pid_stat(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    times = fields.rpartition(")")[2].split()[13:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
