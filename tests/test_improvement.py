"""Plans made better: needless steps, windows, and detours where windows get stuck."""

from __future__ import annotations

from pathlib import Path
from random import Random
from threading import Event

import pytest
from grounded_plans import Grounded, ground_plan

from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.reader import read_task
from goalsmith.solve import Limits
from goalsmith.solve.grounded.ordering import StepOrder
from goalsmith.solve.grounded.sas import SasTask
from goalsmith.solve.grounded.window_search import WindowSearch
from goalsmith.solve.improvement.detours import detour
from goalsmith.solve.improvement.elimination import without_needless_steps
from goalsmith.solve.improvement.improver import STUCK, Improver
from goalsmith.solve.improvement.windows import cut
from goalsmith.solve.improvement.working_plan import WorkingPlan


@pytest.fixture(scope="module")
def errand(tmp_path_factory: pytest.TempPathFactory) -> Grounded:
    """A walk around a ring with a needless detour, and lights switched on the way."""
    ring = " ".join(f"(next p{n} p{(n + 1) % 6}) (next p{(n + 1) % 6} p{n})" for n in range(6))
    task = read_task(
        """(define (domain ring) (:requirements :typing) (:types place)
           (:predicates (at ?p - place) (next ?a ?b - place) (lit ?p - place))
           (:action go :parameters (?a ?b - place) :precondition (and (at ?a) (next ?a ?b))
             :effect (and (at ?b) (not (at ?a))))
           (:action light :parameters (?p - place) :precondition (at ?p) :effect (lit ?p)))""",
        f"""(define (problem walk) (:domain ring) (:objects p0 p1 p2 p3 p4 p5 - place)
           (:init (at p0) {ring}) (:goal (and (lit p1) (at p5))))""",
    )
    steps = "go p0 p1,go p1 p0,go p0 p1,light p1,light p1,go p1 p2,go p2 p3,go p3 p4,go p4 p5"
    return ground_plan(task, plan_of(task, steps), tmp_path_factory.mktemp("ring"))


def plan_of(task: Task, steps: str) -> Plan:
    return read_plan("\n".join(f"({step})" for step in steps.split(",")), task)


def test_a_walk_there_and_back_is_needless(errand: Grounded) -> None:
    shorter = without_needless_steps(errand.ground, errand.operators)
    assert [str(s) for s in errand.names.plan(shorter)] == [
        "(go p0 p1)", "(light p1)", "(go p1 p2)", "(go p2 p3)", "(go p3 p4)", "(go p4 p5)"
    ]  # fmt: skip


def test_windows_find_the_way_round_the_other_side(errand: Grounded, tmp_path: Path) -> None:
    told: list[int] = []
    improver = Improver(errand.ground, errand.operators, lambda steps: told.append(len(steps)))
    improver.eliminate(5.0)
    stop = Event()

    with WindowSearch(tmp_path, Limits(), Event()) as windows:

        def search(
            task: SasTask, bound: int, weight: int, seconds: float, seed: int
        ) -> list[int] | None:
            if improver.cost == 4:
                stop.set()
                return None
            return windows(task, bound, weight, seconds, seed)

        improver.work(search, Random(0), stop.is_set)
    assert [str(s) for s in errand.names.plan(improver.plan)] == [
        "(go p0 p1)", "(light p1)", "(go p1 p0)", "(go p0 p5)"
    ]  # fmt: skip
    assert told == sorted(told, reverse=True)
    assert told[-1] == 4


def test_no_window_is_cut_once_stopped(errand: Grounded) -> None:
    plan = errand.operators
    order, block, random = StepOrder(plan), (1 << len(plan)) - 1, Random(0)
    assert cut(errand.ground, plan, order, block, 6, random) is not None
    assert cut(errand.ground, plan, order, block, 6, random, lambda: True) is None


def test_a_worse_or_wrong_plan_is_not_taken(errand: Grounded) -> None:
    improver = Improver(errand.ground, errand.operators)
    assert not improver.offer(errand.operators)
    assert not improver.offer(errand.operators[:-1])
    assert improver.plan == tuple(errand.operators)


