"""`goalsmith reject` a plan that waits; the run ends."""

from __future__ import annotations

from typing import Annotated

import typer

from goalsmith.commands.options import Json
from goalsmith.commands.stores import RunId, StoreUrl


def reject(
    run: RunId,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, for the journal.", metavar="TEXT")
    ] = "",
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Refuse the plan that waits for review. The run ends without another step.

    Example: goalsmith reject 3f2a --reason "not on a Friday"
    """
    from goalsmith.commands.reviewing import review
    from goalsmith.execute.messages import Reject

    review(run, store, as_json, lambda version, _: Reject(version, reason))
