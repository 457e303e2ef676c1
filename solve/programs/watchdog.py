"""Process groups that end with this process, even when it is killed with KILL.

A process that is killed cannot tidy up, and a parent-death signal would reach one child only, and
when the thread that started it ends. So a group is led by a shell that waits for the end of a pipe
whose other end is here. It is a member of the group that it kills and is waited for last, so the
group's number cannot come to mean another group.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_WATCH = """trap '' TERM
read -r _
kill -TERM 0
sleep 0.2
[ -z "$1" ] || rm -rf -- "$1"
kill -KILL 0
"""


class Watchdog:
    """A process group, empty at first but for its leader, for a `with` block.

    A child that this process forks, and that runs on as Python, holds the pipe open as well.
    Whoever is to join it must do so before it starts anything: see
    `goalsmith.solve.programs.process.run`.

    Args:
        folder: removed when this process dies, and by nothing else here.

    Raises:
        OSError: the shell cannot be started.
    """

    def __init__(self, folder: Path | None = None) -> None:
        reading, self._writing = os.pipe()
        try:
            self._leader = subprocess.Popen(  # noqa: S603 - a fixed command of ours
                ["/bin/sh", "-c", _WATCH, "goalsmith-watchdog", str(folder or "")],
                cwd="/",
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
        except BaseException:
            os.close(self._writing)
            raise
        finally:
            os.close(reading)

    @property
    def group(self) -> int:
        """The group's number."""
        return self._leader.pid

    @property
    def closed(self) -> bool:
        """Whether the group has been killed."""
        return self._leader.returncode is not None

    def terminate(self) -> None:
        """Asks all others of the group to end."""
        self._send(signal.SIGTERM)

    def close(self) -> None:
        """Kills the whole group."""
        if not self.closed:
            self._send(signal.SIGKILL)
            self._leader.wait()
            os.close(self._writing)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, number)

    def __enter__(self) -> Watchdog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
