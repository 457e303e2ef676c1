"""A run's journal, told for the page: moments, steps, plans and a timeline.

How far the run has come, and in which states it was, is what `goalsmith.execute.progress` makes of
the events, as the monitor itself does. Here it is only put into words and compared.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.formula import Atom, Condition
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_expression
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.events import (
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
from goalsmith.execute.progress import Progress
from goalsmith.execute.revision import compare_plans
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.viewer.names import Names, goal_parts
from goalsmith.execute.viewer.notes import count, note
from goalsmith.execute.viewer.side_by_side import plan_rows
from goalsmith.execute.viewer.views import (
    Item,
    Moment,
    PlanRows,
    PlanView,
    Rows,
    Stand,
    StepView,
    Tone,
)

_NOTHING = State(frozenset())


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
        self._goals: list[tuple[Condition, ...]] = [goal_parts(task.problem.goal)]
        self._unmet: tuple[int, ...] | None = None
        self._stale: frozenset[Atom] = frozenset()
        self._moments = Rows[Moment]()
        self._steps = Rows[StepView]()
        self._plans = Rows[PlanView]()
        self._items = Rows[Item]()
        self._tasks: list[Task] = []
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
        state, version, done = progress.state, progress.version, progress.index
        try:
            progress.take(event)
        except InputError as error:
            where = f"entry {self.sequence + 1} ({event.kind}) of the run's journal"
            raise StoreError(f"{where} does not fit: {error}") from None
        self.sequence += 1
        self._lengths.append((*self._names.lengths, len(self._goals)))
        match event:
            case PlanAdopted() | PlanEdited() | PlanRefused():
                self._receive(at, event, version, done)
            case ReviewAsked(version=asked):
                self._review(at, event, asked, "asked")
            case PlanApproved(version=asked):
                self._review(at, event, asked, "approved")
            case PlanRejected(version=asked):
                self._review(at, event, asked, "rejected")
            case Observed(stale=stale):
                self._look(at, None, state, Divergence(), stale)
            case StateMatched(stale=stale):
                self._look(at, self._in_flight(), state, Divergence(), stale)
            case DivergenceSeen():
                self._diverge(at, event, state)
            case StepBegun():
                self._begin(at, event)
            case StepReported(succeeded=succeeded, message=message, ending=ending):
                stand = Stand.IN_FLIGHT if succeeded else Stand.FAILED
                self._change_step(ended=at, stand=stand, message=message, ending=ending.value)
            case Judged(verdict=verdict, reason=reason, index=index) if self._is_after_step():
                self._change_step(verdict=verdict.value, reason=reason, onward=index)
            case ReplanBegun():
                self._asked = self._note(at, event)
            case Replanned():
                self._end_replan(at, event)
            case _:
                self._take_else(at, event)

    def _take_else(self, at: float, event: Event) -> None:
        """Events that are a line of the timeline, and little more."""
        match event:
            case RunStarted(plan=plan):
                self._put_plan(PlanView(1, at, 0, self._names.plan(plan)))
            case StepNotTaken():
                self._change_step(stand=Stand.NOT_TAKEN)
            case GoalChanged(goal=goal):
                self._goals.append(goal_parts(goal))
                self._unmet = None
            case RunResumed() | RunEnded() if self._in_flight() is not None:
                self._change_step(stand=Stand.UNKNOWN)
        self._note(at, event)

    def since(self, sequence: int = -1) -> dict[str, Plain]:
        """What is new or has changed after an entry; by default all there is."""
        lengths = (*self._names.lengths, len(self._goals))
        if sequence < 0:
            lengths = (0, 0, 0)
        elif sequence < self.sequence:
            lengths = self._lengths[sequence + 1]
        facts, steps, goals = lengths
        return {
            "sequence": self.sequence,
            "facts": {"from": facts, "rows": self._names.facts_from(facts)},
            "said": {"from": steps, "rows": self._names.steps_from(steps)},
            "goals": {"from": goals, "rows": [self._names.goal(g) for g in self._goals[goals:]]},
            "moments": self._moments.since(sequence),
            "steps": self._steps.since(sequence),
            "plans": self._plans.since(sequence),
            "items": self._items.since(sequence),
        }

    def plan_for(self, version: int) -> tuple[Task, Plan]:
        """A version of the plan, and the task that it was received for.

        Raises:
            InputError: there is no such version.
        """
        if not 1 <= version <= len(self._tasks):
            raise InputError(f"the run has no plan {version}")
        return self._tasks[version - 1], self._progress.plans[version - 1]

    @property
    def versions(self) -> int:
        """How many versions of the plan were received."""
        return len(self._plans)

    def now(self) -> Task:
        """The run's task, from the state in which it is."""
        task, state = self._progress.semantics.task, self._progress.state
        return task if state is None else task.with_state(state)

    @property
    def awaited(self) -> int | None:
        """The version of the plan that waits for a person, if one does."""
        version = self._progress.version
        if version and self._plans[version - 1].review == "asked":
            return version
        return None

    # Observations

    def _look(
        self,
        at: float,
        step: int | None,
        before: State | None,
        divergence: Divergence,
        stale: frozenset[Atom],
    ) -> None:
        """Something was observed: the state that the run is in now."""
        before, state = before or _NOTHING, self._progress.state or _NOTHING
        if before == state and step is None and stale == self._stale and len(self._moments):
            return  # looked at once more, and nothing was new
        numbers = dict(state.numbers)
        terms = {term for term, _ in state.numbers ^ before.numbers}
        unmet = self._unmet_now()
        facts = self._names.facts
        moment = Moment(
            sequence=self.sequence,
            at=at,
            step=step,
            added=facts(state.atoms - before.atoms),
            removed=facts(before.atoms - state.atoms),
            numbers=tuple(sorted((str(t), _number(numbers.get(t))) for t in terms)),
            blurred=facts(stale - self._stale),
            sighted=facts(self._stale - stale),
            unmet=None if unmet == self._unmet else unmet,
            goal=len(self._goals) - 1,
        )
        index = self._moments.add(self._with(moment, divergence), self.sequence)
        self._unmet, self._stale = unmet, stale
        if step is not None:
            stand = Stand.DIVERGED if divergence else Stand.DONE
            if self._steps[step].stand is Stand.FAILED:
                stand = Stand.FAILED
            self._change_step(stand=stand, moment=index)

    def _diverge(self, at: float, event: DivergenceSeen, before: State | None) -> None:
        step, divergence = self._in_flight(), event.divergence
        if step is None and before == self._progress.state and len(self._moments):
            # It is about the first observation, whose state is known from that itself.
            self._moments.put(-1, self._with(self._moments[-1], divergence), self.sequence)
        else:
            self._look(at, step, before, divergence, event.stale)
        if step is None:
            self._note(at, event)

    def _with(self, moment: Moment, divergence: Divergence) -> Moment:
        return replace(
            moment,
            missing=self._names.facts(divergence.missing),
            unexpected=self._names.facts(divergence.unexpected),
            changed=tuple(
                (str(c.term), _number(c.expected), _number(c.observed)) for c in divergence.changed
            ),
            difference=divergence.summary(),
        )

    def _unmet_now(self) -> tuple[int, ...]:
        """The parts of the goal that do not hold."""
        semantics = self._progress.semantics
        facts = semantics.facts(self._progress.state or _NOTHING)
        unmet = set(semantics.unmet(facts, semantics.task.problem.goal))
        return tuple(i for i, part in enumerate(self._goals[-1]) if part in unmet)

    # Steps

    def _in_flight(self) -> int | None:
        """The index of the last step, if nothing was observed since it was begun."""
        if not len(self._steps):
            return None
        last = self._steps[-1]
        seen = last.moment is not None or last.stand is Stand.NOT_TAKEN
        return None if seen else len(self._steps) - 1

    def _is_after_step(self) -> bool:
        """Whether what was observed last was observed after the last step."""
        steps, moments = self._steps, self._moments
        return bool(len(steps) and len(moments)) and moments[-1].step == len(steps) - 1

    def _begin(self, at: float, event: StepBegun) -> None:
        progress = self._progress
        step = StepView(
            number=event.number,
            said=self._names.step(event.step),
            plan=0 if progress.place.stopping else progress.version,
            place=event.index,
            attempt=event.attempt,
            began=at,
        )
        index = self._steps.add(step, self.sequence)
        item = Item(self.sequence, at, "step", Tone.CALM, "", step=index, moment=self._latest())
        self._items.add(item, self.sequence)

    def _change_step(self, **changes: Any) -> None:
        """Changes the last step."""
        if len(self._steps):
            self._steps.put(-1, replace(self._steps[-1], **changes), self.sequence)

    # Plans

    def _receive(
        self, at: float, event: PlanAdopted | PlanEdited | PlanRefused, before: int, done: int
    ) -> None:
        """A plan was received, or, if it is the first, considered.

        Args:
            at: when.
            event: what became of it.
            before: the version that was in force until then; 0: none was.
            done: how many of its steps were over.
        """
        version, steps = event.version, self._names.plan(event.plan)
        view = PlanView(version, at, self._latest(), steps, rows=self._rows(event, before, done))
        if version > 1:
            view = replace(view, before=before or 1, done=done if before else 0)
        match event:
            case PlanRefused(reason=reason):
                view = replace(view, stand="refused", refusal=reason)
            case PlanEdited(replaces=replaces):
                self._change_plan(replaces, review="edited")
                reason = f"a person edited plan {replaces}"
                view = replace(view, stand="adopted", reason=reason, begins=self._latest())
            case PlanAdopted(reason=reason):
                view = replace(view, stand="adopted", reason=reason, begins=self._latest())
        self._put_plan(view)
        replan, self._answered = self._answered, None
        if replan is None or not isinstance(event, PlanAdopted):
            self._note(at, event, plan=version)
            return
        # The answer to a replan is told in its line, and not in one of its own.
        item = self._items[replan]
        result = f"Plan {version}, {count(len(event.plan), 'step')}, {item.result}"
        self._items.put(replan, replace(item, result=result, plan=version), self.sequence)

    def _rows(
        self, event: PlanAdopted | PlanEdited | PlanRefused, before: int, done: int
    ) -> tuple[PlanRows, ...]:
        """A plan side by side with what was left of the one before it."""
        if event.version == 1:
            return ()
        start = done if before else 0
        old = self._progress.plans[(before or 1) - 1].steps[start:]
        return plan_rows(compare_plans(old, event.plan.steps), start)

    def _put_plan(self, view: PlanView) -> None:
        if view.version > len(self._plans):
            self._plans.add(view, self.sequence)
            self._tasks.append(self.now())
        else:
            self._plans.put(view.version - 1, view, self.sequence)
            self._tasks[view.version - 1] = self.now()

    def _review(self, at: float, event: Event, version: int, review: str) -> None:
        self._change_plan(version, review=review)
        self._note(at, event, plan=version)

    def _change_plan(self, version: int, **changes: Any) -> None:
        if 1 <= version <= len(self._plans):
            plan = replace(self._plans[version - 1], **changes)
            self._plans.put(version - 1, plan, self.sequence)

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

    def _latest(self) -> int:
        """The index of the last moment; 0 before the first."""
        return max(len(self._moments) - 1, 0)

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
            moment=self._latest(),
        )
        return self._items.add(item, self.sequence)


def _number(value: Fraction | None) -> str | None:
    return None if value is None else write_expression(value)
