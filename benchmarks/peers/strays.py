"""Marks on processes, by which all that a peer started is found again, wherever it has gone.

A process that leaves its group, its session and its parent is out of reach of whoever started it,
but it keeps the environment that it was started with: proc_pid_environ(5). Linux only.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

VARIABLE = "GOALSMITH_PEER"

ROUNDS = 500
"""Times that processes are looked for at most: one may be starting another when it is killed."""

PAUSE = 0.01
"""Seconds between two rounds, for the killed to go."""

UNSET = "GOALSMITH_ENGINE"
"""The setting that would change what is compared: nobody gets it."""


class Mark:
    """A mark of its own for a peer's processes."""

    def __init__(self) -> None:
        self._text = f"{VARIABLE}={uuid4().hex}"

    def on(self, command: list[str]) -> list[str]:
        """The command that starts a program with the mark."""
        return ["/usr/bin/env", "-u", UNSET, self._text, *command]

    def end_all(self) -> int:
        """Kills every process that has the mark; how many there were."""
        found: set[int] = set()
        for _ in range(ROUNDS):
            left = list(self._bearers())
            if not left:
                break
            for pid in left:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            found.update(left)
            time.sleep(PAUSE)
        return len(found)

    def _bearers(self) -> Iterator[int]:
        wanted = self._text.encode()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                # A process that has ended and is still to be waited for has none.
                marked = wanted in (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if marked:
                yield int(entry.name)
