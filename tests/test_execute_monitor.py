import json
from collections import deque
from fractions import Fraction
from itertools import count

import pytest

from goalsmith.domains.errors import EngineError, InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    ActionReport,
    DivergenceSeen,
    FaultKind,
    Faults,
    Observed,
    PlanAdopted,
    PlanRefused,
    ReplanBegun,
    Replanned,
    RunEnded,
    RunStarted,
    Simulator,
    StateMatched,
    StepBegun,
    StepReported,
    execute,
)
from goalsmith.solve.solution import Solution

BLOCKS = """
(define (domain blocks)
  (:predicates (on ?x ?y) (on-table ?x) (clear ?x) (hand-empty) (holding ?x))
  (:action pick-up :parameters (?x)
    :precondition (and (clear ?x) (on-table ?x) (hand-empty))
    :effect (and (not (on-table ?x)) (not (clear ?x)) (not (hand-empty)) (holding ?x)))
  (:action put-down :parameters (?x)
    :precondition (holding ?x)
    :effect (and (not (holding ?x)) (clear ?x) (hand-empty) (on-table ?x)))
  (:action stack :parameters (?x ?y)
    :precondition (and (holding ?x) (clear ?y))
    :effect (and (not (holding ?x)) (not (clear ?y)) (clear ?x) (hand-empty) (on ?x ?y)))
  (:action unstack :parameters (?x ?y)
    :precondition (and (on ?x ?y) (clear ?x) (hand-empty))
    :effect (and (holding ?x) (clear ?y) (not (clear ?x)) (not (hand-empty)) (not (on ?x ?y)))))
"""
# c on a, b, and a tower e on d: the goal turns everything into one tower.
TOWER = """
(define (problem tower) (:domain blocks)
  (:objects a b c d e)
  (:init (on-table a) (on c a) (clear c) (on-table b) (clear b) (on-table d) (on e d) (clear e)
         (hand-empty))
  (:goal (and (on a b) (on b c) (on c d) (on d e))))
"""
PAIR = """
(define (problem pair) (:domain blocks)
  (:objects a b)
  (:init (on-table a) (clear a) (on-table b) (clear b) (hand-empty))
  (:goal (on a b)))
"""
# A bridge that, once broken, stays broken.
BRIDGE = """
(define (domain bridge)
  (:predicates (here) (packed) (across) (intact))
  (:action pack :parameters () :precondition (here) :effect (packed))
  (:action break :parameters () :precondition (and (intact) (packed)) :effect (not (intact)))
  (:action cross :parameters () :precondition (and (here) (packed) (intact))
    :effect (and (not (here)) (across))))
"""
CROSS = """
(define (problem cross) (:domain bridge) (:init (here) (intact)) (:goal (across)))
"""
# Numbers and a derived atom: a tank filled litre by litre.
TANK = """
(define (domain tank)
  (:requirements :numeric-fluents :derived-predicates)
  (:predicates (tap) (full))
  (:functions (litres) (capacity))
  (:derived (full) (>= (litres) (capacity)))
  (:action fill :parameters () :precondition (tap) :effect (increase (litres) 1)))
"""
FILL = """
(define (problem fill) (:domain tank)
  (:init (tap) (= (litres) 0) (= (capacity) 3)) (:goal (full)))
"""


class Search:
    """Breadth-first search over the semantics: a solver small enough to be right.

    Successors are remembered from one call to the next, since the laws stay the same.
    """

    def __init__(self):
        self.successors = {}
        self.asked = []

    def __call__(self, task):
        semantics = Semantics(task)
        start = semantics.initial_state()
        self.asked.append(start)
        reached_by = {start: None}
        waiting = deque([start])
        while waiting:
            state = waiting.popleft()
            if semantics.goal_holds(state):
                return Solution(Outcome.SOLVED, "search", "found", self.path(reached_by, state))
            if state not in self.successors:
                steps = semantics.applicable_steps(state)
                self.successors[state] = [(s, semantics.apply(state, s)) for s in steps]
            for step, after in self.successors[state]:
                if after not in reached_by:
                    reached_by[after] = (state, step)
                    waiting.append(after)
        return Solution(Outcome.UNSOLVABLE, "search", f"all {len(reached_by)} states were seen")

    @staticmethod
    def path(reached_by, state):
        steps = []
        while reached_by[state] is not None:
            state, step = reached_by[state]
            steps.append(step)
        return Plan(tuple(reversed(steps)))


