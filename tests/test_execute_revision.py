"""How new plans differ from old ones, and how near they can be."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from test_execute_monitor import PAIR_PLAN, PAIR_TASK, Search
from test_execute_policies import ALL, LAMP_TASK, A, B, Scripted

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
    Change,
    Faults,
    PlanAdopted,
    ReplanBegun,
    Simulator,
    compare_plans,
    execute,
    revisions,
)
from goalsmith.execute.journal.revision import distance
from goalsmith.execute.monitor.stability import most_stable
from goalsmith.solve.solution import Solution
from goalsmith.solve.validation import validate


def steps(text: str) -> tuple[Step, ...]:
    return tuple(Step(word) for word in text.split())


def told(old: str, new: str) -> list[str]:
    return [f"{line.change} {line.step.action}" for line in compare_plans(steps(old), steps(new))]


# What becomes of each step


def test_each_step_is_kept_moved_added_or_dropped() -> None:
    assert told("a b c d e", "a x d e c") == [
        "kept a",
        "dropped b",
        "added x",
        "kept d",
        "kept e",
        "moved c",
    ]
    assert told("", "a") == ["added a"]
    assert told("a", "") == ["dropped a"]
    assert told("", "") == []
    assert told("a b", "a b") == ["kept a", "kept b"]


def test_a_repeated_step_is_kept_as_often_as_it_is_in_both() -> None:
    lines = told("a a a b", "a b a")
    assert Counter(line.split()[0] for line in lines) == {"kept": 2, "moved": 1, "dropped": 1}
    assert Counter(told("a a", "a a a")) == {"kept a": 2, "added a": 1}


def longest(old: Sequence[Step], new: Sequence[Step]) -> int:
    """The length of a longest common subsequence, by the textbook's table."""
    row = [0] * (len(new) + 1)
    for step in old:
        above = row[:]
        for j, other in enumerate(new):
            row[j + 1] = above[j] + 1 if step == other else max(above[j + 1], row[j])
    return row[-1]


def test_as_much_is_kept_as_can_be_and_nothing_is_lost() -> None:
    dice = random.Random(5)
    for _ in range(300):
        letters = "abcdefgh"[: dice.randint(1, 8)]
        old = tuple(Step(dice.choice(letters)) for _ in range(dice.randint(0, 12)))
        new = tuple(Step(dice.choice(letters)) for _ in range(dice.randint(0, 12)))
        lines = compare_plans(old, new)
        kept = [line for line in lines if line.change is Change.KEPT]
        assert len(kept) == longest(old, new)
        places = [(line.old, line.new) for line in kept]
        assert places == sorted(places)
        assert sorted(line.old for line in lines if line.old is not None) == [*range(len(old))]
        assert [line.new for line in lines if line.new is not None] == [*range(len(new))]
        for line in lines:
            assert line.old is None or old[line.old] == line.step
            assert line.new is None or new[line.new] == line.step
        apart = sum(line.change in (Change.ADDED, Change.DROPPED) for line in lines)
        assert apart == distance(old, new)


def test_long_plans_are_compared_at_once() -> None:
    old = tuple(Step("move", (str(i),)) for i in range(5_000))
    new = (*old[2_000:4_000], *old[:2_000], *old[4_000:])
    kept = [line for line in compare_plans(old, new) if line.change is Change.KEPT]
    assert len(kept) == 3_000
    assert distance(old, new) == 0


# The revisions of a run


def test_the_revisions_of_a_run_follow_from_its_events() -> None:
    world = Scripted(PAIR_TASK, beside={1: Step("put-down", ("a",))})
    run = execute(PAIR_TASK, PAIR_PLAN, world, Search())
    [revision] = revisions(e.event for e in run.journal)
    assert revision.version == 2
    assert str(revision) == "kept 2"
    assert revision.distance == 0
    adopted = run.journal[revision.entry].event
    assert isinstance(adopted, PlanAdopted)
    assert revision.reason == adopted.reason


