"""Translations of pairs evaluated: judged, attributed, kept, resumed and summed up."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from endpoint import fails, serving
from rich.console import Console

from goalsmith.benchmarks.translation import (
    Pair,
    Results,
    Row,
    Setup,
    Wordings,
    evaluate,
    judge,
    read_pairs,
    sum_up,
)
from goalsmith.benchmarks.translation.pairs import MAX_NAME, spread
from goalsmith.benchmarks.translation.tables import tables
from goalsmith.domains.errors import InputError, ModelBusyError, ModelError, ModelRefusedError
from goalsmith.domains.reader import read_condition, read_problem
from goalsmith.translate import Asking, Checks, Failure, Reply, Request, ScriptedModel
from goalsmith.translate.models.ledger import Prices

GOLDEN = Path(__file__).parent / "golden_bench_translate"
PAIRS = GOLDEN / "pairs.jsonl"
UNASKED = Checks(seconds=0)


def golden_answers() -> dict[str, list[str]]:
    """The lines that stand indented below each text."""
    found: dict[str, list[str]] = {}
    text = ""
    for line in (
        (GOLDEN / "answers.txt").read_text(encoding="utf-8").split("\n\n", 1)[1].split("\n")
    ):
        if line.startswith("  "):
            found[text].append(line.strip())
        elif line:
            text = line
            found[text] = []
    return found


class Counted:
    """The model of the golden answers; each call takes 100 tokens and gives 10."""

    constrains = False

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._answers = golden_answers()

    def complete(self, request: Request) -> Reply:
        text = request.messages[1].content.split("<request>\n")[1].split("\n</request>")[0]
        self.asked.append(text)
        answers = self._answers[text]
        wrong = [m.content for m in request.messages if m.role == "assistant"]
        number = answers.index(wrong[-1]) + 1 if wrong else 0
        return Reply(answers[min(number, len(answers) - 1)], "counted", 100, 10)


def shown(rows: tuple[Row, ...]) -> str:
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    console.print(*tables(sum_up(rows)), sep="\n")
    text = console.file.getvalue()
    return "\n".join(line.rstrip() for line in text.split("\n"))


@pytest.fixture
def pairs() -> tuple[Pair, ...]:
    return read_pairs(PAIRS)


def _one(pair: Pair, *answers: str, setup: Setup | None = None) -> Row:
    model = ScriptedModel(lambda request: answers[request.sample % len(answers)])
    found = evaluate([pair], model, setup or Setup(checks=UNASKED))
    return found.rows[0]


# Rows


def test_the_table_is_the_golden_one(pairs: tuple[Pair, ...]) -> None:
    setup = Setup(checks=UNASKED, prices=Prices(1.0, 10.0))
    found = evaluate(pairs, Counted(), setup)
    rows = tuple(replace(row, seconds=0.25) for row in found.rows)
    assert shown(rows) == (GOLDEN / "table.txt").read_text(encoding="utf-8")


def test_each_pair_fails_by_just_what_is_wrong_with_it(pairs: tuple[Pair, ...]) -> None:
    rows = evaluate(pairs, Counted(), Setup(checks=UNASKED)).rows
    assert [(row.failure, row.code, row.rounds) for row in rows] == [
        (None, "", 1),
        (None, "", 2),
        (Failure.WRONG_GOAL, "different-goal", 2),
        (Failure.UNKNOWN_VOCABULARY, "unknown-predicate", 3),
        (Failure.ILL_TYPED, "type-mismatch", 3),
        (Failure.NO_ANSWER, "no-condition", 3),
        (Failure.NOT_PARSEABLE, "syntax", 3),
        (Failure.UNSOLVABLE, "unsolvable", 2),
    ]
    flags = [(row.parseable, row.well_typed, row.equivalent, row.plan_valid) for row in rows]
    assert flags == [
        (True, True, True, True),
        (True, True, True, True),
        (True, True, False, False),
        (True, False, False, None),
        (True, False, False, None),
        (False, False, False, None),
        (False, False, False, None),
        (True, True, True, None),
    ]
    assert [row.solvable for row in rows] == [True, True, True, None, None, None, None, False]


def test_tokens_and_cost_are_those_of_all_requests_of_failed_translations_too(
    pairs: tuple[Pair, ...],
) -> None:
    rows = evaluate(pairs, Counted(), Setup(checks=UNASKED, prices=Prices(1.0, 10.0))).rows
    assert (rows[3].prompt_tokens, rows[3].completion_tokens) == (300, 30)
    assert rows[3].cost == pytest.approx((300 * 1.0 + 30 * 10.0) / 1e6)
    assert evaluate(pairs[:1], Counted(), Setup(checks=UNASKED)).rows[0].cost is None


def test_the_goal_is_not_shown_to_who_translates(pairs: tuple[Pair, ...]) -> None:
    model = ScriptedModel(["(lit b)"] * 3)
    evaluate(pairs[3:4], model, Setup(checks=UNASKED))
    told = "".join(m.content for m in model.requests[0].messages)
    assert "(in b den)" in told
    assert "(lit b)" not in told


def test_the_share_of_samples_is_the_confidence(pairs: tuple[Pair, ...]) -> None:
    setup = Setup(asking=Asking(samples=3), checks=UNASKED)
    row = _one(pairs[0], "(lit a)", "(lit b)", "(not (dark a))", setup=setup)
    assert (row.confidence, row.right, row.leading_right) == (pytest.approx(2 / 3), True, True)
    assert row.rounds == 1


def test_a_question_is_no_answer_and_its_leading_translation_is_still_judged(
    pairs: tuple[Pair, ...],
) -> None:
    setup = Setup(asking=Asking(samples=3), checks=UNASKED)
    row = _one(pairs[0], "(lit b)", "(lit a)", "(in a den)", setup=setup)
    assert (row.question, row.failure, row.code) == (True, Failure.NO_ANSWER, "question")
    assert (row.equivalent, row.leading_right) == (None, False)
    assert row.confidence == pytest.approx(1 / 3)
    assert "lit" in row.reason


def test_without_a_model_controlled_english_is_read(pairs: tuple[Pair, ...]) -> None:
    rows = evaluate(pairs[:4], None, Setup(checks=UNASKED)).rows
    assert [row.right for row in rows] == [True, True, True, False]
    assert (rows[3].failure, rows[3].code) == (Failure.NO_ANSWER, "not-read")
    assert [row.rounds for row in rows] == [0, 0, 0, 0]


def test_an_unusable_answer_is_a_row_and_a_refusal_the_end(pairs: tuple[Pair, ...]) -> None:
    row = evaluate(pairs[:1], ScriptedModel([]), Setup(checks=UNASKED)).rows[0]
    assert (row.failure, row.code) == (Failure.NO_ANSWER, "model")

    def refuse(_: Request) -> str:
        raise ModelRefusedError("no key")

    with pytest.raises(ModelRefusedError):
        evaluate(pairs, ScriptedModel(refuse), Setup(checks=UNASKED))


# Judging


def _problem(pair: Pair, old: str, new: str) -> str:
    rows = map(json.loads, PAIRS.read_text(encoding="utf-8").splitlines())
    row = next(row for row in rows if row["id"] == pair.id)
    assert old in row["problem_pddl"]
    return str(row["problem_pddl"]).replace(old, new)


def test_a_whole_problem_may_call_objects_otherwise_and_its_plan_counts(
    pairs: tuple[Pair, ...],
) -> None:
    answer = (
        "(define (problem p) (:domain lamps) (:objects Lamp1 Lamp2 - lamp x y - room)"
        " (:init (in lamp1 x) (in lamp2 y) (dark lamp1) (dark lamp2)) (:goal (in lamp1 y)))"
    )
    row = _one(pairs[2], answer, setup=Setup("problem", checks=UNASKED))
    assert (row.right, row.equivalent, row.plan_valid) == (True, True, True)


@pytest.mark.parametrize(
    ("old", "new", "failure", "code"),
    [
        ("(in a den)", "(in a hall)", Failure.WRONG_GOAL, "different-goal"),
        ("(dark b)", "(lit b)", Failure.WRONG_INITIAL_STATE, "different-init"),
        ("a b - lamp", "a b c - lamp", Failure.WRONG_INITIAL_STATE, "different-objects"),
    ],
)
def test_a_whole_problem_is_wrong_in_its_goal_or_in_its_situation(
    pairs: tuple[Pair, ...], old: str, new: str, failure: Failure, code: str
) -> None:
    row = _one(pairs[2], _problem(pairs[2], old, new), setup=Setup("problem", checks=UNASKED))
    assert (row.failure, row.code) == (failure, code)
    assert (row.equivalent, row.plan_valid) == (False, None)


def test_a_wrong_goal_may_have_a_plan_that_is_valid_all_the_same(pairs: tuple[Pair, ...]) -> None:
    gold = pairs[0].gold
    more = gold.with_goal(read_condition("(and (lit a) (lit b))", gold))
    found = judge(more, gold, renaming=False)
    assert (found.equivalent, found.plan_valid, found.failure) == (
        False,
        True,
        Failure.WRONG_GOAL,
    )


def test_without_time_for_plans_only_what_is_said_counts(pairs: tuple[Pair, ...]) -> None:
    gold = pairs[7].gold
    found = judge(gold, gold, renaming=False, seconds=0)
    assert (found.equivalent, found.solvable, found.failure) == (True, None, None)


# Pairs


def test_pairs_come_with_their_problems(pairs: tuple[Pair, ...]) -> None:
    assert [pair.id for pair in pairs] == [f"lamps/{number}" for number in range(1, 9)]
    assert pairs[0].gold == replace(
        pairs[0].gold, problem=read_problem(_problem(pairs[0], "a", "a"), pairs[0].gold.domain)
    )
    assert len({id(pair.gold.domain) for pair in pairs}) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": " "}, ":2: `text` must be a text that is not empty"),
        ({"problem_pddl": None}, ":2: `problem_pddl` must be a text"),
        ({"problem_pddl": "(define"}, ":2: the pair's own PDDL is wrong"),
        ({"style": []}, ":2: `style` must be a text"),
    ],
)
def test_a_line_that_is_no_pair_is_named(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    line = PAIRS.read_text(encoding="utf-8").split("\n")[0]
    file = tmp_path / "pairs.jsonl"
    changed = json.dumps(json.loads(line) | change)
    file.write_text(f"{line}\n{changed}\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_pairs(file)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no pairs"),
        ("\n{", ":2:2: this is not JSON"),
        ("[]", ":1: a pair is a JSON object"),
        ("[" * 100_000, ":1: this is nested too deeply"),
        ("1" * 10_000, ":1: this is nested too deeply, or holds too long a number"),
    ],
)
def test_what_is_no_json_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_pairs(file)
    assert message in str(raised.value)


def test_names_in_a_file_are_made_safe_to_show(tmp_path: Path) -> None:
    row = json.loads(PAIRS.read_text(encoding="utf-8").split("\n")[0])
    row |= {"id": "\x1b[31m" + "x" * 1000, "style": None}
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    (pair,) = read_pairs(file)
    assert pair.id.isprintable()
    assert len(pair.id) == MAX_NAME
    assert pair.style == ""


def test_a_few_pairs_are_taken_from_all_kinds(pairs: tuple[Pair, ...]) -> None:
    assert [p.id for p in spread(pairs, 3)] == ["lamps/1", "lamps/2", "lamps/4"]
    assert spread(pairs, 100) == pairs


def test_a_wording_is_looked_up_by_source_and_domain_and_never_made_a_path(
    pairs: tuple[Pair, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "wordings"
    folder.mkdir()
    text = '[predicates.lit]\nsay = "{l} glows"\n'
    (folder / "ours-lamps.toml").write_text(text, encoding="utf-8")
    (tmp_path / "x-lamps.toml").write_text(text, encoding="utf-8")
    wordings = Wordings(folder)
    assert wordings.of(pairs[0]).predicates["lit"].say == "{l} glows"
    other = replace(pairs[0], source="../x")
    assert wordings.of(other).predicates["lit"].say == "{l} is lit"
    with pytest.raises(InputError, match="there is no folder"):
        Wordings(tmp_path / "nowhere")


# Results that are kept


def test_a_second_run_goes_on_where_the_first_stopped(
    pairs: tuple[Pair, ...], tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    setup = Setup(checks=UNASKED)
    with Results(file) as results:
        first = evaluate(pairs[:3], Counted(), setup, results=results)
    model = Counted()
    told: list[bool] = []
    with Results(file) as results:
        second = evaluate(
            pairs, model, setup, results=results, on_row=lambda _, new: told.append(new)
        )
    assert (first.known, second.known) == (0, 3)
    assert second.rows[:3] == first.rows
    assert told == [False] * 3 + [True] * 5
    assert set(model.asked).isdisjoint({pair.text for pair in pairs[:3]})
    assert len(file.read_text(encoding="utf-8").splitlines()) == 8


@pytest.mark.parametrize(
    "other",
    [
        Setup("problem", checks=UNASKED),
        Setup(method="another", checks=UNASKED),
        Setup(asking=Asking(max_rounds=2), checks=UNASKED),
        Setup(plan_seconds=0, checks=UNASKED),
        Setup(),
    ],
)
def test_rows_of_another_setup_are_not_taken(
    pairs: tuple[Pair, ...], tmp_path: Path, other: Setup
) -> None:
    with Results(tmp_path / "rows.jsonl") as results:
        evaluate(pairs[:1], Counted(), Setup(checks=UNASKED), results=results)
        assert evaluate(pairs[:1], Counted(), other, results=results).known == 0
        assert evaluate(pairs[:1], Counted(), other, results=results).known == 1


def test_the_wording_and_the_pair_are_part_of_the_key(
    pairs: tuple[Pair, ...], tmp_path: Path
) -> None:
    (tmp_path / "ours-lamps.toml").write_text('title = "Lights"\n', encoding="utf-8")
    setup = Setup(checks=UNASKED)
    with Results(tmp_path / "rows.jsonl") as results:
        evaluate(pairs[:1], Counted(), setup, results=results)
        worded = Wordings(tmp_path)
        assert evaluate(pairs[:1], Counted(), setup, wordings=worded, results=results).known == 0
        renamed = replace(pairs[0], id="another name")
        assert evaluate([renamed], Counted(), setup, results=results).known == 1


def test_a_busy_endpoint_is_asked_again_next_time(pairs: tuple[Pair, ...], tmp_path: Path) -> None:
    def busy(_: Request) -> str:
        raise ModelBusyError("come back later")

    setup = Setup(checks=UNASKED)
    with Results(tmp_path / "rows.jsonl") as results:
        found = evaluate(pairs[:1], ScriptedModel(busy), setup, results=results)
        assert (found.unanswered, found.rows[0].code) == (1, "busy")
        again = evaluate(pairs[:1], Counted(), setup, results=results)
        assert (again.unanswered, again.known, again.rows[0].right) == (0, 0, True)


# A model that answers rightly until the third pair, then says so and waits.
WAITING = """
import sys, threading
from goalsmith.benchmarks.translation import Results, Setup, evaluate, read_pairs
from goalsmith.translate import Checks, ScriptedModel
from goalsmith.domains.writer import write_condition