def test_a_search_that_lies_does_no_harm(errand: Grounded) -> None:
    """Blocks that do not fit, cost more, or name no operator in place are never spliced in."""
    random = Random(7)
    improver = Improver(errand.ground, errand.operators)
    stop = Event()
    calls = 0

    def liar(task: SasTask, bound: int, weight: int, seconds: float, seed: int) -> list[int]:
        nonlocal calls
        calls += 1
        if calls == 300:
            stop.set()
        return random.choices(range(len(errand.ground.operators)), k=random.randrange(4))

    improver.work(liar, Random(8), stop.is_set)
    assert errand.ground.replay(improver.plan) is not None
    assert improver.cost <= len(errand.operators)


def test_a_detour_is_another_plan_that_costs_little_more(errand: Grounded, tmp_path: Path) -> None:
    working = WorkingPlan(errand.ground, errand.operators)
    random = Random(3)
    with WindowSearch(tmp_path, Limits(), Event()) as search:
        found = [detour(errand.ground, working.best, search, random) for _ in range(30)]
    plans = [plan for plan in found if plan is not None]
    assert plans
    assert any(plan != errand.operators for plan in plans)
    for plan in plans:
        assert errand.ground.replay(plan) is not None
        assert len(plan) <= len(errand.operators) * 1.2 + 2


def test_a_detour_does_without_some_of_the_steps(errand: Grounded) -> None:
    """All that the window leaves over is looked at: the search is asked without them."""
    working = WorkingPlan(errand.ground, errand.operators)
    taken = {str(step.number) for step in errand.operators}
    missing = 0

    def search(task: SasTask, bound: int, weight: int, seconds: float, seed: int) -> None:
        nonlocal missing
        missing += len(taken - {operator.name for operator in task.operators})

    for seed in range(20):
        assert detour(errand.ground, working.best, search, Random(seed)) is None
    assert missing


def test_what_is_worked_on_may_be_worse_and_the_best_is_kept(errand: Grounded) -> None:
    short = without_needless_steps(errand.ground, errand.operators)
    working = WorkingPlan(errand.ground, short)
    best = working.best
    assert working.leave(best, errand.operators)
    assert working.current.cost == len(errand.operators)
    assert working.best is best
    assert working.offer(short)
    assert working.current.cost == working.best.cost == len(short)


def test_a_plan_is_not_left_for_one_that_does_not_reach_the_goal(errand: Grounded) -> None:
    working = WorkingPlan(errand.ground, errand.operators)
    assert not working.leave(working.best, errand.operators[:-1])
    assert working.current is working.best


def test_a_plan_that_others_made_better_meanwhile_is_not_left(errand: Grounded) -> None:
    working = WorkingPlan(errand.ground, errand.operators)
    before = working.best
    assert working.offer(without_needless_steps(errand.ground, errand.operators))
    assert not working.leave(before, errand.operators)
    assert working.current is working.best


def test_where_windows_get_stuck_they_go_on_from_a_detour(errand: Grounded) -> None:
    """Windows that find nothing lead to detours, ever more rarely, and never to a worse plan."""
    told: list[int] = []
    stop = Event()
    improver = Improver(errand.ground, errand.operators, lambda steps: told.append(len(steps)))
    improver.eliminate(5.0)
    short = improver.plan
    calls = 0

    def search(
        task: SasTask, bound: int, weight: int, seconds: float, seed: int
    ) -> list[int] | None:
        nonlocal calls
        calls += 1
        if calls == 400:
            stop.set()
        # Only a detour may cost more than what it replaces; nothing else gets an answer.
        return [step.number for step in errand.operators] if bound > len(short) + 1 else None

    improver.work(search, Random(5), stop.is_set)
    assert improver.plan == short
    assert told == [len(short)]
    assert 0 < improver.counts.detours < 400 // STUCK
