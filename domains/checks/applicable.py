"""Actions that are never applicable in a problem."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.domains.checks.subject import Subject, some
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.formula import conjuncts
from goalsmith.domains.language import Action
from goalsmith.domains.writer import write_condition


def inapplicable_actions(subject: Subject) -> Iterator[Diagnostic]:
    """Actions whose precondition can never hold, even if nothing ever became false."""
    if subject.problem is None:
        return
    reachability = subject.reachability
    if reachability.complete:
        for action in subject.domain.actions:
            if not reachability.applicable(action.name):
                reason = _why(subject, action)
                yield subject.domain_text.finding(
                    "never-applicable",
                    f"in this problem, `{action.name}` is never applicable: {reason}",
                    action.position,
                )


def unfinished(subject: Subject) -> Iterator[Diagnostic]:
    """That the budget was spent before it was known what is reachable."""
    if subject.problem_text and not subject.reachability.complete:
        yield subject.problem_text.finding(
            "unfinished",
            "this problem is too large to say what can be reached: actions and goals that are "
            "impossible may go unnoticed",
        )


def _why(subject: Subject, action: Action) -> str:
    for parameter in action.parameters:
        if not subject.hierarchy.objects_of(parameter.types):
            return f"there is no object of type {some(parameter.types)}"
    parts = [
        write_condition(part)
        for part in conjuncts(action.precondition)
        if subject.reachability.possible(part, action.parameters) is False
    ]
    if parts:
        return f"{some(parts)} cannot come to hold"
    return "its conditions cannot come to hold together"
