"""`goalsmith runs`: the runs that are kept, and clearing them away."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.driving import finite
from goalsmith.commands.options import Json
from goalsmith.commands.stores import StoreUrl, open_runs, state_of, when
from goalsmith.domains.diagnostics import printable

if TYPE_CHECKING:
    from goalsmith.execute.store import RunRow

DAY = 86_400.0

MOST = 1_000_000
"""Runs that `--limit` may ask for; `--all` has no bound."""

WIDEST = 40
"""Columns that a state is given; a longer one pushes what follows it aside."""

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)


@app.callback()
def runs(
    context: typer.Context,
    store: StoreUrl = None,
    limit: Annotated[
        int,
        typer.Option("--limit", help="The newest, so many of them.", min=1, max=MOST, metavar="N"),
    ] = 50,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    as_json: Json = False,
) -> None:
    """List the runs that are kept, the newest first.

    Example: goalsmith runs --limit 10
    """
    if context.invoked_subcommand is not None:
        return
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome

    with open_runs(store, new=True) as opened_store:
        # One more than is shown tells whether there are others.
        found = opened_store.runs(limit=None if every else limit + 1)
    older = not every and len(found) > limit
    found = found[:limit] if older else found
    if as_json:
        out.say_json(Outcome.YES, runs=[asdict(row) for row in found], older=older)
        out.leave(Outcome.YES)
    if not found:
        out.remark("no runs are kept yet")
        out.leave(Outcome.YES)
    for number, words in enumerate(_columns(found)):
        if number:
            sys.stdout.write(f"{words}\n")
        else:
            out.line(words, "bold")
    if older:
        out.remark(f"the newest {limit}; older ones with --all, or --limit N")
    out.leave(Outcome.YES)


def _columns(runs: Sequence[RunRow]) -> Iterator[str]:
    """The lines of a list of runs, below a head.

    Not a table of rich's: for a thousand runs that would take longer than all else.
    """
    rows = [("run", "begun", "state", "entries", "name")]
    rows += [
        (run.id, when(run.created), printable(state_of(run)), str(run.entries), printable(run.name))
        for run in runs
    ]
    state, entries = (max(len(row[column]) for row in rows) for column in (2, 3))
    state = min(state, WIDEST)
    for identity, begun, how, count, name in rows:
        yield f"{identity:16}  {begun:19}  {how:{state}}  {count:>{entries}}  {name}".rstrip()


@app.command()
def prune(
    days: Annotated[
        float,
        typer.Option(
            "--older-than", help="Only those ended so many days ago.", min=0.0, callback=finite
        ),
    ] = 30.0,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Remove runs that ended long ago, with their journals.

    Example: goalsmith runs prune --older-than 7
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome

    with open_runs(store, new=True) as opened_store:
        removed = opened_store.prune(before=time.time() - days * DAY)
    if as_json:
        out.say_json(Outcome.YES, removed=list(removed))
    else:
        out.remark(f"{len(removed)} runs removed")
    out.leave(Outcome.YES)
