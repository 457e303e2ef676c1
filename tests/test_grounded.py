"""Grounded tasks: read and written, replayed, rearranged, cut into windows."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random
from threading import Event

import pytest
from grounded_plans import Grounded, ground_plan
from ipc import Instance

from goalsmith.domains.semantics import Semantics
from goalsmith.solve import Limits, solve, validate
from goalsmith.solve.grounded.ordering import StepOrder, bits
from goalsmith.solve.grounded.regression import needs
from goalsmith.solve.grounded.sas import SasFormatError, read_sas, write_sas
from goalsmith.solve.grounded.task import GroundedTask
from goalsmith.solve.grounded.window_search import WindowSearch
from goalsmith.solve.improvement.elimination import without_needless_steps
from goalsmith.solve.improvement.windows import consecutive_block, cut, grown_block

INSTANCES = (
    Instance("blocks", 3),
    Instance("driverlog", 2),
    Instance("elevators-sat08-strips", 2),
    Instance("openstacks-sat08-adl", 1),  # conditional effects, costs of nothing
    Instance("miconic-fulladl", 2),  # derived variables from quantified conditions
    Instance("schedule", 2),  # many conditional effects
    Instance("psr-middle", 2),  # derived predicates
    Instance("philosophers", 2),
    Instance("visitall-sat11-strips", 1),
)


@pytest.fixture(scope="module", params=INSTANCES, ids=str)
def grounded(
    request: pytest.FixtureRequest, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Grounded:
    task = request.param.load(data)
    plan = solve(task).plan
    assert plan is not None
    return ground_plan(task, plan, tmp_path_factory.mktemp("ground"))


def test_what_is_written_reads_back_equal(grounded: Grounded) -> None:
    sas = grounded.ground.sas
    assert read_sas(write_sas(sas)) == sas


@pytest.mark.parametrize(
    "text", ["", "begin_version\n4\nend_version\n", "begin_version\n3\nend_version\n", "nonsense"]
)
def test_a_text_in_another_format_is_refused(text: str) -> None:
    with pytest.raises(SasFormatError):
        read_sas(text)


def test_every_cut_of_a_grounded_task_is_refused(grounded: Grounded) -> None:
    lines = write_sas(grounded.ground.sas).splitlines()
    for count in Random(0).sample(range(len(lines)), 20):
        with pytest.raises(SasFormatError):
            read_sas("\n".join(lines[:count]))


def test_a_plan_is_the_same_in_both_forms(grounded: Grounded) -> None:
    states = grounded.ground.replay(grounded.operators)
    assert states is not None
    back = grounded.names.plan(grounded.operators)
    # Steps without any effect have no operator.
    kept = [s for s in grounded.plan if grounded.names.name(s) in grounded.ground.named]
    assert list(back) == kept
    verdict = validate(grounded.task, back)
    assert verdict.valid
    assert verdict.cost == sum(o.cost for o in grounded.operators)


def test_applicability_agrees_with_the_semantics_along_random_walks(grounded: Grounded) -> None:
    random = Random(1)
    semantics = Semantics(grounded.task)
    state, values = semantics.initial_state(), grounded.ground.start()
    for _ in range(12):
        applicable = {
            grounded.names.name(step)
            for step in semantics.applicable_steps(state)
            if grounded.names.name(step) in grounded.ground.named
        }
        found = [
            o
            for o in grounded.ground.operators
            if all(values[v] == value for v, value in o.precondition)
        ]
        assert {o.operator.name for o in found} == applicable
        if not found:
            return
        chosen = random.choice(found)
        assert grounded.ground.take(values, chosen)
        state = semantics.apply(state, grounded.names.step(chosen))
        assert grounded.ground.reached(values) == semantics.goal_holds(state)


def test_every_arrangement_that_keeps_the_orders_is_a_plan_to_the_same_state(
    grounded: Grounded,
) -> None:
    random = Random(2)
    states = grounded.ground.replay(grounded.operators)
    assert states is not None
    order = StepOrder(grounded.operators)
    for _ in range(25):
        left = set(range(len(grounded.operators)))
        arranged = []
        while left:
            free = [n for n in sorted(left) if not any(order.before[n] >> m & 1 for m in left)]
            arranged.append(random.choice(free))
            left.remove(arranged[-1])
        again = grounded.ground.replay([grounded.operators[n] for n in arranged])
        assert again is not None
        assert again[-1] == states[-1]
    plan = grounded.names.plan(grounded.operators[n] for n in arranged)
    assert validate(grounded.task, plan).valid


def test_the_two_directions_of_an_order_agree(grounded: Grounded) -> None:
    order = StepOrder(grounded.operators)
    count = len(grounded.operators)
    for first in range(count):
        for second in range(count):
            assert order.after[first] >> second & 1 == order.before[second] >> first & 1


def test_what_a_rest_of_a_plan_needs_is_enough_for_it(grounded: Grounded) -> None:
    """Whatever else is changed, the rest of the plan still reaches the goal."""
    random = Random(3)
    task, plan = grounded.ground, grounded.operators
    states = task.replay(plan)
    assert states is not None
    for _ in range(60):
        start = random.randrange(len(plan) + 1)
        need = needs(task, plan[start:], states[start:])
        assert all(states[start][v] == value for v, value in need.items())
        state = list(states[start])
        for variable, each in enumerate(task.sas.variables):
            if variable not in need and task.is_basic(variable):
                state[variable] = random.randrange(each.size)
        task.axioms.complete(state)
        if any(state[v] != value for v, value in need.items()):
            # A derived fact that is needed rests on something that was changed.
            continue
        assert all(task.take(state, operator) for operator in plan[start:])
        assert task.reached(state)


def test_blocks_are_closed_and_of_the_size_asked_for(grounded: Grounded) -> None:
    random = Random(4)
    order = StepOrder(grounded.operators)
    count = len(grounded.operators)
    for size in (1, 3, 8, 20):
        start = random.randrange(count)
        grown = grown_block(order, start, size, random)
        for block in (grown, consecutive_block(count, start, size, random)):
            assert block >> start & 1
            assert order.closure(block) == block
            assert 1 <= block.bit_count() <= math.ceil(size * 1.25)
            first, last = order.around(block, count, bits(block)[0])
            assert sorted([*first, *bits(block), *last]) == list(range(count))


def test_a_windows_old_block_is_a_plan_of_its_task(grounded: Grounded) -> None:
    """The window's task is a restriction that still admits what stood there."""
    random = Random(5)
    order = StepOrder(grounded.operators)
    for _ in range(20):
        start = random.randrange(len(grounded.operators))
        block = grown_block(order, start, random.choice((3, 6, 12)), random)
        beside = random.choice((0, 6, 40))
        window = cut(grounded.ground, grounded.operators, order, block, beside, random)
        if window is None:
            assert all(grounded.operators[n].cost == 0 for n in bits(block))
            continue
        small = GroundedTask(window.task)
        numbered = {int(o.operator.name): o for o in small.operators}
        state = small.start()
        for step in window.block:
            if step.cost >= window.cost:
                return
            operator = numbered.get(step.number)
            if operator is None:
                # What it changes is of no use to the rest of the plan, or another does the same.
                continue
            assert small.take(state, operator)


