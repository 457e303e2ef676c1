"""A run's journal kept in a store as the run goes on.

What precedes a wait (for the world, for the solver, for a person) is on disk before the wait
begins, together with all that has come since the last one, in one transaction: a step costs one
sync of the disk. What was not on disk when a process was killed, the world is asked for again.
"""

from __future__ import annotations

from threading import Event as Flag
from typing import Final

from goalsmith.execute.durable.holding import Holding
from goalsmith.execute.journal.events import (
    Event,
    ReplanBegun,
    Replanned,
    RunEnded,
    RunResumed,
    RunStarted,
    StepBegun,
)
from goalsmith.execute.journal.journal import Entry, Listener
from goalsmith.execute.store import Draft, RunStatus, Store

_WAITS: Final = (StepBegun, ReplanBegun)
"""The events that a wait for the world or the solver follows."""

_BEGINNINGS: Final = (RunStarted, RunResumed)
"""The events that the first look at the world follows, which may be the one that goes wrong."""


class Halted(Exception):  # noqa: N818 - it is no error to be asked to halt
    """The driver was asked to leave the run where it is. Everything before it is kept."""


class Recorder:
    """Keeps the entries of one run; its listener.

    Args:
        store: where they are kept.
        holding: the run's lease.
        halt: set by another thread to leave the run before its next step. What is cut short by
            that, such as a search for a plan, is not recorded.
        on_event: told of each entry, too.

    Attributes:
        status: what the run waits for, as far as it was said here.

    Raises:
        Halted: at an entry, if asked to halt.
        StoreError: the store cannot be written, here and at every entry.
        LeaseLostError: somebody else drives the run.
    """

    def __init__(
        self,
        store: Store,
        holding: Holding,
        halt: Flag | None = None,
        on_event: Listener | None = None,
    ) -> None:
        self._store = store
        self._holding = holding
        self._halt = halt or Flag()
        self._on_event = on_event
        self._drafts: list[Draft] = []
        self._first = 0
        self._takes: list[int] = []
        self.status: RunStatus | None = None

    def __call__(self, entry: Entry) -> None:
        """Keeps an entry, at the latest before the run waits for anything."""
        event = entry.event
        self._holding.check()
        if self._halt.is_set() and isinstance(event, (*_WAITS, Replanned)):
            raise Halted
        answered = _answered(event)
        if answered is not None:
            # A message is marked as taken at the entry that answers it, which begins a group.
            self.keep(RunStatus.RUNNING)
        self._add(entry, answered)
        if isinstance(event, RunEnded):
            self.keep(RunStatus.ENDED, event.outcome.label)
        elif isinstance(event, (*_WAITS, *_BEGINNINGS)) or answered is not None:
            self.keep(RunStatus.RUNNING)
        if self._on_event is not None:
            self._on_event(entry)

    def keep(self, status: RunStatus, outcome: str = "") -> None:
        """Puts on disk what is not there yet, and what the run waits for from now on."""
        changed = status if status is not self.status else None
        run, fence = self._holding.lease.run, self._holding.lease.fence
        if self._drafts:
            self._store.append_all(
                run,
                fence,
                self._drafts,
                at=self._first,
                takes=self._takes,
                status=changed,
                outcome=outcome,
            )
        elif changed is not None:
            self._store.set_status(run, status, outcome=outcome, fence=fence)
        self.status = status
        self._drafts, self._takes = [], []

    def _add(self, entry: Entry, answered: int | None) -> None:
        body = entry.as_dict()
        for known in ("event", "sequence"):
            del body[known]
        if not self._drafts:
            self._first = entry.sequence
        self._drafts.append(Draft(entry.event.kind, body))
        if answered is not None:
            self._takes.append(answered)


def _answered(event: Event) -> int | None:
    """The number of the message that an event answers."""
    number = getattr(event, "message", None)
    # Of a report, it is what the world said.
    return number if isinstance(number, int) else None
