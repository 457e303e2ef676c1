import json
import random
from dataclasses import replace

import pytest

from goalsmith.benchmarks import Key, Result
from goalsmith.benchmarks.scores import (
    Attempt,
    Improvement,
    Scoreboard,
    attempts_of,
    read_references,
)
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome

A, B = "fast", "thorough"


def _attempt(configuration, problem, cost, seconds=None, domain="d", **given):
    return Attempt(
        domain,
        problem,
        configuration,
        time_limit=100,
        cost=cost,
        length=cost,
        wall_seconds=seconds,
        **given,
    )


# By hand:          fast             thorough         best known
#   p1              10 in 1 s        10 in 10 s       10
#   p2              20 in 1 s        10 in 50 s       10
#   p3              no plan          40 in 100 s      40
#   p4              30 in 0.5 s      no plan          30
TABLE = [
    _attempt(A, "p1", 10, 1.0),
    _attempt(A, "p2", 20, 1.0),
    _attempt(A, "p3", None, 100.0),
    _attempt(A, "p4", 30, 0.5),
    _attempt(B, "p1", 10, 10.0),
    _attempt(B, "p2", 10, 50.0),
    _attempt(B, "p3", 40, 100.0),
    _attempt(B, "p4", None, 7.0),
]


def _standings(board):
    return {(s.configuration, s.score): s for s in board.standings()}


def test_a_table_by_hand_has_the_totals_that_one_adds_up():
    found = _standings(Scoreboard(TABLE))
    totals = {key: standing.total for key, standing in found.items()}
    assert totals[A, "coverage"] == totals[B, "coverage"] == 3
    assert totals[A, "ipc-satisficing"] == 1 + 0.5 + 0 + 1
    assert totals[B, "ipc-satisficing"] == 3
    assert totals[A, "ipc-agile"] == 3
    # 1 - ln 10/ln 300, 1 - ln 50/ln 300, 1 - ln 100/ln 300
    assert totals[B, "ipc-agile"] == pytest.approx(0.596306 + 0.314133 + 0.192611, abs=1e-5)
    assert found[A, "par2"].mean == (1 + 1 + 200 + 0.5) / 4
    assert found[B, "par10"].mean == (10 + 50 + 100 + 1000) / 4
    assert totals[A, "log-time"] == 3
    assert totals[B, "log-time"] == pytest.approx(0.5 + 0.150515, abs=1e-5)
    assert (found[A, "cost"].tasks, totals[A, "cost"]) == (3, 60)
    assert (found[B, "plan-length"].tasks, totals[B, "plan-length"]) == (3, 60)
    # The quality from the time of the plan until 100 s.
    assert totals[A, "quality-over-time"] == pytest.approx(0.99 + 0.99 * 0.5 + 0.995)
    assert found[A, "coverage"].mean == 0.75
    assert found[A, "coverage"].interval.low < 0.75 < found[A, "coverage"].interval.high


def test_a_score_that_nothing_is_known_of_is_left_out_rather_than_bad():
    names = {standing.score for standing in Scoreboard(TABLE).standings()}
    assert names.isdisjoint({"ipc-optimal", "log-memory", "log-expansions", "gap"})
    more = [
        _attempt(A, "p1", 20, 1.0, expansions=10_000, bound=15),
        _attempt(A, "p2", None, 1.0, optimal=False),
        _attempt(B, "p1", 15, 1.0, memory_kib=2_000.0, memory_limit_kib=9_000.0, optimal=True),
    ]
    found = _standings(Scoreboard(more))
    assert found[A, "log-expansions"].total == pytest.approx(0.5)
    assert found[A, "gap"].total == 0.25
    assert found[B, "gap"].total == 0.0
    assert found[B, "log-memory"].total == 1.0
    assert (found[A, "ipc-optimal"].total, found[B, "ipc-optimal"].total) == (0.0, 1.0)
    assert (A, "log-memory") not in found
    assert (B, "log-expansions") not in found


