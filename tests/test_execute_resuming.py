"""Runs that were cut off go on from their events, wherever they were cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from test_execute_monitor import BLOCKS, PAIR_PLAN, PAIR_TASK, Search

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    ActionReport,
    Attempt,
    Budget,
    DivergenceSeen,
    Entry,
    Event,
    Faults,
    Judged,
    Observation,
    Observed,
    PlanAdopted,
    PlanEdited,
    PlanRefused,
    Policy,
    ReplanBegun,
    Run,
    RunEnded,
    RunResumed,
    RunStarted,
    Simulator,
    StateMatched,
    StepBegun,
    StepNotTaken,
    StepReported,
    execute,
)
from goalsmith.execute.journal.progress import progress_of
from goalsmith.solve.solution import Solution

PICK_UP, STACK = PAIR_PLAN
PUT_DOWN = Step("put-down", ("a",))


TOWER_TASK = read_task(
    BLOCKS,
    """(define (problem tower) (:domain blocks) (:objects a b c d)
      (:init (on-table a) (on c a) (clear c) (on-table b) (on d b) (clear d) (hand-empty))
      (:goal (and (on a b) (on b c) (on c d))))""",
)


class Killed(BaseException):
    """What a process feels of SIGKILL."""


class World:
    """A simulator that may die with an act before or after it, and notes what really happened."""

    def __init__(self, task: Task, faults: Faults | None = None) -> None:
        self.simulator = Simulator(task, faults)
        self.die_before: int | None = None
        self.die_after: int | None = None
        self.asked: list[str] = []
        self.effects: Counter[str] = Counter()

    def observe(self) -> State | Observation:
        return self.simulator.observe()

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        self.asked.append(attempt.key)
        if len(self.asked) == self.die_before:
            raise Killed
        before = self.simulator.observe()
        report = self.simulator.act(step, attempt)
        self.effects[attempt.key] += self.simulator.observe() != before
        if len(self.asked) == self.die_after:
            raise Killed
        return report


class Notes:
    """The journal as another process finds it; the listener that kills at the n-th entry."""

    def __init__(self, kill_at: int | None = None, before: Sequence[Event] = ()) -> None:
        self.entries: list[Entry] = []
        self.events = list(before)
        self.kill_at = kill_at

    def __call__(self, entry: Entry) -> None:
        assert entry.sequence == len(self.events)
        self.events.append(entry.event)
        if len(self.events) == self.kill_at:
            raise Killed


class Known(Search):
    """A search that remembers its answers: the runs here come by the same states."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[State, Solution] = {}

    def __call__(self, task: Task) -> Solution:
        state = Semantics(task).initial_state()
        if task.problem.goal != TOWER_TASK.problem.goal:
            return super().__call__(task)
        if state not in self.answers:
            self.answers[state] = super().__call__(task)
        return self.answers[state]


SEARCH = Known()


def drive(task: Task, plan: Plan, world: World, notes: Notes, policy: Policy) -> Run:
    return execute(
        task,
        plan,
        world,
        SEARCH,
        policy=policy,
        budget=Budget(replans=500),
        before=tuple(notes.events),
        on_event=notes,
        name="run",
    )


def go_on_to_the_goal(
    task: Task, plan: Plan, world: World, events: list[Event], policy: Policy
) -> list[Event]:
    """Goes on with a run that was cut, and checks all that must be so at its end."""
    notes = Notes(before=events)
    run = drive(task, plan, world, notes, policy)
    whole = notes.events
    assert run.reached, (len(events), run.reason)
    assert Semantics(task).goal_holds(world.simulator.observe())
    assert [e.event for e in run.journal] == whole[len(events) :]
    assert isinstance(whole[len(events)], RunResumed)
    check_journal(whole)
    assert all(times <= 1 for times in world.effects.values())
    finished = Counter(e.number for e in events if isinstance(e, StateMatched | DivergenceSeen))
    begun = [e for e in whole[len(events) :] if isinstance(e, StepBegun)]
    assert not {e.number for e in begun} & set(finished) - {0}
    folded = progress_of(Semantics(task), whole)
    assert folded.state == run.final_state == world.simulator.observe()
    assert tuple(folded.steps) == run.steps
    assert tuple(folded.plans) == run.plans
    assert folded.replans == run.replans
    assert folded.in_flight is None
    return whole


