"""The baseline: a plan carried out by repeating each step until it works, without planning anew."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.environment import Attempt
from goalsmith.execute.simulation.simulator import Simulator

TRIES = 25
"""How often a step is tried before it is given up, and the run with it."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """How a plan fared that was carried out so.

    Attributes:
        reached: whether the goal holds in the end.
        reason: why it ended, in a sentence.
        steps: the steps that the world was asked to take.
    """

    reached: bool
    reason: str
    steps: tuple[Step, ...]


def repeat(
    task: Task, plan: Plan, world: Simulator, *, tries: int = TRIES, cancel: Event | None = None
) -> Repeated:
    """Carries a plan out, each step until its effects are there.

    A step has worked when what it was to make true is true, and what it was to make false is false,
    whatever the world reports: the most that can be had by looking at the step alone.

    Args:
        task: what is wanted.
        plan: leads from the task's initial state to its goal.
        world: where it is carried out.
        tries: how often a step is tried.
        cancel: set to stop before the next step.

    Raises:
        InputError: the plan cannot be carried out as planned.
    """
    semantics = Semantics(task)
    taken: list[Step] = []
    for step, effects in _with_effects(semantics, plan):
        for _ in range(tries):
            if semantics.goal_holds(world.observe()):
                return Repeated(True, f"the goal holds after {len(taken)} steps", tuple(taken))
            if cancel is not None and cancel.is_set():
                return Repeated(False, "it was asked to stop", tuple(taken))
            taken.append(step)
            world.act(step, Attempt(str(len(taken))))
            if _hold(effects, world.observe()):
                break
        else:
            reason = f"{step} did not work in {tries} tries"
            return Repeated(False, reason, tuple(taken))
    reached = semantics.goal_holds(world.observe())
    reason = "the goal holds" if reached else "the plan is used up, and the goal does not hold"
    return Repeated(reached, reason, tuple(taken))


def _with_effects(
    semantics: Semantics, plan: Plan
) -> list[tuple[Step, tuple[tuple[Atom, bool], ...]]]:
    """Each step with the atoms that it changes if all goes as planned."""
    facts = semantics.facts(semantics.initial_state())
    return [(step, tuple(semantics.perform(facts, step).atoms())) for step in plan]


def _hold(effects: tuple[tuple[Atom, bool], ...], state: State) -> bool:
    return all((atom in state.atoms) == holds for atom, holds in effects)
