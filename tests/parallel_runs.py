"""Runs with several steps at a time, for the tests of whatever reads journals."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from test_execute_abreast import PATIENCE, PLAN, TASK, Workshop
from test_execute_monitor import Search

from goalsmith.domains.language import State, Task
from goalsmith.domains.library import bundled
from goalsmith.domains.plans import Step
from goalsmith.execute import Budget, Faults, Run, execute
from goalsmith.execute.journal.journal import Listener
from goalsmith.execute.simulation.faults import FaultKind
from goalsmith.solve import solve

__all__ = ["PLAN", "TASK", "faulty", "overtaken"]


class Overtaking(Workshop):
    """A world whose first acts end in a given order, each once the one before was observed.

    The first of them fails.
    """

    def __init__(self, task: Task, order: Sequence[Step]) -> None:
        super().__init__(task, Faults(scripted={1: FaultKind.ACTION_FAILS}))
        self.order = list(order)
        self.seen = [threading.Event() for _ in order]

    def observe(self) -> State:
        state = super().observe()
        # The first look is that before any act.
        ahead = next((each for each in self.seen if not each.is_set()), None)
        if ahead is not None:
            ahead.set()
        return state

    def meanwhile(self, step: Step) -> None:
        if step in self.order:
            turn = self.order.index(step)
            assert self.seen[turn].wait(PATIENCE)
            if turn == len(self.order) - 1:
                self.order = []


def overtaken(policy: str, on_event: Listener | None = None) -> Run:
    """A run whose first three steps are begun together: 2 fails, then 3 ends, and then 1."""
    a, b, c, _ = PLAN
    world = Overtaking(TASK, (b, c, a))
    return execute(
        TASK, PLAN, world, Search(), parallel=3, policy=policy, name="run", on_event=on_event
    )


def faulty(seed: int, policy: str = "strict") -> tuple[Task, Run]:
    """A task in which much can be done at the same time, and a run in which much goes wrong."""
    task = bundled("logistics").instance("p1").task
    plan = solve(task).plan
    assert plan is not None
    world = Workshop(task, Faults(seed, 0.12, 0.12, 0.12))
    budget = Budget(replans=50)
    run = execute(
        task, plan, world, solve, parallel=3, policy=policy, budget=budget, name=f"run-{seed}"
    )
    return task, run