pairs = read_pairs(sys.argv[1])
asked = iter(pairs)

def answer(request):
    pair = next(asked)
    if pair.id == "lamps/3":
        print("waiting", flush=True)
        threading.Event().wait(60)
    return write_condition(pair.gold.problem.goal)

with Results(sys.argv[2]) as results:
    found = evaluate(pairs, ScriptedModel(answer), Setup(checks=Checks(seconds=0)), results=results)
    print("ended", len(found.rows), found.interrupted)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_that_is_finished_is_lost(
    pairs: tuple[Pair, ...], tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "rows.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, str(PAIRS), str(file)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        with pytest.raises(InputError, match="used by another process"):
            Results(file)
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)
    assert rest == ("" if number is signal.SIGKILL else "ended 2 True\n")
    model = Counted()
    with Results(file) as results:
        again = evaluate(pairs, model, Setup(checks=UNASKED), results=results)
    assert (again.known, len(again.rows)) == (2, 8)
    assert [row.right for row in again.rows[:2]] == [True, True]
    assert {"a is lit", "a and b are lit"}.isdisjoint(model.asked)


def test_half_a_line_at_the_end_is_cut_off(pairs: tuple[Pair, ...], tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    setup = Setup(checks=UNASKED)
    with Results(file) as results:
        evaluate(pairs[:2], Counted(), setup, results=results)
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    with Results(file) as results:
        assert evaluate(pairs[:2], Counted(), setup, results=results).known == 1
    assert len(file.read_bytes().splitlines()) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: b"notes\n" + line,
        lambda line: b"notes",
        lambda line: line.replace(b'"rounds": 1', b'"rounds": "1"'),
        lambda line: line.replace(b'"rounds": 1', b'"rounds": -1'),
        lambda line: line.replace(b'"failure": null', b'"failure": "bad luck"'),
        lambda line: line.replace(b'"parseable": true', b'"parseable": 1'),
        lambda line: line.replace(b'"ours"', b'"\\u001b[31m"'),
        lambda line: line.replace(b'"seconds": ', b'"seconds": NaN, "x": '),
        lambda line: b'{"key": "' + b"[" * 200_000 + b"\n",
    ],
)
def test_a_file_that_holds_no_rows_is_refused_and_left_as_it_is(
    pairs: tuple[Pair, ...], tmp_path: Path, damage: object
) -> None:
    file = tmp_path / "rows.jsonl"
    with Results(file) as results:
        evaluate(pairs[:1], Counted(), Setup(checks=UNASKED), results=results)
    assert callable(damage)
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    with pytest.raises(InputError, match=r"rows\.jsonl:1: the line is no row of results"):
        Results(file)
    assert file.read_bytes() == damaged


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        Results(tmp_path)


