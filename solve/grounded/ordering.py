"""Which steps of a plan may change places: those that neither write what the other touches.

Steps are kept in order where one writes a variable that the other reads or writes. Every
arrangement that keeps these orders passes through the same values for every reader, so it is a plan
as well and ends in the same state (Mazurkiewicz traces; for plans: Bäckström, JAIR 9, 1998, whose
de-ordering is finer). Sets of steps are bits of integers.
"""

from __future__ import annotations

from collections.abc import Sequence

from goalsmith.solve.grounded.task import GroundOperator


class StepOrder:
    """The order among the steps of one plan.

    Attributes:
        before: for each step the set of those that must come before it.
        after: for each step the set of those that must come after it.
        linked: for each step those directly before or after it.
    """

    def __init__(self, plan: Sequence[GroundOperator]) -> None:
        count = len(plan)
        self.before = [0] * count
        self.after = [0] * count
        self.linked: list[list[int]] = [[] for _ in plan]
        last_writer: dict[int, int] = {}
        readers: dict[int, list[int]] = {}
        for step, operator in enumerate(plan):
            direct: set[int] = set()
            for variable in operator.reads | operator.writes:
                if variable in last_writer:
                    direct.add(last_writer[variable])
            for variable in operator.writes:
                direct.update(readers.pop(variable, ()))
                last_writer[variable] = step
            for variable in operator.reads - operator.writes:
                readers.setdefault(variable, []).append(step)
            before = 0
            for each in direct:
                before |= self.before[each] | 1 << each
                self.linked[each].append(step)
            self.linked[step].extend(direct)
            self.before[step] = before
        for step in range(count - 1, -1, -1):
            after = 0
            for each in self.linked[step]:
                if each > step:
                    after |= self.after[each] | 1 << each
            self.after[step] = after

    def closure(self, block: int) -> int:
        """The block with every step that must come between two of its steps."""
        above = below = 0
        for step in bits(block):
            above |= self.after[step]
            below |= self.before[step]
        return block | (above & below)

    def around(self, block: int, count: int, pivot: int) -> tuple[list[int], list[int]]:
        """The other steps as those to be taken before a closed block and those after it.

        A step that may stand on either side goes before if its number is below `pivot`.
        """
        above = below = 0
        for step in bits(block):
            above |= self.after[step]
            below |= self.before[step]
        first: list[int] = []
        last: list[int] = []
        for step in range(count):
            bit = 1 << step
            if block & bit:
                continue
            if below & bit or (step < pivot and not above & bit):
                first.append(step)
            else:
                last.append(step)
        return first, last


def bits(block: int) -> list[int]:
    """The steps in a set, in ascending order."""
    found = []
    while block:
        lowest = block & -block
        found.append(lowest.bit_length() - 1)
        block ^= lowest
    return found
