"""What the timeline says of events that are no steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Step
from goalsmith.domains.writer import write_condition
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    GoalChanged,
    Judged,
    MessageRefused,
    PlanAdopted,
    PlanApproved,
    PlanEdited,
    PlanRefused,
    PlanRejected,
    ReplanBegun,
    ReviewAsked,
    RunEnded,
    RunResumed,
    RunStarted,
    StepNotTaken,
    StepSetAside,
    StepsTakenBack,
    StopAsked,
)
from goalsmith.execute.viewer.names import Names
from goalsmith.execute.viewer.views import Tone


@dataclass(frozen=True, slots=True)
class Note:
    """What the timeline says of an event: how serious it is, what happened, and why."""

    tone: Tone
    title: str
    detail: str = ""


def note(event: Event, names: Names) -> Note:
    """What the timeline says of an event. One that is not known here is named by its kind."""
    match event:
        case RunStarted(policy=policy, max_replans=replans):
            detail = f"policy {policy}, at most {count(replans, 'replan')}"
            return Note(Tone.CALM, "Run started", detail)
        case DivergenceSeen(divergence=divergence):
            return Note(Tone.WARNING, "The world was not as expected", divergence.summary())
        case PlanAdopted(version=version, plan=plan, reason=reason):
            return Note(Tone.NEWS, f"Plan {version} adopted, {count(len(plan), 'step')}", reason)
        case PlanEdited(version=version, plan=plan, replaces=replaces):
            title = f"Plan {version} adopted, {count(len(plan), 'step')}"
            return Note(Tone.NEWS, title, f"a person edited plan {replaces}")
        case PlanRefused(version=version, reason=reason):
            return Note(Tone.BAD, f"Plan {version} refused", reason)
        case Judged(verdict=verdict, reason=reason):
            return Note(Tone.WARNING, f"Verdict: {verdict}", reason)
        case StepNotTaken(step=step):
            return Note(Tone.WARNING, "The step in flight had not happened", names.say(step))
        case StepSetAside(step=step, attempts=attempts):
            detail = f"it had no effect here {attempts} times, and plans do without it"
            return Note(Tone.WARNING, f"Set aside: {names.say(step)}", detail)
        case StepsTakenBack(steps=steps, reason=reason):
            return Note(Tone.WARNING, f"No longer set aside: {_said(steps, names)}", reason)
        case ReplanBegun(number=number, reason=reason):
            return Note(Tone.NEWS, f"Replan {number}", reason)
        case RunResumed(reason=reason):
            return Note(Tone.WARNING, "Run resumed", reason)
        case ReviewAsked(version=version):
            return Note(Tone.NEWS, f"Plan {version} waits for approval")
        case PlanApproved(version=version):
            return Note(Tone.GOOD, f"Plan {version} approved")
        case PlanRejected(version=version, reason=reason):
            return Note(Tone.BAD, f"Plan {version} rejected", reason)
        case GoalChanged(goal=goal):
            return Note(Tone.NEWS, "The goal changed", write_condition(goal))
        case StopAsked(reason=reason):
            return Note(Tone.WARNING, "The run was asked to stop", reason)
        case MessageRefused(message=message, reason=reason):
            return Note(Tone.BAD, f"Message {message} refused", reason)
        case RunEnded(outcome=outcome, reason=reason):
            tone = Tone.GOOD if outcome is Outcome.REACHED else Tone.BAD
            title = "Goal reached" if outcome is Outcome.REACHED else f"Run {outcome.label}"
            return Note(tone, title.replace("-", " "), reason)
        case _:
            return Note(Tone.CALM, event.kind.replace("-", " ").capitalize())


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural where that is called for."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _said(steps: Iterable[Step], names: Names) -> str:
    return ", ".join(map(names.say, steps))
