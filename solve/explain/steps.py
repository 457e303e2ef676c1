"""Why a step is in a plan: what it provides and to whom, what it must precede, what it is for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Action, Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.order.causal import CausalLink, CausalOrder, causal_order
from goalsmith.solve.order.partial_order import Ordering, PartialOrder, partial_order
from goalsmith.solve.validation import Failure, validate

NO_STEP = "no step"
"""The name of an action that does nothing. No name in PDDL has a space."""


@dataclass(frozen=True, slots=True)
class StepExplanation:
    """Why a step stands where it does. Steps count from 0.

    Attributes:
        index: the step's place in the plan.
        step: the step.
        provides: the causal links from it.
        needs: the causal links to it.
        before: the immediate orderings in which it comes first.
        after: those in which it comes second.
        without: how the plan fails without the step; None if it does not.
    """

    index: int
    step: Step
    provides: tuple[CausalLink, ...]
    needs: tuple[CausalLink, ...]
    before: tuple[Ordering, ...]
    after: tuple[Ordering, ...]
    without: Failure | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A valid plan explained.

    Attributes:
        plan: the plan.
        causal: its causal links.
        order: its steps with no more order than it needs.
        steps: an explanation for each step that was asked about.
    """

    plan: Plan
    causal: CausalOrder
    order: PartialOrder
    steps: tuple[StepExplanation, ...]


def explanation(task: Task, plan: Plan, step: int | None = None) -> Explanation:
    """Why each step of a valid plan, or the one at a place counted from 0, stands where it does.

    What fails without a step is found by taking the others: the first that cannot be taken, or the
    goal.

    Raises:
        InputError: the plan is not valid for the task, or it has no such step.
    """
    if step is not None and not 0 <= step < len(plan):
        count = f"{len(plan)} step{'' if len(plan) == 1 else 's'}"
        raise InputError(f"there is no step {step + 1}: the plan has {count}")
    causal = causal_order(task, plan)
    order = partial_order(task, plan)
    immediate = order.immediate()
    idle = replace(
        task, domain=replace(task.domain, actions=(*task.domain.actions, Action(NO_STEP)))
    )
    semantics = Semantics(idle)
    found = []
    for index in range(len(plan)) if step is None else (step,):
        # An action that does nothing takes the step's place, so that the others keep theirs.
        rest = Plan((*plan.steps[:index], Step(NO_STEP), *plan.steps[index + 1 :]))
        found.append(
            StepExplanation(
                index,
                plan.steps[index],
                tuple(link for link in causal.links if link.provider == index),
                causal.needs(index),
                tuple(each for each in immediate if each.before == index),
                tuple(each for each in immediate if each.after == index),
                validate(idle, rest, semantics).failure,
            )
        )
    return Explanation(plan, causal, order, tuple(found))
