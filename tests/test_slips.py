"""What a person forgets or mistypes at first: the message says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli import Terminal, goalsmith

__all__ = ["goalsmith"]  # the fixture

WISH = ("make some coffee", "--domain", "blocksworld")
MODELS = "name one with --model"


@pytest.mark.parametrize("command", ["translate", "run"])
def test_where_nothing_is_understood_a_model_is_suggested(
    goalsmith: Terminal, command: str
) -> None:
    result = goalsmith(command, *WISH)
    assert result.code == 50
    assert "“make some coffee”" in result.err
    assert MODELS in result.err


def test_a_new_goal_that_is_not_understood_has_a_model_suggested(goalsmith: Terminal) -> None:
    goalsmith("run", "--domain", "blocksworld", "--detach", "--store", "sqlite:///runs.sqlite")
    result = goalsmith("revise", "latest", WISH[0], "--yes", "--store", "sqlite:///runs.sqlite")
    assert result.code == 50
    assert MODELS in result.err


def test_who_wants_no_model_has_none_suggested(goalsmith: Terminal) -> None:
    result = goalsmith("translate", *WISH, "--offline")
    assert result.code == 50
    assert MODELS not in result.err


@pytest.mark.parametrize("command", ["translate", "run"])
def test_an_endpoint_without_a_model_is_not_left_aside(goalsmith: Terminal, command: str) -> None:
    endpoint = ("--base-url", "http://localhost:1/v1")
    result = goalsmith(command, "put blue on red", *WISH[1:], *endpoint)
    assert result.code == 30
    assert MODELS in result.err
    assert goalsmith("translate", "put blue on red", *WISH[1:], *endpoint, "--offline").code == 0


@pytest.mark.parametrize("command", ["show", "view", "approve", "cancel", "export"])
def test_a_store_that_is_not_there_is_named_and_not_made(
    goalsmith: Terminal, tmp_path: Path, command: str
) -> None:
    result = goalsmith(command, "latest", "--store", "sqlite:///rnus.sqlite")
    assert result.code == 30
    assert "there is no store rnus.sqlite" in result.err
    assert not list(tmp_path.iterdir())


def test_the_steps_of_a_problem_are_ordered_without_a_plan_file(goalsmith: Terminal) -> None:
    result = goalsmith("order", "gripper", "p1")
    assert result.code == 0
    assert "5 steps in 3 stages" in result.out


def test_where_there_is_no_plan_to_order_the_outcome_says_so(
    goalsmith: Terminal, tmp_path: Path
) -> None:
    problem = tmp_path / "problem.pddl"
    problem.write_text(
        "(define (problem p) (:domain blocksworld) (:objects a - block)"
        " (:init (clear a) (on-table a)) (:goal (holding a)))",
        encoding="utf-8",
    )
    assert goalsmith("order", "blocksworld", str(problem)).code == 10
    assert goalsmith("order", "blocksworld", str(problem), "--json").json["outcome"] == "unsolvable"
