"""How a run begins, or goes on: the first look, the given plan, and where a run was left."""

from __future__ import annotations

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.divergence import compare
from goalsmith.execute.journal.events import DivergenceSeen, Observed, PlanRefused
from goalsmith.execute.journal.progress import Progress
from goalsmith.execute.monitor.course import Course, count
from goalsmith.execute.monitor.replanning import consider
from goalsmith.execute.monitor.watching import observation, seen
from goalsmith.execute.observation import take_in
from goalsmith.execute.policies import Policy


def look_first(course: Course, given: Semantics) -> None:
    """Observes the world, and records how it differs from the initial state of the task given."""
    expected = _initial(given)
    found = seen(course, observation(course), expected)
    course.record(Observed(found.state, found.stale))
    divergence = compare(expected, found.state)
    if divergence:
        course.record(DivergenceSeen(0, divergence))


def consider_given(course: Course, given: Semantics) -> None:
    """Adopts or refuses the plan that the run was given."""
    plan = course.progress.plans[0]
    divergence = compare(_initial(given), course.state)
    if not divergence or course.policy in (Policy.RELEVANT, Policy.NEVER):
        consider(course, 1, plan, "given")
    else:
        trouble = f"the world is not in the plan's initial state ({divergence.summary()})"
        course.record(PlanRefused(1, plan, trouble))


def where_left(progress: Progress) -> str:
    """Where a run was left that is gone on with. Raises InputError if it has ended for good."""
    if progress.ended is not None:
        if progress.ended.outcome is not Outcome.INTERRUPTED:
            raise InputError(f"the run has ended: {progress.ended.reason}")
        return f"it was interrupted ({progress.ended.reason})"
    if progress.in_flight is not None:
        return f"{progress.in_flight.step} was under way"
    wishes = progress.wishes
    if progress.version and wishes.asked == progress.version not in wishes.approved:
        return f"plan {progress.version} waits for review"
    if progress.trouble is not None:
        return "a new plan was wanted"
    return f"{count(len(progress.steps), 'step')} had been taken"


def _initial(given: Semantics) -> State:
    initial = given.initial_state()
    return take_in(given, initial, initial).state
