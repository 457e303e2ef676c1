"""`goalsmith import`: a run that was exported is put in a store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.options import Json
from goalsmith.commands.stores import StoreUrl, open_runs

if TYPE_CHECKING:
    from goalsmith.execute.store import RunRow, Store

STANDARD_INPUT = Path("-")


def importing(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="What `goalsmith export` wrote; -: from standard input."
        ),
    ],
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Put a run that was exported in a store, with its journal and its simulated world.

    It keeps its id. One that had not ended is paused: somebody may still drive it where it is from.

    Example: goalsmith import run.jsonl
    """
    from goalsmith import output as out
    from goalsmith.commands.driving import SHORT
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.store import RunStatus, import_run

    with open_runs(store, new=True) as opened_store:
        if file == STANDARD_INPUT:
            row = import_run(opened_store, sys.stdin.buffer)
        else:
            try:
                lines = file.open("rb")
            except OSError as error:
                raise InputError(f"{file} cannot be read: {error.strerror}") from None
            with lines:
                row = import_run(opened_store, lines)
        lost = world_is_lost(opened_store, row)
    if as_json:
        fields = {"id": row.id, "status": row.status.value, "entries": row.entries}
        out.say_json(Outcome.YES, run={**fields, "world_lost": lost})
        out.leave(Outcome.YES)
    short = row.id[:SHORT]
    over = row.status is RunStatus.ENDED
    known = f"goalsmith show {short}" if over else f"it goes on with: goalsmith resume {short}"
    out.remark(f"run {row.id}, {row.entries} entries; {known}")
    if lost:
        out.remark(
            "the file was written by an earlier goalsmith and lacks the simulated world: the run "
            "finds one in which nothing was done yet, and plans anew from there"
        )
    out.leave(Outcome.YES)


def world_is_lost(store: Store, row: RunRow) -> bool:
    """Whether a run that is to go on has acted in a simulated world that is not in its store."""
    from goalsmith.execute.journal.events import StepReported
    from goalsmith.execute.store import RunStatus

    if row.status is RunStatus.ENDED or store.given(row.id).settings.get("simulator") is None:
        return False
    if store.simulation(row.id) is not None:
        return False
    return any(entry.kind == StepReported.kind for entry in store.entries(row.id))
