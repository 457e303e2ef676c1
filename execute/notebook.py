"""Runs as HTML, for notebooks: as tasks and plans are shown there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.notebook import counted, heading, table
from goalsmith.domains.plans import Step
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    GoalChanged,
    PlanAdopted,
    StateMatched,
    StepBegun,
    StepNotTaken,
    StepReported,
)

if TYPE_CHECKING:
    from goalsmith.execute.monitor.monitor import Run

MOST_PARTS = 4
"""Facts of a difference that are shown."""


def run_html(run: Run) -> str:
    """A run: how it ended, and what became of its steps."""
    about = f"{run.outcome}: {run.reason}; {counted(len(run.steps), 'step')}, " + (
        counted(run.replans, "new plan")
    )
    rows = list(_rows(run))
    return heading("Run", about) + table(("", "step", "", ""), rows, len(rows))


def _rows(run: Run) -> Iterator[tuple[object, object, object, object]]:
    """A row for each step that came to an end, and for each plan: number, what, sign, more."""
    under_way: dict[int, Step] = {}
    said: dict[int, str] = {}
    for entry in run.journal:
        match entry.event:
            case PlanAdopted(version=version, plan=plan, reason=reason):
                yield "", f"plan {version}: {counted(len(plan), 'step')}", "", reason
            case GoalChanged():
                yield "", "another goal", "", ""
            case StepBegun(number=number, step=step):
                under_way[number] = step
            case StepNotTaken(number=number):
                under_way.pop(number, None)
            case StepReported(number=number, message=message, succeeded=succeeded):
                said[number] = message if succeeded else f"failed: {message}"
            case StateMatched(number=number) if number in under_way:
                sign = "✗" if said.get(number, "").startswith("failed: ") else "✓"
                yield number, under_way.pop(number), sign, said.get(number, "")
            case DivergenceSeen(number=number, divergence=divergence):
                found = "; ".join(part for part in (said.get(number), _seen(divergence)) if part)
                yield number or "", under_way.pop(number, "before any step"), "✗", found


def _seen(divergence: Divergence) -> str:
    parts = [f"not {atom}" for atom in sorted(divergence.missing)]
    parts += [str(atom) for atom in sorted(divergence.unexpected)]
    parts += [str(change) for change in divergence.changed]
    more = [f"{len(parts) - MOST_PARTS} more"] if len(parts) > MOST_PARTS else []
    return "seen: " + listed([*parts[:MOST_PARTS], *more])