def test_a_reference_lowers_scores_and_never_lifts_them_above_one():
    references = {("d", "p1"): 5.0, ("d", "p2"): 15.0}
    usual = _standings(Scoreboard(TABLE, references))
    assert usual[B, "ipc-satisficing"].total == 0.5 + 1 + 1
    official = _standings(Scoreboard(TABLE, references, official=True))
    assert official[B, "ipc-satisficing"].total == 0.5 + 1.5 + 1


def test_the_reference_file_is_scored_by_the_official_formula(data):
    costs = json.loads((data / "ipc" / "reference_costs.json").read_text(encoding="utf-8"))
    references = read_references(data / "ipc" / "reference_costs.json")
    limit = {"time_limit": 300}
    dearer = [Attempt(*name.split("/"), A, cost=cost + 7, **limit) for name, cost in costs.items()]
    cheaper = [Attempt(*name.split("/"), B, cost=cost - 1, **limit) for name, cost in costs.items()]
    official = _standings(Scoreboard([*dearer, *cheaper], references, official=True))
    by_rule = [sum(c / (c + more) for c in costs.values()) for more in (7, -1)]
    assert official[A, "ipc-satisficing"].total == pytest.approx(by_rule[0])
    assert official[B, "ipc-satisficing"].total == pytest.approx(by_rule[1])
    assert by_rule[1] > len(costs)
    usual = _standings(Scoreboard([*dearer, *cheaper], references))
    below = sum((c - 1) / (c + 7) for c in costs.values())
    assert usual[A, "ipc-satisficing"].total == pytest.approx(below)
    assert usual[B, "ipc-satisficing"].total == len(costs)


def test_who_denies_a_task_that_another_solves_has_not_settled_it():
    denies = _attempt(A, "p1", None, 1.0, unsolvable=True, memory_kib=2_000, expansions=100)
    denies = replace(denies, memory_limit_kib=1e6)
    names = ("par2", "par10", "log-time", "log-memory", "log-expansions")
    alone = _standings(Scoreboard([denies]))
    assert [alone[A, name].total for name in names] == [1, 1, 1, 1, 1]
    refuted = _standings(Scoreboard([denies, _attempt(B, "p1", 10, 10.0)]))
    assert [refuted[A, name].total for name in names] == [200, 1000, 0, 0, 0]


def test_intervals_do_not_depend_on_which_run_was_done_first():
    dice = random.Random(1)
    rows = [_attempt(c, f"p{i}", dice.randint(1, 9), 1.0) for i in range(30) for c in (A, B)]
    shuffled = dice.sample(rows, len(rows))
    boards = [Scoreboard(each) for each in (rows, shuffled)]
    assert _standings(boards[0]) == _standings(boards[1])
    assert boards[0].compare(A, B) == boards[1].compare(A, B)


def test_several_tries_at_a_task_count_as_one_by_their_mean():
    tries = [_attempt(A, "p1", 10, seed=1), _attempt(A, "p1", 40, seed=2), _attempt(A, "p2", 7)]
    standing = _standings(Scoreboard(tries))[A, "ipc-satisficing"]
    assert (standing.tasks, standing.total) == (2, (1 + 0.25) / 2 + 1)


def test_a_wrong_plan_voids_its_domain_by_the_official_rules_only():
    attempts = [
        _attempt(A, "p1", 10),
        _attempt(A, "p2", None, wrong=True),
        _attempt(A, "p1", 10, domain="e"),
        _attempt(B, "p1", 10),
    ]
    assert _standings(Scoreboard(attempts))[A, "coverage"].total == 2
    board = Scoreboard(attempts, official=True)
    assert _standings(board)[A, "coverage"].total == 1
    assert _standings(board)[B, "coverage"].total == 1
    assert board.disqualified == ()
    worse = [*attempts, _attempt(A, "p2", None, domain="e", wrong=True)]
    assert Scoreboard(worse, official=True).disqualified == (A,)


