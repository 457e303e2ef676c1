"""Independent steps at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

import pytest
from test_execute_messages import Post
from test_execute_monitor import BLOCKS, Search
from test_execute_resuming import check_journal
from test_execute_revision import PRESS, buttons

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    ActionReport,
    Attempt,
    Budget,
    Cancel,
    DivergenceSeen,
    Entry,
    Event,
    FaultKind,
    Faults,
    GoalChanged,
    NewGoal,
    Observed,
    PlanAdopted,
    Run,
    RunEnded,
    RunStarted,
    Simulator,
    StateMatched,
    StepBegun,
    StepNotTaken,
    execute,
)
from goalsmith.execute.journal.progress import progress_of
from goalsmith.solve.solution import Solution

TASK = buttons()
PLAN = Plan(PRESS)
PATIENCE = 60.0
"""Seconds until a test gives up that something else happens."""


class Workshop:
    """A simulator for several threads, which notes which steps were under way together."""

    def __init__(self, task: Task, faults: Faults | None = None) -> None:
        self.simulator = Simulator(task, faults)
        self.lock = threading.Lock()
        self.now: set[Step] = set()
        self.together: set[frozenset[Step]] = set()
        self.most = 0

    def observe(self) -> State:
        with self.lock:
            return self.simulator.observe()

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        with self.lock:
            self.together.update(frozenset((step, other)) for other in self.now)
            self.now.add(step)
            self.most = max(self.most, len(self.now))
        self.meanwhile(step)
        with self.lock:
            report = self.simulator.act(step, attempt)
            self.now.discard(step)
        return report

    def meanwhile(self, step: Step) -> None:
        """What goes on while a step is under way."""


class Meeting(Workshop):
    """A world in which acts end only when another is under way, two at a time."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.barrier = threading.Barrier(2, timeout=PATIENCE)

    def meanwhile(self, step: Step) -> None:
        self.barrier.wait()


def nobody(_: Task) -> Solution:
    raise AssertionError("the solver should not have been asked")


def events(run: Run, kind: type) -> list[Event]:
    return [e.event for e in run.journal if isinstance(e.event, kind)]


def check(task: Task, run: Run, world: Workshop, before: Sequence[Event] = ()) -> None:
    """The journal of a run is one that could also have come of one step after the other."""
    every = [*before, *(e.event for e in run.journal)]
    check_journal(every)
    folded = progress_of(Semantics(task), every)
    assert folded.state == run.final_state == world.observe()
    assert folded.in_flight is None
    assert tuple(folded.steps) == run.steps


def test_independent_steps_are_under_way_at_the_same_time() -> None:
    world = Meeting(TASK)
    run = execute(TASK, PLAN, world, nobody, parallel=2)
    assert run.reached
    assert world.most == 2
    assert Counter(run.steps) == Counter(PRESS)
    check(TASK, run, world)


def test_no_more_steps_are_taken_at_a_time_than_allowed() -> None:
    for most in (1, 2, 3):
        world = Workshop(TASK)
        run = execute(TASK, PLAN, world, nobody, parallel=most)
        assert run.reached
        assert world.most <= most
        check(TASK, run, world)


def test_one_at_a_time_is_what_it_always_was() -> None:
    def told(**options: int) -> list[Event]:
        world = Simulator(TASK, Faults(4, 0.2, 0.2, 0.2))
        run = execute(TASK, PLAN, world, Search(), name="run", max_replans=50, **options)
        return [e.event for e in run.journal]

    assert told(parallel=1) == told()


# Two towers: what is done at one of them is independent of the other but for the only hand.
HANDS = (
    BLOCKS.replace("(hand-empty)", "(free ?h)")
    .replace("(holding ?x)", "(holding ?h ?x)")
    .replace(":parameters (?x", ":parameters (?h ?x")
)
TOWERS = """
(define (problem towers) (:domain blocks)
  (:objects left right a b c d e f)
  (:init (on-table a) (on-table b) (on-table c) (on-table d) (on-table e) (on-table f)
         (clear a) (clear b) (clear c) (clear d) (clear e) (clear f) (free left) (free right))
  (:goal (and (on a b) (on c d) (on e f))))
"""
HANDS_TASK = read_task(HANDS, TOWERS)
HANDS_PLAN = Plan(
    tuple(
        Step(action, args)
        for hand, x, y in (("left", "a", "b"), ("right", "c", "d"), ("left", "e", "f"))
        for action, args in (("pick-up", (hand, x)), ("stack", (hand, x, y)))
    )
)


def test_only_steps_that_may_be_swapped_are_under_way_together() -> None:
    world = Workshop(HANDS_TASK)
    run = execute(HANDS_TASK, HANDS_PLAN, world, nobody, parallel=3)
    assert run.reached
    check(HANDS_TASK, run, world)
    for pair in world.together:
        hands = {step.args[0] for step in pair}
        assert len(hands) == 2, pair