def test_skipped_steps_are_a_revision_of_the_plan_in_force() -> None:
    world = Scripted(LAMP_TASK, idle={A: 1})
    run = execute(LAMP_TASK, Plan((A, B, ALL)), world, Search(), policy="relevant")
    [revision] = revisions(e.event for e in run.journal)
    assert revision.version == 1
    assert revision.steps(Change.SKIPPED) == (B,)
    assert revision.steps(Change.KEPT) == (ALL,)
    assert str(revision) == "kept 1, skipped 1"


def test_a_plan_that_never_was_in_force_is_compared_as_a_whole() -> None:
    other = PAIR_TASK.with_state(
        State(frozenset({Atom("holding", ("b",)), Atom("on-table", ("a",)), Atom("clear", ("a",))}))
    )
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(other), Search())
    [revision] = revisions(e.event for e in run.journal)
    assert str(revision) == "kept 2, added 1"


def test_every_revision_of_faulty_runs_says_what_was_left_and_what_came() -> None:
    search = Search()
    plan = search(PAIR_TASK).plan or Plan()
    for seed in range(20):
        world = Simulator(PAIR_TASK, Faults(seed, 0.2, 0.2, 0.2))
        run = execute(PAIR_TASK, plan, world, search, budget=Budget(100))
        found = revisions(e.event for e in run.journal)
        assert [r.version for r in found] == list(range(2, len(run.plans) + 1))
        for revision in found:
            new = [line.step for line in revision.lines if line.new is not None]
            assert tuple(new) == run.plans[revision.version - 1].steps


# Stability

# Lamps that are lit by a switch or by a button; both need power.
BUTTONS = """
(define (domain buttons)
  (:requirements :strips :action-costs)
  (:predicates (lamp ?x) (lit ?x) (power) (fuse))
  (:functions (total-cost))
  (:action switch :parameters (?x) :precondition (and (lamp ?x) (power))
    :effect (and (lit ?x) (increase (total-cost) 1)))
  (:action press :parameters (?x) :precondition (and (lamp ?x) (power))
    :effect (and (lit ?x) (increase (total-cost) {price})))
  (:action mend :parameters () :precondition (fuse)
    :effect (and (power) (increase (total-cost) 1)))
  (:action fail :parameters () :precondition (power)
    :effect (and (not (power)) (increase (total-cost) 1))))
"""
FOUR = """
(define (problem four) (:domain buttons) (:objects a b c d)
  (:init (lamp a) (lamp b) (lamp c) (lamp d) (power) (fuse) (= (total-cost) 0))
  (:goal (and (lit a) (lit b) (lit c) (lit d))) (:metric minimize (total-cost)))
"""
PRESS = tuple(Step("press", (x,)) for x in "abcd")
SWITCH = tuple(Step("switch", (x,)) for x in "abcd")
MEND = Step("mend")


def buttons(price: int = 1) -> Task:
    return read_task(BUTTONS.replace("{price}", str(price)), FOUR)


def outage(task: Task) -> Scripted:
    """A world in which the power fails beside the second act."""
    return Scripted(task, beside={2: Step("fail")})


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_without_stability_the_solver_has_its_way(policy: str) -> None:
    task = buttons()
    run = execute(task, Plan(PRESS), outage(task), Search(), policy=policy)
    assert run.reached
    assert Counter(run.steps) == Counter((*PRESS[:2], MEND, *SWITCH[2:]))
    [revision] = revisions(e.event for e in run.journal)
    assert revision.steps(Change.KEPT) == ()


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_a_stable_replan_mends_what_is_broken_and_keeps_the_rest(policy: str) -> None:
    task = buttons()
    run = execute(task, Plan(PRESS), outage(task), Search(), policy=policy, stability=1.0)
    assert run.reached
    assert run.steps == (*PRESS[:2], MEND, *PRESS[2:])
    assert run.replans == 1
    [revision] = revisions(e.event for e in run.journal)
    assert revision.steps(Change.KEPT) == PRESS[2:]
    assert revision.steps(Change.ADDED) == (MEND,)
    assert "steps differ from the plan before" in revision.reason


