"""Numbers that are read without having a value, and metrics that measure nothing."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.domains.checks.subject import Subject, Text, some
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.formula import (
    Assign,
    Condition,
    Expression,
    FunctionTerm,
    function_terms_in,
)
from goalsmith.domains.language import Action
from goalsmith.domains.semantics import Semantics


def undefined_numbers(subject: Subject) -> Iterator[Diagnostic]:
    """Numbers that are read, that no action assigns, and that have no initial value.

    Of those in conditions, only functions without any value are reported: a comparison with a
    number that has none is false, which may be meant.
    """
    problem = subject.problem
    if problem is None:
        return
    valued = {term.function for term, _ in problem.numbers}
    changed = subject.usage.changed
    counters = Semantics(subject.task).counters
    known = counters | {name for name, how in changed.items() if "assign" in how}
    for action in subject.domain.actions:
        for term in _needs(action):
            if term.function not in known:
                missing = subject.reachability.without_number(action, term)
                if missing is not None:
                    known |= {term.function}
                    yield _undefined(subject.domain_text, f"`{action.name}` needs", missing, term)
    for term in subject.usage.reads:
        if term.function not in known | valued:
            known |= {term.function}
            in_domain = subject.domain_text.places.part(term) is not None
            text = subject.domain_text if in_domain else subject.problem_text
            if text is not None:
                yield _undefined(text, "this reads", term, term)


def _undefined(text: Text, who: str, missing: FunctionTerm, at: FunctionTerm) -> Diagnostic:
    return text.finding("undefined-number", f"{who} `{missing}`, which has no initial value", at)


def _needs(action: Action) -> Iterator[FunctionTerm]:
    """The numbers that each step of an action needs; to increase a number is to read it."""
    for effect in action.effects:
        if isinstance(effect, Assign):
            if effect.operator != "assign":
                yield effect.target
            yield from function_terms_in(effect.value)


def constant_metric(subject: Subject) -> Iterator[Diagnostic]:
    """A metric that reads only functions which no action changes: all plans are equally good."""
    problem, text = subject.problem, subject.problem_text
    if problem is None or text is None or problem.metric is None:
        return
    expression: Expression | str | Condition = problem.metric.expression
    if isinstance(expression, str):
        return
    read = {term.function for term in function_terms_in(expression)}
    if not read & subject.usage.changed.keys():
        what = f"no action changes {some(sorted(read))}" if read else "it is a constant"
        yield text.finding(
            "constant-metric", f"the metric is the same for every plan: {what}", ":metric"
        )
