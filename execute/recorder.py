"""A run's journal kept in a store as the run goes on.

What precedes a wait (for the world, for the solver) is on disk before the wait begins, together
with all that has come since the last one, in one transaction: a step costs one sync of the disk.
"""

from __future__ import annotations

from types import TracebackType
from typing import Final
from uuid import uuid4

from goalsmith.execute.events import ReplanBegun, RunEnded, StepBegun
from goalsmith.execute.journal import Entry
from goalsmith.execute.store import Draft, Lease, RunRow, RunStatus, Store

LEASE_SECONDS: Final = 3600.0
"""How long a run belongs to the process that drives it. Entries are kept beyond that time, too, as
long as nobody else has taken the run."""


class Recorder:
    """Keeps the entries of one run; for a `with` block, and as a run's listener.

    Args:
        store: where they are kept.
        run: the run, with an empty journal, that nobody else drives.

    Raises:
        StoreError: the store cannot be written, here and at every entry.
        LeaseLostError: somebody else drives the run.
    """

    def __init__(self, store: Store, run: RunRow) -> None:
        self.run = run
        self._store = store
        self._waiting: list[Draft] = []
        self._lease: Lease | None = None

    def __enter__(self) -> Recorder:
        self._lease = self._store.take_lease(self.run.id, uuid4().hex, LEASE_SECONDS)
        if self._lease is not None:
            self._store.set_status(self.run.id, RunStatus.RUNNING, fence=self._lease.fence)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lease is not None:
            self._store.release_lease(self._lease)

    def __call__(self, entry: Entry) -> None:
        """Keeps an entry, at the latest before the run waits for anything."""
        body = entry.as_dict()
        for known in ("event", "sequence"):
            del body[known]
        self._waiting.append(Draft(entry.event.kind, body))
        match entry.event:
            case RunEnded(outcome=outcome):
                self._keep(RunStatus.ENDED, outcome.label)
            case StepBegun() | ReplanBegun():
                self._keep()

    def _keep(self, status: RunStatus | None = None, outcome: str = "") -> None:
        assert self._lease is not None  # `take_lease` gives one for a new run
        self._store.append_all(
            self.run.id, self._lease.fence, self._waiting, status=status, outcome=outcome
        )
        self._waiting = []