def check_journal(events: Sequence[Event]) -> None:
    """The numbers of steps, replans and plans go on without a gap."""
    steps = [e.number for e in events if isinstance(e, StepBegun)]
    undone = Counter(e.number for e in events if isinstance(e, StepNotTaken))
    assert sorted(set(steps)) == list(range(1, len(set(steps)) + 1))
    assert steps == sorted(steps)
    for number, times in Counter(steps).items():
        assert times <= 1 + undone[number]
    keys = {(e.number, e.key) for e in events if isinstance(e, StepBegun)}
    assert len(keys) == len(set(steps))
    plans = [e.version for e in events if isinstance(e, PlanAdopted | PlanRefused | PlanEdited)]
    assert plans == list(range(1, len(plans) + 1))
    replans = [e.number for e in events if isinstance(e, ReplanBegun)]
    assert replans == list(range(1, len(replans) + 1))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunEnded)
    assert sum(isinstance(e, RunEnded) for e in events) == 1


def faulty() -> World:
    return World(TOWER_TASK, Faults(3, action_fails=0.15, effect_lost=0.15, moved=0.15))


TOWER_PLAN = SEARCH(TOWER_TASK).plan or Plan()


@pytest.mark.parametrize("policy", [Policy.STRICT, Policy.RELEVANT, Policy.EVERY_STEP])
def test_a_run_that_is_killed_at_any_entry_goes_on_to_its_goal(policy: Policy) -> None:
    whole = Notes()
    assert drive(TOWER_TASK, TOWER_PLAN, faulty(), whole, policy).reached
    assert {DivergenceSeen, Judged} <= {type(e) for e in whole.events}
    for cut in range(1, len(whole.events)):
        world, notes = faulty(), Notes(kill_at=cut)
        with pytest.raises(Killed):
            drive(TOWER_TASK, TOWER_PLAN, world, notes, policy)
        assert len(notes.events) == cut
        go_on_to_the_goal(TOWER_TASK, TOWER_PLAN, world, notes.events, policy)


@pytest.mark.parametrize("moment", ["die_before", "die_after"])
def test_a_run_that_is_killed_within_any_act_goes_on_to_its_goal(moment: str) -> None:
    reference = faulty()
    assert drive(TOWER_TASK, TOWER_PLAN, reference, Notes(), Policy.STRICT).reached
    again = 0
    for act in range(1, len(reference.asked) + 1):
        world, notes = faulty(), Notes()
        setattr(world, moment, act)
        with pytest.raises(Killed):
            drive(TOWER_TASK, TOWER_PLAN, world, notes, Policy.STRICT)
        assert isinstance(notes.events[-1], StepBegun)
        whole = go_on_to_the_goal(TOWER_TASK, TOWER_PLAN, world, notes.events, Policy.STRICT)
        again += any(isinstance(e, StepNotTaken) for e in whole)
    acts = len(reference.asked)
    assert again == acts if moment == "die_before" else 0 < again < acts


def test_a_run_that_is_killed_again_and_again_gets_there() -> None:
    world, events = faulty(), list[Event]()
    kills = 0
    while True:
        notes = Notes(kill_at=len(events) + 5, before=events)
        try:
            run = drive(TOWER_TASK, TOWER_PLAN, world, notes, Policy.STRICT)
        except Killed:
            events = notes.events
            kills += 1
            continue
        break
    assert run.reached
    assert kills > 10
    check_journal(notes.events)
    assert sum(isinstance(e, RunResumed) for e in notes.events) == kills
    assert all(times <= 1 for times in world.effects.values())


# What the first look after a break finds


def cut_after(world: World, *events: Event) -> list[Event]:
    """The beginning of a run of the pair of blocks."""
    start = Semantics(PAIR_TASK).initial_state()
    return [
        RunStarted(PAIR_TASK.problem.goal, PAIR_PLAN, 10, 10_000),
        Observed(start),
        PlanAdopted(1, PAIR_PLAN, "given"),
        *events,
    ]


def nobody(_: Task) -> Solution:
    raise AssertionError("the solver should not have been asked")


BEGUN = StepBegun(1, 0, PICK_UP, 1, "key-1")


def resume(world: World, events: list[Event], **options: object) -> Run:
    return execute(
        PAIR_TASK,
        PAIR_PLAN,
        world,
        nobody,
        before=events,
        name="run",
        **options,  # type: ignore[arg-type]
    )


def new_events(run: Run) -> list[Event]:
    return [entry.event for entry in run.journal]


def test_a_step_in_flight_that_happened_is_not_repeated() -> None:
    world = World(PAIR_TASK)
    world.simulator.act(PICK_UP)
    run = resume(world, cut_after(world, BEGUN))
    assert run.reached
    assert world.asked == ["run-2"]
    assert run.steps == PAIR_PLAN.steps
    assert new_events(run)[:2] == [RunResumed("(pick-up a) was under way"), StateMatched(1)]


def test_a_step_in_flight_that_did_not_happen_is_taken_again_under_the_same_key() -> None:
    world = World(PAIR_TASK)
    run = resume(world, cut_after(world, BEGUN))
    assert run.reached
    assert world.asked == ["key-1", "run-2"]
    assert run.steps == PAIR_PLAN.steps
    assert new_events(run)[1:3] == [StepNotTaken(1, PICK_UP), BEGUN]


