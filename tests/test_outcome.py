"""The table of outcomes: one row each, and what the errors end with."""

from goalsmith.domains import errors
from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.outcome import Outcome


def every_error() -> list[type[GoalsmithError]]:
    found = [GoalsmithError]
    for error in found:
        found += [e for e in error.__subclasses__() if e.__module__ == errors.__name__]
    return found


def test_names_and_exit_codes_tell_outcomes_apart() -> None:
    assert len({o.label for o in Outcome}) == len(Outcome)
    zero = [o for o in Outcome if o.exit_code == 0]
    others = [o.exit_code for o in Outcome if o.exit_code != 0]
    assert zero == [Outcome.SOLVED, Outcome.REACHED, Outcome.YES]
    assert len(set(others)) == len(others)
    assert all(0 <= o.exit_code <= 130 for o in Outcome)


def test_a_settled_outcome_answers_and_an_error_never_does() -> None:
    assert {o for o in Outcome if o.settled} == {
        Outcome.SOLVED,
        Outcome.REACHED,
        Outcome.YES,
        Outcome.NO,
        Outcome.UNSOLVABLE,
    }
    assert not any(e.outcome.settled for e in every_error())


def test_an_outcome_prints_as_its_name() -> None:
    assert str(Outcome.NO_PLAN_FOUND) == f"{Outcome.NO_PLAN_FOUND}" == "no-plan-found"
    assert all(o.meaning and not o.meaning.endswith(".") for o in Outcome)


def test_every_error_ends_a_command_with_a_row_of_the_table() -> None:
    codes = {e.__name__: e.outcome.exit_code for e in every_error()}
    assert codes["InputError"] == codes["PddlError"] == 30
    assert codes["UnsupportedError"] == codes["UnsupportedPddlError"] == 31
    assert codes["EngineError"] == 40
    assert codes["TranslationError"] == codes["ModelBusyError"] == codes["ModelRefusedError"] == 50


def test_the_tree_at_the_top_of_the_module_is_the_tree() -> None:
    assert errors.__doc__
    drawn = {word for word in errors.__doc__.split() if word.endswith("Error")}
    assert drawn == {e.__name__ for e in every_error()}
