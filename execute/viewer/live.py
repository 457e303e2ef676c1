"""A run in a store, followed for the page."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Final, TypeAlias

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Domain
from goalsmith.domains.reader import read_task
from goalsmith.domains.wording import Wording, default_wording
from goalsmith.execute.durable.mail import send
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.store import RunRow, RunStatus, Store
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.viewer.clock import Clock
from goalsmith.execute.viewer.review import decision
from goalsmith.execute.viewer.staging import staged
from goalsmith.execute.viewer.story import Story

Worded: TypeAlias = Callable[[Domain], Wording]

PAGE: Final = 2000
"""Entries that are read from the store at a time, so that its other users need not wait."""

MOST_STAGED: Final = 500_000
"""How much the stages of plans may take where they are worked out beforehand, as the sum of the
squares of the plans' lengths: one to four seconds. The last plan's are, however long it is."""


class LiveRun:
    """What the page is told of a run, as far as its journal has come. For any number of threads.

    Args:
        store: where the run is kept.
        run: its id, or how it begins.
        wording: gives the wording of the run's domain; by default it is made from names.

    Raises:
        InputError: there is no such run, or what it was given has errors.
        StoreError: the store, or the journal, cannot be read; likewise from all methods.
    """

    def __init__(self, store: Store, run: str, wording: Worded = default_wording) -> None:
        self._store = store
        self.id = store.run(run).id
        given = store.given(self.id)
        self.task = read_task(given.domain_pddl, given.problem_pddl)
        self._decoder = Decoder(self.task)
        self._clock = Clock()
        self._story = Story(self.task, wording(self.task.domain))
        self._stages: dict[int, dict[str, Plain]] = {}
        self._lock = RLock()

    def data(self, since: int = -1) -> dict[str, Plain]:
        """What is new or has changed after an entry of the journal; by default all there is."""
        with self._lock:
            row = self._read_on()
            return {"run": self._about(row), **self._story.since(since)}

    def stages(self, version: int) -> dict[str, Plain]:
        """A version of the plan as a graph; see `staged`.

        Raises:
            InputError: there is no such version.
        """
        with self._lock:
            known = self._stages.get(version)
            given = self._story.plan_for(version)
        if known is None:
            # It may take seconds, in which others are not to wait for what is new.
            known = staged(*given)
            with self._lock:
                self._stages[version] = known
        return known

    def all_stages(self) -> dict[str, Plain]:
        """The last versions of the plan as graphs, by their numbers; see MOST_STAGED."""
        with self._lock:
            plans = [self._story.plan_for(v + 1)[1] for v in range(self._story.versions)]
        found: dict[str, Plain] = {}
        left = MOST_STAGED
        for version in range(len(plans), 0, -1):
            left -= len(plans[version - 1]) ** 2
            if left < 0 and found:
                break
            found[str(version)] = self.stages(version)
        return found

    def send(self, said: Plain) -> int:
        """Sends a person's decision on the plan that waits to whoever drives the run.

        Args:
            said: `{"kind": "approve", "version": 2}`; `{"kind": "reject", "version": 2,
                "reason": "…"}`; or `{"kind": "edit", "version": 2, "plan": "…"}`, with one
                `(action object …)` to a line.

        Returns:
            The number of the message in the store.

        Raises:
            InputError: no plan waits, or another one than this; or the plan is wrong, and why.
        """
        with self._lock:
            self._read_on()
            message = decision(said, self._story.awaited, self._story.now())
        return send(self._store, self.id, message)

    def _read_on(self) -> RunRow:
        """Reads what is new in the journal."""
        row = self._store.run(self.id)
        while self._story.sequence + 1 < row.entries:
            rows = self._store.entries(self.id, self._story.sequence + 1, PAGE)
            if not rows:
                raise InputError(f"the journal of run {self.id} was removed meanwhile")
            for each in rows:
                entry = self._decoder.entry(each)
                self._story.take(self._clock.time(each.time, entry), entry.event)
        return row

    def _about(self, row: RunRow) -> dict[str, Plain]:
        return {
            "id": row.id,
            "name": row.name or self.task.problem.name,
            "domain": self.task.domain.name,
            "problem": self.task.problem.name,
            "world": row.world,
            "created": row.created,
            "status": row.status.value,
            "outcome": row.outcome,
            "driven": bool(row.owner),
            "over": row.status is RunStatus.ENDED,
        }
