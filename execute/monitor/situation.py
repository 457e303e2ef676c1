"""The task that is left when a run is in some state."""

from __future__ import annotations

from dataclasses import replace

from goalsmith.domains.language import State, Task
from goalsmith.domains.semantics import Semantics


def task_from(semantics: Semantics, state: State) -> Task:
    """The task of some semantics from another state; a number without a value there has none."""
    fluent = semantics.fluent_functions
    problem = semantics.task.problem
    fixed = tuple(n for n in problem.numbers if n[0].function not in fluent)
    return Task(semantics.task.domain, replace(problem, numbers=fixed)).with_state(state)
