"""A simulated world that outlives whoever acts in it, kept in a store.

It stands for the real world where runs are tried out: it goes on when the process that acted in it
is killed, an attempt that it is asked for twice it carries out once, and several may act in it at
the same time, one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.execute.environment import ActionReport, Attempt, Ending
from goalsmith.execute.simulation.simulator import Faults, Simulator
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.store.store import Store


class KeptSimulator:
    """The simulated world of a run. To be used by any number of threads.

    An act changes the world at one moment, when its row and the world's are committed together. So
    whoever is killed before that moment has done nothing, and after it, all.

    Args:
        store: where the world is kept.
        run: the id of the run whose world it is.
        task: what the world follows; it begins in the task's initial state.
        faults: what goes wrong in it.
        delay: seconds that an act takes. It changes the world when half of them are over.
        sleep: what waits.

    Raises:
        InputError: the delay is negative, or the faults name what the task does not have.
    """

    def __init__(
        self,
        store: Store,
        run: str,
        task: Task,
        faults: Faults | None = None,
        *,
        delay: float = 0.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if not 0 <= delay < float("inf"):
            raise InputError(f"a step cannot take {delay} seconds")
        self._store = store
        self._run = run
        self._world = Simulator(task, faults)
        self._begun = self._world.snapshot()
        self._acts = 0
        self._delay = delay
        self._sleep = sleep
        self._lock = Lock()

    def observe(self) -> State:
        """The true state, all of it. Raises StoreError if the store cannot be read."""
        with self._lock:
            self._look_up()
            return self._world.observe()

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Carries a step out, or says what came of it where this attempt was made before.

        Raises:
            StoreError: the store cannot be written; the act may have taken place.
        """
        if self._delay:
            self._sleep(self._delay / 2)
        with self._lock:
            report = self._act(step, attempt)
        if self._delay:
            self._sleep(self._delay / 2)
        return report

    def _act(self, step: Step, attempt: Attempt) -> ActionReport:
        while True:
            self._look_up()
            number = self._acts + 1
            # Until the act is kept, this world is one that could have been.
            self._acts = -1
            report = self._world.act(step, attempt)
            kept = self._store.keep_act(
                self._run, number, attempt.key, str(step), _plain(report), self._world.snapshot()
            )
            if kept is not None and kept.asked == 1:
                self._acts = number
                return report
            if kept is not None:
                return _report(kept.report)

    def _look_up(self) -> None:
        """Brings this world to where the store has it."""
        if self._acts < 0:
            self._world.restore(self._begun)
            self._acts = 0
        found = self._store.simulation(self._run, self._acts)
        if found is None:
            return
        if not isinstance(found.snapshot, dict):
            raise StoreError(f"the simulated world of run {self._run} is damaged")
        self._world.restore(found.snapshot)
        self._acts = found.acts


def _plain(report: ActionReport) -> dict[str, Plain]:
    return {"succeeded": report.succeeded, "message": report.message, "ending": report.how.value}


def _report(plain: Plain) -> ActionReport:
    match plain:
        case {"succeeded": bool(succeeded), "message": str(message), "ending": str(ending)}:
            return ActionReport(succeeded, message, Ending(ending))
        case _:
            raise StoreError("the report of an act in a simulated world is damaged")
