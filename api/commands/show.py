"""`goalsmith show`: what happened in a run, entry by entry."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from goalsmith.commands.options import Json
from goalsmith.commands.stores import RunId, StoreUrl, open_runs, state_of, when
from goalsmith.domains.diagnostics import printable

if TYPE_CHECKING:
    from goalsmith.execute.store import EntryRow

_SHOWN = ("number", "step", "verdict", "outcome", "reason", "message", "version", "engine")
"""What an entry's line tells of its body, in this order."""

LONGEST = 500
"""Characters of what a line tells."""


def show(run: RunId, store: StoreUrl = None, as_json: Json = False) -> None:
    """Show what happened in a run that is kept.

    Example: goalsmith show 3f2a
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome

    with _no_collection(), open_runs(store) as opened_store:
        row = opened_store.run(run)
        entries = opened_store.entries(row.id)
        given = opened_store.given(row.id)
    if as_json:
        out.say_json(
            Outcome.YES,
            run=asdict(row),
            given=asdict(given),
            entries=[asdict(entry) for entry in entries],
        )
        out.leave(Outcome.YES)
    out.line(f"{row.id}  {when(row.created)}  {state_of(row)}  {row.name}".rstrip(), "bold")
    # Not a table of rich's, which takes minutes for a journal of 10,000 steps.
    digits = len(str(row.entries))
    kinds = max((len(entry.kind) for entry in entries), default=0)
    second = cache(lambda seconds: when(seconds)[11:])
    sys.stdout.writelines(
        f"{e.sequence:>{digits}} {second(int(e.time))} {e.kind:{kinds}} {_told(e)}\n"
        for e in entries
    )
    out.remark(f"as a page: goalsmith view {row.id[:6]}")
    out.leave(Outcome.YES)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A long journal is many objects without cycles, which would be looked for again and again."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _told(entry: EntryRow) -> str:
    """What an entry says beside its kind, in a line."""
    body = entry.body if isinstance(entry.body, dict) else {}
    said = [str(body[key]) for key in _SHOWN if body.get(key) not in {None, ""}]
    divergence = body.get("divergence")
    if isinstance(divergence, dict):
        for kind in ("missing", "unexpected"):
            atoms = divergence.get(kind)
            if isinstance(atoms, list) and atoms:
                more = f" and {len(atoms) - 3} more" if len(atoms) > 3 else ""
                said.append(f"{kind} {' '.join(map(str, atoms[:3]))}{more}")
    told = "  ".join(said)
    return told if len(told) <= LONGEST and told.isprintable() else printable(told, LONGEST)
