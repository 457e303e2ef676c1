"""Programs run under limits: their own process group, a deadline, a memory limit, no survivors.

The memory limit is the operating system's limit on address space, set from outside with prlimit(2)
so that nothing of Python runs between fork and exec. Whatever the program starts inherits it.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

GRACE = 0.5
"""Seconds between TERM and KILL."""

POLL = 0.01
"""Seconds between looks at the cancel flag; the program's end is noticed at once."""

MAX_LOG = 2**20
"""Bytes read of each output of a program: the last ones."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. Times in seconds, memory in MiB; a negative exit code is a signal.

    The peak of memory is an upper bound: the operating system counts in what this process had when
    it started the program.
    """

    exit_code: int
    output: str
    errors: str
    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    stopped: Literal["", "time", "cancel"]


def limit_memory(pid: int, megabytes: int) -> None:
    """Limits the address space of a running process, where the platform can."""
    if sys.platform == "linux":
        import resource

        with suppress(ProcessLookupError):
            # Only the soft limit: whoever lowers the hard one may not raise it again, and a warm
            # process serves tasks with different limits.
            _, hard = resource.prlimit(pid, resource.RLIMIT_AS)
            size = megabytes * 2**20
            if hard != resource.RLIM_INFINITY:
                size = min(size, hard)
            resource.prlimit(pid, resource.RLIMIT_AS, (size, hard))


def limit_cores(pid: int, cores: frozenset[int] | None) -> None:
    """Keeps a running process and what it starts from now on to some cores, where the platform can.

    None stands for all cores of this process.

    Raises:
        OSError: this process may run on none of the cores.
    """
    if sys.platform == "linux":
        allowed = os.sched_getaffinity(os.getpid()) if cores is None else cores
        # The system keeps a set of cores for each thread; that of the first is not that of all.
        with suppress(FileNotFoundError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread.name), allowed)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and its group: TERM, then KILL, then waits. The process leads its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while not has_ended(process.pid, 0.02) and time.monotonic() < deadline:
        pass
    # The group may outlive its leader, so it is killed in any case.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def has_ended(pid: int, timeout: float) -> bool:
    """Waits until a child has ended, at most `timeout` seconds; it stays to be waited for."""
    if sys.platform == "linux":
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            poller = select.poll()
            poller.register(descriptor, select.POLLIN)
            return bool(poller.poll(timeout * 1000))
        finally:
            os.close(descriptor)
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    try:
        if os.waitid(os.P_PID, pid, options) is not None:
            return True
    except ChildProcessError:
        return True
    time.sleep(min(timeout, 0.002))
    return False


def run(
    command: Sequence[str | Path],
    folder: Path,
    *,
    seconds: float,
    memory_mb: int,
    cancel: Event,
    stdin: Path | None = None,
    cores: frozenset[int] | None = None,
) -> Ended:
    """Runs a program in `folder` until it ends, its time is up, or `cancel` is set.

    Its outputs go to files in `folder`; nothing of it survives this call, however the call ends.

    Raises:
        OSError: the program cannot be started, or may run on none of `cores`.
    """
    started = time.monotonic()
    deadline = started + max(0.0, seconds)
    output = folder / "stdout.log"
    errors = folder / "stderr.log"
    stopped: Literal["", "time", "cancel"] = ""
    with (
        (stdin or Path(os.devnull)).open("rb") as given,
        output.open("wb") as out,
        errors.open("wb") as err,
    ):
        process = subprocess.Popen(  # noqa: S603 - a fixed command of ours, no shell
            [str(c) for c in command],
            cwd=folder,
            stdin=given,
            stdout=out,
            stderr=err,
            process_group=0,
        )
    try:
        limit_memory(process.pid, memory_mb)
        if cores is not None:
            limit_cores(process.pid, cores)
        while not has_ended(process.pid, POLL):
            if cancel.is_set():
                stopped = "cancel"
                break
            if time.monotonic() >= deadline:
                stopped = "time"
                break
    finally:
        kill_group(process)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(
        process.returncode,
        tail(output),
        tail(errors),
        time.monotonic() - started,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 1024),
        stopped,
    )


def tail(path: Path) -> str:
    """The end of a text file, at most MAX_LOG bytes of it."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - MAX_LOG))
        return file.read().decode("utf-8", errors="replace")
