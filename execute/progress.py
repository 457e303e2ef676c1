"""How far a run has come, worked out from its events and nothing else.

The monitor keeps no other account of a run: what is not in the events cannot be known after a
crash, and what is, is known by folding them again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from goalsmith.domains.language import State
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.events import (
    DivergenceSeen,
    Event,
    Judged,
    Observed,
    PlanAdopted,
    PlanRefused,
    ReplanBegun,
    RunStarted,
    StateMatched,
    StepBegun,
    StepReported,
    StepSetAside,
    StepsTakenBack,
)


@dataclass(slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        semantics: of the run's task.
        state: the last state observed, as far as it was seen; None before the first.
        plans: the plans received, by version from 1.
        version: of the plan in force; 0 before one is adopted.
        index: the place in it of the next step, from 0.
        steps: the steps that the environment was asked to take.
        in_flight: a step that was begun and not observed since.
        before: the state in which the last step was begun.
        reported: whether that step was reported as done.
        replans: how often the solver was asked.
        cost: of the steps that were taken as expected, by the task's metric.
        failures: how often a step has had no effect in a state.
        set_aside: steps that plans do without.
        visits: how often each state was observed.
        troubled: the last step, if it went otherwise than expected.
        attempt: the number of the last attempt at a step.
    """

    semantics: Semantics
    state: State | None = None
    plans: list[Plan] = field(default_factory=list)
    version: int = 0
    index: int = 0
    steps: list[Step] = field(default_factory=list)
    in_flight: StepBegun | None = None
    before: State | None = None
    reported: bool = True
    replans: int = 0
    cost: Fraction = Fraction(0)
    failures: Counter[tuple[State, Step]] = field(default_factory=Counter)
    set_aside: set[Step] = field(default_factory=set)
    visits: Counter[State] = field(default_factory=Counter)
    troubled: Step | None = None
    attempt: int = 1
    _expected: State | None = None
    _step_cost: Fraction = Fraction(0)

    @property
    def plan(self) -> Plan:
        """The plan in force. Raises IndexError before one is adopted."""
        return self.plans[self.version - 1]

    def take(self, event: Event) -> None:
        """Takes an event into account."""
        match event:
            case RunStarted(plan=plan):
                self.plans.append(plan)
            case Observed(state=state):
                self._see(state)
            case PlanAdopted(version=version, plan=plan):
                self._receive(version, plan)
                self.version, self.index = version, 0
            case PlanRefused(version=version, plan=plan):
                self._receive(version, plan)
            case StepBegun():
                self.steps.append(event.step)
                self.in_flight, self.before, self._expected = event, self.state, None
                self.attempt = event.attempt
            case StepReported(succeeded=succeeded):
                self.reported = succeeded
            case StateMatched():
                self._finish(Divergence())
            case DivergenceSeen(number=number, divergence=divergence) if number:
                self._finish(divergence)
            case Judged(index=index):
                self.index = index
            case ReplanBegun():
                self.replans += 1
            case StepSetAside(step=step):
                self.set_aside.add(step)
            case StepsTakenBack(steps=steps):
                self.set_aside.difference_update(steps)
                for key in [key for key in self.failures if key[1] in steps]:
                    del self.failures[key]

    def expected(self) -> State:
        """The state that the step in flight leads to."""
        if self._expected is None:
            assert self.in_flight is not None
            assert self.before is not None
            facts = self.semantics.facts(self.before)
            spent = self.semantics.cost(facts, 0)
            self.semantics.perform(facts, self.in_flight.step)
            total = self.semantics.cost(facts, 1)
            self._step_cost = Fraction(0) if spent is None or total is None else total - spent
            self._expected = self.semantics.state(facts)
        return self._expected

    def _receive(self, version: int, plan: Plan) -> None:
        if version > len(self.plans):
            self.plans.append(plan)

    def _see(self, state: State) -> None:
        self.state = state
        self.visits[state] += 1

    def _finish(self, divergence: Divergence) -> None:
        """The step in flight has been observed."""
        begun, before = self.in_flight, self.before
        assert begun is not None
        assert before is not None
        after = divergence.applied_to(self.expected())
        self.in_flight = None
        if self.reported and not divergence:
            self.troubled = None
            self.index = begun.index + 1
            self.cost += self._step_cost
        else:
            self.troubled = begun.step
            if after == before:
                self.failures[before, begun.step] += 1
        self._see(after)
