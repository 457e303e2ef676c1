"""A report as LaTeX: tables and plots, for the source of a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from goalsmith.benchmarks.reports.curves import Curve, thinned
from goalsmith.benchmarks.reports.grid import Cell, Column, Table
from goalsmith.benchmarks.reports.plain_text import one_line
from goalsmith.benchmarks.reports.tables import all_tables
from goalsmith.benchmarks.reports.values import ReportData
from goalsmith.benchmarks.reports.wording import answer

LONGEST_FLOAT = 40
"""Rows of a table that stands on one page."""

MOST_POINTS = 100
"""Points of a curve."""

LATIN = frozenset(map(chr, range(0x20, 0x180))) - frozenset("ĦħĸĿŀŉŦŧſ")
"""The characters that LaTeX knows with its usual fonts; others stop it with an error."""

HEAD = r"""% The preamble needs:
%   \usepackage[T1]{fontenc}
%   \usepackage{array,booktabs,longtable,pgfplots}
%   \pgfplotsset{compat=1.17}
\providecommand{\fitted}[1]{\sbox0{#1}%
  \ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi}"""
"""Tables that are wider than a line are made as small as that takes."""

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "−": "$-$",
    "–": r"\textendash{}",
    "…": r"\dots{}",
    "×": r"$\times$",
    **{each: f"\\{each}" for each in "&%$#_{}"},
}
_LIGATURE = re.compile(r"-(?=-)|'(?=')|,(?=,)|[?!](?=\\textasciigrave)")


def latex(report: ReportData) -> str:
    """The report: what it comes to, a table for each of its tables, and the curves as plots."""
    parts = [HEAD, r"\begin{description}"]
    parts += [rf"  \item[{each.about}] {escaped(each.text)}" for each in answer(report)]
    parts += [rf"  \item[Note] {escaped(note)}" for note in report.notes]
    parts.append(r"\end{description}")
    clock = "CPU" if report.clock == "cpu" else "wall"
    for table in all_tables(report):
        parts += ["", _table(table)]
        if table.name == "solved":
            parts += ["", _plot(report.solved, "solved", table.title, clock)]
        if table.name == "quality":
            parts += ["", _plot(report.quality, "quality", table.title, "wall")]
    return "\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """A text that LaTeX sets as it is; a `?` for characters that its usual fonts lack."""
    known = (_SPECIAL.get(c, c if c in LATIN else "?") for c in one_line(text))
    return _LIGATURE.sub(r"\g<0>{}", "".join(known))


def _table(table: Table) -> str:
    wide = sum(column.wide for column in table.columns)
    place = "".join(_place(column, wide) for column in table.columns)
    head = _row([escaped(column.title) for column in table.columns])
    rows = [_row(list(map(_cell, row, table.columns))) for row in table.rows]
    if table.sums:
        rows.insert(len(rows) - table.sums, r"\midrule")
    title, note = escaped(table.title), escaped(table.note)
    caption = rf"\caption[{{{title}}}]{{{title}. {note}}}\label{{tab:{table.name}}}"
    if len(rows) > LONGEST_FLOAT:
        start = [r"{\small", rf"\begin{{longtable}}{{{place}}}", rf"{caption} \\", r"\toprule"]
        again = [r"\midrule", r"\endfirsthead", r"\toprule", head, r"\midrule", r"\endhead"]
        foot = [r"\bottomrule", r"\endlastfoot"]
        return "\n".join([*start, head, *again, *foot, *rows, r"\end{longtable}", "}"])
    start = [r"\begin{table}", r"\centering", r"\small", caption, r"\par\medskip"]
    start += [rf"\fitted{{\begin{{tabular}}{{{place}}}", r"\toprule"]
    end = [r"\bottomrule", r"\end{tabular}}", r"\end{table}"]
    return "\n".join([*start, head, r"\midrule", *rows, *end])


def _place(column: Column, wide: int) -> str:
    if column.wide:
        return rf">{{\raggedright\arraybackslash}}p{{{min(0.3, 0.6 / wide):.2g}\linewidth}}"
    return "r" if column.figures else "l"


def _row(cells: Sequence[str]) -> str:
    text = " & ".join(cells)
    # What ends the row before would take these for its own.
    start = "{}" if text.startswith(("[", "*")) else ""
    return rf"{start}{text} \\"


def _cell(cell: Cell, column: Column) -> str:
    text = escaped(cell.text)
    if cell.strong and text:
        text = rf"\textbf{{{text}}}"
    if cell.mark:
        text += rf"\textsuperscript{{{cell.mark}}}"
    if not cell.detail:
        return text
    side = "r" if column.figures else "l"
    detail = rf"{{\scriptsize {escaped(cell.detail)}}}"
    return rf"\begin{{tabular}}[t]{{@{{}}{side}@{{}}}}{text}\\{detail}\end{{tabular}}"


def _plot(curves: Sequence[Curve], name: str, title: str, clock: str) -> str:
    lines = [
        r"\begin{figure}",
        r"\centering",
        r"\begin{tikzpicture}",
        rf"\begin{{semilogxaxis}}[const plot, no markers, xlabel={{{clock} time in seconds}}, "
        rf"ylabel={{{escaped(title)}}}, legend pos=outer north east, "
        "legend cell align=left, cycle list name=exotic]",
    ]
    for curve in curves:
        points = " ".join(f"({x:.4g},{y:.5g})" for x, y in thinned(curve, MOST_POINTS).points)
        lines += [
            rf"\addplot coordinates {{{points}}};",
            rf"\addlegendentry{{{escaped(curve.configuration)}}}",
        ]
    lines += [r"\end{semilogxaxis}", r"\end{tikzpicture}"]
    lines += [rf"\caption{{{escaped(title)}.}}", rf"\label{{fig:{name}}}", r"\end{figure}"]
    return "\n".join(lines)
