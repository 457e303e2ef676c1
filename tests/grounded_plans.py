"""A task with a plan, both grounded, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.solve import Limits
from goalsmith.solve.aliases import with_aliases
from goalsmith.solve.fast_downward.run import Run
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator
from goalsmith.solve.grounded.translate import StepNames, ground
from goalsmith.solve.plain_types import with_plain_types
from goalsmith.solve.programs.watchdog import Watchdog


@dataclass(frozen=True)
class Grounded:
    """An instance with its plan, grounded."""

    task: Task
    names: StepNames
    plan: Plan
    operators: list[GroundOperator]

    @property
    def ground(self) -> GroundedTask:
        return self.names.task


def ground_plan(task: Task, plan: Plan, folder: Path) -> Grounded:
    aliased = with_aliases(with_plain_types(task))
    with Watchdog() as watchdog:
        found = ground(aliased, Run(folder, watchdog, Limits(), Event())).task
    assert found is not None
    names = StepNames(aliased, found)
    operators = names.operators(plan)
    assert operators is not None
    return Grounded(task, names, plan, operators)
