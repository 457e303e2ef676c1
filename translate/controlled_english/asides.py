"""What stands between and around clauses: separators, lead-ins, denials."""

from __future__ import annotations

from goalsmith.translate.controlled_english.phrases import DENIAL

STOPS = frozenset({".", ";", "!"})
MARKS = STOPS | {",", "-", "*", "•"}
JOINS = frozenset({"and", "then", "also", "but", "&", "finally"})


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


_OWNERS = ("the", "my", "our", "your")
_AIMS = ("goal", "task", "aim", "objective")
_COPULAS = ("", "is", "is to", "is to have", "is that", "state")

# What begins the part of a text that says what is wanted.
GOAL_CUES = (
    *((owner, aim) for owner in _OWNERS for aim in _AIMS),
    ("goal", ":"),
    ("goal", "state"),
    ("goal",),
)

# What says that something is wanted; after a description, what is wanted begins there too.
WISHES = _phrases(
    """
    please
    i want
    i would like
    i'd like
    i need
    we want
    we need
    we would like
    you should
    you must
    make sure
    ensure
    see to it
    """
)

# What begins a description of the situation.
SITUATION_CUES = _phrases(
    """
    as initial conditions
    as initial condition
    initially
    in the beginning
    at the beginning
    at first
    at the start
    the initial situation
    the initial state
    initial situation
    initial state
    the situation is
    currently
    at the moment
    """
)

# What may stand before a clause without changing what it asks for.
LEADS = (
    *(
        tuple(f"{owner} {aim} {copula}".split())
        for owner, aim in GOAL_CUES[: len(_OWNERS) * len(_AIMS)]
        for copula in _COPULAS
    ),
    *WISHES,
    *_phrases("""
    i want you to
    i want to
    i want to have
    i would like you to
    i would like to
    i would like to have
    i'd like you to
    i'd like to
    i need you to
    we want to
    can you
    could you
    would you
    make sure to
    be sure to
    see
    goal
    goal state
    it should hold
    it must hold
    in the end
    at the end
    finally
    the following
    let
    let's
    let us
    have
    that
    :
    -
    *
    •
    """),
)

# What may stand before a statement about the situation.
SITUATION_LEADS = (
    *SITUATION_CUES,
    *_phrases("""
    i have that
    we have that
    you have that
    i have
    we have
    you have
    there is
    there are
    it holds that
    is
    is that
    is as follows
    is the following
    the following holds
    that
    :
    ,
    -
    *
    •
    """),
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

_GOAL_PHRASES = (*LEADS, *TAILS, *DENIALS)
WORDS = MARKS | JOINS | {w for phrase in _GOAL_PHRASES for w in phrase}
SITUATION_WORDS = MARKS | JOINS | {w for p in (*SITUATION_LEADS, *DENIALS) for w in p}
