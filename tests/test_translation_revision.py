"""A new wish in the middle: what of a goal stays, goes and comes."""

from __future__ import annotations

import pytest

from goalsmith.domains.library import bundled
from goalsmith.domains.reader import read_condition
from goalsmith.translate import NotTranslatedError, ScriptedModel, Translation, translate

LIBRARY = bundled("blocksworld")
TASK = LIBRARY.instance("p2").task
WORDING = LIBRARY.wording
GOAL = "(and (on b c) (on d e) (not (clear f)))"
BEFORE = TASK.with_goal(read_condition(GOAL, TASK))


def revised(wish: str) -> Translation:
    return translate(wish, BEFORE, WORDING, revise=True)


@pytest.mark.parametrize(
    ("wish", "goal"),
    [
        ("also put f on the table", "(and (on b c) (on d e) (not (clear f)) (on-table f))"),
        ("put f on the table", "(and (on b c) (on d e) (not (clear f)) (on-table f))"),
        ("put b on f", "(and (on d e) (not (clear f)) (on b f))"),
        ("additionally, f is clear", "(and (on b c) (on d e) (clear f))"),
        ("also c is on b", "(and (on d e) (not (clear f)) (on c b))"),
        ("forget that b is on c", "(and (on d e) (not (clear f)))"),
        ("I no longer want that f is not clear", "(and (on b c) (on d e))"),
        ("it is no longer needed that b is on c and d is on e", "(not (clear f))"),
        ("instead put f on c", "(on f c)"),
        ("put f on c instead.", "(on f c)"),
        ("the new goal is that a is on b", "(on a b)"),
        ("put b on c", "(and (on d e) (not (clear f)) (on b c))"),
    ],
)
def test_a_wish_adds_drops_or_replaces(wish: str, goal: str) -> None:
    assert revised(wish).goal_pddl == goal


def test_the_revision_says_what_changed() -> None:
    revision = revised("put b on f").revision
    assert revision is not None
    assert revision.lines(TASK, WORDING) == ("no longer: b is on c", "new: b is on f")
    assert len(revision.kept) == 2
    assert translate("put a on b", BEFORE, WORDING).revision is None


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("forget that a is on b", "the goal does not ask for “a is on b”; it asks for “b is on c”"),
        (
            "forget that b is on c, d is on e and f is not clear",
            "nothing of the goal would be left",
        ),
        ("also juggle", "juggle"),
        ("forget everything that was", "not understood"),
        ("drop", "drop"),
    ],
)
def test_a_wish_that_cannot_be_followed_says_why(wish: str, said: str) -> None:
    with pytest.raises(NotTranslatedError, match=said):
        revised(wish)


def test_a_model_sees_the_goal_so_far_and_writes_the_whole_new_one() -> None:
    model = ScriptedModel(["(and (on b c) (on d f))"])
    translation = translate("d goes elsewhere", BEFORE, WORDING, model, revise=True)
    told = model.requests[0].messages[1].content
    assert GOAL in told
    assert "what the wish does not touch stays" in told
    revision = translation.revision
    assert revision is not None
    assert revision.lines(TASK, WORDING) == (
        "no longer: d is on e",
        "no longer: f is not clear",
        "new: d is on f",
    )
