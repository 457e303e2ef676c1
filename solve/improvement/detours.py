"""Other plans of about the same cost, from where windows may come to a better one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TypeAlias

from goalsmith.solve.grounded.sas import SasTask
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator
from goalsmith.solve.improvement.windows import consecutive_block, cut, grown_block
from goalsmith.solve.improvement.working_plan import Version

SHARES = (0.1, 0.2, 0.4, 0.8)
"""How much of the plan is done otherwise."""

BESIDE = (6, 40, 10**6)
"""Variables beside those that the block writes which may change as well, at most."""

FORBIDDEN = (0.1, 0.3)
"""Share of the block's steps that must not be taken again, so that the detour is one."""

DEARER = 1.2
"""What the block may cost then, as a multiple of what it cost before."""

ALLOWANCE = 2
"""The same in units of cost: where costs are small, a fifth is nothing."""

WEIGHTS = (2, 5)

SECONDS = 0.5
"""CPU time for a detour."""

MAX_SEED = 2**31 - 1

WindowSearch: TypeAlias = Callable[[SasTask, int, int, float, int], list[int] | None]
"""Looks for a plan of a window's task below a cost bound with a weight in so many CPU seconds, by a
seed: the numbers of its operators, or None."""


def detour(
    task: GroundedTask,
    version: Version,
    search: WindowSearch,
    random: Random,
    stopped: Callable[[], bool] = lambda: False,
) -> list[GroundOperator] | None:
    """A plan in which one block is done otherwise; None if the search finds none, or if stopped.

    Args:
        task: the grounded task.
        version: the plan.
        search: looks for the other block.
        random: chooses block and steps.
        stopped: asked now and then.
    """
    count = len(version.steps)
    size = max(1, round(count * random.choice(SHARES)))
    start = random.randrange(count)
    if random.random() < 0.5:
        block = grown_block(version.order, start, size, random)
    else:
        block = consecutive_block(count, start, size, random)
    most_beside = random.choice(BESIDE)
    window = cut(task, version.steps, version.order, block, most_beside, random, stopped)
    if window is None:
        return None
    share = random.choice(FORBIDDEN)
    forbidden = {str(step.number) for step in window.block if random.random() < share}
    operators = tuple(o for o in window.task.operators if o.name not in forbidden)
    found = search(
        replace(window.task, operators=operators),
        int(window.cost * DEARER) + ALLOWANCE,
        random.choice(WEIGHTS),
        SECONDS,
        random.randint(0, MAX_SEED),
    )
    if found is None:
        return None
    return [*window.first, *(task.operators[number] for number in found), *window.last]
