"""What a run cost, counted in its journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goalsmith.execute.journal.events import ReplanBegun, Replanned, StepBegun
from goalsmith.execute.journal.journal import Entry
from goalsmith.execute.journal.revision import Change, revisions


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a run cost.

    Attributes:
        executed: the steps that the world was asked to take, failed ones included.
        replans: how often the solver was asked.
        replan_seconds: wall time that it took to answer, all answers together.
        slowest_replan: the longest of these times.
        revisions: how often a plan took the place of another.
        old_steps: the steps that were left of the plans replaced, all together.
        new_steps: the steps of the plans in their place.
        kept_steps: the steps that were in both, in whatever order.
    """

    executed: int = 0
    replans: int = 0
    replan_seconds: float = 0.0
    slowest_replan: float = 0.0
    revisions: int = 0
    old_steps: int = 0
    new_steps: int = 0
    kept_steps: int = 0


def measure(journal: Iterable[Entry]) -> Metrics:
    """What the run of a journal cost."""
    entries = tuple(journal)
    events = [entry.event for entry in entries]
    waits: list[float] = []
    asked = 0.0
    for entry in entries:
        match entry.event:
            case ReplanBegun():
                asked = entry.seconds
            case Replanned():
                waits.append(entry.seconds - asked)
    # Where steps are only skipped, the plan is the same.
    revised = [each for each in revisions(events) if not each.steps(Change.SKIPPED)]
    lines = [line for each in revised for line in each.lines]
    return Metrics(
        executed=sum(isinstance(event, StepBegun) for event in events),
        replans=sum(isinstance(event, ReplanBegun) for event in events),
        replan_seconds=sum(waits),
        slowest_replan=max(waits, default=0.0),
        revisions=len(revised),
        old_steps=sum(line.old is not None for line in lines),
        new_steps=sum(line.new is not None for line in lines),
        kept_steps=sum(line.old is not None and line.new is not None for line in lines),
    )
