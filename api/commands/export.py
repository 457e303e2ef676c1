"""`goalsmith export`: a run as a file of JSON lines."""

from __future__ import annotations

import sys
from io import BytesIO

from goalsmith.commands.options import OutputFile
from goalsmith.commands.stores import RunId, StoreUrl, open_runs


def export(run: RunId, store: StoreUrl = None, output: OutputFile = None) -> None:
    """Write a run that is kept as JSON lines: what it was given, its journal, its world.

    `goalsmith import` puts it in another store, where it can be gone on with.

    Example: goalsmith export 3f2a -o run.jsonl
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.store import export_run

    lines = BytesIO()
    with open_runs(store) as opened_store:
        row = opened_store.run(run)
        export_run(opened_store, row.id, lines)
    text = lines.getvalue().decode("utf-8")
    if output is None:
        sys.stdout.write(text)
    else:
        out.write_file(output, text)
        out.remark(f"run {row.id} written to {output}")
    out.leave(Outcome.YES)
