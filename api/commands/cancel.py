"""`goalsmith cancel`: stop a run before its next step."""

from __future__ import annotations

from threading import Event
from typing import Annotated

import typer

from goalsmith.commands.options import Json
from goalsmith.commands.stores import RunId, StoreUrl, open_runs


def cancel(
    run: RunId,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, for the journal.", metavar="TEXT")
    ] = "",
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Stop a run before its next step, after the steps that make a stop safe.

    Whoever drives the run stops; where nobody does, it is ended here.

    Example: goalsmith cancel 3f2a
    """
    from goalsmith import output as out
    from goalsmith.commands.driving import SHORT
    from goalsmith.domains.diagnostics import printable
    from goalsmith.domains.errors import InputError, StoreUnavailableError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.durable import drive, send, take
    from goalsmith.execute.messages import Cancel
    from goalsmith.execute.store import RunStatus
    from goalsmith.execute.store.plain import MAX_NAME

    with open_runs(store) as opened_store:
        row = opened_store.run(run)
        send(opened_store, row.id, Cancel(reason))
        holding = take(opened_store, row.id)
        if holding is not None:
            with holding:
                try:
                    # It waits for nobody: the message is there.
                    drive(opened_store, holding, halt=Event(), stay=False)
                except StoreUnavailableError:
                    raise
                except InputError as error:
                    # It cannot be read, or its world not be seen: what was begun stays unknown.
                    said = printable(f"cancelled unseen: {error}", MAX_NAME)
                    fence = holding.lease.fence
                    status = RunStatus.ENDED
                    opened_store.set_status(row.id, status, outcome=said, fence=fence)
        row = opened_store.run(row.id)
    if as_json:
        fields = {"id": row.id, "status": row.status.value, "outcome": row.outcome}
        out.say_json(Outcome.YES, run=fields)
    elif row.status is RunStatus.ENDED:
        out.remark(f"run {row.id} is over: {row.outcome}")
    else:
        out.remark(f"run {row.id} stops before its next step, as soon as {row.owner} sees it")
        out.remark(f"if that one is gone: goalsmith resume {row.id[:SHORT]}, or a worker, stops it")
    out.leave(Outcome.YES)
