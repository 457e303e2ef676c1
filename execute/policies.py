"""When a run plans anew, and when what is left of its plan will do."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics


class Policy(StrEnum):
    """What a run does when the world is not as expected."""

    STRICT = "strict"
    """It plans anew whenever a step failed or the state observed differs from the one expected."""
    RELEVANT = "relevant"
    """It plans anew only if no end of the plan still leads to the goal."""
    EVERY_STEP = "every-step"
    """It plans anew after every step."""
    NEVER = "never"
    """It goes on with its plan as long as that can be carried out."""


def shortest_end(semantics: Semantics, state: State, steps: Sequence[Step]) -> int | None:
    """Where in some steps the shortest end begins that leads from a state to the goal.

    None if no end does. The idea is that of the triangle tables of PLANEX (Fikes, Hart and Nilsson,
    Artificial Intelligence 3, 1972), which look for the last kernel that holds; here each end is
    replayed, so that it is right for conditional effects, derived atoms and numbers, too.
    """
    for start in range(len(steps), -1, -1):
        if _leads_to_goal(semantics, state, steps[start:]):
            return start
    return None


def _leads_to_goal(semantics: Semantics, state: State, steps: Sequence[Step]) -> bool:
    facts = semantics.facts(state)
    try:
        for step in steps:
            semantics.perform(facts, step)
    except InputError:
        return False
    return not semantics.unmet(facts, semantics.task.problem.goal)
