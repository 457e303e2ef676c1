"""Whole problems by a model: found in answers, checked, grouped up to renaming."""

from __future__ import annotations

import pytest

from goalsmith import Planner
from goalsmith.domains.library import bundled
from goalsmith.domains.writer import write_problem
from goalsmith.translate import (
    Asking,
    Checks,
    Failure,
    NotTranslatedError,
    ScriptedModel,
    Translation,
    translate,
)

LIBRARY = bundled("gripper")
DOMAIN, WORDING = LIBRARY.domain, LIBRARY.wording
TEXT = "One ball lies in the kitchen with the robot. It should be in the hall."


def problem(
    *, ball: str = "b", room: str = "kitchen", init: str = "", goal: str = "", name: str = "p"
) -> str:
    goal = goal or f"(in {ball} hall)"
    return (
        f"(define (problem {name}) (:domain gripper)\n"
        f"  (:objects {room} hall - room {ball} - ball left - gripper)\n"
        f"  (:init (robot-in {room}) (in {ball} {room}) (free left) {init})\n"
        f"  (:goal {goal}))"
    )


def by(*answers: str, **asking: float) -> Translation:
    model = ScriptedModel(lambda request: answers[request.sample])
    return translate(TEXT, DOMAIN, WORDING, model, asking=Asking(**asking))  # type: ignore[arg-type]


def test_the_problem_of_an_answer_is_found() -> None:
    for answer in (
        problem(),
        f"Here it is:\n```pddl\n; one ball\n{problem()}\n```\nAs you (surely) see.",
        f"<think>{problem(room='cellar')}</think>{problem()}",
        f"```\n{problem()}\n```\nthat is\n```\n{problem()}\n```",
    ):
        translation = by(answer)
        assert translation.goal_pddl == "(in b hall)"
        assert [o.name for o in translation.task.problem.objects] == [
            "kitchen",
            "hall",
            "b",
            "left",
        ]


def test_the_model_is_told_the_vocabulary_and_the_text_as_data() -> None:
    model = ScriptedModel([problem()])
    translate(TEXT, DOMAIN, WORDING, model)
    system, user = model.requests[0].messages
    assert "(define (problem …)" in system.content
    assert "(carrying ?ball - ball ?gripper - gripper)" in user.content
    assert f"<request>\n{TEXT}\n</request>" in user.content


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("I cannot.", Failure.NO_ANSWER),
        (f"{problem()}\n{problem(room='cellar')}", Failure.NOT_PARSEABLE),
        (problem()[:-30], Failure.NOT_PARSEABLE),
        (problem(init="(clean kitchen)"), Failure.UNKNOWN_VOCABULARY),
        (problem(init="(free right)"), Failure.UNKNOWN_VOCABULARY),
        (problem(goal="(in hall b)"), Failure.ILL_TYPED),
        (problem(goal="(and (in b hall) (not (in b hall)))"), Failure.WRONG_GOAL),
        (problem(goal="(and)"), Failure.WRONG_GOAL),
    ],
)
def test_each_kind_of_wrong_problem_is_told_apart(answer: str, failure: Failure) -> None:
    with pytest.raises(NotTranslatedError) as caught:
        by(answer, max_rounds=1)
    assert caught.value.failure is failure


def test_an_impossible_initial_state_is_handed_back() -> None:
    answers = [problem(init="(in b hall)", goal="(robot-in hall)"), problem()]
    model = ScriptedModel(answers)
    translation = translate(TEXT, DOMAIN, WORDING, model)
    assert [f.code for f in translation.rounds[0].findings] == ["broken-invariant"]
    assert not translation.doubts
    assert "<problem>:3:" in model.requests[1].messages[-1].content


def test_an_unsolvable_problem_is_doubtful() -> None:
    broken = problem().replace("(free left)", "")
    translation = by(broken, max_rounds=1)
    assert [d.code for d in translation.doubts] == ["unreachable-goal"]


def test_samples_agree_up_to_the_names_of_objects() -> None:
    translation = by(
        problem(), problem(ball="ball-1", name="q"), problem(goal="(robot-in hall)"), samples=3
    )
    assert translation.confidence == pytest.approx(2 / 3)
    assert translation.goal_pddl == "(in b hall)"


def test_the_planner_makes_whole_problems_and_solves_them() -> None:
    planner = Planner("gripper", model=ScriptedModel([problem()]))
    translation = planner.translate(TEXT, mode="problem", checks=Checks(seconds=0.0))
    assert planner.solve(translation.task).solved
    assert "(in b hall)" in write_problem(translation.task.problem)