def _never(_task):
    raise AssertionError("the solver should not have been asked")


def _kinds(run):
    return [entry.event.kind for entry in run.journal]


def _events(run, kind):
    return [entry.event for entry in run.journal if isinstance(entry.event, kind)]


def _steps(text):
    return Plan(tuple(Step(*_split(line)) for line in text.split(",")))


def _split(line):
    action, *args = line.split()
    return action, tuple(args)


PAIR_TASK = read_task(BLOCKS, PAIR)
PAIR_PLAN = _steps("pick-up a, stack a b")
TOWER_TASK = read_task(BLOCKS, TOWER)
BRIDGE_TASK = read_task(BRIDGE, CROSS)
BRIDGE_PLAN = _steps("pack, cross")
TANK_TASK = read_task(TANK, FILL)
TANK_PLAN = _steps("fill, fill, fill")


def _scripted(task, plan, *faults, solver=None, **options):
    """A run in which the n-th act has the n-th of the given faults."""
    scripted = {act: fault for act, fault in enumerate(faults, start=1) if fault}
    simulator = Simulator(task, Faults(scripted=scripted))
    return execute(task, plan, simulator, solver or Search(), **options), simulator


def test_without_faults_a_run_takes_exactly_the_plan():
    plan = Search()(TOWER_TASK).plan
    run = execute(TOWER_TASK, plan, Simulator(TOWER_TASK), _never)
    assert run.outcome is Outcome.REACHED
    assert run.reached
    assert run.steps == plan.steps
    assert run.replans == 0
    assert run.plans == (plan,)
    assert Semantics(TOWER_TASK).goal_holds(run.final_state)
    assert run.reason == f"the goal holds after {len(plan)} steps"


def test_the_journal_of_a_run_without_faults_tells_every_step():
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), _never, name="run")
    pick_up, stack = PAIR_PLAN
    assert [entry.event for entry in run.journal] == [
        RunStarted(PAIR_TASK.problem.goal, PAIR_PLAN, 10, 10_000),
        Observed(Semantics(PAIR_TASK).initial_state()),
        PlanAdopted(1, PAIR_PLAN, "given"),
        StepBegun(1, 0, pick_up, 1, "run-1"),
        StepReported(1, pick_up, True, ""),
        StateMatched(1),
        StepBegun(2, 1, stack, 1, "run-2"),
        StepReported(2, stack, True, ""),
        StateMatched(2),
        RunEnded(Outcome.REACHED, "the goal holds after 2 steps"),
    ]


def test_a_failed_action_is_planned_around():
    run, _ = _scripted(PAIR_TASK, PAIR_PLAN, None, FaultKind.ACTION_FAILS)
    pick_up, stack = PAIR_PLAN
    assert run.reached
    assert run.steps == (pick_up, stack, stack)
    assert run.replans == 1
    assert run.plans == (PAIR_PLAN, Plan((stack,)))
    assert [e.reason for e in _events(run, ReplanBegun)] == [
        "(stack a b) failed (it was tried and nothing changed)"
    ]
    assert [e.attempt for e in _events(run, StepBegun)] == [1, 1, 2]
    assert [e.version for e in _events(run, PlanAdopted)] == [1, 2]


def test_a_lost_effect_is_seen_as_missing():
    run, simulator = _scripted(PAIR_TASK, PAIR_PLAN, FaultKind.EFFECT_LOST)
    [seen] = _events(run, DivergenceSeen)
    assert seen.number == 1
    assert seen.divergence.missing == {Atom("holding", ("a",))}
    assert seen.divergence.unexpected == {
        Atom("on-table", ("a",)),
        Atom("clear", ("a",)),
        Atom("hand-empty"),
    }
    assert run.reached
    assert run.final_state == simulator.observe()


