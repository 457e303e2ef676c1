import json
import subprocess
import sys

import pytest

DOMAIN = """(define (domain lamps) (:requirements :strips) (:predicates (lit ?x))
  (:action light :parameters (?x) :precondition () :effect (lit ?x)))
"""
PROBLEM = "(define (problem p1) (:domain lamps) (:objects a b) (:init) (:goal (lit a)))"

# The command by itself, as it is registered under `goalsmith bench`.
PROGRAM = """
import typer
from goalsmith import cli
from goalsmith.commands.bench_score_plans import score_plans

cli.app = typer.Typer(pretty_exceptions_enable=False)
cli.app.command("score-plans")(score_plans)
cli.main()
"""


@pytest.fixture
def folder(tmp_path):
    files = {
        "suite/lamps/domain.pddl": DOMAIN,
        "suite/lamps/p1.pddl": PROBLEM,
        "suite/lamps/p2.pddl": PROBLEM,
        "plans/lamps/p1.plan": "(light b)\n(light a)\n",
        "plans/lamps/p2.plan": "(light\n",
        "plans/lamps/p9.plan": "(light a)\n",
        "costs.json": '{"lamps/p1": 1}',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_plans_are_scored_in_a_table_and_summed_up(folder):
    ended = _run(folder, "suite", "plans", "--reference", "costs.json")
    assert ended.returncode == 0
    head, first, second, third = ended.stdout.splitlines()
    assert head.split()[:4] == ["plan", "task", "verdict", "steps"]
    # Two steps of cost 2 where 1 is enough, in one stage, one of them needless.
    assert " ".join(first.split()) == "plans/lamps/p1.plan lamps/p1 valid 2 2 1 0.500 1 1"
    assert "plans/lamps/p2.plan lamps/p2 unreadable" in " ".join(second.split())
    assert "plans/lamps/p9.plan – no-task" in " ".join(third.split())
    assert "1 of 3 plans are valid, 0 invalid, 1 unreadable, 1 without a task" in ended.stderr
    assert "score 0.50" in ended.stderr
    assert "known of 1 of 2 tasks" in ended.stderr


def test_references_of_other_tasks_are_noted(folder):
    (folder / "other.json").write_text('{"lamps/p1.pddl": 1}', encoding="utf-8")
    ended = _run(folder, "suite", "plans/lamps/p1.plan", "--reference", "other.json")
    assert ended.returncode == 0
    assert "of tasks such as lamps/p1.pddl, and here is lamps/p1" in ended.stderr


def test_json_has_the_summary_and_every_plan(folder):
    ended = _run(folder, "suite", "plans/lamps/p1.plan", "plans/lamps/p2.plan", "--json")
    said = json.loads(ended.stdout)
    assert (said["outcome"], said["exit_code"], ended.returncode) == ("yes", 0, 0)
    assert said["summary"] == {
        "plans": 2,
        "valid": 1,
        "invalid": 0,
        "unreadable": 1,
        "no_task": 0,
        "score": 1.0,
        "mean_score": 0.5,
    }
    good, bad = said["plans"]
    assert (good["verdict"], good["cost"], good["score"], good["needless_share"]) == (
        *("valid", 2, 1.0),
        0.5,
    )
    assert (bad["verdict"], bad["cost"], bad["score"]) == ("unreadable", None, 0.0)
    assert bad["reason"].startswith("line 1: this line is not a step")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "plans"], "there is no folder or file nowhere"),
        (["suite", "suite"], "there are no plans in suite"),
        (["suite", "plans", "--reference", "suite/lamps/p1.pddl"], "is not JSON"),
    ],
)
def test_what_cannot_be_used_ends_the_command_with_its_code(folder, arguments, message):
    ended = _run(folder, *arguments)
    assert ended.returncode == 30
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
