"""Carrying a plan out in a world that may disagree with it.

The loop is that of PLANEX (Fikes, Monitored execution of robot plans produced by STRIPS, 1971) in
its simplest form: take a step, observe, compare with what the domain's semantics predict, and plan
anew from what is really there whenever the two differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn, TypeAlias

from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.divergence import compare
from goalsmith.execute.environment import ActionReport, Environment
from goalsmith.execute.journal import (
    DivergenceSeen,
    Entry,
    Journal,
    Listener,
    Observed,
    PlanAdopted,
    PlanRefused,
    ReplanBegun,
    Replanned,
    RunEnded,
    RunStarted,
    StateMatched,
    StepBegun,
    StepReported,
)
from goalsmith.execute.observation import take_in
from goalsmith.solve.solution import Solution
from goalsmith.solve.validation import validate

Solver: TypeAlias = Callable[[Task], Solution]

_MESSAGE_LENGTH = 500
"""Characters kept of a message from outside."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over.

    Attributes:
        outcome: REACHED, or ENDED_SHORT.
        reason: why it ended, in a sentence.
        journal: all its events.
        steps: the steps that the environment was asked to take, failed ones included.
        replans: how often the solver was asked.
        final_state: the last state observed; None if the world could not be observed even once.
        plans: the plans received, by version: the one given first, then the solver's.

    """

    outcome: Outcome
    reason: str
    journal: tuple[Entry, ...]
    steps: tuple[Step, ...]
    replans: int
    final_state: State | None
    plans: tuple[Plan, ...]

    @property
    def reached(self) -> bool:
        """Whether the goal holds in the last state observed."""
        return self.outcome is Outcome.REACHED


def execute(
    task: Task,
    plan: Plan,
    environment: Environment,
    solver: Solver,
    *,
    max_replans: int = 10,
    max_steps: int = 10_000,
    on_event: Listener | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """Carries a plan out until the task's goal is observed, replanning as needed.

    The environment is observed before the first step and after every one. The run ends as soon as
    the goal holds in an observed state, even with steps left. It replans from the observed state
    when that differs from the one expected, when a step is reported as failed, and when a plan does
    not lead to the goal.

    Args:
        task: what is wanted, and the state that the plan starts from.
        plan: the plan to begin with.
        environment: the world.
        solver: asked for a plan from an observed state.
        max_replans: how often the solver may be asked.
        max_steps: how many steps the environment may be asked to take.
        on_event: called with every entry of the journal as it is made.
        clock: seconds on a clock that never goes back.

    Raises:
        InputError: a budget is negative.
        KeyboardInterrupt, SystemExit: as raised during the run; the journal's last entry says so.

    """
    if max_replans < 0 or max_steps < 0:
        raise InputError("max_replans and max_steps must not be negative")
    journal = Journal(clock, on_event)
    monitor = _Monitor(
        task, environment, solver, journal, max_replans=max_replans, max_steps=max_steps
    )
    return monitor.run(plan)


class _Ended(Exception):  # noqa: N818 - an ending is no error
    """The run is over. Never leaves this module."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class _Monitor:
    """One run: what it was told, what it has observed last, and what it has used up."""

    def __init__(
        self,
        task: Task,
        environment: Environment,
        solver: Solver,
        journal: Journal,
        *,
        max_replans: int,
        max_steps: int,
    ) -> None:
        self.task = task
        self.environment = environment
        self.solver = solver
        self.max_replans = max_replans
        self.max_steps = max_steps
        self.journal = journal
        self.semantics = Semantics(task)
        self.observed: State | None = None
        self.steps: list[Step] = []
        self.plans: list[Plan] = []
        self.replans = 0
        self.attempt = 1
        self.troubled: Step | None = None  # the last step, if it went otherwise than expected

    def run(self, plan: Plan) -> Run:
        self.plans.append(plan)
        self.journal.record(
            RunStarted(self.task.problem.goal, plan, self.max_replans, self.max_steps)
        )
        try:
            self._carry_out(plan)
        except _Ended as end:
            ended = RunEnded(end.outcome, end.reason)
        except (KeyboardInterrupt, SystemExit) as error:
            self.journal.record(RunEnded(Outcome.INTERRUPTED, type(error).__name__))
            raise
        self.journal.record(ended)
        return Run(
            ended.outcome,
            ended.reason,
            tuple(self.journal),
            tuple(self.steps),
            self.replans,
            self.observed,
            tuple(self.plans),
        )

    def _carry_out(self, plan: Plan) -> NoReturn:
        state, trouble = self._begin(plan)
        while True:
            if trouble is None:
                state, trouble = self._follow(plan, state)
            else:
                plan = self._replan(state, trouble)
                trouble = self._consider(plan, state, f"replan {self.replans}: {trouble}")

    def _begin(self, plan: Plan) -> tuple[State, str | None]:
        """The first observation, and why the given plan does not fit it, if so."""
        initial = self.semantics.initial_state()
        expected = take_in(self.semantics, initial, initial)
        state = self._observe(expected)
        self.journal.record(Observed(state))
        divergence = compare(expected, state)
        if divergence:
            self.journal.record(DivergenceSeen(0, divergence))
        self._end_if_reached(state)
        if not divergence:
            return state, self._consider(plan, state, "given")
        trouble = f"the world is not in the plan's initial state ({divergence.summary()})"
        self.journal.record(PlanRefused(1, plan, trouble))
        return state, trouble

    def _follow(self, plan: Plan, state: State) -> tuple[State, str]:
        """Takes the plan's steps. Returns when something goes otherwise than expected."""
        for index, step in enumerate(plan):
            state, trouble = self._take(index, step, state)
            if trouble is not None:
                return state, trouble
        # A plan is adopted only if it leads to the goal, where the run ends.
        raise AssertionError("the plan is used up and the goal does not hold")

    def _take(self, index: int, step: Step, state: State) -> tuple[State, str | None]:
        """Takes a step; the state observed after it, and what went wrong, if anything."""
        if len(self.steps) >= self.max_steps:
            raise _Ended(
                Outcome.ENDED_SHORT, f"the budget of {_count(self.max_steps, 'step')} is spent"
            )
        expected = self.semantics.apply(state, step)
        self.attempt = self.attempt + 1 if step == self.troubled else 1
        self.steps.append(step)
        number = len(self.steps)
        self.journal.record(StepBegun(number, index, step, self.attempt))
        report = self._act(step)
        self.journal.record(StepReported(number, step, report.succeeded, report.message))
        state = self._observe(expected)
        divergence = compare(expected, state)
        self.journal.record(
            DivergenceSeen(number, divergence) if divergence else StateMatched(number)
        )
        self._end_if_reached(state)
        if report.succeeded and not divergence:
            self.troubled = None
            return state, None
        self.troubled = step
        if not report.succeeded:
            detail = report.message or divergence.summary()
            return state, f"{step} failed" + (f" ({detail})" if detail else "")
        return state, f"{step} went otherwise than expected ({divergence.summary()})"

    def _replan(self, state: State, trouble: str) -> Plan:
        """The solver's plan from a state. Ends the run where there is none."""
        if self.replans >= self.max_replans:
            raise _Ended(
                Outcome.ENDED_SHORT,
                f"the budget of {_count(self.max_replans, 'replan')} is spent; last: {trouble}",
            )
        self.replans += 1
        self.journal.record(ReplanBegun(self.replans, trouble))
        try:
            solution = self.solver(self._from(state))
        except Exception as error:
            # Whatever goes wrong in a solver, the steps already taken deserve an orderly end.
            raise _Ended(Outcome.ENDED_SHORT, f"the solver failed: {_said(error)}") from error
        self.journal.record(
            Replanned(self.replans, solution.outcome, solution.engine, solution.evidence)
        )
        if solution.solved and solution.plan is not None:
            self.plans.append(solution.plan)
            return solution.plan
        if solution.outcome is Outcome.UNSOLVABLE:
            found = "the goal cannot be reached from here"
        else:
            found = f"the solver has no plan ({solution.outcome})"
        evidence = solution.evidence or solution.outcome.meaning
        raise _Ended(Outcome.ENDED_SHORT, f"{found}: {evidence}")

    def _consider(self, plan: Plan, state: State, reason: str) -> str | None:
        """Adopts the newest plan if it leads from the state to the goal; else says why not."""
        version = len(self.plans)
        failure = validate(self._from(state), plan).failure
        if failure is None:
            self.journal.record(PlanAdopted(version, plan, reason))
            return None
        self.journal.record(PlanRefused(version, plan, str(failure)))
        return f"plan {version} does not lead to the goal ({failure})"

    def _from(self, state: State) -> Task:
        """The task from another state; a number without a value there has none."""
        fluent = self.semantics.fluent_functions
        problem = self.task.problem
        fixed = tuple(n for n in problem.numbers if n[0].function not in fluent)
        return Task(self.task.domain, replace(problem, numbers=fixed)).with_state(state)

    def _act(self, step: Step) -> ActionReport:
        try:
            report = self.environment.act(step)
            if not isinstance(report, ActionReport):
                raise TypeError(f"act returned {report!r}, not an ActionReport")
            return ActionReport(report.succeeded, report.message[:_MESSAGE_LENGTH])
        except Exception as error:
            # An environment is anyone's code; what it raises is a step that failed.
            return ActionReport(False, _said(error))

    def _observe(self, expected: State) -> State:
        """The state observed, without what follows from it or only counts. May end the run."""
        try:
            state = take_in(self.semantics, self.environment.observe(), expected)
        except Exception as error:
            raise _Ended(
                Outcome.ENDED_SHORT, f"the world could not be observed: {_said(error)}"
            ) from error
        self.observed = state
        return state

    def _end_if_reached(self, state: State) -> None:
        if self.semantics.goal_holds(state):
            taken = f"after {_count(len(self.steps), 'step')}" if self.steps else "from the start"
            raise _Ended(Outcome.REACHED, f"the goal holds {taken}")


def _said(error: Exception) -> str:
    """What an exception says, with its type unless it is one of ours, cut to a bounded length."""
    text = str(error) if isinstance(error, GoalsmithError) else f"{type(error).__name__}: {error}"
    return text[:_MESSAGE_LENGTH]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