def test_what_moved_by_itself_is_seen_and_planned_around():
    run, simulator = _scripted(PAIR_TASK, PAIR_PLAN, FaultKind.MOVED_BY_ITSELF)
    moved = simulator.happened[0].by_itself
    semantics = Semantics(PAIR_TASK)
    expected = semantics.apply(semantics.initial_state(), PAIR_PLAN.steps[0])
    observed = semantics.apply(expected, moved)
    first = next(e.event for e in run.journal if isinstance(e.event, DivergenceSeen | StateMatched))
    assert first.divergence.missing == expected.atoms - observed.atoms
    assert first.divergence.unexpected == observed.atoms - expected.atoms
    assert run.reached


def test_the_solver_is_asked_from_the_state_observed():
    search = Search()
    run, _ = _scripted(PAIR_TASK, PAIR_PLAN, FaultKind.EFFECT_LOST, solver=search)
    assert search.asked == [Semantics(PAIR_TASK).initial_state()]
    assert [e.outcome for e in _events(run, Replanned)] == [Outcome.SOLVED]


def test_the_goal_is_reached_under_every_seed_if_the_budget_is_large_enough():
    search = Search()
    plan = search(TOWER_TASK).plan
    happened = set()
    replans = 0
    for seed in range(30):
        faults = Faults(seed, action_fails=0.2, effect_lost=0.2, moved=0.2)
        simulator = Simulator(TOWER_TASK, faults)
        run = execute(TOWER_TASK, plan, simulator, search, max_replans=500)
        assert run.reached, (seed, run.reason)
        assert run.final_state == simulator.observe()
        assert run.steps == tuple(h.step for h in simulator.happened)
        assert len(run.plans) == run.replans + 1
        happened.update(h.fault for h in simulator.happened)
        replans += run.replans
    assert happened == {
        None,
        FaultKind.ACTION_FAILS,
        FaultKind.EFFECT_LOST,
        FaultKind.MOVED_BY_ITSELF,
    }
    assert replans > 30


def test_every_fault_before_the_goal_is_answered_by_exactly_one_replan():
    search = Search()
    plan = search(TOWER_TASK).plan
    for seed in range(10):
        faults = Faults(seed, action_fails=0.2, effect_lost=0.2, moved=0.2)
        simulator = Simulator(TOWER_TASK, faults)
        run = execute(TOWER_TASK, plan, simulator, search, max_replans=500)
        assert run.replans == sum(h.fault is not None for h in simulator.happened[:-1])


def test_the_same_seed_gives_the_same_run():
    search = Search()
    plan = search(TOWER_TASK).plan

    def one_run():
        faults = Faults(5, action_fails=0.2, effect_lost=0.2, moved=0.2)
        return execute(
            TOWER_TASK,
            plan,
            Simulator(TOWER_TASK, faults),
            search,
            max_replans=500,
            clock=lambda: 0,
            name="run",
        )

    assert one_run() == one_run()


def test_a_spent_budget_of_replans_ends_the_run_short():
    simulator = Simulator(PAIR_TASK, Faults(action_fails=1.0))
    run = execute(PAIR_TASK, PAIR_PLAN, simulator, Search(), max_replans=3)
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.replans == 3
    assert len(run.steps) == 4
    assert run.reason == (
        "the budget of 3 replans is spent; "
        "last: (pick-up a) failed (it was tried and nothing changed)"
    )
    assert [e.attempt for e in _events(run, StepBegun)] == [1, 2, 3, 4]


def test_without_a_budget_the_solver_is_never_asked():
    run, _ = _scripted(PAIR_TASK, PAIR_PLAN, FaultKind.ACTION_FAILS, solver=_never, max_replans=0)
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason.startswith("the budget of 0 replans is spent")


def test_a_spent_budget_of_steps_ends_the_run_short():
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), _never, max_steps=1)
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason == "the budget of 1 step is spent"
    assert run.steps == PAIR_PLAN.steps[:1]


def test_a_budget_of_exactly_the_plan_suffices():
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), _never, max_steps=2, max_replans=0)
    assert run.reached


