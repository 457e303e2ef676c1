"""The values of a report: who leads, how sure that is, what went wrong, what to beware of."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from bench_reports_rows import key, result, runs

from goalsmith.benchmarks.reports import assemble, assembly, curves
from goalsmith.benchmarks.reports.curves import quality_curve, solved_curve
from goalsmith.benchmarks.reports.score_tables import by_domain, comparison, over_time, summary
from goalsmith.benchmarks.reports.significance import holm
from goalsmith.benchmarks.reports.values import ReportData
from goalsmith.benchmarks.reports.wording import answer, p_text, signed, winner
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.results.results import Results
from goalsmith.benchmarks.scores import Attempt, Improvement, Known
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome


def solved(problem: str, configuration: str, cost: float = 10, **given: object) -> Result:
    fields = {"plan_length": int(cost), "wall_seconds": 1.0, "cpu_seconds": 1.0, **given}
    return result("blocks", problem, configuration, cost=cost, **fields)


def failed(problem: str, configuration: str, outcome: Outcome = Outcome.OUT_OF_TIME) -> Result:
    return result("blocks", problem, configuration, outcome, wall_seconds=30.0, evidence="limit")


def report_of(*rows: Result, **how: object) -> ReportData:
    return assemble(Results(tuple(rows)), **how)  # type: ignore[arg-type]


def texts(report: ReportData) -> dict[str, str]:
    return {each.about: each.text for each in answer(report)}


# Who leads, and how sure that is


def test_the_leader_comes_first_and_is_compared_with_each_of_the_others() -> None:
    report = report_of(
        *(failed(f"p{i}", "weak") for i in range(4)),
        *(solved(f"p{i}", "dear", 20) for i in range(4)),
        *(solved(f"p{i}", "cheap", 10) for i in range(4)),
    )
    assert report.configurations == ("cheap", "dear", "weak")
    pairs = [(p[0].comparison.first, p[0].comparison.second) for p in report.pairs]
    assert pairs == [("cheap", "dear"), ("cheap", "weak")]
    assert report.only == ((0, 0, 4), (0, 0, 4), (0, 0, 0))


def test_the_two_asked_for_come_first_and_are_the_only_pair() -> None:
    rows = [solved("p1", name) for name in ("one", "two", "three")]
    report = report_of(*rows, compare=("three", "one"))
    assert report.configurations == ("three", "one", "two")
    assert len(report.pairs) == 1


@pytest.mark.parametrize(
    ("pair", "said"),
    [(("one", "twoo"), "did you mean"), (("one", "one"), "cannot be compared with itself")],
)
def test_a_pair_that_cannot_be_compared_is_refused(pair: tuple[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        report_of(solved("p1", "one"), solved("p1", "two"), compare=pair)


def test_configurations_without_a_task_in_common_are_not_compared() -> None:
    rows = [solved("p1", "one"), solved("p2", "two"), solved("p1", "three")]
    report = report_of(*rows)
    pairs = [(p[0].comparison.first, p[0].comparison.second) for p in report.pairs]
    assert pairs == [("one", "three")]
    assert report_of(*rows[:2]).pairs == ()
    with pytest.raises(InputError, match="no task in common"):
        report_of(*rows, compare=("one", "two"))


@pytest.mark.parametrize(
    "given",
    [{"cost": float("inf")}, {"wall_seconds": float("nan")}, {"lower_bound": float("-inf")}],
)
def test_figures_that_cannot_be_are_refused(given: dict[str, float]) -> None:
    row = replace(solved("p1", "one"), **given)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="one for blocks/p1 has a figure that is not finite"):
        report_of(row)


def test_no_results_make_no_report() -> None:
    with pytest.raises(InputError, match="no results"):
        report_of()


def test_a_clear_difference_is_called_significant_and_a_small_one_chance() -> None:
    clear = [solved(f"p{i}", "good") for i in range(10)] + [
        failed(f"p{i}", "bad") for i in range(10)
    ]
    said = texts(report_of(*clear))["Coverage"]
    # Ten of ten: the sign test gives 2/2^10.
    assert said.startswith("good solves 10 more than bad (100.0 percentage points")
    assert "significant (p = 0.002)" in said
    unclear = [*(solved(f"p{i}", "good") for i in range(10)), failed("p0", "bad")]
    unclear += [solved(f"p{i}", "bad") for i in range(1, 10)]
    assert "may be chance (p = 1.000)" in texts(report_of(*unclear))["Coverage"]


def test_adjusted_p_values_are_those_of_holm_by_hand() -> None:
    # The example of three: 0.01·3, 0.03·2, and 0.04·1 which may not be below the one before.
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_more_pairs_make_the_same_difference_less_sure() -> None:
    two = [solved(f"p{i}", "good") for i in range(7)] + [failed(f"p{i}", "bad") for i in range(7)]
    three = [*two, *(failed(f"p{i}", "worse") for i in range(7))]
    alone, among = (report_of(*rows).pairs[0][0] for rows in (two, three))
    assert among.p == alone.p == alone.adjusted == pytest.approx(2 / 2**7)
    assert among.adjusted == pytest.approx(2 * alone.p)


def test_equal_values_give_no_winner_and_opposed_mean_and_counts_are_mixed() -> None:
    rows = [solved(f"p{i}", "a", 10) for i in range(3)]
    costs = {name: dict.fromkeys(range(3), 10) for name in "ab"}
    assert {
        winner(d) for d in report_of(*rows, *(replace_name(r, "b") for r in rows)).pairs[0]
    } == {"equal"}
    costs["b"] = {0: 9, 1: 9, 2: 40}
    report = report_of(*rows, *(solved(f"p{i}", "b", c) for i, c in costs["b"].items()))
    by_cost = next(d for d in report.pairs[0] if d.comparison.score == "cost")
    assert winner(by_cost) == "mixed"


def replace_name(row: Result, name: str) -> Result:
    task = f"{row.domain}/{row.problem}"
    return replace(row, key=key(task, name), configuration=name)


def test_costs_are_summed_up_over_the_tasks_that_all_have_solved() -> None:
    report = report_of(
        *(solved("p1", "one", 10), solved("p2", "one", 1000)),
        *(solved("p1", "two", 20), failed("p2", "two")),
    )
    means = {s.configuration: (s.mean, s.tasks) for s in report.standings if s.score == "cost"}
    assert means == {"one": (10.0, 1), "two": (20.0, 1)}
    row = next(row for row in summary(report).rows if row[0].text == "plan cost")
    assert [cell.strong for cell in row[1:]] == [True, False]


def test_a_domain_has_sums_and_is_marked_where_the_difference_is_significant() -> None:
    rows = [
        result(d, f"p{i}", c, cost=5)
        if c == "a" or d == "even"
        else result(d, f"p{i}", c, Outcome.OUT_OF_TIME)
        for d in ("even", "steep")
        for i in range(12)
        for c in "ab"
    ]
    report = report_of(*rows)
    table = by_domain(report, report.domains[0])
    cells = [[cell.text + cell.mark for cell in row] for row in table.rows]
    assert cells == [
        ["even", "12", "12", "12", "0 : 0"],
        # 2 · 2/2^12, twice for two domains.
        ["steep", "12", "12", "0", "12 : 0***"],
        ["all domains", "24", "24", "12", "12 : 0"],
    ]
    assert "in 1 of 2 domains, significantly in steep; b in 0" in texts(report)["Where"]


def test_more_configurations_than_are_named_are_left_to_the_summary() -> None:
    names = [f"c{number}" for number in range(9)]
    rows = [solved(f"p{i}", name) for i in range(3) for name in names[2:]]
    rows += [failed(f"p{i}", name) for i in range(3) for name in names[:2]]
    # The pair in question comes first, and others solve more.
    said = texts(report_of(*rows, compare=("c0", "c1")))["Solved"]
    assert said.startswith("c0 solves 0 of 3 tasks")
    assert said.endswith("; of 3 more the summary tells.")


def test_a_leader_that_solves_fewer_of_the_shared_tasks_is_not_called_better() -> None:
    # Most tasks were tried by the leader alone.
    rows = [solved(f"own{i}", "leader") for i in range(50)]
    for i in range(20):
        rows += [failed(f"p{i}", "leader"), solved(f"p{i}", "other"), solved(f"p{i}", "third")]
    rows.append(solved("p20", "third"))
    report = report_of(*rows)
    assert report.configurations[0] == "leader"
    said = texts(report)["Others"]
    assert said == "leader solves significantly fewer tasks than third and other."


# Over time


def attempt(problem: str, **given: object) -> Attempt:
    return Attempt("blocks", problem, "one", 30.0, **given)  # type: ignore[arg-type]


def test_the_cactus_curve_is_a_staircase_by_hand() -> None:
    attempts = [
        attempt("p1", cost=1, wall_seconds=2.0, cpu_seconds=1.5),
        attempt("p2", cost=1, wall_seconds=8.0, cpu_seconds=7.0),
        attempt("p3", wall_seconds=30.0),
    ]
    assert solved_curve(attempts, "wall").points == ((2.0, 1.0), (8.0, 2.0), (30.0, 2.0))
    curve = solved_curve(attempts, "cpu")
    assert curve.points == ((1.5, 1.0), (7.0, 2.0), (30.0, 2.0))
    assert [curve.at(seconds) for seconds in (1.0, 1.5, 6.9, 100.0)] == [0.0, 1.0, 1.0, 2.0]


def test_of_several_tries_each_counts_a_part() -> None:
    tries = [
        attempt("p1", cost=1, wall_seconds=2.0, seed=0),
        attempt("p1", cost=1, wall_seconds=4.0, seed=1),
    ]
    assert solved_curve(tries, "wall").points == ((2.0, 0.5), (4.0, 1.0), (30.0, 1.0))


def test_an_anytime_run_has_solved_its_task_with_its_first_plan() -> None:
    plans = (Improvement(3.0, 20), Improvement(12.0, 10))
    attempts = [attempt("p1", cost=10, wall_seconds=30.0, cpu_seconds=29.0, improvements=plans)]
    assert curves.clock_of(attempts) == "wall"
    assert solved_curve(attempts, "wall").points == ((3.0, 1.0), (30.0, 1.0))
    known = {("blocks", "p1"): Known(best=10)}
    assert quality_curve(attempts, known).points == ((3.0, 0.5), (12.0, 1.0), (30.0, 1.0))


def test_the_clock_is_the_processors_only_if_every_solved_run_says_it() -> None:
    says = attempt("p1", cost=1, cpu_seconds=1.0, wall_seconds=1.0)
    silent = attempt("p2", cost=1, wall_seconds=1.0)
    assert curves.clock_of([says, attempt("p2")]) == "cpu"
    assert curves.clock_of([says, silent]) == "wall"


def test_long_curves_are_drawn_thinned_and_keep_their_ends() -> None:
    count = 10 * curves.MOST_POINTS
    attempts = [attempt(f"p{i}", cost=1, wall_seconds=(i + 1) / 1000) for i in range(count)]
    whole = solved_curve(attempts, "wall")
    assert len(whole.points) == count + 1
    points = curves.thinned(whole).points
    assert len(points) == curves.MOST_POINTS
    assert points[0] == (0.001, 1.0)
    assert points[-1] == (30.0, pytest.approx(count))
    assert [y for _, y in points] == sorted(y for _, y in points)
    short = solved_curve(attempts[: curves.MOST_POINTS - 1], "wall")
    assert curves.thinned(short) == short


def test_a_table_counts_every_task_however_many_there_are() -> None:
    times = [(i + 1) / 997 for i in range(1_500)]
    report = report_of(
        *(
            solved(f"p{i}", "one", wall_seconds=seconds, cpu_seconds=seconds)
            for i, seconds in enumerate(times)
        )
    )
    (row,) = over_time(report, "solved").rows
    counts = [sum(each <= limit for each in times) for limit in (0.1, 1.0, 10.0, 30.0)]
    assert counts == [99, 997, 1_500, 1_500]
    assert [cell.text for cell in row] == ["one", *(f"{count:,}" for count in counts)]


def test_the_times_of_a_table_end_with_the_limit() -> None:
    report = report_of(solved("p1", "one", wall_seconds=2.0, cpu_seconds=2.0), failed("p2", "one"))
    table = over_time(report, "solved")
    assert [c.title for c in table.columns] == ["", "0.1 s", "1 s", "10 s", "30 s"]
    assert [cell.text for cell in table.rows[0]] == ["one", "0", "0", "1", "1"]


# Task by task


def test_points_are_means_over_the_tries_that_solved_a_task() -> None:
    rows = [
        solved("p1", "one", cost, seed=i, expansions=e)
        for i, (cost, e) in enumerate([(10, 5), (20, 7)])
    ]
    report = report_of(*rows, failed("p2", "one"))
    assert report.scatter.tasks == (("blocks", "p1"), ("blocks", "p2"))
    assert report.scatter.costs == ((15.0, None),)
    assert report.scatter.expansions == ((6.0, None),)


def test_of_very_many_tasks_some_are_drawn_and_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(assembly, "MOST_DRAWN", 10)
    report = report_of(*(solved(f"p{i:02}", "one") for i in range(25)))
    assert (len(report.scatter.tasks), report.scatter.of) == (9, 25)
    assert report.scatter.tasks[1] == ("blocks", "p03")


# What went wrong


def test_crashes_that_differ_in_numbers_are_one_trouble_with_the_first_log() -> None:
    rows = [
        result(
            "blocks", f"p{i}", "one", Outcome.ENGINE_FAILED, evidence=f"died after {i}.5 s", log=log
        )
        for i, log in enumerate([None, "core dumped", "other"])
    ]
    report = report_of(*rows, solved("p9", "one"))
    [trouble] = report.troubles
    assert (trouble.kind, trouble.runs, trouble.log) == ("engine-failed", 3, "core dumped")
    assert trouble.reason == "died after 0.5 s"
    assert trouble.tasks == (("blocks", "p0"), ("blocks", "p1"), ("blocks", "p2"))
    assert [(e.outcome, e.explained) for e in report.endings] == [
        (Outcome.ENGINE_FAILED, False),
        (Outcome.SOLVED, True),
    ]
    assert "3 of 4 runs" in texts(report)["Errors"]


def test_expected_endings_are_no_troubles() -> None:
    endings = (
        Outcome.OUT_OF_TIME,
        Outcome.OUT_OF_MEMORY,
        Outcome.NO_PLAN_FOUND,
        Outcome.UNSOLVABLE,
    )
    report = report_of(*(failed(f"p{i}", "one", each) for i, each in enumerate(endings)))
    assert report.troubles == ()
    assert texts(report)["Errors"].startswith("None")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (failed("p1", "liar", Outcome.UNSOLVABLE), "said to be unsolvable"),
        (solved("p1", "liar", 12, optimal=True), "cost 12 said to be optimal"),
        (solved("p1", "liar", 12, lower_bound=11.5), "no plan said to cost less than 11.5"),
        (failed("p1", "liar", Outcome.INVALID_PLAN), "limit"),
    ],
)
def test_answers_that_another_plan_refutes_are_wrong_and_come_first(
    wrong: Result, said: str
) -> None:
    crashes = [failed(f"p{i}", "crash", Outcome.ENGINE_FAILED) for i in range(3)]
    report = report_of(*crashes, solved("p1", "honest", 10, optimal=True, lower_bound=10), wrong)
    first, second = report.troubles
    assert (first.kind, first.configuration) == ("wrong answer", "liar")
    assert said in first.reason
    assert second.runs == 3
    assert "1 of them with wrong answers" in texts(report)["Errors"]


def test_references_that_are_of_other_tasks_are_noted() -> None:
    rows = solved("p1", "one"), solved("p2", "one")
    assert report_of(*rows, references={("blocks", "p1"): 9, ("blocks", "p2"): 9}).notes == ()
    (some,) = report_of(*rows, references={("blocks", "p1"): 9}).notes
    assert "known of 1 of 2 tasks" in some
    (none,) = report_of(*rows, references={("Blocks", "p1.pddl"): 9}).notes
    assert "of tasks such as Blocks/p1.pddl, and here is blocks/p1" in none


def test_runs_say_the_scores_that_the_official_rules_leave() -> None:
    rows = [
        solved("p1", "one"),
        failed("p2", "one", Outcome.INVALID_PLAN),
        result("gripper", "p1", "one", cost=10, plan_length=10, wall_seconds=1.0),
    ]
    for official in (False, True):
        report = report_of(*rows, official=official)
        scores = [row.scores[0] for row in report.rows]
        assert scores == ([0.0, 0.0, 1.0] if official else [1.0, 0.0, 1.0])
        (total,) = (s.total for s in report.standings if s.score == "ipc-satisficing")
        assert sum(scores) == total


def test_a_reference_that_is_cheaper_refutes_a_claim_as_well() -> None:
    row = solved("p1", "one", 12, optimal=True)
    assert report_of(row).troubles == ()
    assert report_of(row, references={("blocks", "p1"): 11}).troubles[0].kind == "wrong answer"


# What to be careful about


def test_notes_say_what_makes_figures_less_comparable() -> None:
    changed = replace(solved("p3", "two"), key=replace(key("blocks/p3", "two"), task_hash="other"))
    silent = solved("p2", "one", cpu_seconds=None)
    twice = [solved("p1", "two", seed=seed) for seed in (0, 1)]
    report = report_of(*(solved("p1", "one"), silent, solved("p3", "one")), *twice, changed)
    assert len(report.notes) == 4
    sets, hashes, tries, clock = report.notes
    assert "not every" in sets.lower()
    assert "two (2)" in sets
    assert "1 task does not have the same files in all runs: blocks/p3" in hashes
    assert "one (1) and two (1 to 2)" in tries
    assert "clock on the wall" in clock


def test_equal_conditions_need_no_notes() -> None:
    assert report_of(solved("p1", "one"), solved("p1", "two")).notes == ()


def test_disqualified_configurations_are_named_by_the_official_rules() -> None:
    rows = [result(d, "p1", "liar", Outcome.INVALID_PLAN) for d in ("blocks", "gripper")]
    report = report_of(*rows, solved("p1", "one"), official=True)
    assert any("liar would be disqualified" in note for note in report.notes)


# As a whole


def test_two_thousand_runs_are_told_in_full_and_always_the_same() -> None:
    rows = runs(800)
    report = report_of(*rows)
    assert len(report.rows) == 800
    assert report.configurations[0] == "race"
    shuffled = rows[:]
    random.Random(3).shuffle(shuffled)
    again = report_of(*shuffled)
    assert {(s.configuration, s.score): s.tasks for s in report.standings} == {
        (s.configuration, s.score): s.tasks for s in again.standings
    }
    assert answer(report)[1] == answer(again)[1]
    for pair in report.pairs:
        assert len(comparison(pair).rows) == len(pair)


def test_figures_are_said_with_their_sign_and_size() -> None:
    assert signed("coverage", -0.25) == "−0.250"
    assert signed("par2", 1234.5) == "+1,234.50"
    assert (p_text(0.0004), p_text(0.0213)) == ("< 0.001", "0.021")
