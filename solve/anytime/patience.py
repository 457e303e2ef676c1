"""How long a stream of plans may go on without bringing anything better."""

from __future__ import annotations

import time
from threading import Event

from goalsmith.solve.anytime.incumbent import Incumbent

PATIENCE = 2.0
"""Seconds without anything better after which a stream gives up its lane, at the least."""

PATIENCE_SHARE = 0.5
"""The same as a share of the time that the stream took for what it has brought."""


class Patience(Event):
    """Set when another event is, or when a source has brought nothing better for a while."""

    def __init__(self, stop: Event, incumbent: Incumbent, source: str) -> None:
        super().__init__()
        self._stop = stop
        self._incumbent = incumbent
        self._source = source
        self._began = time.monotonic()

    def is_set(self) -> bool:
        """Whether to stop. Without any plan from anyone there is nothing to give way to."""
        if super().is_set() or self._stop.is_set():
            return True
        if self._incumbent.best is None:
            return False
        last = self._incumbent.last_from(self._source) or self._began
        waited = time.monotonic() - last
        return waited > PATIENCE + PATIENCE_SHARE * (last - self._began)
