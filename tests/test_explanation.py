"""Why a step is there, and why there is no plan."""

from __future__ import annotations

import pytest
from tasks import one_way, towers

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import read_plan
from goalsmith.solve.explain.conflict import Conflict, conflict
from goalsmith.solve.explain.steps import explanation
from goalsmith.solve.solution import Limits, Solution


def test_a_step_is_explained_by_what_it_gives_takes_and_keeps_apart() -> None:
    task = towers("(and (on a b) (on b c))")
    plan = read_plan("(lift b)\n(pile b c)\n(lift a)\n(pile a b)", task)
    (each,) = explanation(task, plan, 1).steps
    assert {(str(x.literal), x.consumer) for x in each.provides} == {
        ("(free)", 2),
        ("(clear b)", 3),
        ("(on b c)", None),
    }
    assert {(str(x.literal), x.provider) for x in each.needs} == {
        ("(hand b)", 0),
        ("(clear c)", None),
    }
    assert [x.after for x in each.before] == [2]
    assert [x.before for x in each.after] == [0]
    assert each.without is not None
    assert (each.without.index, str(each.without.step)) == (2, "(lift a)")
    assert "deleted by step 1 (lift b)" in str(each.without)


def test_a_step_that_is_not_needed_is_said_to_be_so() -> None:
    task = towers("(on a b)")
    plan = read_plan("(lift c)\n(lower c)\n(lift a)\n(pile a b)", task)
    steps = explanation(task, plan).steps
    assert len(steps) == 4
    # Without (lower c) the hand is not free; without (lift c) there is nothing to lower.
    assert all(each.without is not None for each in steps)
    idle = read_plan("(lift a)\n(pile a b)\n(lift c)", task)
    assert explanation(task, idle, 2).steps[0].without is None


def test_the_goal_can_be_what_fails_without_a_step() -> None:
    task = towers("(and (on a b) (hand c))")
    plan = read_plan("(lift a)\n(pile a b)\n(lift c)", task)
    failure = explanation(task, plan, 2).steps[0].without
    assert failure is not None
    assert failure.step is None


@pytest.mark.parametrize("step", [-1, 4])
def test_a_step_that_is_not_in_the_plan_is_refused(step: int) -> None:
    task = towers("(and (on a b) (on b c))")
    plan = read_plan("(lift b)\n(pile b c)\n(lift a)\n(pile a b)", task)
    with pytest.raises(InputError, match="there is no step"):
        explanation(task, plan, step)


# No plan


def said(found: Conflict) -> tuple[set[str], set[str], bool]:
    return {*map(str, found.impossible)}, {*map(str, found.together)}, found.smallest


def test_parts_that_cannot_be_had_together_are_named() -> None:
    assert said(conflict(one_way("(and (left) (right))"))) == (set(), {"(left)", "(right)"}, True)


def test_a_part_that_is_impossible_alone_is_named() -> None:
    found = conflict(one_way("(and (left) (never))"))
    assert said(found) == ({"(never)"}, {"(never)"}, True)


def test_the_smallest_conflict_is_found_among_larger_ones() -> None:
    found = conflict(towers("(and (on a b) (on b c) (on c a) (clear c))"))
    impossible, together, smallest = said(found)
    assert impossible == set()
    assert together == {"(on b c)", "(clear c)"}
    assert smallest


def test_a_goal_that_can_be_had_has_no_conflict() -> None:
    assert said(conflict(towers("(and (on a b) (on b c))"))) == (set(), set(), False)


def asked(unknown: int) -> tuple[list[int], Conflict]:
    """A conflict of three parts whose subsets of a certain size the engine cannot settle."""
    sizes = []

    def ask(task: Task, limits: Limits) -> Solution:
        goal = task.problem.goal
        size = len(getattr(goal, "parts", (goal,)))
        sizes.append(size)
        if size == unknown:
            return Solution(Outcome.OUT_OF_TIME)
        return Solution(Outcome.UNSOLVABLE)

    return sizes, conflict(towers("(and (on a b) (on b c) (on c a))"), ask=ask)


def test_what_an_engine_leaves_open_is_not_settled() -> None:
    _, found = asked(1)
    assert len(found.unsettled) == 3
    assert len(found.together) == 2
    assert not found.smallest


def test_without_time_nothing_is_claimed() -> None:
    found = conflict(towers("(and (on a b) (on b a))"), seconds=0)
    assert said(found) == (set(), set(), False)
    assert len(found.unsettled) == 2
