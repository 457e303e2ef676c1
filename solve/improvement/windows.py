"""Windows of a plan: blocks of steps that together may be done better.

A block is grown from one step along the orders of the plan until it has the size asked for, always
closed, so that the plan can be rearranged to have its steps in a row. What the block writes, and a
few variables beside, may change; how the block starts and what the rest of the plan needs make a
small task (`goalsmith.solve.grounded.projection`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from goalsmith.solve.grounded.ordering import StepOrder, bits
from goalsmith.solve.grounded.projection import project
from goalsmith.solve.grounded.regression import needs
from goalsmith.solve.grounded.sas import SasTask
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator

SLACK = 1.25
"""How much larger than asked for a block may become by being closed."""


@dataclass(frozen=True, slots=True)
class Window:
    """A block of a plan and the task of replacing it.

    Attributes:
        first: the steps before the block, in order.
        block: the steps to be replaced.
        last: the steps after it.
        cost: what the block costs.
        pivot: the step of the block at which the free steps were parted.
        task: a plan of it that costs less is a better block.
    """

    first: tuple[GroundOperator, ...]
    block: tuple[GroundOperator, ...]
    last: tuple[GroundOperator, ...]
    cost: int
    pivot: int
    task: SasTask


def grown_block(order: StepOrder, start: int, size: int, random: Random) -> int:
    """A closed set of about `size` steps around one of them, grown along the orders."""
    block = 1 << start
    border = set(order.linked[start])
    refused: set[int] = set()
    while block.bit_count() < size:
        border -= refused
        if not border:
            break
        chosen = random.choice(sorted(border))
        closed = order.closure(block | 1 << chosen)
        if closed.bit_count() > size * SLACK:
            refused.add(chosen)
            continue
        for step in bits(closed & ~block):
            border.update(order.linked[step])
        block = closed
        border = {step for step in border if not block >> step & 1}
    return block


def consecutive_block(count: int, start: int, size: int, random: Random) -> int:
    """A set of `size` of so many steps in a row, one of them given."""
    size = min(size, count)
    first = random.randint(max(0, start - size + 1), min(start, count - size))
    return ((1 << size) - 1) << first


def cut(
    task: GroundedTask,
    plan: Sequence[GroundOperator],
    order: StepOrder,
    block: int,
    most_beside: int,
    random: Random,
    stopped: Callable[[], bool] = lambda: False,
) -> Window | None:
    """The window of a closed block; None if nothing can be saved in it, or if stopped.

    What the block writes may change, and up to `most_beside` variables that are linked to it.
    """
    members = bits(block)
    steps = tuple(plan[n] for n in members)
    cost = sum(step.cost for step in steps)
    if cost == 0:
        return None
    pivot = random.randrange(len(members))
    first_numbers, last_numbers = order.around(block, len(plan), members[pivot])
    first = tuple(plan[n] for n in first_numbers)
    last = tuple(plan[n] for n in last_numbers)
    state = task.start()
    for step in first:
        if not task.take(state, step):
            return None
    entry = list(state)
    for step in steps:
        if not task.take(state, step):
            return None
    states = [list(state)]
    for step in last:
        if not task.take(state, step):
            return None
        states.append(list(state))
    need = needs(task, last, states)
    kept = set().union(*(step.writes for step in steps))
    kept = {v for v in kept if v not in task.unread or v in need}
    beside = sorted(
        {n for v in kept for n in task.neighbours[v] if task.is_basic(n)} - kept - task.unread
    )
    more = random.randint(most_beside // 2, most_beside)
    kept.update(random.sample(beside, min(more, len(beside))))
    small = project(task, entry, need, kept, cost, stopped)
    return None if small is None else Window(first, steps, last, cost, pivot, small)
