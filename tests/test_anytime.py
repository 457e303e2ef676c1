"""Better and better plans, lower bounds, and proofs that there is nothing better."""

from __future__ import annotations

import heapq
from fractions import Fraction
from itertools import count
from pathlib import Path
from threading import Event, Timer

import pytest
from ipc import Instance

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.solve import Limits, Solution, improving_solutions, solve, validate
from goalsmith.solve.answer import Answer
from goalsmith.solve.anytime import lane as lane_module
from goalsmith.solve.anytime.incumbent import Incumbent
from goalsmith.solve.anytime.patience import Patience
from goalsmith.solve.fast_downward.engine import FastDownward
from goalsmith.solve.kairos.engine import Kairos

LONG = Limits(seconds=300.0)
"""More than a busy machine needs. No search here goes on for as long."""


def cheapest(task: Task) -> Fraction:
    """What a cheapest plan costs, by uniform-cost search with our own semantics."""
    semantics = Semantics(task)
    order = count()
    start = semantics.initial_state()
    waiting = [(Fraction(0), next(order), start, Plan())]
    done = set()
    while waiting:
        cost, _, state, plan = heapq.heappop(waiting)
        if state in done:
            continue
        done.add(state)
        if semantics.goal_holds(state):
            return cost
        for step in semantics.applicable_steps(state):
            longer = Plan((*plan.steps, step))
            facts = semantics.facts(start)
            for each in longer:
                semantics.perform(facts, each)
            total = semantics.cost(facts, len(longer))
            assert total is not None
            heapq.heappush(waiting, (total, next(order), semantics.state(facts), longer))
    raise AssertionError("there is no plan")


PRICED = """(define (domain ways) (:requirements :typing :action-costs) (:types place)
  (:predicates (at ?p - place) (road ?a ?b - place))
  (:functions (total-cost) - number (toll ?a ?b - place) - number)
  (:action go :parameters (?a ?b - place) :precondition (and (at ?a) (road ?a ?b))
    :effect (and (at ?b) (not (at ?a)) (increase (total-cost) (toll ?a ?b)))))"""


def priced(paid_before: int = 0) -> Task:
    """The direct road costs 9, the way round 2 + 3 + 2."""
    return read_task(
        PRICED,
        f"""(define (problem p) (:domain ways) (:objects a b c d - place)
        (:init (at a) (road a d) (road a b) (road b c) (road c d) (= (toll a d) 9)
               (= (toll a b) 2) (= (toll b c) 3) (= (toll c d) 2) (= (total-cost) {paid_before}))
        (:goal (at d)) (:metric minimize (total-cost)))""",
    )


CONDITIONAL = """(define (domain lamps) (:requirements :conditional-effects :typing) (:types lamp)
  (:predicates (on ?l - lamp) (next ?a ?b - lamp))
  (:action press :parameters (?l - lamp) :effect (and
    (when (not (on ?l)) (on ?l)) (when (on ?l) (not (on ?l)))
    (forall (?m - lamp) (when (next ?l ?m) (and
      (when (not (on ?m)) (on ?m)) (when (on ?m) (not (on ?m)))))))))"""

DERIVED = """(define (domain wires) (:requirements :derived-predicates :typing) (:types node)
  (:predicates (closed ?a ?b - node) (source ?a - node) (fed ?a - node))
  (:derived (fed ?a - node) (or (source ?a) (exists (?b - node) (and (fed ?b) (closed ?b ?a)))))
  (:action close :parameters (?a ?b - node) :precondition (not (closed ?a ?b))
    :effect (closed ?a ?b)))"""


def lamps() -> Task:
    return read_task(
        CONDITIONAL,
        """(define (problem p) (:domain lamps) (:objects a b c d - lamp)
        (:init (next a b) (next b a) (next b c) (next c b) (next c d) (next d c))
        (:goal (forall (?l - lamp) (on ?l))))""",
    )


def wires() -> Task:
    return read_task(
        DERIVED,
        """(define (problem p) (:domain wires) (:objects a b c d - node)
        (:init (source a) (closed b c)) (:goal (and (fed c) (fed d))))""",
    )


