import json
import math

import pytest

from goalsmith.benchmarks import Key, Result
from goalsmith.benchmarks.scores import (
    Attempt,
    Improvement,
    Known,
    agile,
    area,
    attempts_of,
    gap,
    known,
    logarithmic,
    optimal,
    penalised,
    quality_after,
    read_references,
    satisficing,
    uncovered,
)
from goalsmith.benchmarks.scores.quality import improvements
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome


def _attempt(problem="p1", configuration="a", **given):
    return Attempt("d", problem, configuration, time_limit=given.pop("time_limit", 300), **given)


# Competitions


@pytest.mark.parametrize(
    ("cost", "best", "score"),
    [
        (None, 10, 0.0),
        (10, 10, 1.0),
        (20, 10, 0.5),
        (12.5, 10, 0.8),
        (8, 10, 1.25),  # better than the reference, by the official rules
        (0, 0, 1.0),
        (0, 3, 1.0),
        (5, 0, 0.0),
    ],
)
def test_the_satisficing_score_is_the_best_cost_by_the_cost(cost, best, score):
    assert satisficing(cost, best) == score


@pytest.mark.parametrize(
    ("seconds", "score"),
    [
        (0.01, 1.0),
        (1.0, 1.0),
        (math.sqrt(300), 0.5),
        (10.0, 0.5963055),  # 1 - 2.302585/5.703782
        (100.0, 0.1926112),  # 1 - 4.605170/5.703782
        (300.0, 0.0),
        (300.1, 0.0),
    ],
)
def test_the_agile_score_falls_with_the_logarithm_of_time(seconds, score):
    assert agile(True, seconds) == pytest.approx(score, abs=1e-6)
    assert agile(False, seconds) == 0.0


def test_the_agile_score_needs_a_time_and_a_limit_above_a_second():
    assert agile(True, None) == 0.0
    with pytest.raises(ValueError, match="above"):
        agile(True, 0.5, limit=1)


def test_the_optimal_score_is_for_plans_that_nobody_undercuts():
    assert optimal(_attempt(cost=5, optimal=True), 5) == 1.0
    assert optimal(_attempt(cost=6, optimal=True), 5) == 0.0
    assert optimal(_attempt(cost=5, optimal=False), 5) == 0.0
    assert optimal(_attempt(optimal=True), 5) == 0.0


# Time, memory and effort


def test_penalised_times_count_what_was_not_settled_many_times():
    rows = [(True, 3.0), (True, 30.0), (False, 12.0), (True, 31.0)]
    par2 = [penalised(*row, limit=30, factor=2) for row in rows]
    par10 = [penalised(*row, limit=30, factor=10) for row in rows]
    assert par2 == [3.0, 30.0, 60, 60]
    assert par10 == [3.0, 30.0, 300, 300]


@pytest.mark.parametrize(
    ("value", "lower", "upper", "score"),
    [
        (50, 100, 1e6, 1.0),
        (100, 100, 1e6, 1.0),
        (1e4, 100, 1e6, 0.5),  # two of four decimal orders
        (1e5, 100, 1e6, 0.25),
        (1e6, 100, 1e6, 0.0),
        (1e7, 100, 1e6, 0.0),
        (None, 100, 1e6, 0.0),
        (1, 1, 1, 1.0),
        (2, 1, 1, 0.0),
    ],
)
def test_logarithmic_scores_fall_by_orders_of_magnitude(value, lower, upper, score):
    assert logarithmic(True, value, lower, upper) == pytest.approx(score)
    assert logarithmic(False, value, lower, upper) == 0.0


# Plans


def test_the_gap_is_what_could_still_be_saved():
    assert gap(20, 15) == 0.25
    assert gap(15, 15) == 0.0
    assert gap(0, 0) == 0.0


def test_quality_over_time_is_that_of_the_best_plan_so_far():
    found = [Improvement(2, 40), Improvement(5, 20), Improvement(7, 30)]
    assert [quality_after(found, 10, t) for t in (1, 2, 4.9, 5, 9)] == [0, 0.25, 0.25, 0.5, 0.5]


def test_the_area_under_the_curve_is_the_sum_of_its_steps():
    found = [Improvement(5, 20), Improvement(2, 40), Improvement(7, 30), Improvement(8, 10)]
    # From 0 to 2: 0; to 5: 0.25; to 8: 0.5, since the third plan is no better; to 10: 1.
    assert area(found, 10, 10) == pytest.approx((3 * 0.25 + 3 * 0.5 + 2 * 1) / 10)
    assert area(found, 10, 5) == pytest.approx(3 * 0.25 / 5)
    assert area([], 10, 10) == 0.0


def test_where_only_the_last_plan_is_known_it_came_at_the_end():
    assert improvements(_attempt(cost=7, wall_seconds=3)) == (Improvement(3, 7),)
    assert improvements(_attempt(wall_seconds=3)) == ()
    steps = (Improvement(1, 9), Improvement(2, 7))
    assert improvements(_attempt(cost=7, wall_seconds=3, improvements=steps)) == steps