def test_a_step_not_taken_keeps_its_key_over_a_second_break() -> None:
    world = World(PAIR_TASK)
    events = cut_after(world, BEGUN, RunResumed(""), StepNotTaken(1, PICK_UP))
    run = resume(world, events)
    assert world.asked == ["key-1", "run-2"]
    assert run.steps == PAIR_PLAN.steps


def test_a_step_that_was_reported_and_had_no_effect_was_lost() -> None:
    world = World(PAIR_TASK)
    events = cut_after(world, BEGUN, StepReported(1, PICK_UP, True, ""))
    run = resume(world, events, policy="relevant")
    assert run.reached
    assert world.asked == ["run-2", "run-3"]
    assert isinstance(new_events(run)[1], DivergenceSeen)
    assert isinstance(new_events(run)[2], Judged)


def test_a_step_that_was_reported_as_failed_is_judged_as_failed() -> None:
    world = World(PAIR_TASK)
    events = cut_after(world, BEGUN, StepReported(1, PICK_UP, False, "slipped"))
    run = resume(world, events, policy="relevant")
    [judged] = [e for e in new_events(run) if isinstance(e, Judged)]
    assert judged.reason == "(pick-up a) failed (slipped)"
    assert run.reached


def test_a_world_that_changed_in_the_meantime_is_a_difference_like_others() -> None:
    world = World(PAIR_TASK)
    world.simulator.act(Step("pick-up", ("b",)))
    run = execute(
        PAIR_TASK, PAIR_PLAN, world, SEARCH, before=cut_after(world, BEGUN), policy="relevant"
    )
    assert run.reached
    kinds = [e.kind for e in new_events(run)]
    assert kinds[:6] == [
        "run-resumed",
        "divergence-seen",
        "judged",
        "replan-begun",
        "replanned",
        "plan-adopted",
    ]
    assert run.steps == (PICK_UP, Step("put-down", ("b",)), *PAIR_PLAN.steps)


def test_a_change_between_steps_is_judged_too() -> None:
    done = (BEGUN, StepReported(1, PICK_UP, True, ""), StateMatched(1))
    for policy, expected in ((Policy.STRICT, 1), (Policy.RELEVANT, 1)):
        world = World(PAIR_TASK)  # somebody put the block down again
        events = cut_after(world, *done)
        run = execute(PAIR_TASK, PAIR_PLAN, world, SEARCH, before=events, policy=policy)
        [judged] = [e for e in new_events(run) if isinstance(e, Judged)]
        assert judged.reason.startswith("the world changed in the meantime (missing: (holding a)")
        assert run.reached
        assert run.replans == expected


def test_steps_that_became_needless_during_a_break_are_skipped() -> None:
    plan = Plan((PICK_UP, PUT_DOWN, PICK_UP, STACK))
    events: list[Event] = [
        RunStarted(PAIR_TASK.problem.goal, plan, 10, 10_000),
        Observed(Semantics(PAIR_TASK).initial_state()),
        PlanAdopted(1, plan, "given"),
    ]
    world = World(PAIR_TASK)
    world.simulator.act(PICK_UP)
    run = resume(world, events, policy="relevant")
    assert run.steps == (STACK,)
    [judged] = [e for e in new_events(run) if isinstance(e, Judged)]
    assert judged.skipped == (PICK_UP, PUT_DOWN, PICK_UP)


def test_a_goal_that_was_reached_in_the_meantime_takes_no_step() -> None:
    world = World(PAIR_TASK)
    for step in PAIR_PLAN:
        world.simulator.act(step)
    run = resume(world, cut_after(world))
    assert run.reached
    assert world.asked == []


def test_where_too_little_is_seen_to_tell_a_step_is_taken_again_under_its_key() -> None:
    class Blind(World):
        def observe(self) -> Observation:
            state = self.simulator.observe()
            return Observation(frozenset(a for a in state.atoms if a.predicate == "on"))

    world = Blind(PAIR_TASK)
    run = resume(world, cut_after(world, BEGUN))
    assert world.asked == ["key-1", "run-2"]
    assert run.reached


# What is carried over


def test_budgets_go_on_where_they_were() -> None:
    world = World(PAIR_TASK)
    world.simulator.act(PICK_UP)
    events = cut_after(world, BEGUN)
    run = resume(world, events, budget=Budget(steps=1))
    assert run.reason == "the budget of 1 step is spent"
    world = World(PAIR_TASK)
    run = resume(world, cut_after(world), budget=Budget(seconds=5.0), elapsed=6.0)
    assert run.reason == "the budget of 5 seconds is spent"
    assert run.journal[0].seconds >= 6.0


