import pytest
from rich.console import Console

from goalsmith.benchmarks import Key, Result, sum_up
from goalsmith.benchmarks.results.summary import by_configuration, table
from goalsmith.domains.outcome import Outcome


def _result(domain, outcome, cost=None, seconds=1.0):
    return Result(
        Key("", "", 1.0, 1, "", ""), domain, "p", "", "", outcome, cost=cost, wall_seconds=seconds
    )


RESULTS = [
    _result("blocks", Outcome.SOLVED, 10, 0.5),
    _result("blocks", Outcome.OUT_OF_TIME, None, 60.0),
    _result("gripper", Outcome.UNSOLVABLE),
    _result("blocks", Outcome.SOLVED, 2.5, 1.5),
    _result("gripper", Outcome.OUT_OF_MEMORY),
    _result("gripper", Outcome.NO_PLAN_FOUND),
    _result("gripper", Outcome.BAD_INPUT),
    _result("gripper", Outcome.INVALID_PLAN),
]


def test_results_are_counted_by_domain_and_in_all():
    blocks, gripper = sum_up(RESULTS).domains
    assert (blocks.name, blocks.tasks, blocks.solved, blocks.out_of_time) == ("blocks", 3, 2, 1)
    assert (blocks.cost, blocks.wall_seconds) == (12.5, 1.0)
    assert blocks.coverage == pytest.approx(2 / 3)
    assert (gripper.tasks, gripper.solved, gripper.unsolvable) == (5, 0, 1)
    assert (gripper.out_of_memory, gripper.no_plan_found, gripper.failed) == (1, 1, 2)
    assert (gripper.cost, gripper.wall_seconds, gripper.coverage) == (None, None, 0.0)
    total = sum_up(RESULTS).total
    assert (total.tasks, total.solved, total.failed, total.cost) == (8, 2, 2, 12.5)


def test_every_result_is_in_one_column():
    everything = [_result("d", outcome) for outcome in Outcome]
    total = sum_up(everything).total
    counts = (
        total.solved,
        total.unsolvable,
        total.out_of_time,
        total.out_of_memory,
        total.no_plan_found,
        total.failed,
    )
    assert sum(counts) == total.tasks == len(Outcome)


def test_nothing_is_reported_as_nothing():
    empty = sum_up([])
    assert empty.domains == ()
    assert (empty.total.tasks, empty.total.coverage, empty.total.cost) == (0, 0.0, None)


def test_by_configuration_costs_are_those_of_tasks_that_all_solve():
    rows = [
        _row("p1", "few", Outcome.SOLVED, cost=5, wall_seconds=1.0),
        _row("p2", "few", Outcome.OUT_OF_TIME),
        _row("p1", "many", Outcome.SOLVED, cost=4, wall_seconds=3.0),
        _row("p2", "many", Outcome.SOLVED, cost=90, wall_seconds=9.0),
        _row("p3", "many", Outcome.SOLVED, cost=90, wall_seconds=9.0),
    ]
    few, many = by_configuration(rows).domains
    assert (few.solved, few.cost, few.wall_seconds) == (1, 5, 1.0)
    assert (many.solved, many.cost, many.wall_seconds) == (3, 4, 3.0)
    (alone,) = by_configuration(rows[2:]).domains
    assert (alone.cost, alone.wall_seconds) == (184, 7.0)
    (nothing,) = by_configuration(rows[1:2]).domains
    assert (nothing.cost, nothing.wall_seconds) == (None, None)
    assert by_configuration([]).domains == ()


def _row(problem, configuration, outcome, **given):
    key = Key(f"hash of {problem}", configuration, 30.0, 1000, "versions", "code")
    return Result(
        key, "d", problem, "domain", problem, outcome, configuration=configuration, **given
    )


def _lines(results):
    console = Console(width=200, force_terminal=False)
    with console.capture() as captured:
        console.print(table(sum_up(results)))
    return captured.get().splitlines()


def test_the_table_has_a_line_for_each_domain_and_the_total():
    head, blocks, gripper, total = _lines(RESULTS)
    assert "out of memory" in head
    assert blocks.split() == ["blocks", "3", "2", "67%", *"01000", "12.5", "1.00"]
    assert gripper.split() == ["gripper", "5", "0", "0%", *"10112", "–", "–"]
    assert total.split()[:3] == ["total", "8", "2"]


def test_the_table_leaves_out_endings_that_did_not_occur():
    head = _lines(RESULTS[:2])[0]
    assert "out of time" in head
    assert "memory" not in head
    assert "failed" not in head
