"""The tables of runs: how they ended, what went wrong, how they were made."""

from __future__ import annotations

from goalsmith.benchmarks.reports.grid import Cell, Column, Table
from goalsmith.benchmarks.reports.troubles import Trouble
from goalsmith.benchmarks.reports.values import ReportData

MOST_TROUBLES = 100
"""Kinds of trouble that a table lists."""


def outcomes(report: ReportData) -> Table:
    """How the runs ended, what should not happen first."""
    rows = []
    for ending in report.endings:
        tone = "" if ending.explained else "bad"
        cells = [
            Cell(
                f"{count:,}" if count else "–",
                tone=tone if count else "dim",
                value=count,
                link="" if ending.explained or not count else "troubles",
            )
            for count in ending.runs
        ]
        rows.append((Cell(ending.outcome.label, tone=tone), *cells, Cell(ending.outcome.meaning)))
    return Table(
        "outcomes",
        "Outcomes",
        "Runs by how they ended. What should not happen stands first.",
        (
            Column("outcome", figures=False),
            *map(Column, report.configurations),
            Column("meaning", figures=False, wide=True),
        ),
        tuple(rows),
    )


def trouble_table(report: ReportData) -> Table:
    """What went wrong, most serious first."""
    left = len(report.troubles) - MOST_TROUBLES
    note = "Runs of which the same is said but for its numbers are one line. Wrong answers first."
    if left > 0:
        note += f" {left:,} more kinds are left out."
    return Table(
        "troubles",
        "Unexplained errors",
        note,
        (
            Column("runs"),
            Column("what", figures=False),
            Column("configuration", figures=False),
            Column("said of the first", figures=False, wide=True),
            Column("tasks", figures=False, wide=True),
        ),
        tuple(_trouble(*each) for each in enumerate(report.troubles[:MOST_TROUBLES], 1)),
    )


def _trouble(place: int, each: Trouble) -> tuple[Cell, ...]:
    return (
        Cell(f"{each.runs:,}", value=each.runs),
        Cell(each.kind, tone="bad", link=f"log-{place}" if each.log else ""),
        Cell(each.configuration),
        Cell(each.reason),
        Cell(tasks_text(each)),
    )


def tasks_text(each: Trouble) -> str:
    """The tasks of a trouble."""
    names = ", ".join("/".join(task) for task in each.tasks)
    return f"{names}, …" if each.runs > len(each.tasks) else names


def setups(report: ReportData) -> Table:
    """How each configuration was run."""
    titles = ("asked", "limits", "engines", "goalsmith", "machines", "started (UTC)")
    return Table(
        "setups",
        "How it was run",
        f"From {', '.join(report.sources)}." if report.sources else "",
        (
            Column("configuration", figures=False),
            Column("runs"),
            Column("tasks"),
            *(Column(title, figures=False, wide=True) for title in titles),
        ),
        tuple(
            (
                Cell(each.configuration),
                Cell(f"{each.runs:,}", value=each.runs),
                Cell(f"{each.tasks:,}", value=each.tasks),
                *map(
                    Cell,
                    (
                        *(each.asked, each.limits, each.engines, each.code, each.hosts),
                        each.started,
                    ),
                ),
            )
            for each in report.setups
        ),
    )
