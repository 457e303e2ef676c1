"""What spans say of results, errors and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute.claims import error_text
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.journal.events import Event

if TYPE_CHECKING:
    from opentelemetry.trace import Span

MAX_TEXT: Final = 200
"""Characters that a span keeps of a text."""

MAX_STEPS: Final = 20
"""Steps that an event of a span names."""

Value: TypeAlias = "str | bool | int | float | list[str]"


def say_planned(span: Span, outcome: Outcome, engine: str, plan: Plan | None = None) -> None:
    """Says how a search for a plan ended; without a plan, it failed."""
    span.set_attribute("goalsmith.outcome", outcome.label)
    if engine:
        span.set_attribute("goalsmith.engine", engine)
    if plan is not None:
        span.set_attribute("goalsmith.plan.steps", len(plan))
    if outcome is not Outcome.SOLVED:
        fail(span, outcome.label, outcome.meaning)


def fail(span: Span, kind: str, message: str) -> None:
    """Marks a span as one that ended in an error (recording-errors.md of the conventions)."""
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR, printable(message, MAX_TEXT) or None))


def said(error: BaseException | None) -> str:
    """What an exception says; of an exit or an interruption nothing."""
    return error_text(error) if isinstance(error, Exception) else ""


def event_attributes(event: Event) -> dict[str, Value]:
    """What an event of a span tells: the fields that are short, cut where they are not."""
    found: dict[str, Value] = {}
    for field in fields(event):
        told = _told(getattr(event, field.name))
        if told not in ("", []):
            found[f"goalsmith.event.{field.name}"] = told
    return found


def _told(value: object) -> Value:
    """A value as one of a span; empty where it is of a kind that may be long."""
    match value:
        case Outcome():
            return value.label
        case Enum():
            return str(value.value)
        case bool() | int() | float():
            return value
        case str():
            return printable(value, MAX_TEXT)
        case Step():
            return str(value)
        case Divergence():
            return printable(value.summary(), MAX_TEXT)
        case Plan():
            return len(value)
        case tuple() if all(isinstance(each, Step) for each in value):
            return _named(value)
        case _:
            return ""


def _named(steps: Sequence[Step]) -> list[str]:
    names = list(map(str, steps))
    more = len(names) - MAX_STEPS
    return [*names[:MAX_STEPS], *([f"and {more} more"] if more > 0 else [])]
