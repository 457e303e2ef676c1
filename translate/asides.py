"""What stands between and around clauses: separators, lead-ins, denials."""

from __future__ import annotations

from goalsmith.translate.phrases import DENIAL

STOPS = frozenset({".", ";", "!"})
MARKS = STOPS | {",", "-", "*", "•"}
JOINS = frozenset({"and", "then", "also", "but", "&", "finally"})


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


# What may stand before a clause without changing what it asks for.
LEADS = _phrases(
    """
    please
    i want
    i want you to
    i want to
    i want to have
    i would like
    i would like you to
    i would like to
    i would like to have
    i'd like
    i'd like you to
    i'd like to
    i need
    i need you to
    we want
    we want to
    we need
    we would like
    you should
    you must
    can you
    could you
    would you
    make sure
    make sure to
    be sure to
    ensure
    see to it
    see
    the goal is
    the goal is to
    the goal is to have
    the goal
    my goal is
    my goal is to
    my goal is to have
    our goal is
    our goal is to
    your goal is
    your goal is to
    your task is to
    goal
    it should hold
    it must hold
    in the end
    at the end
    finally
    let
    let's
    let us
    have
    that
    :
    -
    *
    •
    """
)

# What may stand after one.
TAILS = _phrases(
    """
    please
    in the end
    at the end
    finally
    too
    as well
    """
)

DENIALS = (
    DENIAL,
    ("it", "is", "not", "true", "that"),
    ("it", "is", "not", "the", "case", "that"),
    ("it", "should", "not", "be", "so", "that"),
    ("not",),
)

WORDS = MARKS | JOINS | {w for phrase in (*LEADS, *TAILS, *DENIALS) for w in phrase}
