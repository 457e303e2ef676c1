"""`goalsmith approve` a plan that waits, or one put in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goalsmith.commands.options import Json
from goalsmith.commands.stores import RunId, StoreUrl


def approve(
    run: RunId,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan",
            help="Carry this file's plan out instead: steps reordered, left out or added.",
            metavar="FILE",
        ),
    ] = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Let a run carry out the plan that waits for review.

    A plan in its place is replayed first, from where the run is, and refused if it fails.

    Example: goalsmith approve 3f2a
    """
    from goalsmith.commands.reviewing import review
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.language import Task
    from goalsmith.domains.plans import read_plan
    from goalsmith.domains.reader import load_text
    from goalsmith.execute.messages import Approve, Edit, Message
    from goalsmith.solve.validation import validate

    def answer(version: int, task: Task) -> Message:
        if plan is None:
            return Approve(version)
        edited = read_plan(load_text(plan), task, str(plan))
        failure = validate(task, edited).failure
        if failure is not None:
            raise InputError(
                f"the plan of {plan} does not lead to the goal: {failure}; nothing was sent"
            )
        return Edit(version, edited)

    review(run, store, as_json, answer)
