"""How far a run has come, worked out from its events and nothing else.

The monitor keeps no other account of a run: what is not in the events cannot be known after a
crash, and what is, is known by folding them again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    GoalChanged,
    Judged,
    Observed,
    PlanAdopted,
    PlanEdited,
    PlanRefused,
    ReplanBegun,
    RunEnded,
    RunResumed,
    RunStarted,
    StateMatched,
    StepBegun,
    StepNotTaken,
    StepReported,
    StepSetAside,
    StepsTakenBack,
    Verdict,
)
from goalsmith.execute.journal.pending import Pending, trouble_with
from goalsmith.execute.journal.place import Place
from goalsmith.execute.journal.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Expected:
    """The state that a step leads to, and what the step costs by the task's metric."""

    state: State
    cost: Fraction


@dataclass(slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        semantics: of the run's task, with the goal that it has now.
        place: the plans received, and the place in the one in force.
        wishes: what people want of the run.
        state: the last state observed, as far as it was seen; None before the first.
        steps: the steps that the environment was asked to take.
        reports: what the environment said of the steps in flight, by number.
        not_taken: steps that were begun and turned out not to have happened.
        pending: what was observed last and is not judged yet; None if there is nothing.
        trouble: why the plan in force, or the one given, will not do; None if it will.
        new_goal: whether the goal changed since the plan in force became that.
        replans: how often the solver was asked.
        cost: of the steps that were taken as expected, by the task's metric.
        failures: how often a step has had no effect in a state.
        set_aside: steps that plans do without.
        visits: how often each state was observed.
        troubled: the last step, if it went otherwise than expected.
        attempt: the number of the last attempt at a step.
        ended: how the run ended; None while it goes on.
    """

    semantics: Semantics
    place: Place = field(default_factory=Place)
    wishes: Wishes = field(default_factory=Wishes)
    state: State | None = None
    steps: list[Step] = field(default_factory=list)
    reports: dict[int, StepReported] = field(default_factory=dict)
    not_taken: dict[Step, StepBegun] = field(default_factory=dict)
    pending: Pending | None = None
    trouble: str | None = None
    new_goal: bool = False
    replans: int = 0
    cost: Fraction = Fraction(0)
    failures: Counter[tuple[State, Step]] = field(default_factory=Counter)
    set_aside: set[Step] = field(default_factory=set)
    visits: Counter[State] = field(default_factory=Counter)
    troubled: Step | None = None
    attempt: int = 1
    ended: RunEnded | None = None
    _begun_in: dict[int, State] = field(default_factory=dict)
    _known: tuple[int, State, Expected] | None = None

    @property
    def plans(self) -> Sequence[Plan]:
        """The plans received, by version from 1."""
        return self.place.plans

    @property
    def version(self) -> int:
        """That of the plan in force; 0 before one is."""
        return self.place.version

    @property
    def plan(self) -> Plan:
        """The plan in force. Raises IndexError before one is."""
        return self.place.plan

    @property
    def index(self) -> int:
        """The place in the plan of the next step, from 0."""
        return self.place.index

    @property
    def in_flight(self) -> StepBegun | None:
        """The step, or the first of those, that was begun and not observed since."""
        return next(iter(self.place.under_way.values()), None)

    def take(self, event: Event) -> None:
        """Takes an event into account. Raises InputError if it cannot follow those before it."""
        match event:  # before `place` forgets the step in flight
            case StateMatched(number=number) if number in self.place.under_way:
                self._finish(number, Divergence())
            case DivergenceSeen(number=number, divergence=divergence):
                if number in self.place.under_way:
                    self._finish(number, divergence)
                else:
                    self._see_change(divergence)
            case StepNotTaken(number=number) if number in self.place.under_way:
                begun = self.place.under_way[number]
                self.not_taken[begun.step] = begun
            case RunResumed() if self.ended is not None:
                self._take_back_the_end()
        self.place.take(event)
        self.wishes.take(event)
        match event:
            case Observed(state=state):
                self._see(state)
            case StepBegun():
                self._begin(event)
            case StepReported(number=number):
                self.reports[number] = event
            case Judged(verdict=verdict, reason=reason):
                self.pending = None
                self.not_taken.clear()
                self.new_goal = self.new_goal and verdict is Verdict.REPLAN
                self.trouble = reason if verdict is Verdict.REPLAN else None
            case PlanAdopted() | PlanEdited():
                self.pending, self.trouble, self.new_goal = None, None, False
                self.not_taken.clear()
            case PlanRefused(version=version, reason=reason):
                self.pending, self.trouble = None, f"plan {version} was refused ({reason})"
            case ReplanBegun(reason=reason):
                self.replans += 1
                self.pending, self.trouble = None, reason
            case StepSetAside(step=step):
                self.set_aside.add(step)
            case StepsTakenBack(steps=steps):
                self.set_aside.difference_update(steps)
                for key in [key for key in self.failures if key[1] in steps]:
                    del self.failures[key]
            case GoalChanged(goal=goal):
                self.semantics = Semantics(self.semantics.task.with_goal(goal))
                self.new_goal = True
                if self.version:
                    self.pending, self.trouble = Pending(None, "the goal changed", True), None
            case RunEnded():
                self.ended = event

    def expected(self, number: int) -> Expected:
        """What a step in flight leads to, as things are now.

        Raises InputError if there is no such step, or it cannot be taken where it was begun.
        """
        state, begun = self.state, self.place.under_way.get(number)
        if begun is None or state is None:
            raise InputError(f"step {number} is not in flight")
        if self._known is not None and self._known[0] == number and self._known[1] is state:
            return self._known[2]
        facts = self.semantics.facts(state)
        spent = self.semantics.cost(facts, 0)
        try:
            self.semantics.perform(facts, begun.step)
        except InputError:
            if self._begun_in.get(number) is state:
                raise
            # Something else went wrong meanwhile, and nothing can be expected of it any more.
            found = Expected(state, Fraction(0))
        else:
            total = self.semantics.cost(facts, 1)
            cost = Fraction(0) if spent is None or total is None else total - spent
            found = Expected(self.semantics.state(facts), cost)
        self._known = number, state, found
        return found

    def _see(self, state: State) -> None:
        self.state = state
        self.visits[state] += 1

    def _see_change(self, divergence: Divergence) -> None:
        """The world is not as it was when it was last observed, and no step was in flight.

        What is said of the run's first observation is part of it already.
        """
        if self.state is None:
            raise InputError("a difference was seen before anything was observed")
        after = divergence.applied_to(self.state)
        if after == self.state:
            return
        self._see(after)
        if self.version and (self.pending is None or not self.pending.trouble):
            trouble = f"the world changed in the meantime ({divergence.summary()})"
            self.pending = Pending(None, trouble)

    def _begin(self, event: StepBegun) -> None:
        if self.state is None:
            raise InputError("a step was begun before anything was observed")
        again = self.not_taken.pop(event.step, None)
        if event.number == len(self.steps) + 1:
            self.steps.append(event.step)
        elif again is None or again.number != event.number:
            raise InputError(f"step {event.number} cannot follow step {len(self.steps)}")
        self._begun_in[event.number] = self.state
        self.reports.pop(event.number, None)
        self.pending = None
        self.attempt = event.attempt

    def _finish(self, number: int, divergence: Divergence) -> None:
        """A step in flight has been observed."""
        before, step = self.state, self.place.under_way[number].step
        expected = self.expected(number)
        after = divergence.applied_to(expected.state)
        trouble = trouble_with(step, self.reports.pop(number, None), divergence)
        del self._begun_in[number]
        troubled_before = self.pending is not None and bool(self.pending.trouble)
        if trouble:
            self.troubled = step
            if before is not None and after == before:
                self.failures[before, step] += 1
        else:
            self.cost += expected.cost
            if not troubled_before:
                self.troubled = None
        if number in self.place.beside:
            self.pending = None
        elif not troubled_before:
            self.pending = Pending(step, trouble, number=number)
        self._see(after)

    def _take_back_the_end(self) -> None:
        """A run that was interrupted goes on."""
        if self.wishes.stop_steps and self.version:
            self.pending = Pending(None, "steps were taken to stop safely")
        self.ended = None


def progress_of(semantics: Semantics, events: Iterable[Event]) -> Progress:
    """How far a run has come by its events, from the first.

    Args:
        semantics: of the task that the run began with.
        events: of its journal.

    Raises:
        InputError: they are not those of a run of this task.
    """
    progress = Progress(semantics)
    for number, event in enumerate(events):
        if (number == 0) != isinstance(event, RunStarted):
            raise InputError("a journal begins with run-started, which comes nowhere else")
        try:
            progress.take(event)
        except InputError as error:
            raise InputError(f"entry {number} ({event.kind}) does not fit: {error}") from error
    return progress
