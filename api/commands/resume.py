"""`goalsmith resume`: go on with a run that was left, interrupted or killed."""

from __future__ import annotations

from typing import Annotated

import typer

from goalsmith.commands.driving import LeaseSeconds
from goalsmith.commands.options import Json
from goalsmith.commands.stores import StoreUrl, open_runs
from goalsmith.commands.traces import TraceTo


def resume(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="A run's id, or how it begins; by default the newest that is not over.",
        ),
    ] = None,
    store: StoreUrl = None,
    lease: LeaseSeconds = None,
    trace: TraceTo = None,
    as_json: Json = False,
) -> None:
    """Go on with a run from its journal: what is done stays done, and the world is looked at first.

    Example: goalsmith resume
    """
    from goalsmith import output as out
    from goalsmith.commands.driving import drive_here, driven_fields, say_how_left, world_of
    from goalsmith.commands.traces import run_spans

    with open_runs(store) as opened_store:
        row = opened_store.unfinished() if run is None else opened_store.run(run)
        out.remark(f"run {row.id}  {row.name}".rstrip())
        world = world_of(opened_store, row.id)
        console = out.console(stderr=as_json)
        with run_spans(trace, world.domain.name, row.id) as spans:
            driven = drive_here(opened_store, row, console, lease=lease, world=world, spans=spans)
        say_how_left(row, driven)
        if as_json:
            out.say_json(driven.outcome, run=driven_fields(opened_store, row, driven))
    out.leave(driven.outcome)