@pytest.mark.parametrize("budget", ["max_replans", "max_steps"])
def test_a_negative_budget_is_refused(budget):
    with pytest.raises(InputError, match="must not be negative"):
        execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), _never, **{budget: -1})


def test_a_goal_out_of_reach_ends_the_run_with_the_evidence():
    run, simulator = _scripted(BRIDGE_TASK, BRIDGE_PLAN, FaultKind.MOVED_BY_ITSELF)
    # After packing, the bridge broke or the robot crossed by itself: the seed chooses the former.
    assert simulator.happened[0].by_itself == Step("break")
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason == (
        "the goal cannot be reached from here: all 1 states were seen; out of reach: (across)"
    )
    assert [e.outcome for e in _events(run, Replanned)] == [Outcome.UNSOLVABLE]


def test_a_goal_reached_by_itself_ends_the_run_with_steps_left():
    class Windfall(Simulator):
        def act(self, step, attempt):
            super().act(step)
            return super().act(Step("cross"))

    run = execute(BRIDGE_TASK, BRIDGE_PLAN, Windfall(BRIDGE_TASK), _never)
    assert run.reached
    assert run.steps == (Step("pack"),)
    assert run.reason == "the goal holds after 1 step"


def test_a_goal_that_already_holds_takes_no_step():
    done = BRIDGE_TASK.with_state(State(frozenset({Atom("across"), Atom("intact")})))
    for task in (done, BRIDGE_TASK):  # as the plan expects it, and as it does not
        run = execute(task, BRIDGE_PLAN, Simulator(done), _never)
        assert run.reached
        assert run.steps == ()
        assert run.reason == "the goal holds from the start"
        assert not _events(run, StepBegun)


def test_a_world_that_differs_from_the_start_is_replanned_at_once():
    holding = State(
        frozenset({Atom("holding", ("b",)), Atom("on-table", ("a",)), Atom("clear", ("a",))})
    )
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK.with_state(holding)), Search())
    assert run.reached
    assert run.steps == (Step("put-down", ("b",)), *PAIR_PLAN.steps)
    assert _kinds(run)[:7] == [
        "run-started",
        "observed",
        "divergence-seen",
        "plan-refused",
        "replan-begun",
        "replanned",
        "plan-adopted",
    ]
    assert _events(run, DivergenceSeen)[0].number == 0


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (_steps("stack a b"), "step 1 (stack a b) cannot be carried out"),
        (_steps("pick-up a, stack a z"), "step 2 (stack a z) cannot be carried out"),
        (_steps("fly a"), "unknown action `fly`"),
        (_steps("pick-up a"), "the goal does not hold at the end"),
        (Plan(), "the goal does not hold at the end"),
    ],
)
def test_a_given_plan_that_leads_elsewhere_is_refused_before_its_first_step(plan, reason):
    run = execute(PAIR_TASK, plan, Simulator(PAIR_TASK), Search())
    [refused] = _events(run, PlanRefused)
    assert (refused.version, refused.plan) == (1, plan)
    assert reason in refused.reason
    assert run.reached
    assert run.steps == PAIR_PLAN.steps
    assert run.replans == 1


def test_wrong_plans_of_the_solver_spend_the_budget_and_never_reach_the_world():
    def liar(_task):
        return Solution(Outcome.SOLVED, "liar", "trust me", _steps("stack b a"))

    simulator = Simulator(PAIR_TASK, Faults(scripted={1: FaultKind.ACTION_FAILS}))
    run = execute(PAIR_TASK, PAIR_PLAN, simulator, liar, max_replans=4)
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.replans == 4
    assert run.reason.startswith("the budget of 4 replans is spent; last: plan 5 was refused")
    assert [e.version for e in _events(run, PlanRefused)] == [2, 3, 4, 5]
    assert [h.step for h in simulator.happened] == [PAIR_PLAN.steps[0]]


