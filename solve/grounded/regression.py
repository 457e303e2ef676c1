"""What the rest of a plan needs: facts under which it still leads to the goal.

Goes back from the goal over the steps, which are those of a valid plan with known states in
between. A fact that a step makes so is needed no longer; what the step asks for is. Conditional
effects keep doing what they did: the conditions of those that fired and matter are needed, and one
fact that kept the others from firing. A derived fact is needed as such until a step changes
something that it rests on; then all that it rests on is needed as it was. That is more than is
necessary and therefore safe.
"""

from __future__ import annotations

from collections.abc import Sequence

from goalsmith.solve.grounded.task import GroundedTask, GroundOperator


def needs(
    task: GroundedTask, steps: Sequence[GroundOperator], states: Sequence[Sequence[int]]
) -> dict[int, int]:
    """The facts needed before the steps.

    Args:
        task: the task.
        steps: the rest of a valid plan.
        states: the states before each of the steps, and the last one.
    """
    need: dict[int, int] = dict(task.sas.goal)
    for index in range(len(steps) - 1, -1, -1):
        _before(task, need, steps[index], states[index], states[index + 1])
    return need


def _before(
    task: GroundedTask,
    need: dict[int, int],
    step: GroundOperator,
    state: Sequence[int],
    following: Sequence[int],
) -> None:
    """Turns what is needed after a step into what is needed before it, in place."""
    if task.sas.axioms:
        for variable in [v for v in need if not task.is_basic(v)]:
            rests_on = task.axioms.rests_on(variable)
            if not step.writes.isdisjoint(rests_on):
                del need[variable]
                for basic in rests_on:
                    need[basic] = following[basic]
    conditions: list[tuple[int, int]] = []
    done: set[int] = set()
    for effect in step.operator.effects:
        if not effect.conditions:
            done.add(effect.variable)
            continue
        wanted = need.get(effect.variable)
        if wanted is None:
            continue
        blocked = next(((v, state[v]) for v, value in effect.conditions if state[v] != value), None)
        if blocked is not None:
            # It did not fire; if it wrote what is wanted anyhow, let it.
            if effect.after != wanted:
                conditions.append(blocked)
        else:
            conditions += effect.conditions
            if effect.after == wanted:
                done.add(effect.variable)
    for variable in done:
        need.pop(variable, None)
    need.update(conditions)
    need.update(step.precondition)
