"""Carrying a plan out in a world that may disagree with it.

The loop is that of PLANEX (Fikes, Monitored execution of robot plans produced by STRIPS, 1971):
take a step, observe, compare with what the domain's semantics predict, and let the policy decide
what a difference calls for. All that the monitor knows of a run it has from the run's events
(`goalsmith.execute.progress`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import NoReturn, TypeAlias
from uuid import uuid4

from goalsmith.domains.formula import Condition
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition
from goalsmith.execute.budget import Budget
from goalsmith.execute.claims import error_text
from goalsmith.execute.divergence import Divergence, compare
from goalsmith.execute.environment import ActionReport, Attempt, Ending, Environment
from goalsmith.execute.events import (
    DivergenceSeen,
    Event,
    Judged,
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
    StepSetAside,
    StepsTakenBack,
    Verdict,
)
from goalsmith.execute.journal import Entry, Journal, Listener
from goalsmith.execute.observation import Seen, take_in
from goalsmith.execute.policies import Policy, shortest_end
from goalsmith.execute.progress import Progress
from goalsmith.execute.set_aside import without_steps
from goalsmith.solve.conflict import conflict
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.validation import validate

Solver: TypeAlias = Callable[[Task], Solution]

_MESSAGE_LENGTH = 500
"""Characters kept of a message from outside."""

_REASON_SECONDS = 2.0
"""Wall time in which it is worked out which parts of a goal are out of reach."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over.

    Attributes:
        outcome: REACHED, ENDED_SHORT, or INTERRUPTED where it was stopped.
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
    policy: Policy | str = Policy.STRICT,
    budget: Budget | None = None,
    max_replans: int = 10,
    max_steps: int = 10_000,
    cancel: Flag | None = None,
    safe_stop: tuple[Step, ...] = (),
    on_event: Listener | None = None,
    clock: Callable[[], float] = time.monotonic,
    name: str | None = None,
) -> Run:
    """Carries a plan out until the task's goal is observed, replanning as the policy has it.

    The environment is observed before the first step and after every one. The run ends as soon as
    the goal holds in an observed state, even with steps left.

    Args:
        task: what is wanted, and the state that the plan starts from.
        plan: the plan to begin with.
        environment: the world.
        solver: asked for a plan from an observed state.
        policy: when to plan anew.
        budget: what the run may use; by default `max_replans` and `max_steps`.
        max_replans: how often the solver may be asked.
        max_steps: how many steps the environment may be asked to take.
        cancel: set by another thread to stop before the next step.
        safe_stop: steps to take then, as far as they are applicable.
        on_event: called with every entry of the journal as it is made.
        clock: seconds on a clock that never goes back.
        name: of the run, from which attempts get their keys; by default one that no other run has.

    Raises:
        InputError: a budget is negative.
        ValueError: there is no such policy.
        KeyboardInterrupt, SystemExit: as raised during the run; the journal's last entry says so.
    """
    budget = budget or Budget(max_replans, max_steps)
    journal = Journal(clock, on_event)
    monitor = _Monitor(
        task,
        environment,
        solver,
        journal,
        Policy(policy),
        budget,
        cancel or Flag(),
        safe_stop,
        name or uuid4().hex,
    )
    return monitor.run(plan)


