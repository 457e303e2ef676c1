"""The commands `order`, `explain` and `verify`, and `solve --certificate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from goalsmith.cli import main

Command: TypeAlias = Callable[..., tuple[int, str, str]]

FORK = """(define (domain fork) (:predicates (start) (left) (right))
  (:action go-left :parameters () :precondition (start) :effect (and (left) (not (start))))
  (:action go-right :parameters () :precondition (start) :effect (and (right) (not (start)))))"""
BOTH = """(define (problem both) (:domain fork) (:init (start)) (:goal (and (left) (right))))"""


@pytest.fixture
def goalsmith(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """The command line in a folder of its own: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["goalsmith", *words])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        if "--help" not in words:
            assert not any(line.endswith(" ") for line in captured.out.splitlines())
        code = left.value.code
        return code if isinstance(code, int) else 0, captured.out, captured.err

    return run


@pytest.fixture
def plan(goalsmith: Command) -> str:
    """A plan for the library's first logistics instance, with its certificate."""
    code, _, err = goalsmith("solve", "logistics", "p1", "-o", "plan", "--certificate", "plan.json")
    assert code == 0
    assert "certificate written to plan.json" in err
    return "plan"


def fields(out: str) -> dict[str, Any]:
    loaded = json.loads(out)
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("command", ["order", "explain", "verify"])
def test_every_command_explains_itself_with_an_example(goalsmith: Command, command: str) -> None:
    code, out, _ = goalsmith(command, "--help")
    assert code == 0
    assert f"Example: goalsmith {command}" in " ".join(out.split())


def test_a_certificate_is_verified(goalsmith: Command, plan: str) -> None:
    code, out, _ = goalsmith("verify", "plan.json", "logistics", "p1")
    assert (code, out.split(":")[0]) == (0, "the certificate is right")
    code, out, _ = goalsmith("verify", "plan.json", "logistics", "p2", "--json")
    assert code == fields(out)["exit_code"] == 1
    assert fields(out)["fault"] == "it is for another task"


def test_a_certificate_that_was_changed_is_refused(goalsmith: Command, plan: str) -> None:
    path = Path("plan.json")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"optimal": false', '"optimal": true'), encoding="utf-8")
    code, out, _ = goalsmith("verify", "plan.json", "logistics", "p1")
    assert code == 1
    assert "it was changed" in out
    path.write_text("plan", encoding="utf-8")
    assert goalsmith("verify", "plan.json", "logistics", "p1")[0] == 1
    assert goalsmith("verify", "absent.json", "logistics", "p1")[0] == 30


def test_a_plan_is_shown_in_stages(goalsmith: Command, plan: str) -> None:
    code, out, _ = goalsmith("order", "logistics", "p1", plan)
    assert code == 0
    steps = Path(plan).read_text(encoding="utf-8").splitlines()[:-1]
    assert all(step in out for step in steps)
    assert f"{len(steps)} steps in " in out


@pytest.mark.parametrize(
    ("form", "start"), [("dot", "digraph plan {\n"), ("mermaid", "flowchart TD\n"), ("json", "{\n")]
)
def test_a_plan_is_drawn(goalsmith: Command, plan: str, form: str, start: str) -> None:
    code, out, _ = goalsmith("order", "logistics", "p1", plan, "--format", form)
    assert code == 0
    assert out.startswith(start)
    if form == "json":
        found = fields(out)
        assert len(found["critical_path"]) <= len(found["stages"]) <= len(found["steps"])


def test_a_plan_is_explained_with_its_goal_taken_apart(goalsmith: Command, plan: str) -> None:
    code, out, _ = goalsmith("explain", "logistics", "p1", plan)
    assert code == 0
    assert out.startswith("goal\n")
    assert "every plan makes so on the way" in out
    code, out, _ = goalsmith("explain", "logistics", "p1", plan, "--json")
    found = fields(out)
    assert [each["step"] for each in found["steps"]] == list(range(1, len(found["steps"]) + 1))
    assert found["subgoals"]
    assert all(each["without"] for each in found["steps"] if each["provides"])


def test_one_step_is_explained(goalsmith: Command) -> None:
    code, out, _ = goalsmith("explain", "blocksworld", "p1", "--step", "1")
    assert code == 0
    assert out.count("without it:") == 1
    assert "provides:" in out
    code, _, err = goalsmith("explain", "blocksworld", "p1", "--step", "0")
    assert code == 30
    assert "there is no step 0" in err


def test_an_unsolvable_task_is_explained_by_its_conflict(goalsmith: Command) -> None:
    Path("domain.pddl").write_text(FORK, encoding="utf-8")
    Path("problem.pddl").write_text(BOTH, encoding="utf-8")
    code, out, _ = goalsmith("explain", "domain.pddl", "problem.pddl")
    assert code == 10
    assert "cannot be had together:\n" in out
    assert "left holds" in out
    code, out, _ = goalsmith("explain", "domain.pddl", "problem.pddl", "--json")
    assert sorted(fields(out)["together"]) == ["(left)", "(right)"]
    assert fields(out)["exit_code"] == code


def test_a_plan_that_is_not_valid_is_not_explained(goalsmith: Command) -> None:
    Path("plan").write_text("", encoding="utf-8")
    for command in ("order", "explain"):
        code, _, err = goalsmith(command, "blocksworld", "p1", "plan")
        assert code == 30
        assert "not valid" in err
