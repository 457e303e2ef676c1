"""Goals, plans and states said in English."""

from __future__ import annotations

import subprocess
import sys

import pytest

from goalsmith import translate
from goalsmith.domains.formula import Atom
from goalsmith.domains.library import bundled
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_condition
from goalsmith.translate import (
    examples,
    goal_lines,
    object_lines,
    problem_text,
    read_offline,
    said,
    state_lines,
    step_lines,
)

LIBRARY = bundled("blocksworld")
TASK = LIBRARY.instance("p2").task
WORDING = LIBRARY.wording


@pytest.mark.parametrize(
    ("goal", "english"),
    [
        ("(on a b)", "a is on b"),
        ("(not (on a b))", "a is not on b"),
        ("(and (on a b) (clear a) (arm-empty))", "a is on b, a is clear and the hand is empty"),
        ("(or (on a b) (on b a))", "either a is on b or b is on a"),
        (
            "(or (and (on a b) (clear a)) (clear b))",
            "either (a is on b and a is clear) or b is clear",
        ),
        ("(not (and (clear a) (clear b)))", "it is not so that (a is clear and b is clear)"),
        ("(imply (clear a) (clear b))", "if a is clear, then b is clear"),
        ("(forall (?x - block) (clear ?x))", "for every block x: x is clear"),
        (
            "(exists (?x ?y - block) (and (on ?x ?y) (not (= ?x a))))",
            "for some block x and block y: (x is on y and x is not a)",
        ),
        ("(and)", "nothing is asked for"),
    ],
)
def test_conditions_are_said(goal: str, english: str) -> None:
    assert said(read_condition(goal, TASK), TASK, WORDING) == english


def test_a_goal_has_one_line_for_each_conjunct() -> None:
    assert goal_lines(TASK, WORDING)[:2] == ("a is on b", "b is on c")


def test_steps_are_said() -> None:
    steps = [Step("unstack", ("a", "b")), Step("put-down", ("a",))]
    assert step_lines(steps, TASK.domain, WORDING) == ("take a off b", "put a down on the table")


def test_a_state_is_said_by_predicate_and_large_numbers_are_counted() -> None:
    atoms = [Atom("clear", (f"b{i}",)) for i in range(100)] + [Atom("arm-empty")]
    lines = state_lines(TASK, WORDING, atoms)
    assert lines == ("b0 is clear, b1 is clear, b10 is clear and 97 more", "the hand is empty")


def test_a_problem_is_said_whole() -> None:
    text = problem_text(TASK, WORDING)
    assert object_lines(TASK, WORDING) == ("6 blocks: a, b, c, d, e and f",)
    for line in (*object_lines(TASK, WORDING), *goal_lines(TASK, WORDING)):
        assert f"- {line}\n" in text + "\n"
    assert len(text.splitlines()) < 20


def test_every_example_that_is_offered_is_understood() -> None:
    for name in ("blocksworld", "gripper", "logistics", "software-release"):
        library = bundled(name)
        task = library.instance("p2").task
        offered = examples(task, library.wording)
        assert len(offered) == 4
        for example in offered:
            assert read_offline(example, task, library.wording)


def test_the_public_names_are_these() -> None:
    assert sorted(translate.__all__) == [
        "Message", "Model", "NotTranslatedError", "OpenAIModel", "Reply", "Round",
        "ScriptedModel", "Translation", "check_goal", "examples", "goal_lines", "object_lines",
        "problem_text", "read_answer", "read_offline", "said", "state_lines", "step_lines",
        "translate",
    ]  # fmt: skip
    for name in translate.__all__:
        assert getattr(translate, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = translate.nonsense  # type: ignore[attr-defined]


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, goalsmith.translate as t; t.translate, t.OpenAIModel, t.said; "
        "print([m for m in ('openai', 'lark', 'pydantic') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
