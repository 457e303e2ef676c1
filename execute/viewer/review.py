"""A person's decision on a plan, as it comes from the page."""

from __future__ import annotations

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import read_plan
from goalsmith.execute.messages import Approve, Edit, Reject
from goalsmith.execute.store.plain import MAX_TEXT, Plain, checked_text
from goalsmith.solve.validation import validate

MAX_REASON = 2000
"""Characters that the reason of a rejection may have."""


def decision(said: Plain, awaited: int | None, now: Task) -> Approve | Reject | Edit:
    """The message to a run that a decision amounts to.

    Args:
        said: what the page sent: `kind`, `version`, and `reason` or `plan`.
        awaited: the version of the plan that waits; None: none does.
        now: the run's task, from the state in which it is.

    Raises:
        InputError: it is no decision on the plan that waits, or the plan is wrong, and why.
    """
    if not isinstance(said, dict):
        raise InputError("a decision is an object with `kind` and `version`")
    if awaited is None:
        raise InputError("no plan waits for a decision")
    if said.get("version") != awaited:
        other = str(said.get("version"))[:20]
        raise InputError(f"plan {awaited} waits for a decision, and not plan {other}")
    match said.get("kind"):
        case Approve.kind:
            return Approve(awaited)
        case Reject.kind:
            return Reject(awaited, checked_text(_text(said, "reason"), "the reason", MAX_REASON))
        case Edit.kind:
            plan = read_plan(checked_text(_text(said, "plan"), "the plan", MAX_TEXT), now, "plan")
            failure = validate(now, plan).failure
            if failure is not None:
                raise InputError(f"the plan does not lead to the goal: {failure}")
            return Edit(awaited, plan)
        case kind:
            raise InputError(
                f"a decision is `approve`, `reject` or `edit`, and not `{str(kind)[:20]}`"
            )


def _text(said: dict[str, Plain], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise InputError(f"`{name}` of a decision is a text")
    return value
