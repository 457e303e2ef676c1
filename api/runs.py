"""Runs that outlive the process that began them."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING

from goalsmith.domains.errors import InputError
from goalsmith.execute.durable import (
    LEASE_SECONDS,
    Driven,
    RunSettings,
    drive,
    send,
    submit,
    wait_to_take,
)
from goalsmith.execute.store import RunRow, RunStatus, Store, open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from goalsmith.domains.language import Task
    from goalsmith.domains.plans import Plan
    from goalsmith.execute.environment import Environment
    from goalsmith.execute.journal.journal import Listener
    from goalsmith.execute.messages import Message
    from goalsmith.execute.monitor.monitor import Solver


class Runs:
    """The runs of a store: begun, gone on with by any process, and told things while they go on.

    A run's journal is kept entry by entry, each before the next step begins. After a crash,
    `resume` looks at the world first, and asks for no step again that is recorded as done.

    Args:
        store: a file, or a URL `sqlite:///FILE` or `postgresql://…`; None: a file of the user's.
        lease: seconds after which another process may go on with a run whose driver is gone.

    Raises:
        StoreError: the store cannot be used, or is one of a later goalsmith.
        UnsupportedError: a driver for it is not installed.
    """

    def __init__(self, store: str | Path | None = None, *, lease: float = LEASE_SECONDS) -> None:
        self.store: Store = open_store(_url(store))
        self._lease = lease

    def begin(
        self,
        task: Task,
        plan: Plan | None = None,
        environment: Callable[[Task], Environment] | None = None,
        *,
        settings: RunSettings | None = None,
        solver: Solver | None = None,
        name: str = "",
        world: str = "",
        halt: Event | None = None,
        on_event: Listener | None = None,
    ) -> Driven:
        """Begins a run and goes on with it until it ends, or must wait for a person.

        Args:
            task: what is to be done.
            plan: the plan to begin with; None: the solver is asked for one.
            environment: makes what the run acts in; None: the simulator that the settings name.
            settings: how it is to be carried out; kept with the run.
            solver: asked for plans; by default the engines that the settings name.
            name: for a person; by default the problem's.
            world: the name of the world that it acts in, whose memory it uses and adds to.
            halt: set by another thread to leave the run before its next step.
            on_event: told of each entry of the journal.

        Raises:
            InputError: a text is too long to be kept, or there is neither an environment nor a
                simulator.
            StoreError: the store cannot be used.
            LeaseLostError: another process has taken the run.
        """
        chosen = settings or RunSettings()
        if environment is None and chosen.simulator is None:
            raise InputError(
                "a run needs something to act in: give `environment`, or "
                "`settings=RunSettings(simulator=Simulated())`"
            )
        row = submit(self.store, task, plan, chosen, name=name, world=world)
        return self._drive(row, environment, solver, halt, on_event)

    def resume(
        self,
        run: str | None = None,
        environment: Callable[[Task], Environment] | None = None,
        *,
        solver: Solver | None = None,
        halt: Event | None = None,
        on_event: Listener | None = None,
    ) -> Driven:
        """Goes on with a run that was left, interrupted or killed.

        Args:
            run: its id, or how that begins; None: the newest that is not over.
            environment: makes what the run acts in, as for `begin`.
            solver: asked for plans; by default the engines that its settings name.
            halt: set by another thread to leave the run before its next step.
            on_event: told of each entry of the journal from here on.

        Raises:
            InputError: there is no such run, it is over, or somebody else drives it.
            StoreError: the store cannot be used, the journal is one of a later goalsmith, or the
                run's environment is not simulated and was not given.
            LeaseLostError: another process has taken the run.
        """
        row = self.unfinished() if run is None else self.store.run(run)
        return self._drive(row, environment, solver, halt, on_event)

    def unfinished(self) -> RunRow:
        """The newest run that is not over.

        Raises:
            InputError: all are.
        """
        return self.store.unfinished()

    def tell(self, run: str, message: Message) -> int:
        """Sends a run a message: a new goal, an approval, a request to stop; its number.

        Raises:
            InputError: there is no such run, or it is over.
        """
        return send(self.store, self.store.run(run).id, message)

    def close(self) -> None:
        """Closes the store."""
        self.store.close()

    def __enter__(self) -> Runs:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _drive(
        self,
        row: RunRow,
        environment: Callable[[Task], Environment] | None,
        solver: Solver | None,
        halt: Event | None,
        on_event: Listener | None,
    ) -> Driven:
        with wait_to_take(self.store, row.id, seconds=self._lease, halt=halt) as holding:
            return drive(
                self.store,
                holding,
                world=environment,
                solver=solver,
                halt=halt,
                halted=RunStatus.PAUSED,
                stay=False,
                on_event=on_event,
            )


def _url(store: str | Path | None) -> str | None:
    """The URL of a store that may be a file's path."""
    if store is None or (isinstance(store, str) and ":" in store):
        return None if store is None else str(store)
    return f"sqlite:///{store}"