def test_a_replan_that_was_cut_off_counts() -> None:
    world = World(PAIR_TASK)
    world.simulator.act(Step("pick-up", ("b",)))
    events = cut_after(world, ReplanBegun(1, "(pick-up a) failed"))
    run = execute(PAIR_TASK, PAIR_PLAN, world, SEARCH, before=events, max_replans=1)
    assert run.outcome is Outcome.ENDED_SHORT
    run = execute(PAIR_TASK, PAIR_PLAN, world, SEARCH, before=events, max_replans=2)
    assert run.reached
    assert run.replans == 2


def test_an_interrupted_run_goes_on_and_one_that_ended_otherwise_does_not() -> None:
    class Interrupting(World):
        def act(self, step: Step, attempt: Attempt) -> ActionReport:
            if not self.asked:
                self.asked.append(attempt.key)
                raise KeyboardInterrupt
            return super().act(step, attempt)

    world, notes = Interrupting(PAIR_TASK), Notes()
    with pytest.raises(KeyboardInterrupt):
        drive(PAIR_TASK, PAIR_PLAN, world, notes, Policy.STRICT)
    assert isinstance(notes.events[-1], RunEnded)
    run = resume(world, notes.events)
    assert run.reached
    assert run.journal[0].event == RunResumed("it was interrupted (KeyboardInterrupt)")
    assert world.asked == ["run-1", "run-1", "run-2"]
    ended = [*notes.events, *new_events(run)]
    with pytest.raises(InputError, match="the run has ended: the goal holds after 2 steps"):
        resume(world, ended)


# Journals that are none


@pytest.mark.parametrize(
    "events",
    [
        [Observed(State(frozenset()))],
        [RunStarted(PAIR_TASK.problem.goal, PAIR_PLAN, 1, 1)] * 2,
        cut_after(World(PAIR_TASK), StepBegun(7, 0, PICK_UP, 1)),
        cut_after(World(PAIR_TASK), StepBegun(1, 9, PICK_UP, 1)),
        cut_after(World(PAIR_TASK), StepBegun(1, -1, PICK_UP, 1)),
        cut_after(World(PAIR_TASK), PlanAdopted(5, PAIR_PLAN, "")),
        cut_after(World(PAIR_TASK), StepBegun(1, 0, Step("fly"), 1), StateMatched(1)),
        cut_after(World(PAIR_TASK), StepBegun(1, 1, STACK, 1), StateMatched(1)),
    ],
)
def test_events_that_are_no_run_of_the_task_are_refused(events: list[Event]) -> None:
    world = World(PAIR_TASK)
    with pytest.raises(InputError, match=r"journal begins|does not fit"):
        resume(world, events)
    assert world.asked == []


def test_the_steps_in_flight_of_another_task_are_refused() -> None:
    world = World(PAIR_TASK)
    with pytest.raises(InputError, match="unknown action `fly`"):
        resume(world, cut_after(world, StepBegun(1, 0, Step("fly"), 1)))


def test_the_first_observation_is_made_anew_where_it_was_not_recorded() -> None:
    world = World(PAIR_TASK)
    run = resume(world, cut_after(world)[:1])
    assert run.reached
    assert [e.kind for e in new_events(run)][:3] == ["run-resumed", "observed", "plan-adopted"]


def test_a_world_that_began_otherwise_is_still_known_after_a_break() -> None:
    holding = State(
        frozenset({Atom("holding", ("b",)), Atom("on-table", ("a",)), Atom("clear", ("a",))})
    )
    for cut in (1, 2, 3, 4, 5, 6):
        world, notes = World(PAIR_TASK.with_state(holding)), Notes(kill_at=cut)
        with pytest.raises(Killed):
            drive(PAIR_TASK, PAIR_PLAN, world, notes, Policy.STRICT)
        go_on_to_the_goal(PAIR_TASK, PAIR_PLAN, world, notes.events, Policy.STRICT)


def test_steps_set_aside_stay_so_over_a_break() -> None:
    from test_execute_policies import ALL, LAMP_TASK, A, B, Scripted

    plan, search = Plan((ALL,)), Search()
    for cut in range(1, 100):
        world = Scripted(LAMP_TASK, idle={ALL: 1_000})
        notes = Notes(kill_at=cut)
        with pytest.raises(Killed):
            execute(LAMP_TASK, plan, world, search, on_event=notes, name="run")
        before = list(notes.events)
        if isinstance(before[-1], RunEnded):
            break
        run = execute(LAMP_TASK, plan, world, search, before=before, name="run")
        assert run.reached
        assert run.steps in ((ALL, ALL, ALL, A, B), (ALL, ALL, ALL, B, A))
    assert cut > 20
