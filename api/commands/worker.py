"""`goalsmith worker`: drive the runs of a store, on this machine among any number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.driving import SHORT, LeaseSeconds, finite
from goalsmith.commands.options import Json
from goalsmith.commands.stores import StoreUrl, open_runs
from goalsmith.commands.traces import TraceTo

if TYPE_CHECKING:
    from goalsmith.execute.durable import Driven
    from goalsmith.execute.store import RunRow


def worker(
    store: StoreUrl = None,
    once: Annotated[bool, typer.Option("--once", help="End after one run.")] = False,
    idle_exit: Annotated[
        float | None,
        typer.Option(
            "--idle-exit",
            help="End after so many seconds without a run.",
            min=0.0,
            metavar="S",
            callback=finite,
        ),
    ] = None,
    lease: LeaseSeconds = None,
    poll: Annotated[
        float,
        typer.Option(
            "--poll",
            help="Seconds between two looks for a run.",
            min=0.05,
            max=86_400.0,
            metavar="S",
            callback=finite,
        ),
    ] = 1.0,
    trace: TraceTo = None,
    as_json: Json = False,
) -> None:
    """Drive the runs of a store that nobody drives, one after the other, the oldest first.

    Any number of workers may share a store, on many machines where that is PostgreSQL. Runs of a
    worker that is gone are taken over when its lease is over. Ctrl-C ends a worker after the
    present step, and leaves the run to others.

    Example: goalsmith worker --store postgresql://planner@db/runs
    """
    from goalsmith import output as out
    from goalsmith.commands.driving import stopping
    from goalsmith.commands.traces import tell_drive, tracing
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.durable import LEASE_SECONDS, Worker

    left: list[dict[str, object]] = []
    taken: dict[str, RunRow] = {}

    def on_taken(row: RunRow) -> None:
        taken[row.id] = row
        out.remark(f"run {row.id[:SHORT]}  {row.name}: {'goes on' if row.entries else 'begins'}")

    def on_left(row: RunRow, driven: Driven) -> None:
        out.remark(f"run {row.id[:SHORT]}  {driven.status}, {driven.outcome}: {driven.reason}")
        left.append({"id": row.id, "status": driven.status.value, "outcome": driven.outcome.label})
        before = taken.pop(row.id)
        if provider is not None:
            try:
                tell_drive(provider, opened_store, before)
            except InputError as error:
                out.remark(f"run {row.id[:SHORT]} cannot be traced: {error}")

    with tracing(trace) as provider, open_runs(store, new=True) as opened_store, stopping() as halt:
        out.remark(f"a worker for {opened_store.place}; Ctrl-C ends it")
        Worker(
            opened_store,
            halt,
            on_taken,
            on_left,
            out.remark,
            lease=LEASE_SECONDS if lease is None else lease,
            poll=poll,
        ).work(idle=idle_exit, most=1 if once else None)
    if as_json:
        out.say_json(Outcome.YES, runs=left)
    out.leave(Outcome.YES)
