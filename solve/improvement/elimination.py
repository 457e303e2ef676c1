"""Needless steps taken out of a plan.

Action elimination (Nakhost and Müller, ICAPS 2010): each step in turn is left out, with every later
one that cannot be taken without it; if the goal is reached all the same, they stay out. The rounds
are repeated until none finds anything. The number of replayed steps grows with the square of the
plan's length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from goalsmith.domains.facts import Facts
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import NotApplicableError, Semantics

State = TypeVar("State")
StepT_contra = TypeVar("StepT_contra", contravariant=True)
StepOf = TypeVar("StepOf")


class Dynamics(Protocol[State, StepT_contra]):
    """What replaying needs to know: states that change in place."""

    def start(self) -> State:
        """The initial state."""
        ...

    def copy(self, state: State) -> State:
        """A state of its own with the same content."""
        ...

    def take(self, state: State, step: StepT_contra) -> bool:
        """Applies a step in place; False, and nothing done, if it is not applicable."""
        ...

    def reached(self, state: State) -> bool:
        """Whether the goal holds."""
        ...


def without_needless_steps(
    dynamics: Dynamics[State, StepOf],
    plan: Sequence[StepOf],
    stopped: Callable[[], bool] = lambda: False,
) -> list[StepOf]:
    """The plan without steps that it does not need; the plan itself if it is not valid.

    Args:
        dynamics: how states change.
        plan: the steps of a valid plan.
        stopped: asked before each replay; once it says yes, what was found until then is returned.
    """
    steps = list(plan)
    found = True
    while found and not stopped():
        found = False
        prefix = dynamics.start()
        index = 0
        while index < len(steps):
            if stopped():
                return steps
            shorter = _without(dynamics, prefix, steps, index)
            if shorter is not None:
                steps = shorter
                found = True
                continue
            if not dynamics.take(prefix, steps[index]):
                return list(plan)
            index += 1
    return steps


def _without(
    dynamics: Dynamics[State, StepOf], prefix: State, steps: list[StepOf], index: int
) -> list[StepOf] | None:
    """The plan without one step and those that rest on it; None if the goal is lost."""
    state = dynamics.copy(prefix)
    kept = [step for step in steps[index + 1 :] if dynamics.take(state, step)]
    return [*steps[:index], *kept] if dynamics.reached(state) else None


class Lifted:
    """The dynamics of a task that is not grounded, by its semantics."""

    def __init__(self, semantics: Semantics) -> None:
        self._semantics = semantics

    def start(self) -> Facts:
        """The facts of the initial state."""
        return self._semantics.facts(self._semantics.initial_state())

    def copy(self, state: Facts) -> Facts:
        """Facts of their own with the same content."""
        return self._semantics.facts(self._semantics.state(state))

    def take(self, state: Facts, step: Step) -> bool:
        """Applies a step in place; False, and nothing done, if it is not applicable."""
        try:
            self._semantics.perform(state, step)
        except NotApplicableError:
            return False
        return True

    def reached(self, state: Facts) -> bool:
        """Whether the goal holds."""
        return not self._semantics.unmet(state, self._semantics.task.problem.goal)
