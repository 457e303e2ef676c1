"""When the entries of a journal were made."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.execute.journal.events import RunResumed
from goalsmith.execute.journal.journal import Entry


@dataclass(slots=True)
class Clock:
    """Turns the seconds that entries carry into times.

    A store knows when entries were written, several at once and after they were made. An entry
    knows when it was made, by a clock that begins anew with each process that drives the run. So
    the first entry written by each process relates the two.
    """

    _began: float | None = None
    _last: float = 0.0

    def time(self, written: float, entry: Entry) -> float:
        """When an entry was made, in seconds since 1970, given when it was written.

        Entries are to be given in order.
        """
        new = isinstance(entry.event, RunResumed) or entry.seconds < self._last
        if self._began is None or new:
            self._began = written - entry.seconds
        self._last = entry.seconds
        return self._began + entry.seconds
