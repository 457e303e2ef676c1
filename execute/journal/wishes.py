"""What people want of a run, worked out from its events alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from goalsmith.domains.plans import Step
from goalsmith.execute.journal.events import (
    Event,
    GoalChanged,
    MessageRefused,
    PlanApproved,
    PlanEdited,
    PlanRejected,
    ReviewAsked,
    RunEnded,
    RunResumed,
    StepBegun,
    StepNotTaken,
    StopAsked,
)


@dataclass(slots=True)
class Wishes:
    """What people want of a run.

    Attributes:
        asked: the version of the plan that was last given to a person to review.
        approved: the versions that a person approved or made.
        rejected: why a person rejected the plan; None if nobody did.
        stop: why somebody wants the run to stop; None if nobody does.
        stop_steps: the steps taken since then, to make the stop safe.
        answered: the numbers of the messages that were answered.
    """

    asked: int = 0
    approved: set[int] = field(default_factory=set)
    rejected: str | None = None
    stop: str | None = None
    stop_steps: list[Step] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)
    _ended: bool = False

    def take(self, event: Event) -> None:
        """Takes an event into account."""
        match event:
            case ReviewAsked(version=version):
                self.asked = version
            case PlanApproved(version=version) | PlanEdited(version=version):
                self.approved.add(version)
            case PlanRejected(reason=reason):
                self.rejected = reason
            case StopAsked(reason=reason):
                self.stop, self.stop_steps = reason, []
            case StepBegun(step=step) if self.stop is not None:
                self.stop_steps.append(step)
            case StepNotTaken(step=step) if step in self.stop_steps:
                self.stop_steps.remove(step)
            case RunEnded():
                self._ended = True
            case RunResumed() if self._ended:  # nobody wants it to stop any more
                self._ended, self.stop, self.stop_steps = False, None, []
        match event:
            case (
                PlanApproved(message=int(number))
                | PlanRejected(message=int(number))
                | PlanEdited(message=int(number))
                | GoalChanged(message=int(number))
                | StopAsked(message=int(number))
                | MessageRefused(message=number)
            ):
                self.answered.add(number)