class Early(Workshop):
    """A world in which the first step has its effect at once, and ends after the second."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.second_is_over = False
        self.seen = threading.Event()

    def observe(self) -> State:
        state = super().observe()
        if self.second_is_over:
            self.seen.set()
        return state

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        report = super().act(step, attempt)
        if step == PRESS[1]:
            self.second_is_over = True
        else:
            assert self.seen.wait(PATIENCE)
        return report


def lit(*lamps: str) -> And:
    return And(tuple(Atom("lit", (x,)) for x in lamps))


def test_what_a_step_under_way_may_change_is_not_compared_until_it_ends() -> None:
    task = TASK.with_goal(lit("a", "b"))
    world = Early(task)
    run = execute(task, Plan(PRESS[:2]), world, nobody, parallel=2)
    assert run.reached
    assert not events(run, DivergenceSeen)
    assert [e.number for e in events(run, StateMatched)] == [2, 1]  # type: ignore[union-attr]
    check(task, run, world)


# When something goes wrong


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_after_a_failure_nothing_is_begun_and_what_is_under_way_is_waited_for(policy: str) -> None:
    world = Workshop(TASK, Faults(scripted={1: FaultKind.ACTION_FAILS}))
    run = execute(TASK, PLAN, world, Search(), parallel=2, policy=policy)
    assert run.reached
    check(TASK, run, world)
    kinds = [e.event.kind for e in run.journal]
    failed = kinds.index("divergence-seen")
    assert "step-begun" not in kinds[failed : kinds.index("judged")]
    assert run.replans == (1 if policy == "strict" else 0)


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_faulty_runs_reach_their_goal(policy: str) -> None:
    search = Search()
    for seed in range(8):
        world = Workshop(TASK, Faults(seed, 0.2, 0.2, 0.2))
        run = execute(
            TASK, PLAN, world, search, parallel=3, policy=policy, budget=Budget(replans=200)
        )
        assert run.reached, (seed, run.reason)
        check(TASK, run, world)


def test_a_stop_waits_for_what_is_under_way() -> None:
    world = Workshop(TASK)
    post = Post((3, Cancel("", 1)))
    run = execute(TASK, PLAN, world, nobody, parallel=2, inbox=post)
    assert run.outcome is Outcome.INTERRUPTED
    assert 1 <= len(run.steps) < 4
    check(TASK, run, world)


def test_a_goal_that_changes_while_steps_are_under_way_is_followed_after_them() -> None:
    world = Workshop(TASK)
    goal = lit("a", "d")
    post = Post((3, NewGoal(TASK.with_goal(goal), 1)))
    run = execute(TASK, PLAN, world, Search(), parallel=2, inbox=post)
    assert run.reached
    assert events(run, GoalChanged)
    assert Semantics(TASK.with_goal(goal)).goal_holds(world.observe())
    check(TASK, run, world)


def test_a_budget_of_steps_is_kept() -> None:
    run = execute(TASK, PLAN, Workshop(TASK), nobody, parallel=4, max_steps=2)
    assert run.reason == "the budget of 2 steps is spent"
    assert len(run.steps) == 2


def test_policies_that_look_at_each_step_take_one_at_a_time() -> None:
    for policy in ("every-step", "never"):
        world = Workshop(TASK)
        run = execute(TASK, PLAN, world, Search(), parallel=4, policy=policy)
        assert run.reached
        assert world.most == 1


def test_at_least_one_step_is_taken_at_a_time() -> None:
    with pytest.raises(InputError, match="at least 1 step"):
        execute(TASK, PLAN, Workshop(TASK), nobody, parallel=0)


# Going on


def test_each_of_several_steps_in_flight_is_judged_by_what_is_seen() -> None:
    before: list[Event] = [
        RunStarted(TASK.problem.goal, PLAN, 10, 100),
        Observed(Semantics(TASK).initial_state()),
        PlanAdopted(1, PLAN, "given"),
        *(StepBegun(n + 1, n, PRESS[n], 1, f"key-{n + 1}") for n in range(3)),
    ]
    world = Workshop(TASK)
    world.simulator.act(PRESS[1])
    run = execute(TASK, PLAN, world, nobody, parallel=2, before=before, name="run")
    assert run.reached
    assert [e.event for e in run.journal][1:4] == [
        StepNotTaken(1, PRESS[0]),
        StateMatched(2),
        StepNotTaken(3, PRESS[2]),
    ]
    begun = {e.step: e.key for e in events(run, StepBegun)}  # type: ignore[union-attr]
    assert begun == {PRESS[0]: "key-1", PRESS[2]: "key-3", PRESS[3]: "run-4"}
    folded = progress_of(Semantics(TASK), [*before, *(e.event for e in run.journal)])
    assert folded.state == world.observe()
    assert not folded.place.under_way


def test_a_run_of_several_steps_at_a_time_goes_on_from_every_cut() -> None:
    class Killed(BaseException):
        pass

    search = Search()
    for cut in range(1, 30):
        before: list[Event] = []

        def kill(entry: Entry, cut: int = cut, before: list[Event] = before) -> None:
            before.append(entry.event)
            if len(before) == cut:
                raise Killed

        world = Workshop(TASK, Faults(scripted={2: FaultKind.EFFECT_LOST}))
        with pytest.raises(Killed):
            execute(TASK, PLAN, world, search, parallel=2, on_event=kill, name="run")
        if isinstance(before[-1], RunEnded):
            break
        run = execute(TASK, PLAN, world, search, parallel=2, before=before, name="run")
        assert run.reached, (cut, run.reason)
        every = [*before, *(e.event for e in run.journal)]
        folded = progress_of(Semantics(TASK), every)
        assert folded.state == world.observe()
        assert not folded.place.under_way
        done = [e.number for e in before if isinstance(e, StateMatched)]
        again = [e.event for e in run.journal if isinstance(e.event, StepBegun)]
        assert not {e.number for e in again} & set(done)
    assert cut > 15
