"""Planning around steps that kept failing in former runs, as far as there is a way around."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goalsmith.domains.language import Task
from goalsmith.domains.plans import Step
from goalsmith.execute.monitor.set_aside import without_steps
from goalsmith.solve.solution import Solution


def avoiding(
    solver: Callable[[Task], Solution], steps: Sequence[Step]
) -> Callable[[Task], Solution]:
    """A solver whose plans do without some steps, unless there is no plan without them.

    Where there is none, the solver is asked twice. Its answer is that of the task as it is: without
    those steps, "unsolvable" would say too much.

    Args:
        solver: asked for plans.
        steps: of the tasks that it will be asked about, such as `Recollection.avoid`.
    """
    if not steps:
        return solver

    def ask(task: Task) -> Solution:
        solution = solver(without_steps(task, steps))
        return solution if solution.plan is not None else solver(task)

    return ask
