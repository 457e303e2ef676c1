"""A plan as a graph of stages, for the page."""

from __future__ import annotations

from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.execute.store.plain import Plain
from goalsmith.solve.order.partial_order import partial_order


def staged(task: Task, plan: Plan) -> dict[str, Plain]:
    """Which steps of a plan may be taken at the same time, and which must wait for which.

    Returns:
        `stages`: places of steps in the plan, in groups; `edges`: pairs of places, the first of
        which must come before the second, without those that follow from others; `total`: why the
        plan was left in its order, empty if it was not.
    """
    try:
        order = partial_order(task, plan)
    except GoalsmithError as error:
        # A plan that was refused has no causal links, and is shown as it was written.
        return {
            "stages": [[place] for place in range(len(plan))],
            "edges": [[place, place + 1] for place in range(len(plan) - 1)],
            "total": str(error),
        }
    return {
        "stages": [list(stage) for stage in order.stages],
        "edges": [[each.before, each.after] for each in order.immediate()],
        "total": order.total,
    }
