"""The plan that windows work on, which may cost more than the best one for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from goalsmith.solve.grounded.ordering import StepOrder
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator


@dataclass(frozen=True, slots=True)
class Version:
    """A plan whose steps have numbers of their own, by which they are known in later versions."""

    steps: tuple[GroundOperator, ...]
    numbers: tuple[int, ...]
    cost: int
    order: StepOrder = field(repr=False)


class WorkingPlan:
    """The best plan, and the one worked on: the same but for detours. Safe for several threads.

    Args:
        task: the grounded task.
        plan: a valid plan of it.
    """

    def __init__(self, task: GroundedTask, plan: Sequence[GroundOperator]) -> None:
        self._task = task
        self._lock = Lock()
        self._next_number = 0
        self.best = self.current = self._version(plan, ())

    def offer(self, plan: Sequence[GroundOperator]) -> bool:
        """Takes a valid plan that is cheaper than the one worked on; says whether it did."""
        if self._task.replay(plan) is None:
            return False
        with self._lock:
            if sum(step.cost for step in plan) >= self.current.cost:
                return False
            self._go_on_with(self._version(plan, ()))
        return True

    def leave(self, best: Version, plan: Sequence[GroundOperator]) -> bool:
        """Goes on with a valid plan, whatever it costs, if `best` is the best one still."""
        if self._task.replay(plan) is None:
            return False
        with self._lock:
            if self.best is not best:
                return False
            self._go_on_with(self._version(plan, ()))
        return True

    def replace(
        self,
        numbers: set[int],
        pivot: int,
        replacement: Sequence[GroundOperator],
        sideways: bool,
    ) -> int | None:
        """Puts another block in the place of some steps in what is worked on by now.

        Args:
            numbers: of the steps.
            pivot: the how many-th of them parts those that may stand on either side.
            replacement: the other block.
            sideways: whether one of the same cost will do.

        Returns:
            What it saves; None if that is not enough, or if the plan has changed so much that the
            block does not fit any more.
        """
        with self._lock:
            current = self.current
            members = [n for n, number in enumerate(current.numbers) if number in numbers]
            block = sum(1 << n for n in members)
            if len(members) < len(numbers) or current.order.closure(block) != block:
                return None
            count = len(current.steps)
            first, last = current.order.around(block, count, members[pivot])
            steps = [
                *(current.steps[n] for n in first),
                *replacement,
                *(current.steps[n] for n in last),
            ]
            cost = sum(step.cost for step in steps)
            if cost - sideways >= current.cost or self._task.replay(steps) is None:
                return None
            numbered = [
                *(current.numbers[n] for n in first),
                *(None for _ in replacement),
                *(current.numbers[n] for n in last),
            ]
            self._go_on_with(self._version(steps, numbered))
            return current.cost - cost

    def _go_on_with(self, version: Version) -> None:
        self.current = version
        if version.cost <= self.best.cost:
            self.best = version

    def _version(self, steps: Sequence[GroundOperator], numbers: Sequence[int | None]) -> Version:
        """A version of the plan; steps without a number get a new one."""
        given = []
        for number in numbers or [None] * len(steps):
            self._next_number += number is None
            given.append(self._next_number if number is None else number)
        cost = sum(step.cost for step in steps)
        return Version(tuple(steps), tuple(given), cost, StepOrder(steps))
