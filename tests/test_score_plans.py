from dataclasses import replace

import pytest

from goalsmith.benchmarks import find_tasks
from goalsmith.benchmarks.plan_scores import (
    PlanScorer,
    Verdict,
    against_references,
    find_plans,
    scoring,
    sum_up,
)
from goalsmith.benchmarks.plan_scores.summary import LONGEST_REASON, fields, table
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import ENGINES, Limits
from goalsmith.solve.answer import Answer

LAMPS = """(define (domain lamps) (:requirements :strips :action-costs)
  (:predicates (lit ?x) (fuse) (broken))
  (:functions (total-cost))
  (:action light :parameters (?x) :precondition (fuse)
    :effect (and (lit ?x) (increase (total-cost) 1)))
  (:action douse :parameters (?x) :precondition (lit ?x)
    :effect (and (not (lit ?x)) (increase (total-cost) 2)))
  (:action smash :parameters () :precondition (fuse)
    :effect (and (not (fuse)) (broken) (increase (total-cost) 5))))
"""
PROBLEM = """(define (problem {name}) (:domain lamps) (:objects a b c) (:init (fuse))
  (:goal (and {goal})) (:metric minimize (total-cost)))
"""
TWO = "(light a)\n(light b)\n"


class Lighter:
    """An engine that lights what is asked for, or says that it is out of time."""

    name = "lighter"
    asked = 0

    def missing(self):
        return ""

    def answer(self, task, limits, quality, cancel, on_plan=None):
        Lighter.asked += 1
        if any(atom.predicate == "broken" for atom in task.problem.init):
            return Answer(Outcome.OUT_OF_TIME, "too dark to see")
        goals = task.problem.goal.parts
        return Answer(Outcome.SOLVED, "lit", "\n".join(f"(light {g.args[0]})" for g in goals))


@pytest.fixture
def suite(tmp_path):
    for domain in ("lamps", "lanterns"):
        folder = tmp_path / "suite" / domain
        folder.mkdir(parents=True)
        (folder / "domain.pddl").write_text(LAMPS, encoding="utf-8")
        for name, goal in (("p01", "(lit a) (lit b)"), ("p02", "(lit c)")):
            text = PROBLEM.format(name=name, goal=goal)
            (folder / f"{name}.pddl").write_text(text, encoding="utf-8")
    text = PROBLEM.format(name="p03", goal="(lit a)")
    (tmp_path / "suite" / "lamps" / "p03.pddl").write_text(text, encoding="utf-8")
    return tmp_path / "suite"


@pytest.fixture
def score(suite, tmp_path, monkeypatch):
    """The score of a plan for lamps/p01."""
    monkeypatch.setitem(ENGINES, "lighter", Lighter())
    scorer = PlanScorer(engine="lighter", limits=Limits(seconds=5))

    def of(text, name="lamps/p01.plan"):
        path = tmp_path / "plans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        (found,) = find_plans([path], find_tasks([suite]))
        return scorer.score(found)

    return of


# Matching


@pytest.mark.parametrize(
    ("path", "task"),
    [
        ("lamps/p01.plan", ("lamps", "p01")),
        ("LAMPS/P01.Plan", ("lamps", "p01")),
        ("lanterns/p01", ("lanterns", "p01")),
        ("lanterns/p01.pddl.soln", ("lanterns", "p01")),
        ("lanterns/model/p01.2.txt", ("lanterns", "p01")),
        ("lamps/p02/sas_plan.1", ("lamps", "p02")),
        ("lamps_p02.plan", ("lamps", "p02")),
        ("lanterns-p02/sas_plan", ("lanterns", "p02")),
        ("lamps/lanterns/p01.plan", ("lanterns", "p01")),
        ("p03.plan", ("lamps", "p03")),
        ("lamps/p03/p01.plan", ("lamps", "p01")),
    ],
)
def test_a_path_tells_which_task_a_plan_is_for(suite, tmp_path, path, task):
    (found,) = find_plans([tmp_path / "of-mine" / path], find_tasks([suite]))
    assert (found.task.domain_name, found.task.name) == task


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("p01.plan", "may mean lamps/p01 or lanterns/p01: put the domain in it"),
        ("lamps/p7.plan", "names no problem of the suite"),
        ("lamps/p03x.plan", "names no problem of the suite"),
    ],
)
def test_a_path_that_does_not_tell_is_found_with_the_reason(suite, tmp_path, path, reason):
    (found,) = find_plans([tmp_path / "of-mine" / path], find_tasks([suite]))
    assert found.task is None
    assert reason in found.reason


def test_equally_named_domains_are_told_apart_by_the_folders_above(tmp_path):
    for above in ("easy", "hard"):
        folder = tmp_path / "suite" / above / "lamps"
        folder.mkdir(parents=True)
        (folder / "domain.pddl").write_text(LAMPS, encoding="utf-8")
        (folder / "p1.pddl").write_text("", encoding="utf-8")
    tasks = find_tasks([tmp_path / "suite"])
    (found,) = find_plans([tmp_path / "plans" / "hard" / "lamps" / "p1.plan"], tasks)
    assert found.task.domain_name == "hard/lamps"
    (unclear,) = find_plans([tmp_path / "plans" / "lamps" / "p1.plan"], tasks)
    assert unclear.task is None


def test_folders_are_searched_for_plans_beside_the_suite_itself(suite):
    for name in ("lamps/p02.plan", "lamps/p01.plan", "lamps/.hidden", "lanterns/more/p01.plan"):
        (suite / name).parent.mkdir(exist_ok=True)
        (suite / name).write_text("", encoding="utf-8")
    found = find_plans([suite, suite / "lamps" / "p01.plan"], find_tasks([suite]))
    names = [each.path.relative_to(suite).as_posix() for each in found]
    assert names == ["lamps/p01.plan", "lamps/p02.plan", "lanterns/more/p01.plan"]


