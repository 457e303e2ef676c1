"""When runs plan anew, what they do with steps that keep failing, and how they end."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from threading import Event

import pytest
from test_execute_monitor import BRIDGE_PLAN, BRIDGE_TASK, PAIR_PLAN, PAIR_TASK, TOWER_TASK, Search

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State, Task
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    ActionReport,
    Attempt,
    Budget,
    Divergence,
    DivergenceSeen,
    Ending,
    FaultKind,
    Faults,
    Judged,
    NumberChange,
    Observation,
    Observed,
    Policy,
    Run,
    Simulator,
    StateMatched,
    StepBegun,
    StepSetAside,
    StepsTakenBack,
    Verdict,
    compare,
    execute,
)
from goalsmith.execute import (
    Event as RunEvent,
)
from goalsmith.execute.journal.progress import Progress
from goalsmith.execute.monitor.set_aside import without_steps
from goalsmith.execute.observation import take_in
from goalsmith.execute.policies import shortest_end
from goalsmith.solve.solution import Solution
from goalsmith.solve.validation import validate

# Two lamps, each with a switch of its own; both may also be lit by a main switch.
LAMPS = """
(define (domain lamps)
  (:requirements :strips :conditional-effects :negative-preconditions)
  (:predicates (lit ?x) (lamp ?x) (works ?x))
  (:action switch :parameters (?x) :precondition (lamp ?x) :effect (when (works ?x) (lit ?x)))
  (:action all :parameters () :precondition () :effect (and (lit a) (lit b))))
"""
DARK = """
(define (problem dark) (:domain lamps) (:objects)
  (:init (lamp a) (lamp b) (works a) (works b)) (:goal (and (lit a) (lit b))))