SMALL = {
    "towers": lambda: bundled("blocksworld").instances[0].task,
    "tolls": priced,
    "tolls after a toll": lambda: priced(4),
    "lamps": lamps,
    "wires": wires,
}


@pytest.mark.parametrize("name", SMALL)
def test_a_cheapest_plan_comes_with_its_proof(name: str) -> None:
    task = SMALL[name]()
    solution = solve(task, quality="optimal", limits=LONG)
    assert solution.solved
    assert solution.optimal
    assert solution.cost == solution.lower_bound == cheapest(task)
    assert solution.gap == 0
    assert "proved by Fast Downward (A* with" in solution.evidence
    assert solution.plan is not None
    assert validate(task, solution.plan).cost == solution.cost


@pytest.mark.parametrize("name", SMALL)
def test_better_plans_come_one_after_the_other(name: str) -> None:
    task = SMALL[name]()
    found: list[Solution] = []
    last = solve(task, quality="anytime", limits=LONG, on_solution=found.append)
    costs = [each.cost for each in found]
    assert costs == sorted(costs, reverse=True)  # type: ignore[type-var]
    assert len(set(costs)) == len(costs)
    assert (last.plan, last.cost) == (found[-1].plan, found[-1].cost)
    assert last.cost == cheapest(task)
    for each in found:
        assert each.plan is not None
        assert validate(task, each.plan).cost == each.cost


