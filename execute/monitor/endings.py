"""When a run is over, and what for."""

from __future__ import annotations

from goalsmith.domains.outcome import Outcome
from goalsmith.execute.monitor.course import Course, count


class Ended(Exception):  # noqa: N818 - an ending is no error
    """The run is over. Never leaves `execute`."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


def end_if_reached(course: Course) -> None:
    """Ends the run where the goal holds in the state observed last."""
    if course.semantics.goal_holds(course.state):
        steps = len(course.progress.steps)
        taken = f"after {count(steps, 'step')}" if steps else "from the start"
        raise Ended(Outcome.REACHED, f"the goal holds {taken}")


def end_if_spent(course: Course) -> None:
    """Ends the run where something of its budget is spent."""
    reason = spent(course)
    if reason:
        raise Ended(Outcome.ENDED_SHORT, reason)


def spent(course: Course) -> str:
    """What of the run's budget is spent, in a sentence; empty if nothing is."""
    budget, progress = course.budget, course.progress
    if len(progress.steps) >= budget.steps:
        what = count(budget.steps, "step")
    elif budget.seconds is not None and course.journal.seconds >= budget.seconds:
        what = f"{budget.seconds:g} seconds"
    elif budget.cost is not None and progress.cost >= budget.cost:
        what = f"cost {budget.cost}"
    elif budget.visits is not None and progress.visits[course.state] > budget.visits:
        return f"the run has been in one and the same state {budget.visits + 1} times"
    else:
        return ""
    return f"the budget of {what} is spent"
