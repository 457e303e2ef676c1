"""Programs run under limits: their own process group, deadlines, memory limits, no survivors.

A program is held at a gate until its limits are set: it begins as a shell that waits for a line
and then becomes the program. So nothing of Python runs between fork and exec, and it cannot start
before this process could answer for its end.

The memory limit is the operating system's limit on address space, for each process, and a limit of
ours on what they hold together. Together they also have a limit of CPU time.
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
from typing import TYPE_CHECKING

from goalsmith.solve.programs.meter import Meter, Stop
from goalsmith.solve.programs.usage import tree
from goalsmith.solve.programs.watchdog import Watchdog

if TYPE_CHECKING:
    import resource

GRACE = 0.5
"""Seconds between TERM and KILL."""

POLL = 0.01
"""Seconds between looks at the cancel flag; the program's end is noticed at once."""

OUTPUT_LOG = "stdout.log"
"""The file of what a program writes on its standard output."""

MAX_LOG = 2**20
"""Bytes read of each output of a program: the last ones."""

LARGEST_FILE = 2**31
"""Bytes of a file that a program writes at most, its outputs included."""

_GATE = 'read -r _ && exec "$@" <"$0"'


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. Times in seconds, memory in MiB; a negative exit code is a signal.

    The peak of memory is the most that was seen, and an upper bound for a program too short to be
    looked at: the operating system counts in what this process had when it started the program.
    """

    exit_code: int
    output: str
    errors: str
    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    stopped: Stop


def limit_memory(pid: int, megabytes: int) -> None:
    """Limits the address space of a running process, where the platform can."""
    if sys.platform == "linux":
        import resource

        _limit(pid, resource.RLIMIT_AS, megabytes * 2**20)


def limit_files(pid: int, size: int) -> None:
    """Limits the bytes of every file that a running process writes, where the platform can."""
    if sys.platform == "linux":
        import resource

        _limit(pid, resource.RLIMIT_FSIZE, size)


def _limit(pid: int, what: int, size: int) -> None:
    if sys.platform == "linux":
        import resource

        with suppress(ProcessLookupError):
            # Only the soft limit: whoever lowers the hard one may not raise it again, and a warm
            # process serves tasks with different limits.
            _, hard = resource.prlimit(pid, what)
            if hard != resource.RLIM_INFINITY:
                size = min(size, hard)
            resource.prlimit(pid, what, (size, hard))


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


def _hold(pid: int) -> list[int]:
    """Stops a process and its descendants, so that none starts another unseen; says which."""
    held: dict[int, None] = {}
    while new := [each for each in tree(pid) if each not in held]:
        for each in new:
            held[each] = None
            _send(each, signal.SIGSTOP)
    return list(held)


def _kill_strays(pid: int, group: int) -> list[int]:
    """Kills the descendants of a process that have left its group; says which others it holds."""
    rest = []
    for each in _hold(pid):
        with suppress(ProcessLookupError):
            if os.getpgid(each) == group:
                rest.append(each)
            else:
                _send(each, signal.SIGKILL)
    return rest


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _peak_mb(spent: resource.struct_rusage, seen: float) -> float:
    """The most memory that a program had, from what the system says at its end and what was seen.

    What the system says is never less than what this process had; above that, it is exact.
    """
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if spent.ru_maxrss > own or not seen:
        return max(spent.ru_maxrss / unit, seen)
    return seen


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and its group: TERM, then KILL, then waits. The process leads its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    _wait_ended(process.pid, GRACE)
    # The group may outlive its leader, so it is killed in any case.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _wait_ended(pid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not has_ended(pid, 0.02) and time.monotonic() < deadline:
        pass


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
    cpu_seconds: float | None = None,
    stdin: Path | None = None,
    cores: frozenset[int] | None = None,
    watchdog: Watchdog | None = None,
) -> Ended:
    """Runs a program in `folder` until it ends, a limit is reached, or `cancel` is set.

    Its outputs go to files in `folder`. Nothing of it survives this process, nor this call; but
    what it leaves behind when it ends by itself lives until `watchdog`, if one is given, is closed.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        seconds: limit of wall time.
        memory_mb: limit of memory in MiB, for the address space of each of its processes and for
            what they hold together (Linux only).
        cancel: set by another thread to stop it.
        cpu_seconds: limit of CPU time of all its processes together (Linux only).
        stdin: the file that is its input.
        cores: the cores that it may run on.
        watchdog: the group that it joins; by default one of its own. Closed if it is stopped.

    Raises:
        OSError: no process can be started, or may run on any of `cores`.
    """
    started = time.monotonic()
    output = folder / OUTPUT_LOG
    errors = folder / "stderr.log"
    guard = watchdog or Watchdog()
    try:
        with output.open("wb") as out, errors.open("wb") as err:
            process = subprocess.Popen(  # noqa: S603 - a fixed command of ours
                ["/bin/sh", "-c", _GATE, str(stdin or os.devnull), *map(str, command)],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                process_group=guard.group,
            )
        meter = Meter(process.pid, memory_mb, cpu_seconds)
        stopped: Stop = ""
        try:
            limit_memory(process.pid, memory_mb)
            limit_files(process.pid, LARGEST_FILE)
            if cores is not None:
                limit_cores(process.pid, cores)
            assert process.stdin is not None
            with suppress(BrokenPipeError), process.stdin as gate:
                gate.write(b"\n")
            stopped = _wait(process.pid, started + max(0.0, seconds), meter, cancel)
            if stopped:
                rest = _kill_strays(process.pid, guard.group)
                guard.terminate()
                for each in rest:
                    _send(each, signal.SIGCONT)
                _wait_ended(process.pid, GRACE)
        finally:
            _kill_strays(process.pid, guard.group)
            # After an exception it may still run; waited for it is not yet, so it is no other.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            _, status, spent = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    except BaseException:
        guard.close()
        raise
    if watchdog is None or stopped:
        guard.close()
    return Ended(
        process.returncode,
        tail(output),
        tail(errors),
        time.monotonic() - started,
        max(meter.cpu_seconds, spent.ru_utime + spent.ru_stime),
        _peak_mb(spent, meter.peak_mb),
        stopped,
    )


def _wait(pid: int, deadline: float, meter: Meter, cancel: Event) -> Stop:
    """Waits until a child has ended or must be stopped; which of its limits is the reason."""
    while not has_ended(pid, POLL):
        if cancel.is_set():
            return "cancel"
        if time.monotonic() >= deadline:
            return "time"
        if stop := meter.look():
            return stop
    return ""


def tail(path: Path) -> str:
    """The end of a text file, at most MAX_LOG bytes of it."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - MAX_LOG))
        return file.read().decode("utf-8", errors="replace")
