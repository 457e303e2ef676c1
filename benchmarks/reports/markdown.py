"""A report as Markdown with tables, as GitHub reads it (https://github.github.com/gfm/)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from goalsmith.benchmarks.reports.grid import Cell, Table
from goalsmith.benchmarks.reports.plain_text import one_line, visible
from goalsmith.benchmarks.reports.tables import all_tables
from goalsmith.benchmarks.reports.values import ReportData
from goalsmith.benchmarks.reports.wording import answer

MOST_LOGS = 20
"""Logs that are shown."""

MOST_LOG = 2_000
"""Characters of a log, from its end."""

WIDEST = 40
"""Characters to which cells are filled up, so that the text is a table as well."""

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|#~&!$]")
_FENCES = re.compile(r"`{3,}")


def markdown(report: ReportData) -> str:
    """The report: what it comes to, the tables, and the logs of what went wrong."""
    parts = ["# Benchmark report"]
    parts.append("\n".join(f"- **{each.about}.** {escaped(each.text)}" for each in answer(report)))
    if report.notes:
        parts.append("\n".join(f"> {escaped(note)}" for note in report.notes))
    parts.extend(map(_section, all_tables(report)))
    parts.extend(_logs(report))
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """A text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))


def _section(table: Table) -> str:
    titles = [escaped(column.title) for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    widths = [min(WIDEST, max(3, *map(len, column))) for column in zip(titles, *rows, strict=True)]
    right = [column.figures for column in table.columns]
    rule = ["-" * (w - 1) + (":" if r else "-") for w, r in zip(widths, right, strict=True)]
    lines = [titles, rule, *rows]
    text = "\n".join(_line(cells, widths, right) for cells in lines)
    note = f"\n\n{escaped(table.note)}" if table.note else ""
    return f"## {escaped(table.title)}\n\n{text}{note}"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    filled = (
        cell.rjust(width) if figures else cell.ljust(width)
        for cell, width, figures in zip(cells, widths, right, strict=True)
    )
    return f"| {' | '.join(filled)} |"


def _cell(cell: Cell) -> str:
    text = escaped(cell.text)
    if cell.strong and text:
        text = f"**{text}**"
    if cell.link.startswith("log-") and int(cell.link[4:]) <= MOST_LOGS:
        text = f"[{text}](#{cell.link})"
    if cell.mark:
        text += f" {escaped(cell.mark)}"
    return f"{text} ({escaped(cell.detail)})" if cell.detail else text


def _logs(report: ReportData) -> Iterator[str]:
    for place, trouble in enumerate(report.troubles[:MOST_LOGS], 1):
        if trouble.log:
            log = visible(trouble.log)[-MOST_LOG:]
            # A fence longer than any in the log, which therefore cannot end it.
            fence = "`" * max(3, *(len(found) + 1 for found in _FENCES.findall(log)), 3)
            where = escaped(f"{trouble.configuration}, {'/'.join(trouble.tasks[0])}")
            yield f"### Log {place}\n\n{escaped(trouble.kind)}: {where}\n\n{fence}\n{log}\n{fence}"
