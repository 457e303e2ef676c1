"""What a translation fails by: one of a few causes, never a mere "failed"."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from goalsmith.domains.diagnostics import Diagnostic


class Failure(StrEnum):
    """Why a text has not become what it should, in the order in which causes come to light."""

    NO_ANSWER = "no answer"
    NOT_PARSEABLE = "not parseable"
    UNKNOWN_VOCABULARY = "unknown vocabulary"
    ILL_TYPED = "ill-typed"
    WRONG_INITIAL_STATE = "wrong initial state"
    WRONG_GOAL = "wrong goal"
    UNSOLVABLE = "unsolvable"
    PLANNER_OUT_OF_TIME = "planner out of time"
    PLAN_INVALID = "plan invalid"


_NO_ANSWER = frozenset({"no-condition", "no-problem"})
_ILL_TYPED = frozenset({"type-mismatch", "arity"})
_VOCABULARY = frozenset({"wrong-kind", "wrong-domain"})
_INITIAL = frozenset(
    {"broken-invariant", "derived-fact", "duplicate-number", "missing-fact", "one-way"}
)
IMPOSSIBLE = frozenset({"static-goal", "unreachable-goal", "unsolvable-goal"})
"""The codes of findings that say that no plan reaches the goal."""

_GOAL = frozenset(
    {
        "empty-goal",
        "contradictory-goal",
        "goal-already-true",
        "object-forgotten",
        "object-not-mentioned",
    }
)


def failure_of(findings: Iterable[Diagnostic]) -> Failure:
    """The first cause among some findings; without any, that there is no answer.

    What a reader reports and is none of the named causes is an answer that cannot be parsed.
    """
    causes = {_cause(finding.code) for finding in findings}
    return next((cause for cause in Failure if cause in causes), Failure.NO_ANSWER)


def _cause(code: str) -> Failure:
    if code in _NO_ANSWER:
        return Failure.NO_ANSWER
    if code in _ILL_TYPED:
        return Failure.ILL_TYPED
    if code in _VOCABULARY or code.startswith("unknown-"):
        return Failure.UNKNOWN_VOCABULARY
    if code in _INITIAL:
        return Failure.WRONG_INITIAL_STATE
    if code in _GOAL:
        return Failure.WRONG_GOAL
    if code in IMPOSSIBLE:
        return Failure.UNSOLVABLE
    return Failure.NOT_PARSEABLE