def test_a_folder_without_plans_is_refused(suite, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no plans in"):
        find_plans([tmp_path / "empty"], find_tasks([suite]))


# Scoring


def test_a_valid_plan_has_a_cost_stages_and_needless_steps(score):
    row = score("; by hand\n(light c)\n(light a)\n(douse c)\n(light b)\n")
    assert (row.verdict, row.length, row.cost) == (Verdict.VALID, 4, 5)
    assert (row.needless, row.needless_share) == (2, 0.5)
    assert row.makespan == 2  # all lights at once, then the dousing
    assert (row.prefix, row.to_goal, row.score) == (None, None, None)


def test_an_invalid_plan_says_where_it_breaks_and_how_far_the_goal_is_from_there(score):
    row = score("(light c)\n(light a)\n(douse b)\n(light b)\n")
    assert row.verdict is Verdict.INVALID
    assert row.reason.startswith("step 3 (douse b) cannot be carried out: (lit b) does not hold")
    # From there a and b are lit by the engine's plan, and a is lit already.
    assert (row.prefix, row.to_goal, row.cost, row.score) == (2, 1, None, 0.0)


def test_a_plan_that_ends_before_the_goal_is_carried_out_whole(score):
    row = score("(light a)\n")
    assert (row.verdict, row.prefix, row.to_goal) == (Verdict.INVALID, 1, 1)
    assert "the goal does not hold at the end" in row.reason


def test_a_plan_after_which_the_goal_is_lost_says_so(score):
    row = score("(smash)\n(light a)\n")
    assert (row.prefix, row.to_goal) == (1, None)
    assert row.remark == "out-of-time: too dark to see"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(light a)\nSure! Here is more:\n", "line 2: this line is not a step"),
        ("(ligt a)\n", "line 1: unknown action `ligt` (did you mean `light`?)"),
        ("(light z)\n(light a b)\n", "; and 1 more"),
    ],
)
def test_what_is_no_plan_is_a_row_with_the_reason(score, text, reason):
    row = score(text)
    assert (row.verdict, row.score, row.length) == (Verdict.UNREADABLE, 0.0, None)
    assert reason in row.reason
    assert "\n" not in row.reason


def test_missing_files_and_broken_tasks_are_rows_too(suite, tmp_path):
    (suite / "lamps" / "p02.pddl").write_text("(define (problem", encoding="utf-8")
    places = [tmp_path / "x" / "lamps" / name for name in ("p01.plan", "p02.plan", "p9.plan")]
    rows = [PlanScorer().score(each) for each in find_plans(places, find_tasks([suite]))]
    assert [row.verdict for row in rows] == [Verdict.UNREADABLE, Verdict.NO_TASK, Verdict.NO_TASK]
    assert "there is no file" in rows[0].reason
    assert rows[1].reason.startswith("its task: line 1:")
    assert [row.score for row in rows] == [0.0, None, None]


def test_plans_are_compared_with_each_other_and_with_references(score):
    rows = [
        score(TWO, "one/lamps/p01.plan"),
        score(TWO + "(light c)\n(light c)\n", "two/lamps/p01.plan"),
        score("(light b)\n", "three/lamps/p01.plan"),
    ]
    assert [row.score for row in against_references(rows)] == [1.0, 0.5, 0.0]
    task = ("lamps", "p01")
    assert [r.score for r in against_references(rows, {task: 1.0})] == [0.5, 0.25, 0.0]
    assert [r.score for r in against_references(rows, {task: 4.0})] == [1.0, 0.5, 0.0]
    official = against_references(rows, {task: 4.0}, official=True)
    assert [row.score for row in official] == [2.0, 1.0, 0.0]
    assert [row.reference for row in against_references(rows, found={task: 1})] == [1.0] * 3
    summary = sum_up(against_references(rows))
    assert (summary.plans, summary.valid, summary.invalid) == (3, 2, 1)
    assert (summary.score, summary.mean_score) == (1.5, 0.5)


def test_the_bound_of_a_task_is_looked_for_once_and_gives_the_gap(score, suite, tmp_path):
    scorer = PlanScorer(limits=Limits(seconds=20), prove=True)
    for name in ("one", "two"):
        path = tmp_path / "plans" / name / "lamps" / "p01.plan"
        path.parent.mkdir(parents=True)
        path.write_text(TWO + "(light c)\n(light c)\n", encoding="utf-8")
    files = find_plans([tmp_path / "plans"], find_tasks([suite]))
    rows = against_references([scorer.score(file) for file in files], {}, scorer.costs_found)
    assert [(row.bound, row.gap, row.score) for row in rows] == [(2, 0.5, 0.5)] * 2
    assert len(scorer.costs_found) == 1


def test_where_time_ran_out_it_is_said_that_more_steps_may_be_needless(score, monkeypatch):
    assert score("(light c)\n" + TWO).remark == ""
    monkeypatch.setattr(scoring, "NEEDLESS_SECONDS", -1.0)
    row = score("(light c)\n" + TWO)
    assert (row.verdict, row.needless) == (Verdict.VALID, 0)
    assert "there may be more" in row.remark
    assert fields(row)["remark"] == row.remark


def test_a_table_does_not_have_the_whole_of_a_long_reason(score):
    row = replace(score(TWO), reason="too long " * 100)
    cells = list(table([row]).columns[-1].cells)
    assert len(str(cells[0])) == LONGEST_REASON + 1
    assert str(cells[0]).endswith("…")
