"""A plan side by side with the one before it, in few words."""

from __future__ import annotations

from collections.abc import Iterable

from goalsmith.execute.revision import Line
from goalsmith.execute.viewer.views import PlanRows


def plan_rows(lines: Iterable[Line], start: int) -> tuple[PlanRows, ...]:
    """The lines of a revision, those that follow one another in both plans told together.

    Args:
        lines: of `compare_plans`.
        start: the place in the plan before from which it was compared.
    """
    found: list[PlanRows] = []
    for line in lines:
        old = None if line.old is None else line.old + start
        row: PlanRows = (old, line.new, line.change.value, 1)
        if found and _follows(found[-1], row):
            first_old, first_new, kind, length = found.pop()
            row = (first_old, first_new, kind, length + 1)
        found.append(row)
    return tuple(found)


def _follows(rows: PlanRows, row: PlanRows) -> bool:
    old, new, kind, length = rows
    ahead = (None if old is None else old + length, None if new is None else new + length, kind)
    return row[:3] == ahead
