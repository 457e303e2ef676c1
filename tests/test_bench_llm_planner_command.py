"""`goalsmith bench llm-planner` against a real endpoint on the loopback interface."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from endpoint import Response, fails, says, serving, streams
from lamps import lamps_suite

from goalsmith.benchmarks import find_tasks
from goalsmith.benchmarks.direct import Setup, Way, run
from goalsmith.translate.models.endpoint import OpenAIModel

# The command by itself, as it is registered under `goalsmith bench`.
PROGRAM = """
import typer
from goalsmith import cli
from goalsmith.commands.bench_llm_planner import llm_planner

cli.app = typer.Typer(pretty_exceptions_enable=False)
cli.app.command("llm-planner")(llm_planner)
cli.main()
"""

GOOD = says("```\n(plug a)\n(light a)\n```")
WRONG = says("```\n(light a)\n```")


@pytest.fixture
def folder(tmp_path):
    lamps_suite(tmp_path, "a", "ab")
    return tmp_path


def _run(folder, *arguments, url=None):
    model = () if url is None else ("--model", "loopback-1", "--base-url", url)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI", "GOALSMITH"))}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "suite", *arguments, *model],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def _rows(ended):
    """The rows that were said, without what differs from run to run."""
    rows = json.loads(ended.stdout)["rows"]
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def test_a_recorded_run_is_repeated_without_the_endpoint(folder):
    with serving([WRONG, GOOD, GOOD]) as endpoint:
        ended = _run(folder, "--record", "said.jsonl", "--limit", "1", url=endpoint.url)
        assert ended.returncode == 0, ended.stderr
        # Zero-shot, one-shot, and what follows on the first: its own first answer is known.
        assert len(endpoint.requests) == 3
        assert "as an example" in endpoint.messages(1)[1]["content"]
        assert "step 1 (light a) cannot be carried out" in endpoint.messages(2)[3]["content"]
    assert "2/4 lamps/p1 zero-shot broken-step" in ended.stderr
    # Two tables, of which the first says what was valid of how many.
    first = {line.split()[0]: line.split()[1:3] for line in ended.stdout.splitlines()[:5]}
    assert first["zero-shot"] == ["1", "0"]
    assert first["feedback"] == first["one-shot"] == first["solve"] == ["1", "1"]
    again = _run(folder, "--replay", "said.jsonl", "--limit", "1", "--json")
    rows = _rows(again)
    assert [(row["way"], row["came"]) for row in rows] == [
        ("solve", "valid"),
        ("zero-shot", "broken-step"),
        ("one-shot", "valid"),
        ("feedback", "valid"),
    ]
    assert [row["rounds"] for row in rows] == [0, 1, 1, 2]
    assert _rows(_run(folder, "--replay", "said.jsonl", "--limit", "1", "--json")) == rows


@pytest.mark.parametrize(
    ("response", "came"),
    [
        (says(None), "no-answer"),
        (says("x" * 10_000_000), "no-answer"),
        (streams({"content": "(plug a)\n" * 5_000}), "too-long"),
        (says("(plug a)\n" * 9_000), "too-long"),
        (says("```\n(plug b)\n```"), "unknown-step"),
        (says("\x1b[31m(rm -rf /)"), "no-plan"),
        (Response(body=b"\xff\xfe"), "no-answer"),
        (fails(500), "busy"),
    ],
)
def test_whatever_the_endpoint_answers_is_an_outcome(folder, response, came):
    suite = find_tasks([folder])[:1]
    with serving([response]) as endpoint:
        model = OpenAIModel("loopback-1", endpoint.url, retries=0)
        done = run(suite, model, Setup("loopback", (Way.ZERO_SHOT,)), suite=suite)
    assert [row.came for row in done.rows] == ["valid", came]
    assert done.rows[1].reason.isprintable()


def test_one_request_that_is_refused_is_an_outcome_and_the_run_goes_on(folder):
    with serving([fails(400, "too many tokens"), says("yes"), GOOD]) as endpoint:
        ended = _run(folder, "--way", "zero-shot", "--json", url=endpoint.url)
    assert [row["came"] for row in _rows(ended)] == ["valid", "refused", "valid", "goal-missed"]


@pytest.mark.parametrize(
    ("responses", "code"), [([says(None)], 50), ([says(None), GOOD], 0), ([WRONG], 0)]
)
def test_a_model_that_never_answered_is_no_success(folder, responses, code):
    with serving(responses) as endpoint:
        ended = _run(folder, "--way", "zero-shot", "--json", url=endpoint.url)
    said = json.loads(ended.stdout)
    assert ended.returncode == said["exit_code"] == code
    assert len(said["rows"]) == 4
    assert ("the model never answered" in ended.stderr) == (code != 0)


def test_an_endpoint_that_refuses_everything_ends_the_command(folder):
    with serving([fails(401)]) as endpoint:
        ended = _run(folder, url=endpoint.url)
    assert ended.returncode == 50
    assert "the key is refused" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_results_are_kept_and_not_asked_for_again(folder):
    with serving([GOOD]) as endpoint:
        first = _run(folder, "--results", "rows.jsonl", "--json", url=endpoint.url)
        asked = len(endpoint.requests)
        second = _run(folder, "--results", "rows.jsonl", "--json", url=endpoint.url)
        assert len(endpoint.requests) == asked
    assert json.loads(second.stdout)["known"] == 8
    assert _rows(second) == _rows(first)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name one with --model, or give --replay"),
        (("--replay", "none.jsonl"), "none.jsonl cannot be read"),
        (("--replay", "said.jsonl", "--record", "said.jsonl"), "exclude each other"),
        (("--replay", "said.jsonl", "--rounds", "99"), "should hold one model"),
    ],
)
def test_what_cannot_be_used_ends_the_command_with_its_code(folder, arguments, message):
    folder.joinpath("said.jsonl").write_text("", encoding="utf-8")
    ended = _run(folder, *arguments)
    assert ended.returncode == 30
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