def test_a_solver_without_a_plan_ends_the_run_with_its_outcome():
    def slow(_task):
        return Solution(Outcome.OUT_OF_TIME, "slow", "after 60 s")

    run, _ = _scripted(PAIR_TASK, PAIR_PLAN, FaultKind.ACTION_FAILS, solver=slow)
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason == "the solver has no plan (out-of-time): after 60 s"


def test_a_solver_that_raises_ends_the_run_in_order():
    def broken(_task):
        raise EngineError("no engine is installed")

    run, _ = _scripted(PAIR_TASK, PAIR_PLAN, FaultKind.ACTION_FAILS, solver=broken)
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason == "the solver failed: no engine is installed"
    assert _kinds(run)[-2:] == ["replan-begun", "run-ended"]


class Flaky(Simulator):
    """A world whose acts and observations do odd things at given counts."""

    def __init__(self, task, act=None, observe=None):
        super().__init__(task)
        self.odd_act, self.odd_observe = act or {}, observe or {}
        self.acts, self.observations = count(1), count(1)

    def act(self, step, attempt):
        odd = self.odd_act.get(next(self.acts))
        return odd() if odd else super().act(step)

    def observe(self):
        odd = self.odd_observe.get(next(self.observations))
        return odd() if odd else super().observe()


def _raising(error):
    def odd():
        raise error

    return odd


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (_raising(ConnectionError("the arm is offline")), "ConnectionError: the arm is offline"),
        (_raising(InputError("bad gripper")), "bad gripper"),
        (lambda: None, "TypeError: act returned None, not an ActionReport"),
    ],
)
def test_an_exception_of_the_environment_is_a_failed_step(odd, message):
    run = execute(PAIR_TASK, PAIR_PLAN, Flaky(PAIR_TASK, act={1: odd}), Search())
    first = _events(run, StepReported)[0]
    assert (first.succeeded, first.message) == (False, message)
    assert run.reached
    assert run.replans == 1


def test_a_message_from_outside_is_cut_to_a_bounded_length():
    flaky = Flaky(PAIR_TASK, act={1: lambda: ActionReport(False, "x" * 100_000)})
    run = execute(PAIR_TASK, PAIR_PLAN, flaky, Search())
    assert len(_events(run, StepReported)[0].message) == 500


def test_a_failure_reported_of_a_step_that_took_place_is_not_repeated():
    class Pessimist(Simulator):
        def act(self, step, attempt):
            super().act(step)
            return ActionReport(False, "timeout")

    run = execute(PAIR_TASK, PAIR_PLAN, Pessimist(PAIR_TASK), Search())
    assert run.reached
    assert run.steps == PAIR_PLAN.steps
    assert run.replans == 1  # after the first; the second reaches the goal
    assert _kinds(run).count("state-matched") == 2


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (_raising(OSError("camera gone")), "OSError: camera gone"),
        (lambda: None, "an observation should be a State or an Observation, not a NoneType"),
        (lambda: State(frozenset({Atom("lost", ("a",))})), "declares nothing like (lost a)"),
        (lambda: State(frozenset({Atom("clear")})), "(clear) has 0 objects instead of 1"),
        (
            lambda: State(frozenset({Atom("clear", ("z",))})),
            "`z` in (clear z) is not an object of type object",
        ),
    ],
)
def test_a_world_that_cannot_be_observed_ends_the_run_short(odd, reason):
    for nth in (1, 2):
        run = execute(PAIR_TASK, PAIR_PLAN, Flaky(PAIR_TASK, observe={nth: odd}), _never)
        assert run.outcome is Outcome.ENDED_SHORT
        assert run.reason.startswith("the world could not be observed: ")
        assert reason in run.reason
        assert len(run.steps) == nth - 1
        assert (run.final_state is None) == (nth == 1)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_an_interruption_is_journalled_and_goes_on_its_way(error):
    entries = []
    flaky = Flaky(PAIR_TASK, act={2: _raising(error)})
    with pytest.raises(type(error)) as raised:
        execute(PAIR_TASK, PAIR_PLAN, flaky, _never, on_event=entries.append)
    assert raised.value is error
    assert entries[-1].event == RunEnded(Outcome.INTERRUPTED, type(error).__name__)
    assert [e.sequence for e in entries] == list(range(len(entries)))


