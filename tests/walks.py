"""Plans without an engine: random walks, with what they changed as the goal."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And, Not
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics


def walk(task: Task, seed: int, length: int) -> tuple[Task, Plan]:
    """A random walk from a task's start, and the task of reaching some of what it changed."""
    rng = random.Random(seed)
    semantics = Semantics(task)
    start = state = semantics.initial_state()
    steps = []
    for _ in range(length):
        choice = list(semantics.applicable_steps(state))
        if not choice:
            break
        steps.append(rng.choice(choice))
        state = semantics.apply(state, steps[-1])
    new = sorted(state.atoms - start.atoms)
    gone = sorted(start.atoms - state.atoms)
    goal = And((*rng.sample(new, min(3, len(new))), *map(Not, gone[:1])))
    return task.with_goal(goal), Plan(tuple(steps))
