"""Reference costs: what good plans are known to cost, from a file and from the attempts themselves.

The file is a JSON object from `domain/problem` to a cost.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from goalsmith.benchmarks.scores.attempt import Attempt, TaskName
from goalsmith.domains.errors import InputError
from goalsmith.domains.reader import load_text

NO_REFERENCES: Mapping[TaskName, float] = {}

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a task: the cost of the best plan, and what no plan can cost less than."""

    best: float | None = None
    bound: float | None = None


def is_above(figure: float, cost: float) -> bool:
    """Whether a figure is above a cost, by more than rounding."""
    return figure > cost + _ROUNDING * max(1.0, abs(cost))


def read_references(path: str | Path) -> dict[TaskName, float]:
    """The reference costs in a file.

    Raises:
        InputError: the file cannot be read, or is not as described above.
    """
    try:
        said = json.loads(load_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}") from None
    if not isinstance(said, dict):
        raise InputError(f'{path} is no object such as {{"gripper/p01": 11}}')
    costs = {}
    for name, cost in said.items():
        domain, slash, problem = name.rpartition("/")
        number = isinstance(cost, int | float) and not isinstance(cost, bool)
        if not slash or not number or not 0 <= cost < math.inf:
            raise InputError(
                f"{path}: `{name}: {cost}` is not a task and its cost, such as `gripper/p01: 11`"
            )
        costs[domain, problem] = float(cost)
    return costs


def uncovered(tasks: Iterable[TaskName], references: Mapping[TaskName, float]) -> str:
    """A sentence about references that are not of all tasks; empty where there is nothing to say.

    A file whose names are not those of the suite would otherwise go unnoticed.
    """
    own = sorted(set(tasks))
    found = sum(task in references for task in own)
    if not references or found == len(own):
        return ""
    if found:
        return (
            f"Reference costs are known of {found} of {len(own)} tasks; of the others, the best "
            "plan found counts."
        )
    return (
        "None of the reference costs is of a task that was looked at: they are of tasks such as "
        f"{'/'.join(min(references))}, and here is {'/'.join(own[0])}. The best plan found counts."
    )


def known(
    attempts: Iterable[Attempt],
    references: Mapping[TaskName, float] = NO_REFERENCES,
    *,
    official: bool = False,
) -> dict[TaskName, Known]:
    """What is known of each task attempted.

    The best cost is the lowest of the reference and of all attempts. If it is to be `official`, it
    is the reference where there is one, and plans may be better than it. The bound is the highest
    that is claimed, but for those that a plan or the reference refutes.
    """
    costs: dict[TaskName, float] = {}
    bounds: dict[TaskName, list[float]] = {}
    tasks: dict[TaskName, None] = {}
    for attempt in attempts:
        tasks[attempt.task] = None
        if attempt.cost is not None:
            costs[attempt.task] = min(attempt.cost, costs.get(attempt.task, math.inf))
        if attempt.bound is not None:
            bounds.setdefault(attempt.task, []).append(attempt.bound)
    found = {}
    for task in tasks:
        reference = references.get(task)
        plans = [cost for cost in (costs.get(task), reference) if cost is not None]
        least = min(plans, default=None)
        possible = [b for b in bounds.get(task, ()) if least is None or not is_above(b, least)]
        best = reference if official and reference is not None else least
        found[task] = Known(best, max(possible, default=None))
    return found
