"""`goalsmith bench export-lab`: results for the reports of Downward Lab."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goalsmith.commands.options import Json


def export_lab(
    stores: Annotated[
        list[Path], typer.Argument(metavar="STORE", help="Files that `bench run` kept results in.")
    ],
    folder: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="A folder for them, made if need be; Lab has its name end in `-eval`.",
            metavar="DIR",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Write results as the `properties` of Downward Lab, so that its reports read them.

    Example: goalsmith bench export-lab goalsmith-bench.sqlite -o runs-eval
    """
    from goalsmith import output as out
    from goalsmith.benchmarks import Results
    from goalsmith.benchmarks.results.lab_properties import write_properties
    from goalsmith.domains.outcome import Outcome

    results = Results.open(*stores)
    file = write_properties(results, folder)
    if as_json:
        out.say_json(Outcome.YES, file=str(file), runs=len(results))
    else:
        out.say(f"{len(results)} runs written to {file}")
    out.leave(Outcome.YES)