def test_without_time_for_a_proof_the_bound_and_the_gap_are_said(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = Instance("transport-sat08-strips", 2).load(data)
    cancel = Event()
    settled = Incumbent.settled.fget
    assert settled is not None

    def looked_at(incumbent: Incumbent) -> bool:
        known = incumbent.conclusion()
        if known is not None and known.lower_bound:
            cancel.set()
        return bool(settled(incumbent))

    monkeypatch.setattr(Incumbent, "settled", property(looked_at))
    solution = solve(task, quality="optimal", limits=LONG, cancel=cancel)
    assert solution.solved
    assert not solution.optimal
    assert solution.lower_bound is not None
    assert solution.cost is not None
    assert 0 < solution.lower_bound < solution.cost
    assert solution.gap == (solution.cost - solution.lower_bound) / solution.cost
    assert f"no plan costs less than {solution.lower_bound}" in solution.evidence


@pytest.mark.parametrize("quality", ["anytime", "optimal"])
def test_a_task_without_a_plan_is_proved_to_have_none(quality: str) -> None:
    task = read_task(
        PRICED,
        """(define (problem p) (:domain ways) (:objects a b - place)
        (:init (at a) (road b a) (= (toll b a) 1) (= (total-cost) 0)) (:goal (at b))
        (:metric minimize (total-cost)))""",
    )
    solution = solve(task, quality=quality, limits=LONG)  # type: ignore[arg-type]
    assert solution.outcome is Outcome.UNSOLVABLE
    assert "proved the task unsolvable" in solution.evidence


def test_numbers_are_planned_for_without_a_claim_of_optimality() -> None:
    task = read_task(
        """(define (domain tank) (:requirements :fluents) (:predicates (there))
        (:functions (fuel))
        (:action fill :effect (increase (fuel) 2))
        (:action go :precondition (>= (fuel) 5) :effect (and (there) (decrease (fuel) 5))))""",
        "(define (problem p) (:domain tank) (:init (= (fuel) 0)) (:goal (there)))",
    )
    solution = solve(task, quality="optimal", limits=LONG)
    assert solution.solved
    assert solution.cost == 4
    assert not solution.optimal
    assert solution.lower_bound is None


def test_needless_steps_go_where_nothing_can_be_grounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers cannot be grounded: steps are left out by the semantics alone."""
    task = read_task(
        """(define (domain tank) (:requirements :fluents) (:predicates (there))
        (:functions (fuel))
        (:action fill :effect (increase (fuel) 2))
        (:action go :precondition (>= (fuel) 5) :effect (and (there) (decrease (fuel) 5))))""",
        "(define (problem p) (:domain tank) (:init (= (fuel) 0)) (:goal (there)))",
    )
    long = "(fill)\n" * 8 + "(go)"

    def wasteful(self: Kairos, *rest: object) -> Answer:
        return Answer(Outcome.SOLVED, "found", long)

    monkeypatch.setattr(Kairos, "answer", wasteful)
    solution = solve(task, quality="anytime", limits=LONG)
    assert solution.plan is not None
    assert [str(each) for each in solution.plan] == ["(fill)", "(fill)", "(fill)", "(go)"]
    assert solution.engine == "elimination"


def test_a_goal_that_holds_already_needs_no_engine() -> None:
    task = priced()
    semantics = Semantics(task)
    (step,) = plan(DIRECT)
    there = task.with_state(semantics.apply(semantics.initial_state(), step))
    solution = solve(there, quality="optimal", limits=LONG)
    assert solution.plan == Plan()
    assert solution.optimal


def test_a_small_task_is_done_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalsmith.solve.anytime.patience.PATIENCE", 0.1)
    solution = solve(priced(), quality="anytime", limits=Limits(seconds=600.0))
    assert solution.optimal
    assert solution.cost == 7


def test_no_plan_within_the_time_is_said_to_be_that(data: Path) -> None:
    task = Instance("floortile-sat11-strips", 4).load(data)
    solution = solve(task, quality="anytime", limits=Limits(seconds=1.0))
    assert solution.outcome is Outcome.OUT_OF_TIME
    assert "in 1 seconds" in solution.evidence


def test_a_cancelled_search_gives_what_it_has(data: Path) -> None:
    task = Instance("elevators-sat08-strips", 3).load(data)
    cancel = Event()
    found: list[Solution] = []

    def take(solution: Solution) -> None:
        found.append(solution)
        cancel.set()

    solution = solve(
        task, quality="anytime", limits=Limits(seconds=300.0), cancel=cancel, on_solution=take
    )
    assert solution.solved
    assert solution.plan == found[-1].plan


def test_one_cancelled_before_any_plan_says_so(data: Path) -> None:
    cancel = Event()
    cancel.set()
    task = Instance("elevators-sat08-strips", 3).load(data)
    solution = solve(task, quality="anytime", limits=LONG, cancel=cancel)
    assert solution.outcome is Outcome.INTERRUPTED


def test_leaving_the_loop_stops_the_search(data: Path) -> None:
    task = Instance("elevators-sat08-strips", 3).load(data)
    for solution in improving_solutions(task, limits=Limits(seconds=300.0)):
        assert solution.solved
        break


def test_the_loop_ends_with_what_solve_returns() -> None:
    solutions = list(improving_solutions(priced(), quality="optimal", limits=LONG))
    assert solutions[-1].optimal
    assert all(not each.optimal or each.cost == 7 for each in solutions)


def test_an_error_comes_out_of_the_loop() -> None:
    with pytest.raises(InputError, match="unknown engine"):
        list(improving_solutions(priced(), engine="nothing-of-the-kind"))


@pytest.mark.parametrize("engine", ["kairos", "fast-downward"])
def test_one_engine_alone_streams_too(engine: str) -> None:
    found: list[Solution] = []
    last = solve(priced(), engine=engine, quality="anytime", limits=LONG, on_solution=found.append)
    assert last.cost == 7
    assert {each.engine for each in found} == {engine}


def test_one_engine_gone_leaves_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kairos, "missing", lambda self: "not installed")
    assert solve(priced(), quality="optimal", limits=LONG).optimal
    monkeypatch.undo()
    monkeypatch.setattr(FastDownward, "missing", lambda self: "not installed")
    solution = solve(priced(), quality="anytime", limits=LONG)
    assert solution.engine == "kairos"
    assert solution.cost == 7


def test_a_stream_of_wrong_plans_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that offers what is no plan: the other's answer stands."""
    genuine = Kairos.answer

    def lying(self: Kairos, task: Task, limits: Limits, quality: str, cancel: Event, on_plan):  # type: ignore[no-untyped-def]
        for text in ("", "(go d a)", "(go a", "(fly a d)", "(go a d)\n(go a d)", "\udcff"):
            on_plan(text)
        return genuine(self, task, limits, quality, cancel, on_plan)  # type: ignore[arg-type]

    monkeypatch.setattr(Kairos, "answer", lying)
    solution = solve(priced(), quality="optimal", limits=LONG)
    assert solution.optimal
    assert solution.cost == 7


def test_a_stage_that_fails_does_not_stop_the_other_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(lane_module, "ground", broken)
    solution = solve(priced(), quality="anytime", limits=LONG)
    assert solution.cost == 7
    assert any("no more processes" in each.evidence for each in solution.attempts)


# The incumbent


def plan(text: str) -> Plan:
    return read_plan(text, priced())


DIRECT = "(go a d)"
ROUND = "(go a b)\n(go b c)\n(go c d)"


def test_only_better_plans_are_taken() -> None:
    told: list[Solution] = []
    incumbent = Incumbent(priced(), told.append)
    assert not incumbent.offer(plan("(go a b)"), "one")
    assert incumbent.best is None
    assert incumbent.offer(plan(DIRECT), "one")
    assert not incumbent.offer(plan(DIRECT), "two")
    assert incumbent.offer(plan(ROUND), "two")
    assert not incumbent.offer(plan(DIRECT), "one")
    assert [(each.cost, each.engine) for each in told] == [(9, "one"), (7, "two")]


def test_a_bound_settles_a_plan_that_it_meets() -> None:
    incumbent = Incumbent(priced(), lambda _: None)
    incumbent.raise_bound(Fraction(7), "a proof")
    incumbent.raise_bound(Fraction(3), "a weaker one")
    assert not incumbent.settled
    incumbent.offer(plan(DIRECT), "one")
    assert not incumbent.settled
    conclusion = incumbent.conclusion()
    assert conclusion is not None
    assert (conclusion.lower_bound, conclusion.optimal, conclusion.gap) == (
        7,
        False,
        Fraction(2, 9),
    )
    incumbent.offer(plan(ROUND), "one")
    assert incumbent.settled
    conclusion = incumbent.conclusion()
    assert conclusion is not None
    assert conclusion.optimal
    assert "proved by a proof" in conclusion.evidence


def test_where_more_is_better_the_dearer_plan_is_taken() -> None:
    task = read_task(
        PRICED,
        """(define (problem p) (:domain ways) (:objects a b c d - place)
        (:init (at a) (road a d) (road a b) (road b d) (= (toll a d) 9) (= (toll a b) 2)
               (= (toll b d) 3) (= (total-cost) 0))
        (:goal (at d)) (:metric maximize (total-cost)))""",
    )
    incumbent = Incumbent(task, lambda _: None)
    assert incumbent.offer(read_plan("(go a b)\n(go b d)", task), "one")
    assert incumbent.offer(read_plan("(go a d)", task), "one")
    assert not incumbent.offer(read_plan("(go a b)\n(go b d)", task), "one")


def test_a_stream_may_go_on_while_there_is_nothing_better(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("goalsmith.solve.anytime.patience.time.monotonic", lambda: now[0])
    incumbent = Incumbent(priced(), lambda _: None)
    stop = Event()
    patience = Patience(stop, incumbent, "slow")
    now[0] += 1000.0
    assert not patience.is_set()
    incumbent.offer(plan(DIRECT), "slow")
    assert not patience.is_set()
    now[0] += 1.0
    assert not patience.is_set()
    now[0] += 1000.0
    assert patience.is_set()
    other = Patience(stop, incumbent, "other")
    assert not other.is_set()
    now[0] += 10.0
    assert other.is_set()


def test_a_stream_that_catches_up_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("goalsmith.solve.anytime.patience.time.monotonic", lambda: now[0])
    incumbent = Incumbent(priced(), lambda _: None)
    incumbent.offer(plan(ROUND), "leader")
    patience = Patience(Event(), incumbent, "follower")
    now[0] += 1.9
    assert not incumbent.offer(plan(DIRECT), "follower")
    now[0] += 1.9
    assert not patience.is_set()
    assert not incumbent.offer(plan(DIRECT), "follower")
    now[0] += 1.9
    assert patience.is_set()


def test_patience_ends_when_all_is_to_stop() -> None:
    stop = Event()
    patience = Patience(stop, Incumbent(priced(), lambda _: None), "any")
    timer = Timer(0.01, stop.set)
    timer.start()
    timer.join()
    assert patience.is_set()