def test_what_a_windows_search_finds_fits_into_the_plan(grounded: Grounded, tmp_path: Path) -> None:
    random = Random(6)
    order = StepOrder(grounded.operators)
    for _ in range(6):
        start = random.randrange(len(grounded.operators))
        block = grown_block(order, start, random.choice((4, 10, 25)), random)
        beside = random.choice((0, 6, 40))
        window = cut(grounded.ground, grounded.operators, order, block, beside, random)
        if window is None:
            continue
        # One more than it costs: any block will do, so there is something to look at.
        with WindowSearch(tmp_path, Limits(), Event()) as search:
            found = search(window.task, window.cost + 1, 2, 1.0, 1)
        if found is None:
            continue
        better = [grounded.ground.operators[n] for n in found]
        assert sum(o.cost for o in better) <= window.cost
        whole = [*window.first, *better, *window.last]
        assert grounded.ground.replay(whole) is not None
        assert validate(grounded.task, grounded.names.plan(whole)).valid


def test_needless_steps_go_and_needed_ones_stay(grounded: Grounded) -> None:
    task = grounded.ground
    shorter = without_needless_steps(task, grounded.operators)
    assert task.replay(shorter) is not None
    assert validate(grounded.task, grounded.names.plan(shorter)).valid
    for left_out in range(len(shorter)):
        rest = shorter[:left_out] + shorter[left_out + 1 :]
        assert task.replay(rest) is None