# Sums


def _row(confidence: float | None, right: bool) -> Row:
    failure = None if right else Failure.WRONG_GOAL
    return Row("k", "i", "s", "d", "", failure=failure, confidence=confidence, leading_right=right)


def test_calibration_is_what_a_hand_reckons() -> None:
    rows = [_row(1.0, True), _row(1.0, True), _row(0.6, True), _row(0.6, False), _row(0.3, False)]
    found = sum_up([*rows, replace(_row(None, True), leading_right=None)]).calibration
    assert found is not None
    bins = [(b.low, b.high, b.count, b.confidence, b.right) for b in found.bins]
    assert bins == [(0.2, 0.3, 1, 0.3, 0.0), (0.5, 0.6, 2, 0.6, 0.5), (0.9, 1.0, 2, 1.0, 1.0)]
    assert found.expected_error == pytest.approx((1 * 0.3 + 2 * 0.1 + 2 * 0) / 5)
    assert found.brier == pytest.approx((0 + 0 + 0.16 + 0.36 + 0.09) / 5)


def test_without_confidences_there_is_no_calibration() -> None:
    assert sum_up([replace(_row(None, True), leading_right=None)]).calibration is None
    assert sum_up([]).total.pairs == 0


def test_names_from_files_are_no_markup() -> None:
    row = replace(_row(None, True), source="[red]", leading_right=None)
    assert "[red]" in shown((row,))


