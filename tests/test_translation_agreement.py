"""Several translations of one text: groups that say the same, confidence, and questions back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from goalsmith import Planner
from goalsmith.domains.errors import InputError, ModelBusyError, ModelError, ModelRefusedError
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.translate import (
    Asking,
    Checks,
    NotTranslatedError,
    Request,
    ScriptedModel,
    Translation,
    UnclearError,
    translate,
)

LIBRARY = bundled("logistics")
TASK = LIBRARY.instance("p1").task
WORDING = LIBRARY.wording
PLACES = sorted({a.args[0] for a in TASK.problem.init if a.predicate == "in-city"})[:3]
FIRST, SECOND, THIRD = PLACES
PARCEL = next(o.name for o in TASK.objects if "package" in o.types)
OTHER = [o.name for o in TASK.objects if "package" in o.types][1]
TEXT = f"{PARCEL} goes where it belongs, and all the rest stays"
CHECKS = Checks(seconds=0.0)


def at(place: str) -> str:
    return f"(and (at {PARCEL} {place}) (at {OTHER} {FIRST}))"


def ask(answer: Callable[[Request], str], samples: int, threshold: float = 0.5) -> Translation:
    asking = Asking(samples=samples, threshold=threshold, max_rounds=1)
    return translate(TEXT, TASK, WORDING, ScriptedModel(answer), asking=asking, checks=CHECKS)


def unclear(answer: Callable[[Request], str], samples: int, threshold: float = 0.5) -> UnclearError:
    with pytest.raises(UnclearError) as caught:
        ask(answer, samples, threshold)
    return caught.value


def test_what_most_samples_say_is_the_answer_however_it_is_written() -> None:
    answers = [
        at(FIRST),
        at(SECOND),
        f"(and (at {OTHER} {FIRST}) (at {PARCEL} {FIRST}))",
        f"(not (or (not (at {PARCEL} {FIRST})) (not (at {OTHER} {FIRST}))))",
    ]
    translation = ask(lambda request: answers[request.sample], 4)
    assert translation.goal_pddl == at(FIRST)
    assert translation.confidence == 0.75
    assert translation.samples == 4


def test_a_single_sample_has_no_confidence() -> None:
    assert ask(lambda _: at(FIRST), 1).confidence is None


def test_too_little_agreement_is_a_question_in_english() -> None:
    error = unclear(lambda request: at(PLACES[request.sample]), 3)
    assert error.outcome is Outcome.QUESTION
    asked = error.question
    assert asked.question == f"Should {PARCEL} be at {FIRST}, at {SECOND} or at {THIRD}?"
    assert [o.said for o in asked.options] == [f"{PARCEL} is at {place}" for place in PLACES]
    assert f"1. {PARCEL} is at {FIRST} (1 of 3 translations)" in str(error)


def test_a_tie_is_a_question_even_above_the_threshold() -> None:
    error = unclear(lambda request: at(PLACES[request.sample % 2]), 4, 0.4)
    assert len(error.question.options) == 2


def test_a_threshold_can_ask_for_all() -> None:
    assert ask(lambda _: at(FIRST), 3, 1.0).confidence == 1.0
    unclear(lambda request: at(PLACES[request.sample == 2]), 3, 1.0)


def test_samples_that_failed_count_against_the_rest() -> None:
    translation = ask(lambda request: at(FIRST) if request.sample else "no idea", 3)
    assert translation.confidence == pytest.approx(2 / 3)
    error = unclear(lambda request: "no idea" if request.sample else at(FIRST), 3)
    assert error.question.question.startswith("Is this all that is meant")


def test_an_endpoint_that_is_busy_now_and_then_counts_as_no_answer() -> None:
    def answer(request: Request) -> str:
        if request.sample == 1:
            raise ModelBusyError("later")
        return at(FIRST)

    assert ask(answer, 3).confidence == pytest.approx(2 / 3)


def test_an_endpoint_that_refuses_ends_it() -> None:
    def answer(request: Request) -> str:
        raise ModelRefusedError("no") if request.sample == 2 else ModelBusyError("later")

    with pytest.raises(ModelRefusedError):
        ask(answer, 3)


def test_no_answer_at_all_is_the_endpoints_error() -> None:
    def answer(_: Request) -> str:
        raise ModelBusyError("later")

    with pytest.raises(ModelError, match="later"):
        ask(answer, 3)


def test_no_right_answer_at_all_tells_the_last_errors() -> None:
    with pytest.raises(NotTranslatedError, match="any of 3 samples"):
        ask(lambda _: "(at nowhere)", 3)


def test_a_reply_names_an_option_by_number_or_words() -> None:
    asked = unclear(lambda request: at(PLACES[request.sample]), 3).question
    planner = Planner("logistics", model=ScriptedModel([]))
    for reply in ("2", " (2) ", f"{PARCEL} is at {SECOND}.".upper()):
        assert planner.answer(asked, reply, TASK).goal_pddl == at(SECOND)


def test_another_reply_goes_back_in_with_the_question() -> None:
    asked = unclear(lambda request: at(PLACES[request.sample]), 3).question
    model = ScriptedModel(lambda _: at(THIRD))
    reply = "neither; the third place"
    asking = Asking(samples=2, max_rounds=1)
    translation = Planner("logistics", model=model).answer(asked, reply, TASK, asking=asking)
    assert translation.goal_pddl == at(THIRD)
    assert translation.confidence == 1.0
    told = model.requests[0].messages[1].content
    assert TEXT in told
    assert asked.question in told
    assert reply in told


def test_goals_that_differ_in_more_are_asked_for_one_by_one() -> None:
    answers = [at(FIRST), f"(at {OTHER} {SECOND})"]
    asked = unclear(lambda request: answers[request.sample], 2).question
    assert asked.question.startswith("What is meant: ")
    assert "; or " in asked.question


@pytest.mark.parametrize(
    "wrong",
    [{"samples": 0}, {"samples": 101}, {"threshold": 0.0}, {"threshold": 1.1}, {"parallel": 0}],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="must be"):
        Asking(**wrong)  # type: ignore[arg-type]


def test_different_goals_that_cannot_be_reached_do_not_agree() -> None:
    city = next(o.name for o in TASK.objects if "city" in o.types)
    cities = [a for a in TASK.problem.init if a.predicate == "in-city"]
    other = next(a.args[0] for a in cities if a.args[1] != city)
    more = next(a.args[0] for a in cities if a.args[1] != city and a.args[0] != other)
    wrong = [f"(in-city {other} {city})", f"(in-city {more} {city})"]
    answers = [at(FIRST), *wrong]
    error = unclear(lambda request: answers[request.sample], 3)
    assert len(error.question.options) == 3
    alike = [at(FIRST), wrong[0], f"(and (in-city {other} {city}))"]
    assert ask(lambda request: alike[request.sample], 3).goal_pddl == wrong[0]
