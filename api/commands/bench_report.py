"""`goalsmith bench report`: which configuration is better, where, how sure that is, what failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.options import Json

if TYPE_CHECKING:
    from goalsmith.benchmarks.reports import ReportData

FOLDER = Path("report")


def report(
    stores: Annotated[
        list[Path],
        typer.Argument(metavar="STORE", help="Stores of results that `bench run` has written."),
    ],
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--compare",
            help="The two configurations in question. By default the one that solves most is "
            "compared with each of the others.",
            metavar="A B",
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="The folder that gets the files.", metavar="DIR"),
    ] = FOLDER,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="Only this format, of html, md, csv, tex and parquet; may be given several times.",
            metavar="NAME",
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            help='What good plans cost: JSON such as {"gripper/p01": 11}. Otherwise, and where a '
            "plan is better, the best plan in the stores counts.",
            metavar="FILE",
        ),
    ] = None,
    official: Annotated[
        bool,
        typer.Option(
            "--official",
            help="The rules of the competition to the letter: the reference counts even where a "
            "plan is better, and a wrong plan voids its domain.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Report on benchmark runs: a page with charts, Markdown, LaTeX, and all runs in columns.

    The page is one file that needs no network. It says which configuration is better, where,
    whether that is significant, and what went wrong.

    Example: goalsmith bench report goalsmith-bench.sqlite --compare race lama-first -o report
    """
    from goalsmith import output as out
    from goalsmith.benchmarks.reports import FORMATS, assemble, write_report
    from goalsmith.benchmarks.reports.plain_text import one_line
    from goalsmith.benchmarks.reports.wording import answer
    from goalsmith.benchmarks.results.results import Results
    from goalsmith.benchmarks.scores import read_references
    from goalsmith.domains.outcome import Outcome

    references = {} if reference is None else read_references(reference)
    made = assemble(
        Results.open(*stores),
        sources=[str(store) for store in stores],
        references=references,
        official=official,
        compare=compare,
    )
    files = write_report(made, output, formats or tuple(FORMATS))
    if as_json:
        out.say_json(Outcome.YES, **_fields(made), files=[str(file) for file in files])
        out.leave(Outcome.YES)
    for each in answer(made):
        out.line(f"{each.about}: {one_line(each.text)}", {"bad": "red"}.get(each.tone, ""))
    for note in made.notes:
        out.line(f"Note: {one_line(note)}", "yellow")
    for file in files:
        out.remark(f"{file} ({file.stat().st_size / 1e6:.2f} MB)")
    out.leave(Outcome.YES)


def _fields(made: ReportData) -> dict[str, object]:
    """A report as plain data."""
    from dataclasses import asdict

    from goalsmith.benchmarks.reports.wording import answer

    return {
        "configurations": made.configurations,
        "tasks": made.tasks,
        "runs": len(made.rows),
        "unexplained": made.unexplained,
        "answer": [asdict(each) for each in answer(made)],
        "notes": made.notes,
        "scores": [asdict(each) for each in made.standings],
        "comparisons": [
            asdict(each.comparison) | {"p": each.p, "adjusted_p": each.adjusted}
            for pair in made.pairs
            for each in pair
        ],
        "troubles": [asdict(each) for each in made.troubles],
    }