# References


def test_the_best_known_cost_is_the_lowest_of_reference_and_attempts():
    attempts = [
        _attempt("p1", cost=12, bound=9),
        _attempt("p1", "b", cost=11, bound=10),
        _attempt("p2", cost=30),
        _attempt("p3"),
    ]
    references = {("d", "p1"): 13.0, ("d", "p2"): 25.0, ("d", "p3"): 8.0, ("d", "p4"): 1.0}
    found = known(attempts, references)
    assert {name: (k.best, k.bound) for (_, name), k in found.items()} == {
        "p1": (11, 10),
        "p2": (25.0, None),
        "p3": (8.0, None),
    }
    assert known(attempts, references, official=True)["d", "p1"].best == 13.0
    assert known(attempts, official=True)["d", "p1"].best == 11


def test_a_bound_that_a_plan_refutes_is_not_known():
    attempts = [
        _attempt("p1", cost=20, bound=20),
        _attempt("p1", "b", cost=18, bound=5),
        _attempt("p2", cost=1 / 3, bound=1 / 3 + 1e-16),
    ]
    found = known(attempts, {("d", "p1"): 19.0})
    assert found["d", "p1"] == Known(18, 5)
    assert found["d", "p2"].bound == 1 / 3 + 1e-16
    # By the official rules the reference is the best, and the plan refutes the bound all the same.
    assert known(attempts, {("d", "p1"): 30.0}, official=True)["d", "p1"] == Known(30.0, 5)
    assert known(attempts[:1], {("d", "p1"): 19.0})["d", "p1"] == Known(19.0, None)


def test_references_that_do_not_cover_all_tasks_are_told_of():
    tasks = [("d", "p1"), ("d", "p2")]
    assert uncovered(tasks, {}) == uncovered([], {("d", "p1"): 1.0}) == ""
    assert uncovered(tasks, dict.fromkeys(tasks, 1.0)) == ""
    assert "of 1 of 2 tasks" in uncovered(tasks, {("d", "p2"): 1.0})
    assert "tasks such as e/p1, and here is d/p1" in uncovered(tasks, {("e", "p1"): 1.0})


def test_the_shared_reference_costs_are_read(data):
    path = data / "ipc" / "reference_costs.json"
    references = read_references(path)
    assert references["elevators-sat08-strips", "p03"] == 217.0
    assert len(references) == len(json.loads(path.read_text(encoding="utf-8")))
    # Whoever has all reference costs has a point for each, by the official formula.
    total = sum(satisficing(cost, cost) for cost in references.values())
    assert total == len(references)


@pytest.mark.parametrize(
    "text",
    ["[]", "{", '{"p1": 3}', '{"d/p1": "3"}', '{"d/p1": -1}', '{"d/p1": true}', '{"d/p1": NaN}'],
)
def test_a_file_of_something_else_is_refused(tmp_path, text):
    (tmp_path / "costs.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"costs\.json"):
        read_references(tmp_path / "costs.json")


# Rows of a store


def _row(asked="kairos", limit=30.0, outcome=Outcome.SOLVED, **given):
    key = Key("hash", asked, limit, 2, "versions", "code")
    return Result(key, "blocks", "p1", "", "", outcome, **given)


def test_a_row_of_the_store_becomes_an_attempt():
    row = _row(cost=7, plan_length=5, wall_seconds=2.0, cpu_seconds=1.5, peak_memory_mb=3.0)
    (attempt,) = attempts_of([row])
    assert attempt == Attempt(
        "blocks",
        "p1",
        "kairos",
        time_limit=30.0,
        memory_limit_kib=2048,
        cost=7,
        length=5,
        wall_seconds=2.0,
        cpu_seconds=1.5,
        memory_kib=3072.0,
    )
    assert attempt.seconds == 1.5


def test_where_no_engine_takes_part_all_time_is_of_this_process():
    (given,) = attempts_of([_row(cost=0, plan_length=0, wall_seconds=0.1)])
    assert given.cpu_seconds == 0.1
    silent = _row(cost=0, plan_length=0, wall_seconds=0.1, engine="kairos")
    assert [a.cpu_seconds for a in attempts_of([silent, _row(wall_seconds=0.1)])] == [None, None]


def test_endings_without_a_plan_are_told_apart():
    outcomes = (Outcome.UNSOLVABLE, Outcome.INVALID_PLAN, Outcome.OUT_OF_TIME)
    attempts = attempts_of([_row(outcome=outcome) for outcome in outcomes])
    assert [a.unsolvable for a in attempts] == [True, False, False]
    assert [a.wrong for a in attempts] == [False, True, False]
    assert [a.solved for a in attempts] == [False] * 3
    assert [a.settled for a in attempts] == [True, False, False]


def test_configurations_are_named_by_what_tells_them_apart():
    rows = [_row("kairos"), _row("race", 30.0), _row("race", 5.0)]
    names = [attempt.configuration for attempt in attempts_of(rows)]
    assert names == ["kairos", "race, 30 s", "race, 5 s"]
