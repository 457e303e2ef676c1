"""A plan side by side with the one before it, in few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from goalsmith.execute.journal.revision import Change, Line
from goalsmith.execute.viewer.views import PlanRows


def plan_rows(lines: Iterable[Line], places: Sequence[int]) -> tuple[PlanRows, ...]:
    """The lines of a revision, those that follow one another in both plans told together.

    Args:
        lines: of `compare_plans`.
        places: those that the steps that were left have in the plan before.
    """
    return _together(
        (None if line.old is None else places[line.old], line.new, line.change.value, 1)
        for line in lines
    )


def skip_rows(places: Sequence[int], skipped: int) -> tuple[PlanRows, ...]:
    """The rest of a plan that goes on without the first so many steps of these places."""
    return _together(
        (place, None, Change.SKIPPED.value, 1)
        if number < skipped
        else (place, place, Change.KEPT.value, 1)
        for number, place in enumerate(places)
    )


def _together(rows: Iterable[PlanRows]) -> tuple[PlanRows, ...]:
    found: list[PlanRows] = []
    for row in rows:
        if found and _follows(found[-1], row):
            old, new, kind, length = found[-1]
            found[-1] = (old, new, kind, length + 1)
        else:
            found.append(row)
    return tuple(found)


def _follows(rows: PlanRows, row: PlanRows) -> bool:
    old, new, kind, length = rows
    ahead = (None if old is None else old + length, None if new is None else new + length, kind)
    return row[:3] == ahead
