"""Where in its plans a run is, worked out from its events alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from goalsmith.domains.errors import InputError
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    Judged,
    PlanAdopted,
    PlanEdited,
    PlanRefused,
    RunEnded,
    RunStarted,
    StateMatched,
    StepBegun,
    StepNotTaken,
    StepReported,
    StopAsked,
)


@dataclass(slots=True)
class Place:
    """Where in its plans a run is.

    Attributes:
        plans: the plans received, by version from 1.
        version: of the plan in force; 0 before one is.
        index: the place in it of the first step that is not done, from 0.
        done: the places of later steps that are done, taken at the same time as earlier ones.
        under_way: the steps that were begun and not observed since, by number.
        failed: the numbers of those that were reported as failed.
        stopping: whether the run is taking the steps that make a stop safe, which are no part of a
            plan.
        beside: the numbers of such steps.
    """

    plans: list[Plan] = field(default_factory=list)
    version: int = 0
    index: int = 0
    done: set[int] = field(default_factory=set)
    under_way: dict[int, StepBegun] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    stopping: bool = False
    beside: set[int] = field(default_factory=set)

    @property
    def plan(self) -> Plan:
        """The plan in force. Raises IndexError before one is."""
        if not self.version:
            raise IndexError("no plan is in force")
        return self.plans[self.version - 1]

    @property
    def places(self) -> Sequence[int]:
        """The places in the plan in force of the steps that are not done."""
        every = range(self.index, len(self.plan))
        return [place for place in every if place not in self.done] if self.done else every

    @property
    def rest(self) -> Sequence[Step]:
        """The steps of the plan in force that are not done."""
        steps = self.plan.steps
        if self.done:
            return [steps[place] for place in self.places]
        return steps[self.index :]

    def take(self, event: Event) -> None:
        """Takes an event into account. Raises InputError if it cannot follow those before it."""
        match event:
            case RunStarted(plan=plan):
                self.plans.append(plan)
            case PlanAdopted(version=version, plan=plan) | PlanEdited(version=version, plan=plan):
                self._receive(version, plan)
                self.version, self.index, self.done = version, 0, set()
            case PlanRefused(version=version, plan=plan):
                self._receive(version, plan)
            case StepBegun(number=number, index=index):
                self._check(index)
                self.under_way[number] = event
                if self.stopping:
                    self.beside.add(number)
            case StepReported(number=number, succeeded=False):
                self.failed.add(number)
            case StateMatched(number=number):
                begun = self.under_way.get(number)
                if begun is not None and not {number} & (self.failed | self.beside):
                    self.done.add(begun.index)
                    self._advance()
                self._forget(number)
            case DivergenceSeen(number=number) | StepNotTaken(number=number):
                self._forget(number)
            case Judged(index=index):
                self._check(index)
                self.index = index
                self._advance()
            case StopAsked():
                self.stopping = True
            case RunEnded():
                self.stopping = False

    def _advance(self) -> None:
        while self.index in self.done:
            self.done.remove(self.index)
            self.index += 1

    def _forget(self, number: int) -> None:
        self.under_way.pop(number, None)
        self.failed.discard(number)
        self.beside.discard(number)

    def _check(self, index: int) -> None:
        if not 0 <= index <= (len(self.plan) if self.version else 0):
            raise InputError(f"the plan in force has no step {index + 1}")

    def _receive(self, version: int, plan: Plan) -> None:
        """The plan of a version, which is new or, for the plan given first, known."""
        if not 1 <= version <= len(self.plans) + 1:
            raise InputError(f"a plan of version {version} cannot follow version {len(self.plans)}")
        if version > len(self.plans):
            self.plans.append(plan)
