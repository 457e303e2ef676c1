"""Driving whatever runs a store has that nobody drives. Any number of workers share a store.

What a worker cannot go on with, it pauses, with the reason in the list of runs: nothing is tried
for ever, and nothing waits for somebody who will not come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag
from typing import Final

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import GoalsmithError, LeaseLostError, StoreUnavailableError
from goalsmith.domains.outcome import Outcome
from goalsmith.execute.claims import error_text
from goalsmith.execute.durable.driving import Driven, drive
from goalsmith.execute.durable.holding import LEASE_SECONDS, Holding, take
from goalsmith.execute.journal.events import Replanned, RunResumed, StepReported
from goalsmith.execute.store import RunRow, RunStatus, Store
from goalsmith.execute.store.plain import MAX_NAME

POLL: Final = 1.0
"""Seconds between two looks for a run, where there is none."""

MAX_BREAKS: Final = 5
"""How often a run is gone on with that comes no further before it breaks off again."""

_RECENT: Final = 100
"""Entries looked at for that."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Drives runs of a store, one after the other, the oldest first.

    Attributes:
        store: where they are.
        halt: set by another thread to end after the present step.
        on_taken: told of each run that is gone on with.
        on_left: told of each run, and how its drive ended.
        on_trouble: told why the store cannot be used for now.
        lease: seconds after which others go on with a run if this worker is gone.
        poll: seconds between two looks for a run.
    """

    store: Store
    halt: Flag
    on_taken: Callable[[RunRow], object]
    on_left: Callable[[RunRow, Driven], object]
    on_trouble: Callable[[str], object]
    lease: float = LEASE_SECONDS
    poll: float = POLL

    def work(self, *, idle: float | None = None, most: int | None = None) -> int:
        """Drives runs until asked to halt, and returns how many there were.

        Args:
            idle: seconds without a run after which it ends; None: never.
            most: how many runs are driven at most.

        Raises:
            StoreError: the store cannot be used, and trying again does not help.
        """
        driven = 0
        since = time.monotonic()
        while not self.halt.is_set() and (most is None or driven < most):
            try:
                found = self.work_once()
            except (StoreUnavailableError, LeaseLostError) as error:
                # A server that is started anew; what was under way is gone on with afterwards.
                self.on_trouble(str(error))
                found = False
            if found:
                driven += 1
                since = time.monotonic()
            elif idle is not None and time.monotonic() - since >= idle:
                break
            else:
                self.halt.wait(self.poll)
        return driven

    def work_once(self) -> bool:
        """Goes on with the oldest run that nobody drives. Whether there was one."""
        for row in self.store.undriven():
            holding = take(self.store, row.id, seconds=self.lease)
            if holding is None:
                continue  # another worker was quicker
            with holding:
                # It may have changed before the lease was taken.
                row = self.store.run(row.id)  # noqa: PLW2901 - the same run
                if row.status in (RunStatus.ENDED, RunStatus.PAUSED):
                    continue
                self.on_taken(row)
                driven = self._drive(row, holding)
            self.on_left(row, driven)
            return True
        return False

    def _drive(self, row: RunRow, holding: Holding) -> Driven:
        try:
            if breaks(self.store, row) >= MAX_BREAKS:
                reason = f"it broke off {MAX_BREAKS} times without coming further"
                return self._paused(row, holding, Outcome.ENDED_SHORT, reason)
            return drive(self.store, holding, halt=self.halt, stay=False)
        except LeaseLostError as error:
            return Driven(RunStatus.RUNNING, Outcome.INTERRUPTED, str(error))
        except StoreUnavailableError:
            raise
        except GoalsmithError as error:
            return self._paused(row, holding, error.outcome, str(error))
        except Exception as error:
            # A fault of one run must not end the worker, nor be met again and again.
            reason = f"internal error: {error_text(error)}"
            return self._paused(row, holding, Outcome.CANNOT_SAY, reason)

    def _paused(self, row: RunRow, holding: Holding, outcome: Outcome, reason: str) -> Driven:
        """Leaves a run to a person, who sees why in the list of runs."""
        shown = printable(f"paused: {reason}", MAX_NAME)
        fence = holding.lease.fence
        self.store.set_status(row.id, RunStatus.PAUSED, outcome=shown, fence=fence)
        return Driven(RunStatus.PAUSED, outcome, reason)


def breaks(store: Store, row: RunRow) -> int:
    """How often a run was gone on with since it last came further."""
    count = 0
    for entry in reversed(store.entries(row.id, max(0, row.entries - _RECENT))):
        if entry.kind in (StepReported.kind, Replanned.kind):
            break
        count += entry.kind == RunResumed.kind
    return count
