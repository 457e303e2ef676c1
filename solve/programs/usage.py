"""What a running process and all that it started use, as the operating system counts it.

Source: proc(5), proc_pid_stat(5) and proc_pid_status(5) of Linux. Elsewhere nothing is known.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tree of processes has used until now. Seconds, and MiB.

    Attributes:
        cpu_seconds: CPU time of all, with that of processes which have ended and been waited for.
        memory_mb: memory that they hold now and do not share with files.
        peak_mb: the most that a single one of them has held at a time.
    """

    cpu_seconds: float
    memory_mb: float
    peak_mb: float


def usage(pid: int) -> Usage | None:
    """What a process and its descendants use; None if that is unknown, as it is of one gone."""
    cpu = memory = peak = 0.0
    found = False
    for each in tree(pid):
        try:
            fields = (_PROC / str(each) / "stat").read_text(encoding="utf-8", errors="replace")
            status = (_PROC / str(each) / "status").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        found = True
        # The name, in brackets, may hold anything; times stand 11 fields after the state.
        times = fields.rpartition(")")[2].split()[11:15]
        cpu += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
        held = _kilobytes(status)
        memory += (held.get("RssAnon", 0) + held.get("RssShmem", 0)) / 1024
        peak = max(peak, held.get("VmHWM", 0) / 1024)
    return Usage(cpu, memory, peak) if found else None


def tree(pid: int) -> Iterator[int]:
    """A process and its descendants, parents first, as far as they can be seen."""
    waiting = [pid]
    while waiting:
        each = waiting.pop()
        yield each
        try:
            for thread in (_PROC / str(each) / "task").iterdir():
                waiting += map(int, (thread / "children").read_text(encoding="ascii").split())
        except OSError:
            # It has ended, or this system does not tell who its children are.
            continue


def _kilobytes(status: str) -> dict[str, int]:
    """The sizes in a status file by their names."""
    return {
        name: int(words[0])
        for name, _, rest in (line.partition(":") for line in status.splitlines())
        if len(words := rest.split()) == 2 and words[1] == "kB"
    }
