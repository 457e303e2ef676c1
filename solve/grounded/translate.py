"""Grounding a task with Fast Downward's translator, and what links its steps to operators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goalsmith.domains.plans import Plan, Step
from goalsmith.solve.aliases import Aliased
from goalsmith.solve.fast_downward.run import OUTPUT, Run
from goalsmith.solve.grounded.sas import SasFormatError, read_sas
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator
from goalsmith.solve.programs.process import Ended


@dataclass(frozen=True, slots=True)
class Grounded:
    """What came of grounding: how the translator ended, and the task, None if it failed."""

    ended: Ended
    task: GroundedTask | None


def ground(aliased: Aliased, run: Run) -> Grounded:
    """Grounds a task; its file stays in the run's folder as OUTPUT.

    Raises:
        OSError: the translator cannot be started.
    """
    # Variables that the goal does not depend on stay: a window needs all that its steps touch.
    ended = run.translate(aliased.task, "--keep-unimportant-variables")
    file = run.folder / OUTPUT
    if ended.stopped or ended.exit_code != 0 or not file.is_file():
        return Grounded(ended, None)
    try:
        return Grounded(ended, GroundedTask(read_sas(file.read_text(encoding="utf-8"))))
    except SasFormatError:
        return Grounded(ended, None)


class StepNames:
    """Steps of a task as operators of its grounded form, and back.

    Attributes:
        task: the grounded task.
    """

    def __init__(self, aliased: Aliased, task: GroundedTask) -> None:
        self.task = task
        self._actions = {name: alias for alias, name in aliased.actions.items()}
        self._objects = {name: alias for alias, name in aliased.objects.items()}
        # The translator writes all names in lower case.
        names = {name.lower(): name for name in (a.name for a in aliased.task.domain.actions)}
        self._back_actions = {low: aliased.actions.get(name, name) for low, name in names.items()}
        self._back_objects = {
            o.name.lower(): aliased.objects.get(o.name, o.name) for o in aliased.task.objects
        }

    def name(self, step: Step) -> str:
        """What a step is called in the grounded task."""
        words = [self._actions.get(step.action, step.action)]
        words += [self._objects.get(name, name) for name in step.args]
        return " ".join(words).lower()

    def step(self, operator: GroundOperator) -> Step:
        """The step that an operator stands for."""
        action, *args = operator.operator.name.split()
        return Step(self._back_actions[action], tuple(self._back_objects[a] for a in args))

    def plan(self, operators: Iterable[GroundOperator]) -> Plan:
        """The plan that operators stand for."""
        return Plan(tuple(map(self.step, operators)))

    def operators(self, plan: Plan) -> list[GroundOperator] | None:
        """A valid plan's operators; None where the grounded task does not have them.

        An action with alternatives in its precondition has several operators of one name: that
        which is applicable is taken. Steps without any effect have none and are left out.
        """
        state = self.task.start()
        found = []
        for step in plan:
            named = self.task.named.get(self.name(step))
            if named is None:
                continue
            operator = next((o for o in named if self.task.take(state, o)), None)
            if operator is None:
                return None
            found.append(operator)
        return found if self.task.reached(state) else None