class _Ended(Exception):  # noqa: N818 - an ending is no error
    """The run is over. Never leaves this module."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class _Monitor:
    """One run: the world, who plans, and what the events so far come to."""

    def __init__(
        self,
        task: Task,
        environment: Environment,
        solver: Solver,
        journal: Journal,
        policy: Policy,
        budget: Budget,
        cancel: Flag,
        safe_stop: tuple[Step, ...],
        name: str,
    ) -> None:
        self.task = task
        self.environment = environment
        self.solver = solver
        self.journal = journal
        self.policy = policy
        self.budget = budget
        self.cancel = cancel
        self.safe_stop = safe_stop
        self.name = name
        self.semantics = Semantics(task)
        self.progress = Progress(self.semantics)

    def run(self, plan: Plan) -> Run:
        """Carries a plan out to an end."""
        self._record(
            RunStarted(
                self.task.problem.goal,
                plan,
                self.budget.replans,
                self.budget.steps,
                self.policy,
            )
        )
        try:
            self._carry_out(plan)
        except _Ended as end:
            ended = RunEnded(end.outcome, end.reason)
        except (KeyboardInterrupt, SystemExit) as error:
            self._record(RunEnded(Outcome.INTERRUPTED, type(error).__name__))
            raise
        self._record(ended)
        progress = self.progress
        return Run(
            ended.outcome,
            ended.reason,
            tuple(self.journal),
            tuple(progress.steps),
            progress.replans,
            progress.state,
            tuple(progress.plans),
        )

    def _record(self, event: Event) -> None:
        """Adds an event to the journal, and to what is known of the run."""
        self.progress.take(event)
        self.journal.record(event)

    # The loop

    def _carry_out(self, plan: Plan) -> NoReturn:
        trouble = self._begin(plan)
        while True:
            while trouble is not None:
                trouble = self._replan(trouble)
            trouble = self._step()

    def _begin(self, plan: Plan) -> str | None:
        """The first observation, and why the given plan does not fit it, if so."""
        initial = self.semantics.initial_state()
        expected = take_in(self.semantics, initial, initial).state
        seen = self._observe(expected)
        self._record(Observed(seen.state, seen.stale))
        divergence = compare(expected, seen.state)
        if divergence:
            self._record(DivergenceSeen(0, divergence))
        self._end_if_reached(seen.state)
        if not divergence or self.policy in (Policy.RELEVANT, Policy.NEVER):
            refused = self._consider(1, plan, "given")
            if refused is None or self.policy is not Policy.NEVER:
                return refused
            raise _Ended(Outcome.ENDED_SHORT, f"{refused}, and the policy is never to replan")
        trouble = f"the world is not in the plan's initial state ({divergence.summary()})"
        self._record(PlanRefused(1, plan, trouble))
        return trouble

    def _step(self) -> str | None:
        """Takes the next step of the plan; why to plan anew, if that is called for."""
        progress = self.progress
        if progress.index >= len(progress.plan):
            # Only a policy that never replans gets here: a plan is adopted if it leads to the goal.
            reason = "the plan is used up, and the goal does not hold"
            raise _Ended(Outcome.ENDED_SHORT, f"{reason}; the policy is never to replan")
        step = progress.plan.steps[progress.index]
        state = self._state()
        self._stop_if_asked(state)
        self._check_budget()
        if not self.semantics.applicable(state, step):
            reason = f"{step} cannot be taken, and the policy is never to replan"
            raise _Ended(Outcome.ENDED_SHORT, reason)
        report, divergence = self._take(step)
        self._end_if_reached(self._state())
        return self._judge(report, divergence)

    def _take(self, step: Step) -> tuple[ActionReport, Divergence]:
        """Takes a step, and compares what is observed after it with what was expected."""
        progress = self.progress
        attempt = progress.attempt + 1 if step == progress.troubled else 1
        number = len(progress.steps) + 1
        key = f"{self.name}-{number}"
        self._record(StepBegun(number, progress.index, step, attempt, key))
        expected = progress.expected()
        report = self._act(step, Attempt(key, attempt))
        self._record(StepReported(number, step, report.succeeded, report.message, report.how))
        seen = self._observe(expected)
        divergence = compare(expected, seen.state)
        if divergence:
            self._record(DivergenceSeen(number, divergence, seen.stale))
        else:
            self._record(StateMatched(number, seen.stale))
        return report, divergence

    # What a difference calls for

    def _judge(self, report: ActionReport, divergence: Divergence) -> str | None:
        """What the policy makes of the step just taken: why to plan anew, or None to go on."""
        step = self.progress.steps[-1]
        if report.succeeded and not divergence:
            if self.policy is Policy.EVERY_STEP:
                return f"{step} was taken, and the policy is to replan after every step"
            return None
        if not report.succeeded:
            detail = report.message or divergence.summary()
            trouble = f"{step} failed" + (f" ({detail})" if detail else "")
        else:
            trouble = f"{step} went otherwise than expected ({divergence.summary()})"
        self._set_aside_if_hopeless(step)
        match self.policy:
            case Policy.RELEVANT if step not in self.progress.set_aside:
                return self._judge_by_ends(trouble)
            case Policy.NEVER:
                self._judged(Verdict.GO_ON, trouble, self.progress.index + 1)
                return None
            case _:
                self._judged(Verdict.REPLAN, trouble, self.progress.index)
                return trouble

    def _judge_by_ends(self, trouble: str) -> str | None:
        """Goes on with the shortest end of the rest of the plan that leads to the goal."""
        progress = self.progress
        rest = progress.plan.steps[progress.index :]
        start = shortest_end(self.semantics, self._state(), rest)
        if start is None:
            self._judged(Verdict.REPLAN, trouble, progress.index)
            return trouble
        verdict = {0: Verdict.AGAIN, 1: Verdict.GO_ON}.get(start, Verdict.SKIP)
        # The step just taken is not left out where the plan goes on after it.
        self._judged(verdict, trouble, progress.index + start, rest[1:start])
        return None

    def _judged(
        self, verdict: Verdict, reason: str, index: int, skipped: tuple[Step, ...] = ()
    ) -> None:
        self._record(Judged(len(self.progress.steps), verdict, reason, index, skipped))

    def _set_aside_if_hopeless(self, step: Step) -> None:
        """Sets a step aside that has had no effect in one state too often."""
        attempts = self.progress.failures[self._state(), step]
        if attempts >= self.budget.attempts and step not in self.progress.set_aside:
            self._record(StepSetAside(step, attempts))

    # Plans

    def _replan(self, trouble: str) -> str | None:
        """Adopts the solver's plan from here, or says why not. Ends the run if there is none."""
        budget = self.budget.replans
        if self.policy is Policy.NEVER:
            raise _Ended(Outcome.ENDED_SHORT, f"{trouble}; the policy is never to replan")
        if self.progress.replans >= budget:
            spent = f"the budget of {_count(budget, 'replan')} is spent; last: {trouble}"
            raise _Ended(Outcome.ENDED_SHORT, spent)
        self._record(ReplanBegun(self.progress.replans + 1, trouble))
        number = self.progress.replans
        solution = self._solved()
        self._record(Replanned(number, solution.outcome, solution.engine, solution.evidence))
        if solution.solved and solution.plan is not None:
            version = len(self.progress.plans) + 1
            return self._consider(version, solution.plan, f"replan {number}: {trouble}")
        if solution.outcome is Outcome.UNSOLVABLE:
            found = "the goal cannot be reached from here"
        else:
            found = f"the solver has no plan ({solution.outcome})"
        evidence = solution.evidence or solution.outcome.meaning
        raise _Ended(Outcome.ENDED_SHORT, f"{found}: {evidence}{self._why(solution)}")

    def _solved(self) -> Solution:
        """The solver's answer; where there is no way around steps set aside, with them again."""
        set_aside = tuple(sorted(self.progress.set_aside, key=str))
        task = self._from(self._state())
        solution = self._ask(without_steps(task, set_aside))
        if solution.plan is None and set_aside:
            names = ", ".join(map(str, set_aside))
            reason = f"there is no way around {names} ({solution.outcome})"
            self._record(StepsTakenBack(set_aside, reason))
            solution = self._ask(task)
        return solution

    def _ask(self, task: Task) -> Solution:
        try:
            return self.solver(task)
        except Exception as error:
            # Whatever goes wrong in a solver, the steps already taken deserve an orderly end.
            raise _Ended(Outcome.ENDED_SHORT, f"the solver failed: {_said(error)}") from error

    def _why(self, solution: Solution) -> str:
        """Which parts of the goal are out of reach from here, if that can be found out."""
        if solution.outcome is not Outcome.UNSOLVABLE:
            return ""

        def ask(task: Task, _: Limits) -> Solution:
            return self.solver(task)

        try:
            found = conflict(self._from(self._state()), seconds=_REASON_SECONDS, ask=ask)
        except Exception:
            return ""
        parts: tuple[Condition, ...] = found.impossible or found.together
        if not parts:
            return ""
        shown = " ".join(map(write_condition, parts[:3]))
        return f"; out of reach: {shown}"

    def _consider(self, version: int, plan: Plan, reason: str) -> str | None:
        """Adopts a plan if it leads from here to the goal; else says why not."""
        failure = validate(self._from(self._state()), plan).failure
        if failure is None:
            self._record(PlanAdopted(version, plan, reason))
            return None
        self._record(PlanRefused(version, plan, str(failure)))
        return f"plan {version} does not lead to the goal ({failure})"

    def _from(self, state: State) -> Task:
        """The task from another state; a number without a value there has none."""
        fluent = self.semantics.fluent_functions
        problem = self.task.problem
        fixed = tuple(n for n in problem.numbers if n[0].function not in fluent)
        return Task(self.task.domain, replace(problem, numbers=fixed)).with_state(state)

    # The world

    def _act(self, step: Step, attempt: Attempt) -> ActionReport:
        try:
            report = self.environment.act(step, attempt)
            if not isinstance(report, ActionReport):
                raise TypeError(f"act returned {report!r}, not an ActionReport")
            return replace(report, message=report.message[:_MESSAGE_LENGTH])
        except Exception as error:
            # An environment is anyone's code; what it raises is a step that failed.
            return ActionReport(False, _said(error), Ending.FAILED)

    def _observe(self, expected: State) -> Seen:
        """What is observed, without what follows from it or only counts. May end the run."""
        try:
            return take_in(self.semantics, self.environment.observe(), expected)
        except Exception as error:
            raise _Ended(
                Outcome.ENDED_SHORT, f"the world could not be observed: {_said(error)}"
            ) from error

    def _state(self) -> State:
        state = self.progress.state
        assert state is not None  # the run begins with an observation
        return state

    # Endings

    def _end_if_reached(self, state: State) -> None:
        if self.semantics.goal_holds(state):
            steps = len(self.progress.steps)
            taken = f"after {_count(steps, 'step')}" if steps else "from the start"
            raise _Ended(Outcome.REACHED, f"the goal holds {taken}")

    def _check_budget(self) -> None:
        """Ends the run where something of its budget is spent."""
        budget, progress = self.budget, self.progress
        if len(progress.steps) >= budget.steps:
            spent = _count(budget.steps, "step")
        elif budget.seconds is not None and self.journal.seconds >= budget.seconds:
            spent = f"{budget.seconds:g} seconds"
        elif budget.cost is not None and progress.cost >= budget.cost:
            spent = f"cost {budget.cost}"
        elif budget.visits is not None and progress.visits[self._state()] > budget.visits:
            reason = f"the run has been in one and the same state {budget.visits + 1} times"
            raise _Ended(Outcome.ENDED_SHORT, reason)
        else:
            return
        raise _Ended(Outcome.ENDED_SHORT, f"the budget of {spent} is spent")

    def _stop_if_asked(self, state: State) -> None:
        """Ends the run where it was cancelled, after the steps that make a stop safe."""
        if not self.cancel.is_set():
            return
        taken = 0
        for step in self.safe_stop:
            if self.semantics.applicable(state, step):
                self._take(step)
                state = self._state()
                taken += 1
        after = f", after {_count(taken, 'step')} to stop safely" if taken else ""
        raise _Ended(Outcome.INTERRUPTED, f"it was asked to stop{after}")


def _said(error: Exception) -> str:
    """What an exception says, cut to a bounded length."""
    return error_text(error)[:_MESSAGE_LENGTH]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
