"""Carrying a plan out in a world that may disagree with it.

The loop is that of PLANEX (Fikes, Monitored execution of robot plans produced by STRIPS, 1971):
take a step, observe, compare with what the domain's semantics predict, and let the policy decide
what a difference calls for. All that the monitor knows of a run it has from the run's events
(`goalsmith.execute.journal.progress`), so that a run goes on from its journal as it would have gone
on without a break.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Flag
from typing import NoReturn
from uuid import uuid4

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.budget import Budget
from goalsmith.execute.environment import Environment
from goalsmith.execute.journal.events import (
    Event,
    ReviewAsked,
    RunEnded,
    RunResumed,
    RunStarted,
    StopAsked,
)
from goalsmith.execute.journal.journal import Entry, Journal, Listener
from goalsmith.execute.journal.progress import progress_of
from goalsmith.execute.messages import Inbox, Review
from goalsmith.execute.monitor.abreast import take_abreast
from goalsmith.execute.monitor.beginning import consider_given, look_first, where_left
from goalsmith.execute.monitor.conversation import answer_messages, waits_for_review
from goalsmith.execute.monitor.course import Course, Solver, count
from goalsmith.execute.monitor.endings import Ended, end_if_reached, end_if_spent
from goalsmith.execute.monitor.judging import judge
from goalsmith.execute.monitor.replanning import replan
from goalsmith.execute.monitor.watching import look_again, take
from goalsmith.execute.policies import Policy

__all__ = ["Run", "Solver", "execute"]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over, or that was left waiting for a person.

    Attributes:
        outcome: REACHED, ENDED_SHORT, REJECTED, INTERRUPTED where it was stopped, or QUESTION where
            it waits for a person and nobody waits with it.
        reason: why it ended, in a sentence.
        journal: its events; of a run that was gone on with, those since.
        steps: the steps that the environment was asked to take, failed ones included.
        replans: how often the solver was asked.
        final_state: the last state observed; None if the world could not be observed even once.
        plans: the plans received, by version: the one given first, then the solver's and those of
            people.
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

    def _repr_html_(self) -> str:
        """The run as notebooks show it."""
        from goalsmith.execute.notebook import run_html

        return run_html(self)


def execute(
    task: Task,
    plan: Plan,
    environment: Environment,
    solver: Solver,
    *,
    policy: Policy | str = Policy.STRICT,
    stability: float | None = None,
    budget: Budget | None = None,
    max_replans: int = 10,
    max_steps: int = 10_000,
    cancel: Flag | None = None,
    safe_stop: tuple[Step, ...] = (),
    parallel: int = 1,
    review: Review | str = Review.NONE,
    inbox: Inbox | None = None,
    before: Sequence[Event] = (),
    elapsed: float = 0.0,
    on_event: Listener | None = None,
    clock: Callable[[], float] = time.monotonic,
    name: str | None = None,
) -> Run:
    """Carries a plan out until the task's goal is observed, replanning as the policy has it.

    The environment is observed before the first step and after every one. The run ends as soon as
    the goal holds in an observed state, even with steps left.

    A run that was left, killed or interrupted goes on from its events: the world is observed first,
    nothing that is recorded as done is done again, and a step that was in flight is taken again
    (with the key it had) only if the world is as it was before it.

    Args:
        task: what is wanted, and the state that the plan starts from.
        plan: the plan to begin with. A run that goes on has it in its events.
        environment: the world.
        solver: asked for a plan from an observed state.
        policy: when to plan anew.
        stability: by what factor a new plan may cost more than the solver's in order to keep more
            of the old one, at least 1; None: plans are the solver's, whatever they keep, but for
            that to a new goal, for which it is 1.
        budget: what the run may use; by default `max_replans` and `max_steps`.
        max_replans: how often the solver may be asked.
        max_steps: how many steps the environment may be asked to take.
        cancel: set by another thread to stop before the next step.
        safe_stop: steps to take then, as far as they are applicable.
        parallel: how many steps may be taken at the same time, where they are independent and the
            policy does not look at each by itself (`strict`, `relevant`). Above 1, the environment
            is asked to act by several threads, and to observe by another.
        review: which plans wait for a person, who answers through `inbox`.
        inbox: where messages come from; looked into before each step.
        before: the events of the run so far, from the first; empty for a new run.
        elapsed: seconds that the run has taken so far.
        on_event: called with every entry of the journal as it is made.
        clock: seconds on a clock that never goes back.
        name: of the run, from which attempts get their keys; by default one that no other run has.

    Raises:
        InputError: a budget is negative, a review has no inbox, `stability` or `parallel` is less
            than 1, or `before` are not the events of a run of this task that has not ended.
        ValueError: there is no such policy or review.
        KeyboardInterrupt, SystemExit: as raised during the run; the journal's last entry says so.
    """
    budget, review = budget or Budget(max_replans, max_steps), Review(review)
    if review is not Review.NONE and inbox is None:
        raise InputError("a plan can only be reviewed with an inbox, through which people answer")
    if stability is not None and not 1 <= stability < math.inf:
        raise InputError(f"stability is a factor of at least 1, not {stability}")
    if parallel < 1:
        raise InputError(f"at least 1 step is taken at a time, not {parallel}")
    course = Course(
        environment,
        solver,
        Policy(policy),
        stability,
        budget,
        review,
        inbox,
        cancel or Flag(),
        safe_stop,
        name or uuid4().hex,
        Journal(clock, on_event, first=len(before), elapsed=elapsed),
        progress_of(Semantics(task), before),
    )
    return _Monitor(course, Semantics(task), parallel).run(plan)


class _Left(Exception):  # noqa: N818 - it is no error that nobody waits
    """The run waits for a person, and nobody waits with it. Never leaves this module."""


class _Monitor:
    """The loop of one run. `given` are the semantics that it began with."""

    def __init__(self, course: Course, given: Semantics, parallel: int) -> None:
        self.course = course
        self.given = given
        self.parallel = parallel if course.policy in (Policy.STRICT, Policy.RELEVANT) else 1
        self.waited = False

    def run(self, plan: Plan) -> Run:
        """Carries a plan out to an end, or until it is left waiting."""
        course = self.course
        if course.progress.plans:
            course.record(RunResumed(where_left(course.progress)))
        else:
            budget = course.budget
            goal = self.given.task.problem.goal
            course.record(RunStarted(goal, plan, budget.replans, budget.steps, course.policy))
        try:
            self._carry_out()
        except Ended as end:
            course.record(RunEnded(end.outcome, end.reason))
            return self._run(end.outcome, end.reason)
        except _Left:
            version = course.progress.version
            return self._run(Outcome.QUESTION, f"plan {version} waits for review")
        except (KeyboardInterrupt, SystemExit) as error:
            course.record(RunEnded(Outcome.INTERRUPTED, type(error).__name__))
            raise

    def _run(self, outcome: Outcome, reason: str) -> Run:
        progress = self.course.progress
        return Run(
            outcome,
            reason,
            tuple(self.course.journal),
            tuple(progress.steps),
            progress.replans,
            progress.state,
            tuple(progress.plans),
        )

    def _carry_out(self) -> NoReturn:
        """Looks, begins or goes on, and does what is called for until the run is over."""
        course, progress = self.course, self.course.progress
        if progress.state is None:
            look_first(course, self.given)
        else:
            look_again(course)
        if progress.wishes.rejected is None:
            end_if_reached(course)
        if not progress.version and progress.trouble is None:
            consider_given(course, self.given)
        while True:
            trouble = judge(course)
            if answer_messages(course):
                end_if_reached(course)
                continue  # what they change is judged first
            if progress.wishes.rejected is not None:
                reason = f": {progress.wishes.rejected}" if progress.wishes.rejected else ""
                rejected = f"plan {progress.version} was rejected{reason}"
                raise Ended(Outcome.REJECTED, rejected)
            if progress.wishes.stop is not None or course.cancel.is_set():
                self._stop()
            if trouble is not None:
                replan(course, trouble)
            elif waits_for_review(course):
                self._wait()
            elif self.waited:
                self.waited = False
                look_again(course)
                end_if_reached(course)
            else:
                self._step()

    def _step(self) -> None:
        """Takes the next step of the plan, or several."""
        course, progress = self.course, self.course.progress
        if self.parallel > 1:
            end_if_spent(course)
            if take_abreast(course, self.parallel):
                end_if_reached(course)
                return
        if progress.index >= len(progress.plan):
            # Only a policy that never replans gets here: a plan is adopted if it leads to the goal.
            reason = "the plan is used up, and the goal does not hold"
            raise Ended(Outcome.ENDED_SHORT, f"{reason}; the policy is never to replan")
        step = progress.plan.steps[progress.index]
        end_if_spent(course)
        if not course.semantics.applicable(course.state, step):
            reason = f"{step} cannot be taken, and the policy is never to replan"
            raise Ended(Outcome.ENDED_SHORT, reason)
        take(course, step)
        end_if_reached(course)

    def _wait(self) -> None:
        """Waits for a person to review the plan in force."""
        course, progress = self.course, self.course.progress
        if progress.wishes.asked != progress.version:
            course.record(ReviewAsked(progress.version))
        assert course.inbox is not None  # no review without one
        if not course.inbox.wait():
            raise _Left
        self.waited = True

    def _stop(self) -> NoReturn:
        """Ends the run, after the steps that make a stop safe."""
        course, progress = self.course, self.course.progress
        if progress.wishes.stop is None:
            course.record(StopAsked(""))
        taken = Counter(progress.wishes.stop_steps)  # before a break of the run
        for step in course.safe_stop:
            if taken[step]:
                taken[step] -= 1
            elif course.semantics.applicable(course.state, step):
                take(course, step)
        steps = len(progress.wishes.stop_steps)
        after = f", after {count(steps, 'step')} to stop safely" if steps else ""
        why = f" ({progress.wishes.stop})" if progress.wishes.stop else ""
        raise Ended(Outcome.INTERRUPTED, f"it was asked to stop{why}{after}")
