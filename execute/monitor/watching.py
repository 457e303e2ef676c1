"""Acting on the world and looking at it. An environment is anyone's code: it is not trusted."""

from __future__ import annotations

from dataclasses import replace

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Step
from goalsmith.execute.divergence import compare
from goalsmith.execute.environment import ActionReport, Attempt, Ending, Observation
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    StateMatched,
    StepBegun,
    StepNotTaken,
    StepReported,
)
from goalsmith.execute.monitor.course import MESSAGE_LENGTH, Course, said
from goalsmith.execute.monitor.endings import Ended
from goalsmith.execute.observation import Seen, take_in
from goalsmith.solve.order.occurrence import atoms_set


def take(course: Course, step: Step) -> None:
    """Takes a step, and compares what is observed after it with what was expected."""
    begun = begin(course, step, course.progress.index)
    report = act(course, begun)
    finish(course, begun, report)


def begin(course: Course, step: Step, index: int) -> StepBegun:
    """Records that a step, at a place of the plan in force, is about to be taken.

    Raises InputError if it cannot be taken in the state observed last.
    """
    progress = course.progress
    begun = progress.not_taken.get(step)
    if begun is not None:
        begun = replace(begun, index=index)
    else:
        number = len(progress.steps) + 1
        attempt = progress.attempt + 1 if step == progress.troubled else 1
        begun = StepBegun(number, index, step, attempt, f"{course.name}-{number}")
    course.record(begun)
    progress.expected(begun.number)
    return begun


def act(course: Course, begun: StepBegun) -> ActionReport:
    """Asks the environment to take a step. Records nothing, so that any thread may do it."""
    try:
        report = course.environment.act(begun.step, Attempt(begun.key, begun.attempt))
        if not isinstance(report, ActionReport):
            raise TypeError(f"act returned {report!r}, not an ActionReport")
        # A claim that is none of these could not be read again from the journal.
        succeeded, ending = bool(report.succeeded), Ending(report.how)
        message = "" if report.message is None else str(report.message)
        return ActionReport(succeeded, printable(message, MESSAGE_LENGTH), ending)
    except Exception as error:
        # What an environment raises is a step that failed.
        return ActionReport(False, said(error), Ending.FAILED)


def finish(course: Course, begun: StepBegun, report: ActionReport) -> None:
    """Records what the environment says of a step, and what is observed after it."""
    number = begun.number
    course.record(StepReported(number, begun.step, report.succeeded, report.message, report.how))
    expected = course.progress.expected(number).state
    looked = observation(course)
    _note(course, number, expected, seen(course, looked, expected))


def look_again(course: Course) -> None:
    """Looks whether the world is still as it was observed last; the first look after a wait.

    A step that was in flight has happened if the world is as expected after it. It has not if the
    world is as it was before, unless it was reported as over: its effects were lost then.
    """
    progress, looked = course.progress, observation(course)
    in_flight = tuple(progress.place.under_way.values())
    if not in_flight:
        before = course.state
        _note(course, len(progress.steps), before, seen(course, looked, before))
    for begun in in_flight:
        before, expected = course.state, progress.expected(begun.number).state
        now = seen(course, looked, before)
        unchanged = _without_those_in_flight(course, begun.number, before, now).state == before
        if begun.number not in progress.reports and unchanged and expected != before:
            # Where too little is seen to tell, the step is taken again as well: under the same
            # key, by which the world can know it.
            course.record(StepNotTaken(begun.number, begun.step))
        else:
            _note(course, begun.number, expected, seen(course, looked, expected))


def _note(course: Course, number: int, expected: State, found: Seen) -> None:
    """Records how what is seen after a step differs from what was expected."""
    found = _without_those_in_flight(course, number, expected, found)
    divergence = compare(expected, found.state)
    if divergence:
        course.record(DivergenceSeen(number, divergence, found.stale))
    else:
        course.record(StateMatched(number, found.stale))


def _without_those_in_flight(course: Course, number: int, expected: State, found: Seen) -> Seen:
    """What is seen, with what the other steps in flight may change taken to be as expected."""
    atoms: set[Atom] = set()
    terms: set[FunctionTerm] = set()
    for begun in course.progress.place.under_way.values():
        if begun.number != number:
            facts = course.semantics.facts(course.state)
            try:
                adds, deletes = atoms_set(course.semantics, facts, begun.step)
                terms.update(course.semantics.perform(facts, begun.step).numbers)
            except InputError:
                continue  # it has lost its ground, and is expected to change nothing
            atoms |= adds | deletes
    if not atoms and not terms:
        return found
    numbers = {n for n in found.state.numbers if n[0] not in terms}
    numbers.update(n for n in expected.numbers if n[0] in terms)
    state = State((found.state.atoms - atoms) | (expected.atoms & atoms), frozenset(numbers))
    return Seen(state, found.stale | (expected.atoms & atoms))


def observation(course: Course) -> State | Observation:
    """What the environment says is true. Ends the run if it cannot."""
    try:
        return course.environment.observe()
    except Exception as error:
        raise _blind(error) from error


def seen(course: Course, looked: State | Observation, expected: State) -> Seen:
    """An observation as a state of the task. Ends the run if it is none."""
    try:
        return take_in(course.semantics, looked, expected)
    except Exception as error:
        raise _blind(error) from error


def _blind(error: Exception) -> Ended:
    return Ended(Outcome.ENDED_SHORT, f"the world could not be observed: {said(error)}")
