"""What the policy makes of a step that was taken, or of what happened otherwise."""

from __future__ import annotations

from goalsmith.domains.plans import Step
from goalsmith.execute.journal.events import Judged, StepSetAside, Verdict
from goalsmith.execute.journal.pending import Pending
from goalsmith.execute.monitor.course import Course
from goalsmith.execute.policies import Policy, shortest_end


def judge(course: Course) -> str | None:
    """Judges what was observed last, if that has not been done: why to plan anew, or None.

    The verdict on whatever went otherwise than expected is recorded.
    """
    pending = course.progress.pending
    if pending is None:
        return course.progress.trouble
    if not pending.trouble:
        if pending.step is not None and course.policy is Policy.EVERY_STEP:
            return f"{pending.step} was taken, and the policy is to replan after every step"
        return None
    if pending.step is not None:
        _set_aside_if_hopeless(course, pending.step)
    match course.policy:
        case Policy.RELEVANT if pending.step not in course.progress.set_aside:
            _judge_by_ends(course, pending)
        case Policy.STRICT | Policy.NEVER if pending.new_goal:
            _judge_by_ends(course, pending)
        case Policy.NEVER:
            _judged(course, Verdict.GO_ON, pending.trouble, pending.step is not None)
        case _:
            _judged(course, Verdict.REPLAN, pending.trouble, 0)
    return course.progress.trouble


def _judge_by_ends(course: Course, pending: Pending) -> None:
    """Goes on with the shortest end of the rest of the plan that leads to the goal."""
    rest = course.progress.place.rest
    start = shortest_end(course.semantics, course.state, rest)
    if start is None:
        _judged(course, Verdict.REPLAN, pending.trouble, 0)
        return
    # The step just taken is not left out where the plan goes on after it.
    first = 1 if rest and rest[0] == pending.step else 0
    skipped = tuple(rest[first:start])
    verdict = Verdict.SKIP if skipped else Verdict.GO_ON
    if pending.step is not None and not start:
        verdict = Verdict.AGAIN
    _judged(course, verdict, pending.trouble, start, skipped)


def _judged(
    course: Course, verdict: Verdict, reason: str, start: int, skipped: tuple[Step, ...] = ()
) -> None:
    """Records a verdict by which the plan goes on `start` steps further on in its rest."""
    places = course.progress.place.places
    index = places[start] if start < len(places) else len(course.progress.plan)
    pending = course.progress.pending
    number = (pending.number if pending is not None else 0) or len(course.progress.steps)
    course.record(Judged(number, verdict, reason, index, skipped))


def _set_aside_if_hopeless(course: Course, step: Step) -> None:
    """Sets a step aside that has had no effect in one state too often."""
    attempts = course.progress.failures[course.state, step]
    if attempts >= course.budget.attempts and step not in course.progress.set_aside:
        course.record(StepSetAside(step, attempts))