def test_a_claim_to_the_cheapest_plan_that_is_undercut_voids_the_optimal_track():
    attempts = [
        _attempt(A, "p1", 12, optimal=True),
        _attempt(A, "p2", 5, optimal=True),
        _attempt(B, "p1", 10),
    ]
    assert _standings(Scoreboard(attempts))[A, "ipc-optimal"].total == 1
    official = _standings(Scoreboard(attempts, official=True))
    assert official[A, "ipc-optimal"].total == 0
    assert official[A, "coverage"].total == 2


def test_two_configurations_are_compared_on_what_both_have():
    found = {c.score: c for c in Scoreboard(TABLE).compare(A, B)}
    satisficing = found["ipc-satisficing"]
    assert (satisficing.tasks, satisficing.better, satisficing.worse) == (4, 1, 2)
    assert satisficing.difference == pytest.approx((0 - 0.5 - 1 + 1) / 4)
    cost = found["cost"]
    assert (cost.tasks, cost.better, cost.worse, cost.difference) == (2, 0, 1, 5)
    par2 = found["par2"]
    # Less is better: 1 to 10, 1 to 50, 200 to 100, 0.5 to 200.
    assert (par2.better, par2.worse, par2.sign_p) == (3, 1, 2 * 5 / 16)
    # The fall of 100 has rank 3 of 4: sums up to 3 are those of {}, {1}, {2}, {3}, {1, 2}.
    assert par2.signed_rank_p == 2 * 5 / 16
    back = {c.score: c for c in Scoreboard(TABLE).compare(B, A)}
    assert back["par2"].difference == -par2.difference
    assert (back["par2"].better, back["par2"].worse) == (1, 3)


def test_a_clear_difference_is_found_and_chance_is_not():
    steps = (Improvement(1, 10),)
    clear = [_attempt(A, f"p{i}", 10, 1.0, improvements=steps) for i in range(20)]
    clear += [_attempt(B, f"p{i}", 11 + i % 3, 1.0) for i in range(20)]
    cost = {c.score: c for c in Scoreboard(clear).compare(A, B)}["cost"]
    assert cost.sign_p < 1e-5
    assert cost.signed_rank_p < 1e-4
    assert cost.interval.high < 0
    par2 = {c.score: c for c in Scoreboard(clear).compare(A, B)}["par2"]
    assert (par2.better, par2.worse, par2.sign_p, par2.signed_rank_p) == (0, 0, 1.0, 1.0)


def test_an_unknown_configuration_is_named_with_those_there_are():
    with pytest.raises(InputError, match="did you mean `fast`"):
        Scoreboard(TABLE).compare("fst", B)


def test_nothing_attempted_is_nothing_scored():
    board = Scoreboard([])
    assert (board.standings(), board.configurations, board.disqualified) == ((), (), ())


def test_a_configuration_that_solves_nothing_has_a_quality_over_time_of_0():
    solved = Attempt("d", "p1", A, 30.0, cost=3, wall_seconds=15.0)
    failed = Attempt("d", "p1", B, 30.0, wall_seconds=30.0)
    board = Scoreboard([solved, failed])
    totals = {(s.configuration, s.score): s.total for s in board.standings()}
    assert totals[A, "quality-over-time"] == 0.5
    assert totals[B, "quality-over-time"] == 0
    assert "quality-over-time" in {each.score for each in board.compare(A, B)}


def test_limits_that_differ_by_little_are_not_taken_for_the_same():
    key = Key("h", "race", 1000.001, 100, "e", "c")
    row = Result(key, "d", "p", "", "", Outcome.SOLVED, cost=3, configuration="race")
    rows = [row, replace(row, key=replace(key, time_limit=1000.002))]
    assert len({each.configuration for each in attempts_of(rows)}) == 2