# The command


def _command(tmp_path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "goalsmith.cli", "bench", "translate", *map(str, arguments)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GOALSMITH_")}
    return subprocess.run(
        words,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_the_command_reports_on_standard_output_and_goes_on_where_it_was(tmp_path: Path) -> None:
    ended = _command(tmp_path, PAIRS, "--offline", "--style", "plain", "--results", "rows.jsonl")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1].split()[:2] == ["total", "3"]
    assert ended.stderr.splitlines()[0].startswith("1/3 ours lamps plain lamps/1: right")
    assert ended.stderr.splitlines()[-1].startswith("3 done now, 0 known before")
    again = _command(tmp_path, PAIRS, "--offline", "--results", "rows.jsonl", "--json")
    said = json.loads(again.stdout)
    assert (said["exit_code"], said["pairs"], said["known"]) == (0, 8, 3)
    assert [row["id"] for row in said["rows"]][:2] == ["lamps/1", "lamps/2"]
    assert sum(count for _, count in said["total"]["failures"]) == 8 - said["total"]["right"]


def test_a_recording_is_evaluated_without_a_network(
    pairs: tuple[Pair, ...], tmp_path: Path
) -> None:
    from goalsmith.translate.models.recording import RecordingModel

    file = tmp_path / "calls.jsonl"
    found = evaluate(pairs, RecordingModel(Counted(), file, name="golden"))
    ended = _command(tmp_path, PAIRS, "--replay", file, "--json", "--price-in", "1")
    said = json.loads(ended.stdout)
    assert [row["failure"] for row in said["rows"]] == [row.failure for row in found.rows]
    assert said["total"]["prompt_tokens"] == sum(row.prompt_tokens for row in found.rows)
    assert said["total"]["cost"] == pytest.approx(said["total"]["prompt_tokens"] / 1e6)
    short = _command(tmp_path, PAIRS, "--replay", file, "--rounds", "1", "--limit", "1", "--json")
    assert json.loads(short.stdout)["rows"][0]["failure"] is None


def test_a_model_that_never_answered_is_no_success(tmp_path: Path) -> None:
    arguments = (PAIRS, "--limit", "1", "--model", "m", "--rounds", "1")
    with serving([fails(503)]) as endpoint:
        ended = _command(tmp_path, *arguments, "--base-url", endpoint.url)
    assert ended.returncode == 50
    assert "1 without an answer from the endpoint" in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere.jsonl"], 30, "there is no file nowhere.jsonl"),
        ([PAIRS, "--style", "plane"], 30, "did you mean `plain`?"),
        ([PAIRS, "--guards", "--model", "m"], 30, "--guards asks no model"),
        ([PAIRS, "--offline", "--replay", "x"], 30, "--offline asks no model"),
        ([PAIRS, "--wordings", "nowhere"], 30, "there is no folder nowhere"),
        ([PAIRS, "--replay", "nowhere"], 30, "cannot be read"),
        ([PAIRS, "--mode", "revise"], 2, "revise"),
    ],
)
def test_wrong_use_is_one_message(
    tmp_path: Path, arguments: list[object], code: int, message: str
) -> None:
    ended = _command(tmp_path, *arguments)
    assert ended.returncode == code
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_model_error_is_of_the_tree(pairs: tuple[Pair, ...]) -> None:
    def fail(_: Request) -> str:
        raise ModelError("nothing usable \x1b[31m came")

    row = evaluate(pairs[:1], ScriptedModel(fail), Setup(checks=UNASKED)).rows[0]
    assert row.code == "model"
    assert row.reason.isprintable()