def _raising_solver(_task):
    raise KeyboardInterrupt


def test_an_interruption_of_the_solver_is_journalled_too():
    entries = []
    simulator = Simulator(PAIR_TASK, Faults(action_fails=1.0))
    with pytest.raises(KeyboardInterrupt):
        execute(PAIR_TASK, PAIR_PLAN, simulator, _raising_solver, on_event=entries.append)
    assert [e.event.kind for e in entries[-2:]] == ["replan-begun", "run-ended"]


def test_the_journal_is_continuous_and_the_listener_hears_all_of_it():
    heard = []
    ticks = count()
    faults = Faults(1, action_fails=0.3, effect_lost=0.3, moved=0.3)
    search = Search()
    run = execute(
        TOWER_TASK,
        search(TOWER_TASK).plan,
        Simulator(TOWER_TASK, faults),
        search,
        max_replans=500,
        on_event=heard.append,
        clock=lambda: next(ticks),
    )
    assert run.replans > 0
    assert tuple(heard) == run.journal
    assert [e.sequence for e in heard] == list(range(len(heard)))
    assert [e.seconds for e in heard] == list(range(1, len(heard) + 1))
    kinds = _kinds(run)
    assert kinds[0] == "run-started"
    assert kinds.index("run-ended") == len(kinds) - 1
    rows = [entry.as_dict() for entry in run.journal]
    assert json.loads(json.dumps(rows)) == rows


def test_the_last_state_follows_from_the_journal_alone():
    faults = Faults(1, action_fails=0.2, effect_lost=0.2, moved=0.2)
    search = Search()
    plan = search(TOWER_TASK).plan
    run = execute(TOWER_TASK, plan, Simulator(TOWER_TASK, faults), search, max_replans=500)
    semantics = Semantics(TOWER_TASK)
    for entry in run.journal:
        match entry.event:
            case Observed(state):
                pass
            case StepBegun(step=step):
                state = semantics.apply(state, step)
            case DivergenceSeen(divergence=divergence):
                state = State((state.atoms - divergence.missing) | divergence.unexpected)
    assert run.replans > 0
    assert state == run.final_state


def test_numbers_and_derived_atoms_are_monitored():
    run, _ = _scripted(TANK_TASK, TANK_PLAN, None, FaultKind.EFFECT_LOST)
    [seen] = _events(run, DivergenceSeen)
    assert seen.divergence.render() == "changed     (litres) is 1, not 2"
    assert run.reached
    assert len(run.steps) == 4


def test_attempts_are_counted_anew_once_a_step_went_well():
    run, _ = _scripted(TANK_TASK, TANK_PLAN, FaultKind.ACTION_FAILS, None, None)
    assert [(e.index, e.attempt) for e in _events(run, StepBegun)] == [
        (0, 1),
        (0, 2),
        (1, 1),
        (2, 1),
    ]


def test_derived_atoms_and_fixed_numbers_in_an_observation_are_no_divergence():
    class Talkative(Simulator):
        def observe(self):
            state = super().observe()
            capacity = (FunctionTerm("capacity"), Fraction(3))
            return State(state.atoms | {Atom("full")}, state.numbers | {capacity})

    run = execute(TANK_TASK, TANK_PLAN, Talkative(TANK_TASK), _never)
    assert run.reached
    assert run.steps == TANK_PLAN.steps
    assert not _events(run, DivergenceSeen)


def test_a_number_that_is_no_longer_observed_has_no_value_for_the_solver():
    # Without a reading, filling has no defined result: the initial value must not come back.
    unread = State(frozenset({Atom("tap")}))

    def solver(task):
        assert Semantics(task).initial_state() == unread
        return Solution(Outcome.NO_PLAN_FOUND, "solver", "the level is unknown")

    run = execute(TANK_TASK, TANK_PLAN, Flaky(TANK_TASK, observe={2: lambda: unread}), solver)
    assert run.reason == "the solver has no plan (no-plan-found): the level is unknown"
    assert _events(run, DivergenceSeen)[0].divergence.changed[0].observed is None
