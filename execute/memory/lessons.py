"""What one run teaches about its world, worked out from its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    Observed,
    RunEnded,
    StateMatched,
    StepBegun,
    StepNotTaken,
    StepReported,
)
from goalsmith.execute.journal.progress import Progress
from goalsmith.execute.memory.memory import MAX_GOAL, MAX_MESSAGE, Fact, Source, StepRecord


@dataclass(frozen=True, slots=True)
class Lessons:
    """What one run teaches.

    Attributes:
        state: the last state observed, as far as it was seen.
        observed: when that was, in seconds since 1970.
        unseen: of its atoms those that were not seen then, with what is known of them instead; None
            for one that was taken over from the task and never seen.
        steps: how its steps went.
        goal: the goal in PDDL, if it was reached and is not too long.
        taken: how many steps it took.
    """

    state: State
    observed: float
    unseen: Mapping[Atom, Fact | None]
    steps: Mapping[Step, StepRecord]
    goal: str | None
    taken: int


def lessons(task: Task, events: Iterable[tuple[float, Event]], since: int = 0) -> Lessons | None:
    """What a run teaches; None if it never observed its world.

    Args:
        task: the one that it began with.
        events: all of them, each with its time in seconds since 1970.
        since: how many were heard before: of them, steps and goals do not count again.

    Raises:
        InputError: they are not those of a run of this task.
    """
    student = _Student(Progress(Semantics(task)))
    for number, (time, event) in enumerate(events):
        student.hear(time, event, is_new=number >= since)
    state = student.progress.state
    if state is None:
        return None
    return Lessons(
        state,
        student.looked,
        student.unseen,
        student.steps,
        student.goal,
        len(student.progress.steps),
    )


class _Student:
    """Follows a run."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.looked = 0.0
        self.unseen: dict[Atom, Fact | None] = {}
        self.steps: dict[Step, StepRecord] = {}
        self.goal: str | None = None
        self._begun: dict[int, StepBegun] = {}
        self._reports: dict[int, StepReported] = {}

    def hear(self, time: float, event: Event, is_new: bool) -> None:
        """Takes an event into account."""
        before = self.progress.state
        self.progress.take(event)
        match event:
            case Observed(stale=stale):
                self._look(time, stale, None)
            case StateMatched(number=number, stale=stale):
                self._look(time, stale, before)
                self._finish(time, number, before, is_new, matched=True)
            case DivergenceSeen(number=number, stale=stale):
                # What is said of the first observation was seen with it.
                if number in self._begun or self.progress.state != before:
                    self._look(time, stale, before)
                self._finish(time, number, before, is_new, matched=False)
            case StepBegun(number=number):
                self._begun[number] = event
            case StepReported(number=number):
                self._reports[number] = event
            case StepNotTaken(number=number):
                self._begun.pop(number, None)
            case RunEnded(outcome=outcome) if is_new:
                goal = write_condition(self.progress.semantics.task.problem.goal)
                reached = outcome is Outcome.REACHED and len(goal) <= MAX_GOAL
                self.goal = goal if reached else None

    def _look(self, time: float, stale: frozenset[Atom], before: State | None) -> None:
        """The world was observed, except for some atoms that are taken to hold."""
        unseen: dict[Atom, Fact | None] = {}
        for atom in stale:
            if atom in self.unseen:
                unseen[atom] = self.unseen[atom]
            elif before is None:
                unseen[atom] = None
            elif atom in before.atoms:
                unseen[atom] = Fact(True, self.looked)
            else:
                unseen[atom] = Fact(True, time, Source.EXPECTED)
        self.unseen, self.looked = unseen, time

    def _finish(
        self, time: float, number: int, before: State | None, is_new: bool, *, matched: bool
    ) -> None:
        """A step was observed: it went as expected, or otherwise.

        It had no effect if the state is the one observed last before this. When it was begun,
        others under way may not have had theirs yet.
        """
        begun, report = self._begun.pop(number, None), self._reports.pop(number, None)
        if begun is None or not is_new:
            return
        refused = report is not None and not report.succeeded
        if matched and not refused:
            went = StepRecord(worked=1, time=time)
        elif refused or self.progress.state == before:
            message = report.message if report is not None and refused else ""
            went = StepRecord(
                failed=1, in_a_row=1, time=time, message=printable(message, MAX_MESSAGE)
            )
        else:
            return  # the world may have changed meanwhile: that says nothing of the step
        known = self.steps.get(begun.step, StepRecord())
        self.steps[begun.step] = known.followed_by(went)