"""
LAMP_TASK = read_task(LAMPS.replace("(:predicates", "(:constants a b)\n  (:predicates"), DARK)
A, B, ALL = Step("switch", ("a",)), Step("switch", ("b",)), Step("all")
LIT_A, LIT_B = Atom("lit", ("a",)), Atom("lit", ("b",))


def events(run: Run, kind: type[RunEvent]) -> list[RunEvent]:
    return [entry.event for entry in run.journal if isinstance(entry.event, kind)]


class Scripted:
    """A world in which given steps do not work, or others happen beside them."""

    def __init__(
        self, task: Task, idle: dict[Step, int] | None = None, beside: dict[int, Step] | None = None
    ) -> None:
        self.semantics = Semantics(task)
        self.state = self.semantics.initial_state()
        self.idle = dict(idle or {})
        self.beside = beside or {}
        self.acts = 0
        self.keys: list[str] = []

    def observe(self) -> State | Observation:
        return self.state

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        self.acts += 1
        self.keys.append(attempt.key)
        if self.idle.get(step, 0) > 0:
            self.idle[step] -= 1
            return ActionReport(True)
        self.state = self.semantics.apply(self.state, step)
        if self.acts in self.beside:
            self.state = self.semantics.apply(self.state, self.beside[self.acts])
        return ActionReport(True)


def nobody(_: Task) -> Solution:
    raise AssertionError("the solver should not have been asked")


# The policies


def test_relevant_goes_on_where_the_difference_does_not_matter() -> None:
    task = LAMP_TASK.with_goal(LIT_A)
    world = Scripted(task, beside={1: B})
    plan = Plan((B, A))
    first = execute(task, plan, Scripted(task, idle={B: 1}), nobody, policy="relevant")
    assert first.reached
    assert first.replans == 0
    [judged] = events(first, Judged)
    assert judged.verdict is Verdict.GO_ON  # type: ignore[union-attr]
    assert execute(task, plan, world, nobody, policy="relevant").reached


def test_relevant_takes_a_step_again_whose_effect_was_lost() -> None:
    world = Scripted(PAIR_TASK, idle={PAIR_PLAN.steps[0]: 1})
    run = execute(PAIR_TASK, PAIR_PLAN, world, nobody, policy="relevant")
    assert run.reached
    assert run.steps == (PAIR_PLAN.steps[0], *PAIR_PLAN.steps)
    [judged] = events(run, Judged)
    assert judged == Judged(1, Verdict.AGAIN, judged.reason, 0)  # type: ignore[union-attr]
    assert run.replans == 0


def test_relevant_replans_where_no_end_of_the_plan_will_do() -> None:
    world = Scripted(PAIR_TASK, beside={1: Step("put-down", ("a",))})
    run = execute(PAIR_TASK, PAIR_PLAN, world, Search(), policy="relevant")
    assert run.reached
    assert run.replans == 0  # the whole of the plan will do again
    moved = Scripted(TOWER_TASK, beside={1: Step("put-down", ("c",))})
    plan = Plan(tuple(Search()(TOWER_TASK).plan or ()))
    run = execute(TOWER_TASK, plan, moved, Search(), policy="relevant")
    assert run.reached


def test_every_difference_and_its_verdict_are_in_the_journal_whatever_the_policy() -> None:
    for policy in Policy:
        world = Scripted(LAMP_TASK, idle={A: 1})
        plan = Plan((A, B, ALL))
        run = execute(LAMP_TASK, plan, world, Search(), policy=policy, budget=Budget(50))
        assert len(events(run, DivergenceSeen)) == 1, policy
        [judged] = events(run, Judged)
        expected = {
            Policy.STRICT: Verdict.REPLAN,
            Policy.EVERY_STEP: Verdict.REPLAN,
            Policy.RELEVANT: Verdict.SKIP,
            Policy.NEVER: Verdict.GO_ON,
        }
        assert judged.verdict is expected[policy]  # type: ignore[union-attr]
        assert run.reached


def test_skipped_steps_are_named() -> None:
    world = Scripted(LAMP_TASK, idle={A: 1})
    run = execute(LAMP_TASK, Plan((A, B, ALL)), world, nobody, policy="relevant")
    [judged] = events(run, Judged)
    assert judged.skipped == (B,)  # type: ignore[union-attr]
    assert run.steps == (A, ALL)


def test_every_step_asks_the_solver_after_each() -> None:
    search = Search()
    plan = search(TOWER_TASK).plan
    assert plan is not None
    search.asked.clear()
    run = execute(
        TOWER_TASK, plan, Simulator(TOWER_TASK), search, policy="every-step", budget=Budget(100)
    )
    assert run.reached
    assert run.replans == len(search.asked) == len(run.steps) - 1


def test_never_ends_short_where_the_plan_no_longer_works() -> None:
    world = Scripted(PAIR_TASK, idle={PAIR_PLAN.steps[0]: 1})
    run = execute(PAIR_TASK, PAIR_PLAN, world, nobody, policy="never")
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason == "(stack a b) cannot be taken, and the policy is never to replan"
    world = Scripted(LAMP_TASK, idle={B: 1})
    run = execute(LAMP_TASK, Plan((A, B)), world, nobody, policy="never")
    assert "the plan is used up" in run.reason
    run = execute(PAIR_TASK, Plan(), Simulator(PAIR_TASK), nobody, policy="never")
    assert "never to replan" in run.reason


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="sometimes"):
        execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), nobody, policy="sometimes")


@pytest.mark.parametrize("domain", ["blocksworld", "gripper", "logistics", "office-errands"])
def test_strict_and_relevant_reach_the_goal_under_faults(domain: str) -> None:
    task = bundled(domain).instance("p1").task
    from goalsmith.solve import solve

    known: dict[Task, Solution] = {}

    def solver(wanted: Task) -> Solution:
        if wanted not in known:
            known[wanted] = solve(wanted)
        return known[wanted]

    plan = solver(task).plan
    assert plan is not None
    replans = {}
    for policy in (Policy.STRICT, Policy.RELEVANT):
        count = 0
        for seed in range(4):
            faults = Faults(seed, action_fails=0.1, effect_lost=0.1, moved=0.1)
            world = Simulator(task, faults)
            run = execute(task, plan, world, solver, policy=policy, budget=Budget(500))
            assert run.reached, run.reason
            assert Semantics(task).goal_holds(world.observe())
            count += run.replans
        replans[policy] = count
    assert replans[Policy.RELEVANT] <= replans[Policy.STRICT]


def test_the_shortest_end_is_checked_by_replaying() -> None:
    semantics = Semantics(LAMP_TASK)
    start = semantics.initial_state()
    steps = (A, B, A, ALL)
    assert shortest_end(semantics, start, steps) == 3
    assert shortest_end(semantics, semantics.apply(start, ALL), steps) == 4
    assert shortest_end(semantics, start, (A,)) is None
    broken = State(start.atoms - {Atom("works", ("b",))})
    assert shortest_end(semantics, broken, (A, B)) is None
    assert shortest_end(semantics, start, (Step("switch", ("nobody",)),)) is None


# Steps that keep failing


def test_a_step_that_keeps_failing_is_set_aside_and_planned_around() -> None:
    world = Scripted(LAMP_TASK, idle={ALL: 1_000})
    run = execute(LAMP_TASK, Plan((ALL,)), world, Search(), budget=Budget(20, attempts=3))
    assert run.reached
    assert run.steps == (ALL, ALL, ALL, A, B)
    assert events(run, StepSetAside) == [StepSetAside(ALL, 3)]
    assert not events(run, StepsTakenBack)


def test_relevant_sets_steps_aside_too() -> None:
    world = Scripted(LAMP_TASK, idle={ALL: 1_000})
    run = execute(LAMP_TASK, Plan((ALL,)), world, Search(), policy="relevant")
    assert run.reached
    assert run.replans == 1


def test_where_there_is_no_way_around_it_says_so_and_goes_on() -> None:
    first = PAIR_PLAN.steps[0]
    world = Scripted(PAIR_TASK, idle={first: 5})
    run = execute(PAIR_TASK, PAIR_PLAN, world, Search(), budget=Budget(20, attempts=2))
    assert run.reached
    taken_back = events(run, StepsTakenBack)
    assert taken_back
    assert "there is no way around (pick-up a)" in taken_back[0].reason  # type: ignore[union-attr]
    assert len(events(run, StepSetAside)) == 2  # counted anew after it was taken back


def test_plans_without_set_aside_steps_are_plans_of_the_task() -> None:
    dice = random.Random(1)
    for name in ("blocksworld", "logistics"):
        task = bundled(name).instance("p1").task
        from goalsmith.solve import solve

        plan = solve(task).plan
        assert plan is not None
        avoided = dice.choice(plan.steps)
        around = without_steps(task, [avoided])
        assert without_steps(task, []) is task
        other = solve(around)
        if other.plan is not None:
            assert avoided not in other.plan.steps
            assert validate(task, other.plan).valid
        assert not validate(around, plan).valid


def test_names_of_set_aside_steps_clash_with_nothing() -> None:
    text = LAMPS.replace("(:predicates", "(:constants a b)\n  (:predicates (set-aside-all)")
    task = read_task(text, DARK)
    around = without_steps(task, [ALL])
    assert [p.name for p in around.domain.predicates].count("set-aside-all") == 1
    assert Search()(around).plan is not None


# What is seen in part


def test_what_is_not_seen_is_taken_to_be_as_expected() -> None:
    semantics = Semantics(LAMP_TASK)
    expected = semantics.apply(semantics.initial_state(), A)
    seen = take_in(semantics, Observation(true=frozenset({Atom("lamp", ("a",))})), expected)
    assert seen.state == expected
    assert seen.stale == expected.atoms - {Atom("lamp", ("a",))}
    known_false = Observation(true=frozenset({LIT_B}), false=frozenset({LIT_A}))
    seen = take_in(semantics, known_false, expected)
    assert compare(expected, seen.state) == Divergence(frozenset({LIT_A}), frozenset({LIT_B}))
    assert LIT_A not in seen.stale


def test_an_observation_that_contradicts_itself_is_refused() -> None:
    semantics = Semantics(LAMP_TASK)
    both = Observation(frozenset({LIT_A}), frozenset({LIT_A}))
    with pytest.raises(InputError, match="both that"):
        take_in(semantics, both, semantics.initial_state())
    for strange in (Atom("nothing"), Atom("lit", ("z",)), Atom("lit", ("a", "b"))):
        only = frozenset({strange})
        for odd in (Observation(only), Observation(frozenset(), only)):
            with pytest.raises(InputError):
                take_in(semantics, odd, semantics.initial_state())


def test_a_run_works_with_eyes_for_a_part_of_the_world() -> None:
    class Shortsighted(Scripted):
        def observe(self) -> Observation:
            lit = {a for a in self.state.atoms if a.predicate == "lit"}
            return Observation(frozenset(lit), frozenset({LIT_A, LIT_B} - lit))

    run = execute(LAMP_TASK, Plan((A, B)), Shortsighted(LAMP_TASK, idle={B: 1}), Search())
    assert run.reached
    assert run.replans == 1
    [first] = events(run, Observed)
    assert first.stale == Semantics(LAMP_TASK).initial_state().atoms  # type: ignore[union-attr]
    [matched, *_] = events(run, StateMatched)
    assert LIT_A not in matched.stale  # type: ignore[union-attr]


def test_a_difference_gives_the_state_observed_back() -> None:
    fuel = FunctionTerm("fuel")
    expected = State(frozenset({LIT_A}), frozenset({(fuel, Fraction(1))}))
    for observed in (
        State(frozenset({LIT_B}), frozenset({(fuel, Fraction(2))})),
        State(frozenset(), frozenset()),
        expected,
    ):
        assert compare(expected, observed).applied_to(expected) == observed
    assert NumberChange(fuel, None, Fraction(1)) in compare(State(frozenset()), expected).changed


# How runs end


def test_a_run_is_stopped_before_its_next_step_and_made_safe() -> None:
    cancel = Event()

    class Stopping(Scripted):
        def act(self, step: Step, attempt: Attempt) -> ActionReport:
            cancel.set()
            return super().act(step, attempt)

    down = Step("put-down", ("a",))
    run = execute(
        PAIR_TASK, PAIR_PLAN, Stopping(PAIR_TASK), nobody, cancel=cancel, safe_stop=(down, down)
    )
    assert run.outcome is Outcome.INTERRUPTED
    assert run.steps == (PAIR_PLAN.steps[0], down)
    assert run.reason == "it was asked to stop, after 1 step to stop safely"
    assert run.final_state is not None
    assert Atom("hand-empty") in run.final_state.atoms


def test_budgets_of_time_cost_and_visits_end_runs_short() -> None:
    def ended(budget: Budget, **options: object) -> str:
        world = Simulator(PAIR_TASK, Faults(action_fails=1.0))
        run = execute(PAIR_TASK, PAIR_PLAN, world, Search(), budget=budget, **options)  # type: ignore[arg-type]
        assert run.outcome is Outcome.ENDED_SHORT
        return run.reason

    assert "same state 4 times" in ended(Budget(100, visits=3))
    ticks = iter(range(10_000))
    assert "30 seconds" in ended(Budget(100, seconds=30.0), clock=lambda: float(next(ticks)))
    run = execute(
        TOWER_TASK,
        Search()(TOWER_TASK).plan or Plan(),
        Simulator(TOWER_TASK),
        nobody,
        budget=Budget(cost=Fraction(2)),
    )
    assert run.reason == "the budget of cost 2 is spent"
    assert len(run.steps) == 2


@pytest.mark.parametrize(
    "wrong", [{"seconds": -1.0}, {"cost": Fraction(-1)}, {"visits": -1}, {"attempts": 0}]
)
def test_impossible_budgets_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        Budget(**wrong)  # type: ignore[arg-type]


def test_a_goal_out_of_reach_names_its_parts() -> None:
    faults = Faults(scripted={1: FaultKind.MOVED_BY_ITSELF})
    run = execute(BRIDGE_TASK, BRIDGE_PLAN, Simulator(BRIDGE_TASK, faults), Search())
    assert run.reason.endswith("out of reach: (across)")


# What the events tell


def test_every_attempt_has_a_key_of_its_own() -> None:
    world = Scripted(LAMP_TASK, idle={A: 2})
    execute(LAMP_TASK, Plan((A, B)), world, Search(), name="run-7")
    assert world.keys == [f"run-7-{number}" for number in range(1, len(world.keys) + 1)]
    other = Scripted(LAMP_TASK)
    execute(LAMP_TASK, Plan((A, B)), other, nobody)
    assert not set(world.keys) & set(other.keys)


def test_a_report_says_how_the_act_ended() -> None:
    assert ActionReport(True).how is Ending.DONE
    assert ActionReport(False).how is Ending.FAILED
    assert ActionReport(False, "", Ending.TIMED_OUT).how is Ending.TIMED_OUT


def test_the_progress_of_a_run_follows_from_its_events_alone() -> None:
    search = Search()
    plan = search(TOWER_TASK).plan
    assert plan is not None
    for policy in (Policy.STRICT, Policy.RELEVANT):
        for seed in range(5):
            world = Simulator(TOWER_TASK, Faults(seed, 0.2, 0.2, 0.2))
            run = execute(TOWER_TASK, plan, world, search, policy=policy, budget=Budget(200))
            progress = Progress(Semantics(TOWER_TASK))
            for entry in run.journal:
                progress.take(entry.event)
            assert progress.state == run.final_state == world.observe()
            assert tuple(progress.steps) == run.steps
            assert tuple(progress.plans) == run.plans
            assert progress.replans == run.replans
            assert progress.in_flight is None
            assert len(events(run, StepBegun)) == len(run.steps)


def test_a_search_that_is_stopped_with_its_run_is_no_failure() -> None:
    cancel = Event()

    def stopped(_: Task) -> Solution:
        cancel.set()
        return Solution(Outcome.INTERRUPTED, evidence="stopped before there was any plan")

    world = Scripted(LAMP_TASK, idle={A: 1})
    run = execute(LAMP_TASK, Plan((A, B)), world, stopped, cancel=cancel)
    assert run.outcome is Outcome.INTERRUPTED
    assert run.reason == "it was asked to stop"
    assert run.replans == 1


def test_planning_after_every_step_comes_to_an_end_with_plans_that_are_no_better() -> None:
    """A solver that always prefers a way as long as the one begun would never let a run end."""
    task = read_task(
        """(define (domain ring) (:predicates (at ?p) (next ?a ?b))
           (:action go :parameters (?a ?b) :precondition (and (at ?a) (next ?a ?b))
             :effect (and (at ?b) (not (at ?a)))))""",
        """(define (problem half) (:domain ring) (:objects a b c d)
           (:init (at a) (next a b) (next b a) (next b c) (next c b) (next a d) (next d a)
                  (next d c) (next c d)) (:goal (at c)))""",
    )

    def way(*places: str) -> Plan:
        return Plan(tuple(Step("go", pair) for pair in pairwise(places)))

    def fickle(asked: Task) -> Solution:
        where = next(atom.args[0] for atom in asked.problem.init if atom.predicate == "at")
        ways = {"a": way("a", "b", "c"), "b": way("b", "a", "d", "c"), "d": way("d", "a", "b", "c")}
        return Solution(Outcome.SOLVED, plan=ways[where])

    plan = way("a", "b", "c")
    run = execute(task, plan, Simulator(task), fickle, policy="every-step", max_replans=20)
    assert run.reached, run.reason
    assert len(run.steps) == 2
