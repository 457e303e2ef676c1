"""A run's journal, told for the page: moments, steps, plans and a timeline.

How far the run has come, and in which states it was, is what `goalsmith.execute.journal.progress`
makes of the events, as the monitor itself does. Here it is only put into words and compared.
"""

from __future__ import annotations

from dataclasses import replace

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    GoalChanged,
    Judged,
    Observed,
    PlanAdopted,
    PlanApproved,
    PlanEdited,
    PlanRefused,
    PlanRejected,
    ReplanBegun,
    Replanned,
    ReviewAsked,
    RunEnded,
    RunResumed,
    RunStarted,
    StateMatched,
    StepBegun,
    StepNotTaken,
    StepReported,
)
from goalsmith.execute.journal.progress import Progress
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.viewer.moments import Moments
from goalsmith.execute.viewer.names import Names
from goalsmith.execute.viewer.notes import count, note
from goalsmith.execute.viewer.received import Left, Received
from goalsmith.execute.viewer.taken import Taken
from goalsmith.execute.viewer.views import Item, Rows, Tone


class Story:
    """What the page tells of a run, kept up entry by entry.

    Args:
        task: the one that the run began with.
        wording: how its facts and steps are said.
    """

    def __init__(self, task: Task, wording: Wording) -> None:
        self.sequence = -1
        self._names = Names(task.domain, wording)
        self._progress = Progress(Semantics(task))
        self._moments = Moments(self._names, task.problem.goal)
        self._taken = Taken(self._names)
        self._received = Received(self._names)
        self._items = Rows[Item]()
        # The lines of the timeline of a replan that goes on, and of one whose plan is to come.
        self._asked: int | None = None
        self._answered: int | None = None
        # How long the tables of facts, steps and goals were before each entry.
        self._lengths: list[tuple[int, int, int]] = []

    def take(self, at: float, event: Event) -> None:
        """Takes the next event of the journal into account.

        Args:
            at: when it happened, in seconds since 1970.
            event: the event.

        Raises:
            StoreError: it cannot follow those before it.
        """
        progress = self._progress
        state, pending = progress.state, progress.pending
        under_way = frozenset(progress.place.under_way)
        concerns_plans = isinstance(event, PlanAdopted | PlanEdited | PlanRefused | Judged)
        left = Left.at(progress.place) if concerns_plans else None
        try:
            progress.take(event)
        except InputError as error:
            where = f"entry {self.sequence + 1} ({event.kind}) of the run's journal"
            raise StoreError(f"{where} does not fit: {error}") from None
        self.sequence += 1
        self._lengths.append((*self._names.lengths, len(self._moments.goals)))
        match event:
            case PlanAdopted() | PlanEdited() | PlanRefused() if left is not None:
                self._receive(at, event, left)
            case Judged() if left is not None:
                is_of_step = pending is not None and pending.step is not None
                self._judge(at, event, left, is_of_step=is_of_step)
            case Observed(stale=stale):
                self._look(at, None, state, Divergence(), stale)
            case StateMatched(number=number, stale=stale):
                self._look(at, number if number in under_way else None, state, Divergence(), stale)
            case DivergenceSeen(number=number):
                self._diverge(at, event, number if number in under_way else None, state)
            case StepBegun():
                self._begin(at, event)
            case StepReported():
                self._taken.report(self.sequence, at, event)
            case ReplanBegun():
                self._asked = self._note(at, event)
            case Replanned():
                self._end_replan(at, event)
            case _:
                self._take_else(at, event)

    def _take_else(self, at: float, event: Event) -> None:
        """Events that are a line of the timeline, and little more."""
        plan: int | None = None
        match event:
            case RunStarted(plan=given):
                self._received.give(self.sequence, at, given, self.now())
            case StepNotTaken(number=number):
                self._taken.not_taken(self.sequence, number)
            case GoalChanged(goal=goal):
                self._moments.turn(goal)
            case RunResumed() | RunEnded():
                self._taken.leave(self.sequence, self._progress.place.under_way)
            case ReviewAsked(version=plan):
                self._received.review(self.sequence, plan, "asked")
            case PlanApproved(version=plan):
                self._received.review(self.sequence, plan, "approved")
            case PlanRejected(version=plan):
                self._received.review(self.sequence, plan, "rejected")
        self._note(at, event, plan)

    def since(self, sequence: int = -1) -> dict[str, Plain]:
        """What is new or has changed after an entry; by default all there is."""
        lengths = (*self._names.lengths, len(self._moments.goals))
        if sequence < 0:
            lengths = (0, 0, 0)
        elif sequence < self.sequence:
            lengths = self._lengths[sequence + 1]
        facts, steps, goals = lengths
        return {
            "sequence": self.sequence,
            "facts": {"from": facts, "rows": self._names.facts_from(facts)},
            "said": {"from": steps, "rows": self._names.steps_from(steps)},
            "goals": {
                "from": goals,
                "rows": [self._names.goal(g) for g in self._moments.goals[goals:]],
            },
            "moments": self._moments.rows.since(sequence),
            "steps": self._taken.rows.since(sequence),
            "plans": self._received.rows.since(sequence),
            "skips": self._received.skips.since(sequence),
            "items": self._items.since(sequence),
        }

    def plan_for(self, version: int) -> tuple[Task, Plan]:
        """A version of the plan, and the task that it was received for.

        Raises:
            InputError: there is no such version.
        """
        if not 1 <= version <= self.versions:
            raise InputError(f"the run has no plan {version}")
        return self._received.tasks[version - 1], self._progress.plans[version - 1]

    @property
    def versions(self) -> int:
        """How many versions of the plan were received."""
        return len(self._received.rows)

    def now(self) -> Task:
        """The run's task, from the state in which it is."""
        task, state = self._progress.semantics.task, self._progress.state
        return task if state is None else task.with_state(state)

    @property
    def awaited(self) -> int | None:
        """The version of the plan that waits for a person, if one does."""
        version = self._progress.version
        if version and self._received.rows[version - 1].review == "asked":
            return version
        return None

    # Observations

    def _look(
        self,
        at: float,
        number: int | None,
        before: State | None,
        divergence: Divergence,
        stale: frozenset[Atom],
    ) -> None:
        """Something was observed, after a step or after none: the state that the run is in now."""
        progress = self._progress
        step = None if number is None else self._taken.index(number)
        states = (before, progress.state)
        semantics = progress.semantics
        moment = self._moments.look(self.sequence, at, step, states, semantics, divergence, stale)
        if number is not None and moment is not None:
            self._taken.see(self.sequence, number, moment, matched=not divergence)

    def _diverge(
        self, at: float, event: DivergenceSeen, number: int | None, before: State | None
    ) -> None:
        divergence = event.divergence
        if number is None and before == self._progress.state and len(self._moments.rows):
            # It is about the first observation, whose state is known from that itself.
            self._moments.compare(self.sequence, divergence)
        else:
            self._look(at, number, before, divergence, event.stale)
        if number is None:
            self._note(at, event)

    # Steps and plans

    def _begin(self, at: float, event: StepBegun) -> None:
        progress, moment = self._progress, self._moments.latest
        plan = 0 if progress.place.stopping else progress.version
        index = self._taken.begin(self.sequence, at, event, plan, moment)
        item = Item(self.sequence, at, "step", Tone.CALM, "", step=index, moment=moment)
        self._items.add(item, self.sequence)

    def _judge(self, at: float, event: Judged, left: Left, *, is_of_step: bool) -> None:
        """A verdict is told with its step, or, if it is about something else, in a line."""
        moment = self._moments.latest
        if event.skipped and left.version:
            self._received.skip(self.sequence, at, event, left, moment)
        if is_of_step:
            self._taken.judge(self.sequence, event, moment)
        else:
            self._taken.settle()
            self._note(at, event)

    def _receive(
        self, at: float, event: PlanAdopted | PlanEdited | PlanRefused, left: Left
    ) -> None:
        moment, version = self._moments.latest, event.version
        self._received.receive(self.sequence, at, event, left, moment, self.now())
        replan, self._answered = self._answered, None
        if replan is None or not isinstance(event, PlanAdopted):
            self._note(at, event, plan=version)
            return
        # The answer to a replan is told in its line, and not in one of its own.
        item = self._items[replan]
        result = f"Plan {version}, {count(len(event.plan), 'step')}, {item.result}"
        self._items.put(replan, replace(item, result=result, plan=version), self.sequence)

    def _end_replan(self, at: float, event: Replanned) -> None:
        if self._asked is None:
            return
        self._answered, self._asked = self._asked, None
        item = self._items[self._answered]
        by = f" by {event.engine}" if event.engine else ""
        solved = event.outcome is Outcome.SOLVED
        result = f"{'found' if solved else event.outcome.meaning}{by}"
        tone = item.tone if solved else Tone.BAD
        item = replace(item, result=result, took=at - item.at, tone=tone)
        self._items.put(self._answered, item, self.sequence)

    # The timeline

    def _note(self, at: float, event: Event, plan: int | None = None) -> int:
        """Adds a line that tells of an event."""
        told = note(event, self._names)
        item = Item(
            self.sequence,
            at,
            event.kind,
            told.tone,
            told.title,
            told.detail,
            plan=plan,
            moment=self._moments.latest,
        )
        return self._items.add(item, self.sequence)