def test_stability_costs_no_more_than_allowed() -> None:
    task = buttons(price=3)
    for factor, kept in ((1.0, 0), (1.6, 0), (2.0, 1), (2.4, 2)):
        run = execute(task, Plan(PRESS), outage(task), Search(), stability=factor)
        assert run.reached
        [revision] = revisions(e.event for e in run.journal)
        # With both switches it costs 3, with one button 5, with both 7.
        assert len(revision.steps(Change.KEPT)) == kept, factor


def test_a_step_that_failed_by_itself_is_simply_taken_again() -> None:
    task = buttons()
    run = execute(task, Plan(PRESS), Scripted(task, idle={PRESS[1]: 1}), Search(), stability=1.0)
    assert run.steps == (PRESS[0], PRESS[1], *PRESS[1:])


def test_stability_keeps_away_from_steps_that_were_set_aside() -> None:
    task = buttons()
    run = execute(
        task,
        Plan(PRESS),
        Scripted(task, idle={PRESS[1]: 100}),
        Search(),
        budget=Budget(10, attempts=2),
        stability=1.0,
    )
    assert run.reached
    assert run.steps.count(PRESS[1]) == 2
    assert run.steps[-3:] == (SWITCH[1], *PRESS[2:])


def test_a_stable_plan_is_valid_and_no_further_from_the_old_than_the_solvers() -> None:
    from goalsmith.domains.library import bundled

    search = Search()
    for name in ("blocksworld", "gripper"):
        task = bundled(name).instance("p1").task
        plan = search(task).plan
        assert plan is not None
        dice = random.Random(name)
        semantics = Semantics(task)
        for _ in range(4):
            place = dice.randrange(len(plan))
            state = semantics.initial_state()
            for step in plan.steps[:place]:
                state = semantics.apply(state, step)
            moved = dice.choice(list(semantics.applicable_steps(state)))
            here = task.with_state(semantics.apply(state, moved))
            other = search(here).plan
            assert other is not None
            old = plan.steps[place:]
            for factor in (1.0, 1.5):
                best = most_stable(here, old, other, factor, lambda t: search(t).plan)
                assert best is not None
                assert validate(here, best.plan).valid
                assert best.cost <= Fraction(factor) * len(other)
                assert best.distance == distance(old, best.plan)
                assert best.distance <= distance(old, other)


def test_the_solver_is_asked_a_bounded_number_of_times() -> None:
    task = buttons()
    asked = []

    def solver(wanted: Task) -> Solution:
        asked.append(wanted)
        if len(asked) > 1:
            return Solution(Outcome.OUT_OF_TIME, "slow", "no")
        return Search()(wanted)

    run = execute(task, Plan(PRESS), outage(task), solver, stability=1.0)
    assert run.reached  # by the solver's own plan
    assert 1 < len(asked) <= 6


def test_a_solver_that_fails_at_a_part_does_no_harm() -> None:
    task = buttons()
    asked = []

    def solver(wanted: Task) -> Solution:
        asked.append(wanted)
        if len(asked) > 1:
            raise RuntimeError("too much")
        return Search()(wanted)

    assert execute(task, Plan(PRESS), outage(task), solver, stability=1.0).reached
    assert len(asked) > 1


@pytest.mark.parametrize("factor", [0.5, -1.0, float("nan"), float("inf")])
def test_a_factor_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(InputError, match="stability is a factor"):
        execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), Search(), stability=factor)


def test_where_more_is_better_the_solver_has_its_way() -> None:
    task = read_task(BUTTONS.replace("{price}", "1"), FOUR.replace("minimize", "maximize"))
    assert most_stable(task, PRESS, Plan(SWITCH), 1.0, lambda _: Plan()) is None


class Unhelpful:
    """A world in which nothing ever happens."""

    def __init__(self, state: State) -> None:
        self.state = state

    def observe(self) -> State:
        return self.state

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        return ActionReport(False, "no")


def test_a_stable_run_that_gets_nowhere_still_ends() -> None:
    task = buttons()
    world = Unhelpful(Semantics(task).initial_state())
    run = execute(task, Plan(PRESS), world, Search(), stability=1.0, max_replans=5)
    assert run.outcome is Outcome.ENDED_SHORT
    assert sum(isinstance(e.event, ReplanBegun) for e in run.journal) <= 5
