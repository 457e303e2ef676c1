"""Driving the runs that servers started, in threads beside the protocol.

A server looks for runs that are to be driven: new ones, those that a server which is gone has left,
and those that have a message which they waited for. So several servers with one store share their
runs, and none is lost with the process that began it.
"""

from __future__ import annotations

import sys
import time
from threading import Event, Lock, Thread
from typing import Final

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import GoalsmithError, LeaseLostError, StoreUnavailableError
from goalsmith.domains.reader import read_task
from goalsmith.execute.claims import error_text
from goalsmith.execute.durable import LEASE_SECONDS, Holding, drive, take
from goalsmith.execute.durable.worker import MAX_BREAKS, breaks
from goalsmith.execute.store import RunRow, RunStatus, Store
from goalsmith.execute.store.plain import MAX_NAME
from goalsmith.mcp_server.configuration import Configuration
from goalsmith.mcp_server.environments import Configured, Simulation
from goalsmith.mcp_server.following import is_going
from goalsmith.mcp_server.registry import Registry, Started

POLL: Final = 0.5
"""Seconds between two looks for a run; what is asked for here is looked at at once."""

GRACE: Final = 1.5
"""Seconds that the end of the drives is waited for. Clients kill a server after two seconds, and
what is cut short then is gone on with as after any crash."""


class Driver:
    """Drives the runs of a store that servers started; for a `with` block.

    At its end every run is left before its next step, for the next server.

    Args:
        store: where the runs are.
        registry: which of them servers started.
        configuration: the environments, and how many runs are driven at the same time.
        lease: seconds after which another server goes on with a run if this one is gone.
    """

    def __init__(
        self,
        store: Store,
        registry: Registry,
        configuration: Configuration,
        lease: float = LEASE_SECONDS,
    ) -> None:
        self._store = store
        self._registry = registry
        self._configuration = configuration
        self._lease = lease
        self._halt = Event()
        self._look = Event()
        self._lock = Lock()
        self._drives: dict[str, tuple[str, Thread]] = {}
        self._watch = Thread(target=self._watch_store, name="runs", daemon=True)

    def __enter__(self) -> Driver:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._halt.set()
        self._look.set()
        deadline = time.monotonic() + GRACE
        self._watch.join(GRACE)
        with self._lock:
            threads = [thread for _, thread in self._drives.values()]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def look(self) -> None:
        """There may be something to do."""
        self._look.set()

    def _watch_store(self) -> None:
        said = ""
        while not self._halt.is_set():
            self._look.clear()
            try:
                for started in self._registry.wanted():
                    self._consider(started)
            except Exception as error:
                # A store that is busy or restarted; what is to be done is there at the next look.
                trouble = f"the store cannot be used: {error_text(error)}"
                if trouble != said:
                    _remark(trouble)
                said = trouble
            self._look.wait(POLL)

    def _consider(self, started: Started) -> None:
        """Begins to drive a run, if there is something to do for it and room to do it."""
        environment = self._configuration.environments.get(started.environment)
        if environment is None:
            return  # that of a server with another configuration
        with self._lock:
            under_way = dict(self._drives)
        if started.run in under_way or len(under_way) >= self._configuration.limits.runs:
            return
        if not environment.shared and environment.name in {name for name, _ in under_way.values()}:
            return
        row = self._store.run(started.run)
        if row.status is RunStatus.ENDED:
            self._registry.settle(row.id, row.status)
        elif not row.owner and self._is_to_drive(row) and not self._is_busy(environment, row):
            thread = Thread(
                target=self._drive, args=(row, environment), name=f"run {row.id}", daemon=True
            )
            with self._lock:
                if self._halt.is_set():
                    return
                self._drives[row.id] = environment.name, thread
            thread.start()

    def _drive(self, row: RunRow, environment: Configured) -> None:
        """Takes a run's lease and goes on with it."""
        driven = False
        try:
            holding = take(self._store, row.id, seconds=self._lease)
            if holding is None:
                return
            with holding:
                # It may have changed before the lease was taken. And of two servers that are about
                # to enter one environment, each with a lease, one at least sees the other here.
                row = self._store.run(row.id)
                if self._is_to_drive(row) and not self._is_busy(environment, row):
                    driven = True
                    self._go_on(row, environment, holding)
        except LeaseLostError:
            pass  # whoever has it goes on
        except Exception as error:
            _remark(f"run {row.id} was left: {error_text(error)}")
        finally:
            with self._lock:
                self._drives.pop(row.id, None)
            if driven:
                self._look.set()  # there is room for another

    def _is_to_drive(self, row: RunRow) -> bool:
        """Whether there is something to do for a run. Paused is one that others could not enter."""
        return row.status is RunStatus.PAUSED or is_going(self._store, row)

    def _is_busy(self, environment: Configured, row: RunRow) -> bool:
        """Whether a run must wait for another in its environment."""
        return not environment.shared and self._registry.is_busy(environment.name, row.id)

    def _go_on(self, row: RunRow, environment: Configured, holding: Holding) -> None:
        try:
            if breaks(self._store, row) >= MAX_BREAKS:
                reason = f"it broke off {MAX_BREAKS} times without coming further"
                self._give_up(row, holding, reason)
                return
            given = self._store.given(row.id)
            task = read_task(given.domain_pddl, given.problem_pddl)
            if not environment.admits(task):
                reason = f"the environment `{environment.name}` is not for its problem any more"
                self._give_up(row, holding, reason)
            elif isinstance(environment.kind, Simulation):
                drive(self._store, holding, halt=self._halt, stay=False)
            else:
                with environment.kind.entered(task) as world:
                    drive(self._store, holding, world=lambda _: world, halt=self._halt, stay=False)
        except (LeaseLostError, StoreUnavailableError):
            raise
        except GoalsmithError as error:
            self._give_up(row, holding, str(error))
        except Exception as error:
            # A fault of one run must not be met again and again.
            self._give_up(row, holding, f"internal error: {error_text(error)}")

    def _give_up(self, row: RunRow, holding: Holding, reason: str) -> None:
        """Leaves a run that cannot be gone on with to people, who see why in its status.

        One that is to be cancelled ends: nobody knows what became of a step that was under way.
        """
        row = self._store.run(row.id)
        if row.status is RunStatus.ENDED:
            return  # only the end of its environment went wrong
        status, word = RunStatus.PAUSED, "paused"
        if row.cancel_requested:
            status, word = RunStatus.ENDED, "cancelled unseen"
        shown = printable(f"{word}: {reason}", MAX_NAME)
        self._store.set_status(row.id, status, outcome=shown, fence=holding.lease.fence)
        self._registry.settle(row.id, status)


def _remark(text: str) -> None:
    """A line on standard error, where clients keep what a server says."""
    sys.stderr.write(f"goalsmith: {printable(text)}\n")
