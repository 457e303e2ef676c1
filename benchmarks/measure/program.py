"""Programs that are measured: each leads a process group that ends when the measuring does."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Self


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. Seconds; CPU time is its own and that of the children it waited for."""

    exit_code: int
    output: str
    errors: str
    wall_seconds: float
    cpu_seconds: float


class Program:
    """A running program, for a `with` block that it does not outlive.

    Args:
        command: the program and its arguments.
        folder: where it runs; its output and its errors go to files there.
        label: begins the names of these files, so that several programs may share a folder.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: Sequence[str | Path], folder: Path, label: str = "program") -> None:
        self._output = folder / f"{label}.out"
        self._errors = folder / f"{label}.err"
        self._began = time.perf_counter()
        with self._output.open("wb") as out, self._errors.open("wb") as err:
            self._process = subprocess.Popen(
                list(map(str, command)),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                process_group=0,
            )

    def wait(self, seconds: float) -> Ended:
        """Waits until it ends; it is killed when `seconds` have passed since it was started."""
        # subprocess polls when it waits with a time limit, which adds up to 50 ms.
        left = max(0.0, self._began + seconds - time.perf_counter())
        timer = Timer(left, self._kill)
        timer.start()
        try:
            _, status, spent = os.wait4(self._process.pid, 0)
        finally:
            timer.cancel()
        wall = time.perf_counter() - self._began
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return Ended(
            self._process.returncode,
            self._output.read_text(encoding="utf-8", errors="replace"),
            self._errors.read_text(encoding="utf-8", errors="replace"),
            wall,
            spent.ru_utime + spent.ru_stime,
        )

    def _kill(self) -> None:
        # The group may outlive its leader.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        self._process.wait()


def run(command: Sequence[str | Path], folder: Path, seconds: float) -> Ended:
    """Runs a program to its end, or until `seconds` have passed."""
    with Program(command, folder) as program:
        return program.wait(seconds)
