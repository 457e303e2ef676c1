"""Asking the solver for a plan from the state observed, and checking what it gives."""

from __future__ import annotations

from goalsmith.domains.formula import Condition
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.writer import write_condition
from goalsmith.execute.journal.events import (
    PlanAdopted,
    PlanRefused,
    ReplanBegun,
    Replanned,
    StepsTakenBack,
)
from goalsmith.execute.journal.revision import distance
from goalsmith.execute.monitor.course import Course, count, said
from goalsmith.execute.monitor.endings import Ended
from goalsmith.execute.monitor.set_aside import without_steps
from goalsmith.execute.monitor.situation import task_from
from goalsmith.execute.monitor.stability import Candidate, most_stable
from goalsmith.execute.policies import Policy
from goalsmith.solve.explain.conflict import conflict
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.validation import Failure, validate

_REASON_SECONDS = 2.0
"""Wall time in which it is worked out which parts of a goal are out of reach."""


def replan(course: Course, trouble: str) -> None:
    """Adopts the solver's plan from here, or refuses it. Ends the run if there is none."""
    progress, budget = course.progress, course.budget.replans
    if course.policy is Policy.NEVER:
        raise Ended(Outcome.ENDED_SHORT, f"{trouble}; the policy is never to replan")
    if progress.replans >= budget:
        spent = f"the budget of {count(budget, 'replan')} is spent; last: {trouble}"
        raise Ended(Outcome.ENDED_SHORT, spent)
    course.record(ReplanBegun(progress.replans + 1, trouble))
    number = progress.replans
    solution = _solved(course)
    course.record(Replanned(number, solution.outcome, solution.engine, solution.evidence))
    if solution.solved and solution.plan is not None:
        plan, reason = solution.plan, f"replan {number}: {trouble}"
        stable = _stable(course, plan)
        if stable is not None and stable.plan != plan:
            far = distance(progress.place.rest, plan)
            reason += f"; {stable.distance} steps differ from the plan before, not {far}"
            plan = stable.plan
        consider(course, len(progress.plans) + 1, plan, reason)
        return
    if solution.outcome is Outcome.INTERRUPTED and course.cancel.is_set():
        return  # the engines were stopped because the run is to stop
    if solution.outcome is Outcome.UNSOLVABLE:
        found = "the goal cannot be reached from here"
    else:
        found = f"the solver has no plan ({solution.outcome})"
    evidence = solution.evidence or solution.outcome.meaning
    raise Ended(Outcome.ENDED_SHORT, f"{found}: {evidence}{_why(course, solution)}")


def consider(course: Course, version: int, plan: Plan, reason: str) -> None:
    """Adopts a plan if it leads from here to the goal; else refuses it."""
    failure = failure_of(course, plan)
    if failure is None:
        course.record(PlanAdopted(version, plan, reason))
    else:
        course.record(PlanRefused(version, plan, str(failure)))


def failure_of(course: Course, plan: Plan) -> Failure | None:
    """Where a plan fails from the state observed last; None if it leads to the goal."""
    return validate(task_from(course.semantics, course.state), plan).failure


def _solved(course: Course) -> Solution:
    """The solver's answer; where there is no way around steps set aside, with them again."""
    set_aside = tuple(sorted(course.progress.set_aside, key=str))
    task = task_from(course.semantics, course.state)
    solution = _ask(course, without_steps(task, set_aside))
    if solution.plan is None and set_aside:
        names = ", ".join(map(str, set_aside))
        reason = f"there is no way around {names} ({solution.outcome})"
        course.record(StepsTakenBack(set_aside, reason))
        solution = _ask(course, task)
    return solution


def _stable(course: Course, plan: Plan) -> Candidate | None:
    """The plan that keeps most of the old one at a cost that is allowed; None: any will do."""
    progress, factor = course.progress, course.stability
    if factor is None and (progress.new_goal or course.policy is Policy.EVERY_STEP):
        # What a person has seen of the plan stays where that costs nothing; and if plans that are
        # no better took each other's place at every step, they might never come to an end.
        factor = 1.0
    if factor is None or not progress.version:
        return None
    set_aside = frozenset(progress.set_aside)

    def ask(task: Task) -> Plan | None:
        try:
            return course.solver(without_steps(task, set_aside)).plan
        except Exception:
            return None  # the solver's plan is there

    task = task_from(course.semantics, course.state)
    return most_stable(task, progress.place.rest, plan, factor, ask, set_aside)


def _ask(course: Course, task: Task) -> Solution:
    try:
        solution = course.solver(task)
        if not isinstance(solution, Solution):
            raise TypeError(f"it returned {type(solution).__name__}, not a Solution")
        return solution
    except Exception as error:
        # Whatever goes wrong in a solver, the steps already taken deserve an orderly end.
        raise Ended(Outcome.ENDED_SHORT, f"the solver failed: {said(error)}") from error


def _why(course: Course, solution: Solution) -> str:
    """Which parts of the goal are out of reach from here, if that can be found out."""
    if solution.outcome is not Outcome.UNSOLVABLE:
        return ""

    def ask(task: Task, _: Limits) -> Solution:
        return course.solver(task)

    try:
        task = task_from(course.semantics, course.state)
        found = conflict(task, seconds=_REASON_SECONDS, ask=ask)
    except Exception:
        return ""
    parts: tuple[Condition, ...] = found.impossible or found.together
    if not parts:
        return ""
    shown = " ".join(map(write_condition, parts[:3]))
    return f"; out of reach: {shown}"
