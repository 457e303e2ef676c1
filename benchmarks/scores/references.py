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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a task: the cost of the best plan, and what no plan can cost less than."""

    best: float | None = None
    bound: float | None = None


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


def known(
    attempts: Iterable[Attempt],
    references: Mapping[TaskName, float] = NO_REFERENCES,
    *,
    official: bool = False,
) -> dict[TaskName, Known]:
    """What is known of each task attempted.

    The best cost is the lowest of the reference and of all attempts. If it is to be `official`, it
    is the reference where there is one, and plans may be better than it.
    """
    costs: dict[TaskName, float] = {}
    bounds: dict[TaskName, float] = {}
    tasks: dict[TaskName, None] = {}
    for attempt in attempts:
        tasks[attempt.task] = None
        if attempt.cost is not None:
            costs[attempt.task] = min(attempt.cost, costs.get(attempt.task, math.inf))
        if attempt.bound is not None:
            bounds[attempt.task] = max(attempt.bound, bounds.get(attempt.task, -math.inf))
    found = {}
    for task in tasks:
        best, reference = costs.get(task), references.get(task)
        if reference is not None and (official or best is None or reference < best):
            best = reference
        found[task] = Known(best, bounds.get(task))
    return found
