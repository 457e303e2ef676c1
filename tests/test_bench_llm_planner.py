"""Models that plan directly: asked in three ways, read within bounds, scored, kept, summed up."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from golden_files import parts_of
from lamps import DOMAIN, WORDING, lamps_suite, problem
from rich.console import Console

from goalsmith.benchmarks import find_tasks
from goalsmith.benchmarks.direct import (
    Came,
    Examples,
    Fault,
    Planner,
    Results,
    Row,
    Run,
    Setup,
    Way,
    read_answer,
    run,
    sum_up,
    task_messages,
)
from goalsmith.benchmarks.direct.answers import MAX_ANSWER, MAX_STEPS
from goalsmith.benchmarks.direct.prompts import length
from goalsmith.benchmarks.direct.summary import ratio, share_interval
from goalsmith.benchmarks.direct.tables import tables
from goalsmith.domains.errors import InputError, ModelBusyError, ModelError, ModelRefusedError
from goalsmith.domains.language import Task
from goalsmith.domains.reader import read_domain, read_problem
from goalsmith.domains.wording import read_wording
from goalsmith.solve import Limits
from goalsmith.translate.models.ledger import Prices
from goalsmith.translate.models.model import Reply, Request

GOLDEN = Path(__file__).parent / "golden_llm_planner"

LIT = "```\n(plug a)\n(light a)\n```"


def lamps(names: str) -> Task:
    domain = read_domain(DOMAIN)
    return Task(domain, read_problem(problem(names), domain))


class Told:
    """A model that answers by what it is told; each call takes 100 tokens and gives 10."""

    constrains = False

    def __init__(self, answer: str | Callable[[Request], str]) -> None:
        self.asked: list[Request] = []
        self._answer = answer

    def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        text = self._answer if isinstance(self._answer, str) else self._answer(request)
        return Reply(text, "told", 100, 10)


def where(request: Request) -> str:
    """Which problem a request is about, in which way, and in which round."""
    asked = request.messages[1].content
    name = re.findall(r"\(define \(problem (\w+)\)", asked)[-1]
    number = sum(m.role == "assistant" for m in request.messages) + 1
    way = "feedback" if number > 1 else "one_shot" if "as an example" in asked else "zero_shot"
    return f"{name}_{way}_{number}"


def ran(
    place: Path,
    model: object,
    setup: Setup | None = None,
    results: Path | None = None,
    **other: object,
) -> Run:
    suite = find_tasks([place])
    ticks = count()
    kept = Results(results) if results else None
    try:
        return run(
            suite,
            model,
            setup or Setup("told"),
            suite=suite,
            results=kept,
            clock=lambda: next(ticks) / 4,
            **other,
        )
    finally:
        if kept:
            kept.close()


def came(done: Run) -> dict[tuple[str, Way], Came]:
    return {(row.problem, row.way): row.came for row in done.rows}


# What is read


def golden_answers():
    _, *cases = re.split(
        r"^=== (.*)\n", (GOLDEN / "answers.txt").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    for title, text in zip(cases[::2], cases[1::2], strict=True):
        answer, verdict, expected = re.split(r"^--- (\S+)\n", text, flags=re.MULTILINE)
        yield pytest.param(answer, verdict, expected.strip(), id=title)


@pytest.mark.parametrize(("answer", "verdict", "expected"), list(golden_answers()))
def test_an_answer_is_read_as_a_plan_or_is_an_outcome(answer, verdict, expected):
    found = read_answer(answer, lamps("abc"))
    if verdict == "read":
        assert str(found) == expected
    else:
        assert isinstance(found, Fault)
        assert (found.came, "\n".join(found.said)) == (verdict, expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", Came.NO_PLAN),
        ("\0\x1b[2J\u2028", Came.NO_PLAN),
        ("(" * 50_000, Came.NO_PLAN),
        ("```\n~~~~\n" * 10_000, Came.NO_PLAN),
        ("1" * 99_000, Came.NO_PLAN),
        ("(plug " + "a " * 40_000 + ")", Came.UNKNOWN_STEP),
        ("x" * (MAX_ANSWER + 1), Came.TOO_LONG),
        ("(plug a)\n" * (MAX_STEPS + 1), Came.TOO_LONG),
    ],
)
def test_no_answer_is_more_than_an_outcome_with_a_short_reason(answer, expected):
    found = read_answer(answer, lamps("a"))
    assert isinstance(found, Fault)
    assert found.came is expected
    assert len(str(found)) < 1000
    assert str(found).isprintable()


def test_the_longest_plan_that_is_read_has_as_many_steps_as_allowed():
    assert len(read_answer("(plug a)\n" * MAX_STEPS, lamps("a"))) == MAX_STEPS


# What is asked


def test_a_task_is_told_in_pddl_without_the_comments_of_its_files():
    domain = read_domain(DOMAIN.replace("(:action plug", "; (plug a) is best\n(:action plug"))
    task = Task(domain, read_problem(problem("ab"), domain))
    asked = task_messages(task)[1].content
    assert "is best" not in asked
    assert (
        read_domain(asked[asked.index("(define (domain") : asked.index("The problem:")]) == domain
    )
    assert read_problem(asked[asked.index("(define (problem") :], domain) == task.problem


def test_a_task_is_told_in_english_with_every_rule_and_fact():
    letters = "abcdefghijklmnopqrstuvwxyz"
    some = letters[:14]
    plugged = " ".join(f"(plugged {name})" for name in some)
    domain = read_domain(DOMAIN)
    given = read_problem(problem(letters).replace("(:init", f"(:init {plugged}"), domain)
    asked = task_messages(Task(domain, given), None, read_wording(WORDING, domain))[1].content
    assert "(define" not in asked
    assert "- (light X)\n  can be done when: X is plugged in\n  afterwards: X shines" in asked
    there, first = asked.split("At first, and nothing else:\n")
    facts, goal = first.split("The goal:\n")
    assert all(re.search(rf"\b{name}\b", there) for name in letters)
    assert re.findall(r"\b[a-z]\b", facts) == list(some)
    assert "all objects shine" in goal


def test_the_example_is_the_smallest_other_task_with_a_plan_of_our_solver(tmp_path):
    place = lamps_suite(tmp_path, "ab", "a", "abc")
    suite = find_tasks([place])
    examples = Examples(suite)
    two, one, three = (lamps(names) for names in ("ab", "a", "abc"))
    for entry, task, other, steps in (
        (suite[0], two, one, 2),
        (suite[1], one, two, 4),
        (suite[2], three, one, 2),
    ):
        found = examples.of(entry, task)
        assert found is not None
        assert found.task.problem.objects == other.problem.objects
        assert len(found.plan) == steps


def test_neither_a_copy_nor_what_cannot_be_read_nor_another_domain_is_an_example(tmp_path):
    place = lamps_suite(tmp_path, "ab", "ab")
    place.joinpath("lamps/p3.pddl").write_text("(define", encoding="utf-8")
    done = ran(place, Told(LIT), Setup("told", (Way.ONE_SHOT,)))
    assert came(done)["p1", Way.ONE_SHOT] is Came.NO_EXAMPLE
    assert came(done)["p3", Way.ONE_SHOT] is Came.NO_TASK
    summary = sum_up(done.rows)
    assert [(each.way, each.tasks) for each in summary.total] == [
        (Way.ONE_SHOT, 0),
        (Way.SOLVE, 2),
    ]
    assert dict(summary.left_out) == {Came.NO_EXAMPLE: 2, Came.NO_TASK: 2}


def test_feedback_says_in_words_which_step_fails_and_why(tmp_path):
    answers = iter(["(light a)", "(plug q)", LIT])
    model = Told(lambda _: next(answers))
    found = Planner(model).propose(task_messages(lamps("a")), lamps("a"), rounds=5)
    assert (str(found.plan), found.rounds) == ("(plug a)\n(light a)", 3)
    assert (found.prompt_tokens, found.completion_tokens) == (300, 30)
    told = [m.content for m in model.asked[-1].messages if m.role == "user"]
    assert (
        "step 1 (light a) cannot be carried out: (plugged a) does not hold: it is not true "
        "initially, and no step before adds it" in told[1]
    )
    assert "line 1: unknown object `q`" in told[2]


def test_feedback_is_in_english_where_the_task_is():
    task = lamps("a")
    wording = read_wording(WORDING, task.domain)
    answers = iter(["(light a)", "(plug a)", LIT])
    model = Told(lambda _: next(answers))
    messages = task_messages(task, None, wording)
    Planner(model).propose(messages, task, rounds=3, wording=wording)
    told = [m.content for m in model.asked[-1].messages if m.role == "user"]
    assert "step 1 (light a) cannot be carried out: it is not so that a is plugged in" in told[1]
    assert "the goal does not hold at the end: it is not so that a shines" in told[2]


def test_rounds_end_and_an_endless_answer_is_not_handed_back():
    planner = Planner(Told("(light a)"))
    assert planner.propose(task_messages(lamps("a")), lamps("a"), rounds=4).rounds == 4
    endless = Planner(Told("x" * (MAX_ANSWER + 1)))
    assert endless.propose(task_messages(lamps("a")), lamps("a"), rounds=4).rounds == 1


# What comes of a run


def test_a_run_gives_the_golden_tables(tmp_path):
    golden = parts_of(GOLDEN / "run.txt")
    setup = Setup("told", prices=Prices(10, 100))
    done = ran(
        lamps_suite(tmp_path, "a", "ab", "abc"), Told(lambda request: golden[where(request)]), setup
    )
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    console.print(*tables(sum_up(done.rows)), sep="\n")
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert "\n".join(lines).strip() == golden["tables"].strip()


def test_rows_hold_what_plans_are_worth(tmp_path):
    golden = parts_of(GOLDEN / "run.txt")
    done = ran(
        lamps_suite(tmp_path, "a", "ab", "abc"), Told(lambda request: golden[where(request)])
    )
    rows = {(row.problem, row.way): row for row in done.rows}
    broken = rows["p2", Way.ZERO_SHOT]
    assert broken.reason.startswith("step 3 (light b) cannot be carried out: (plugged b)")
    assert (broken.length, broken.prefix, broken.to_goal, broken.cost) == (3, 2, 2, None)
    mended = rows["p2", Way.FEEDBACK]
    assert (mended.came, mended.cost, mended.needless, mended.rounds) == (Came.VALID, 5, 1, 2)
    # The first of its two answers is the one that was given zero-shot.
    assert (mended.prompt_tokens, mended.completion_tokens) == (200, 20)
    missed = rows["p3", Way.FEEDBACK]
    assert (missed.came, missed.prefix, missed.to_goal) == (Came.GOAL_MISSED, 2, 4)
    assert ratio(mended, {("lamps", "p2"): 4.0}) == 1.25
    assert [rows[f"p{n}", Way.SOLVE].cost for n in (1, 2, 3)] == [2, 4, 6]


def test_problems_of_the_library_are_planned_for_in_its_own_english():
    suite = find_tasks(["library:gripper,balls=1..2,seed=1"])
    setup = Setup("told", (Way.ONE_SHOT,), english=True)
    model = Told("```\n```")
    done = run(suite, model, setup, suite=suite)
    assert [row.came for row in done.rows] == [Came.VALID, Came.GOAL_MISSED] * 2
    asked = model.asked[0].messages[1].content
    assert "A robot carries balls from room to room" in asked
    assert "can be done when: the robot is in FROM" in asked
    assert "A plan for it:\n\n```\n(" in asked


def test_a_question_that_two_ways_begin_with_is_asked_once(tmp_path):
    model = Told(LIT)
    ran(lamps_suite(tmp_path, "a"), model, Setup("told", (Way.ZERO_SHOT, Way.FEEDBACK)))
    assert len(model.asked) == 1


def test_kept_rows_are_not_asked_for_again_unless_what_is_asked_changes(tmp_path):
    place, file = lamps_suite(tmp_path, "a", "ab"), tmp_path / "rows.jsonl"
    first = ran(place, Told(LIT), results=file)
    model = Told(LIT)
    again = ran(place, model, results=file)
    assert (again.rows, again.known, model.asked) == (first.rows, 8, [])
    more = ran(place, model, Setup("told", rounds=4), file)
    assert (more.known, len(model.asked)) == (6, 5)
    assert ran(place, model, Setup("another"), file).known == 2


def test_plans_are_kept_so_that_they_can_be_scored_again(tmp_path):
    plans = tmp_path / "plans"
    ran(lamps_suite(tmp_path, "a"), Told(LIT), Setup("told", (Way.ZERO_SHOT,)), plans=plans)
    found = sorted(file.relative_to(plans).as_posix() for file in plans.rglob("*.plan"))
    assert found == ["solve/lamps/p1.plan", "zero-shot/lamps/p1.plan"]


def test_no_plan_is_written_outside_the_folder_whatever_a_domain_is_called(tmp_path):
    outside = tmp_path / "outside"
    entry = find_tasks([lamps_suite(tmp_path, "a")])[0]
    odd = replace(entry, domain_name=f"/{outside}", name="p\x1b1")
    done = run([odd], Told(LIT), ZERO, suite=[odd], plans=tmp_path / "plans")
    assert [row.came for row in done.rows] == [Came.VALID, Came.VALID]
    assert not outside.exists()
    assert all(row.problem.isprintable() for row in done.rows)


def test_a_run_that_is_stopped_keeps_what_is_finished(tmp_path):
    cancel = Event()
    place, file = lamps_suite(tmp_path, "a", "ab"), tmp_path / "rows.jsonl"
    stopped = ran(place, Told(LIT), None, file, cancel=cancel, on_row=lambda *_: cancel.set())
    assert (len(stopped.rows), stopped.interrupted) == (1, True)
    assert ran(place, Told(LIT), None, file).known == 1


class Failing:
    """A model whose answers fail, but for what `lets_in` says."""

    constrains = False

    def __init__(self, error: ModelError, lets_in: str = "") -> None:
        self.calls = 0
        self._error = error
        self._lets_in = lets_in

    def complete(self, request: Request) -> Reply:
        self.calls += 1
        if self._lets_in and self._lets_in in request.messages[-1].content:
            return Reply("yes", "failing")
        raise self._error


ZERO = Setup("told", (Way.ZERO_SHOT,))


def test_an_answer_that_fails_is_the_same_in_every_way_that_begins_with_it(tmp_path):
    model = Failing(ModelError("it was cut off"))
    setup = Setup("told", (Way.ZERO_SHOT, Way.FEEDBACK))
    done = ran(lamps_suite(tmp_path, "a"), model, setup)
    assert [row.came for row in done.rows] == [Came.VALID, Came.NO_ANSWER, Came.NO_ANSWER]
    assert model.calls == 1


@pytest.mark.parametrize(
    ("model", "expected", "kept"),
    [
        (Failing(ModelError("it was cut off")), Came.NO_ANSWER, 2),
        (Failing(ModelBusyError("try later")), Came.BUSY, 1),
        (Failing(ModelRefusedError("too long"), "the word yes"), Came.REFUSED, 1),
    ],
)
def test_a_failing_model_is_an_outcome_and_kept_if_it_would_fail_again(
    tmp_path, model, expected, kept
):
    place, file = lamps_suite(tmp_path, "a"), tmp_path / "rows.jsonl"
    done = ran(place, model, ZERO, file)
    assert came(done) == {("p1", Way.ZERO_SHOT): expected, ("p1", Way.SOLVE): Came.VALID}
    assert ran(place, model, ZERO, file).known == kept


def test_engines_go_first_so_that_a_wrong_engine_costs_no_answers(tmp_path):
    done: list[Way] = []
    before: list[list[Way]] = []
    model = Told(lambda _: before.append(list(done)) or LIT)
    ran(lamps_suite(tmp_path, "a"), model, ZERO, on_row=lambda row, _: done.append(row.way))
    assert before == [[Way.SOLVE]]


def test_a_model_that_refuses_everything_ends_the_run(tmp_path):
    with pytest.raises(ModelRefusedError, match="the key is refused"):
        ran(lamps_suite(tmp_path, "a"), Failing(ModelRefusedError("the key is refused")))


def test_a_task_too_large_to_tell_is_not_asked_about(tmp_path, monkeypatch):
    most = length(task_messages(lamps("a")))
    monkeypatch.setattr("goalsmith.benchmarks.direct.running.MAX_PROMPT", most)
    model = Told(LIT)
    done = ran(lamps_suite(tmp_path, "a", "".join(map(chr, range(97, 123)))), model, ZERO)
    assert came(done)["p2", Way.ZERO_SHOT] is Came.TOO_LARGE
    assert came(done)["p1", Way.ZERO_SHOT] is not Came.TOO_LARGE
    assert len(model.asked) == 1


def test_tasks_that_engines_do_not_solve_are_rows_with_the_reason(tmp_path):
    place = lamps_suite(tmp_path, "a")
    unsolvable = problem("a").replace("(:init (lamp a))", "(:init)")
    place.joinpath("lamps/p1.pddl").write_text(unsolvable, encoding="utf-8")
    solved, planned = ran(place, Told(LIT), ZERO).rows
    assert (planned.came, planned.remark) == (
        Came.BROKEN_STEP,
        "from there, no plan reaches the goal",
    )
    assert (solved.came, solved.reason.split(":")[0]) == (Came.NOT_SOLVED, "unsolvable")


def test_setups_that_cannot_be_are_refused():
    for wrong in ({"rounds": 0}, {"rounds": 11}, {"ways": ()}, {"ways": (Way.SOLVE,)}):
        with pytest.raises(InputError, match=r"rounds|plans"):
            Setup("told", **wrong)


# Figures


def test_an_interval_is_that_of_wilson_and_never_certain():
    # By hand for z = 1.95996: z²/(n + z²) for none of ten, and symmetric for half of them.
    none, half, all_ = (share_interval(n, 10) for n in (0, 5, 10))
    assert (none.low, none.high) == (pytest.approx(0, abs=1e-9), pytest.approx(0.27753, abs=1e-5))
    assert (half.low, half.high) == (
        pytest.approx(0.23659, abs=1e-5),
        pytest.approx(0.76341, abs=1e-5),
    )
    assert (all_.low, all_.high) == (pytest.approx(0.72247, abs=1e-5), pytest.approx(1))
    assert share_interval(0, 0) is None


def made(problem_name: str, way: Way, cost: float | None) -> Row:
    row = Row("", "d", problem_name, way, Came.NO_PLAN)
    return row if cost is None else replace(row, came=Came.VALID, cost=cost, length=1, needless=0)


def test_ways_are_compared_on_the_tasks_that_they_share():
    one, other = Way.ZERO_SHOT, Way.SOLVE
    rows = [made(f"p{n}", one, 5) for n in range(3)] + [
        made(f"p{n}", one, None) for n in range(3, 9)
    ]
    rows += [made(f"p{n}", other, 5 if n == 0 else 4) for n in range(1, 10)]
    found = sum_up(rows).comparisons[0]
    # p1 and p2 for both, p3 to p8 for the second alone, p0 and p9 for one of them not there.
    assert (found.tasks, found.only_first, found.only_second) == (8, 0, 6)
    assert found.p_valid == pytest.approx(2 / 2**6)
    assert (found.both, found.cheaper_first, found.cheaper_second, found.p_cost) == (2, 0, 2, 0.5)


def test_ratios_are_to_the_best_cost_known_and_to_references():
    rows = [made("p", Way.ZERO_SHOT, 6), made("p", Way.SOLVE, 4)]
    zero, solved = sum_up(rows).total
    assert (zero.ratio, zero.score, solved.ratio) == (1.5, pytest.approx(2 / 3), 1)
    zero, solved = sum_up(rows, {("d", "p"): 3.0}).total
    assert (zero.ratio, solved.ratio) == (2, pytest.approx(4 / 3))
    free, costly = (made("p", way, cost) for way, cost in ((Way.SOLVE, 0), (Way.ZERO_SHOT, 2)))
    assert (ratio(free, {("d", "p"): 0}), ratio(costly, {("d", "p"): 0})) == (1, None)


def test_limits_are_part_of_what_a_row_depends_on(tmp_path):
    place, file = lamps_suite(tmp_path, "a"), tmp_path / "rows.jsonl"
    ran(place, Told(LIT), ZERO, file)
    assert ran(place, Told(LIT), replace(ZERO, limits=Limits(seconds=7)), file).known == 0
