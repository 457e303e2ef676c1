"""`goalsmith runs`: the runs that are kept, and clearing them away."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated

import typer

from goalsmith.commands.options import Json
from goalsmith.commands.stores import StoreUrl, open_runs, state_of, when

DAY = 86_400.0

app = typer.Typer(
    help="List the runs that are kept.", invoke_without_command=True, no_args_is_help=False
)


@app.callback()
def runs(
    context: typer.Context,
    store: StoreUrl = None,
    limit: Annotated[int, typer.Option("--limit", help="The newest, so many of them.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List the runs that are kept, the newest first.

    Example: goalsmith runs --limit 10
    """
    if context.invoked_subcommand is not None:
        return
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome

    with open_runs(store) as opened_store:
        found = opened_store.runs(limit=limit)
    if as_json:
        out.say_json(Outcome.YES, runs=[asdict(row) for row in found])
        out.leave(Outcome.YES)
    if not found:
        out.remark("no runs are kept yet")
        out.leave(Outcome.YES)
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in ("run", "begun", "state", "entries", "name"):
        table.add_column(head, justify="right" if head == "entries" else "left")
    for row in found:
        table.add_row(row.id, when(row.created), state_of(row), str(row.entries), row.name)
    out.say(table)
    out.leave(Outcome.YES)


@app.command()
def prune(
    days: Annotated[
        float, typer.Option("--older-than", help="Only those ended so many days ago.", min=0.0)
    ] = 30.0,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Remove runs that ended long ago, with their journals.

    Example: goalsmith runs prune --older-than 7
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome

    with open_runs(store) as opened_store:
        removed = opened_store.prune(before=time.time() - days * DAY)
    if as_json:
        out.say_json(Outcome.YES, removed=list(removed))
    else:
        out.remark(f"{len(removed)} runs removed")
    out.leave(Outcome.YES)
