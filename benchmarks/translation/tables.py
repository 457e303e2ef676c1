"""The tables of an evaluation; in a pipe they are plain text in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from goalsmith.benchmarks.translation.summary import Calibration, GroupSummary, Summary
from goalsmith.translate.attribution import Failure

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

COUNTS = ("parseable", "well_typed", "solvable", "equivalent", "plan_valid", "right")
SELDOM = ("undecided", "questions")
"""Counts that have no column where they are all zero."""


def tables(summary: Summary) -> Iterator[RenderableType]:
    """What is counted, what failed by what, and how far confidence can be trusted."""
    yield counts_table(summary)
    if summary.total.failures:
        yield ""
        yield failures_table(summary)
    if summary.calibration is not None:
        yield ""
        yield calibration_table(summary.calibration)
        yield (
            f"expected calibration error {summary.calibration.expected_error:.3f}, "
            f"Brier score {summary.calibration.brier:.3f}"
        )


def counts_table(summary: Summary) -> Table:
    """How many translations are what, and what they cost."""
    total = summary.total
    counts = (*COUNTS, *(name for name in SELDOM if getattr(total, name)))
    titles = [name.replace("_", " ") for name in counts]
    priced = ["cost"] if total.cost is not None else []
    shown = grid(
        ("source", "domain", "style"),
        ("pairs", *titles, "rounds", "tokens", *priced, "mean seconds"),
    )
    for each in (*summary.groups, total):
        cost = [] if not priced else ["–" if each.cost is None else f"{each.cost:.4g}"]
        tokens = each.prompt_tokens + each.completion_tokens
        row = [
            str(each.pairs),
            *(str(getattr(each, name)) for name in counts),
            str(each.rounds),
            str(tokens),
            *cost,
            f"{each.seconds / each.pairs:.2f}" if each.pairs else "–",
        ]
        shown.add_row(*_names(each, total), *row, style="bold" if each is total else "")
    return shown


def failures_table(summary: Summary) -> Table:
    """How many translations fail by what, and the findings that show it."""
    occurring: list[Failure] = [failure for failure, _ in summary.total.failures]
    shown = grid(("source", "domain", "style"), [f.value for f in occurring], ("by",))
    for each in (*summary.groups, summary.total):
        counts = dict(each.failures)
        shown.add_row(
            *_names(each, summary.total),
            *(str(counts.get(failure, 0)) for failure in occurring),
            ", ".join(f"{code} {count}" for _, code, count in each.codes),
            style="bold" if each is summary.total else "",
        )
    return shown


def calibration_table(calibration: Calibration) -> Table:
    """How often translations of about the same confidence are right."""
    shown = grid(("confidence",), ("translations", "mean confidence", "right"))
    for each in calibration.bins:
        shown.add_row(
            f"{each.low:.1f} to {each.high:.1f}",
            str(each.count),
            f"{each.confidence:.2f}",
            f"{each.right:.0%}",
        )
    return shown


def grid(left: Sequence[str], right: Sequence[str], last: Sequence[str] = ()) -> Table:
    """A table without rules: names on the left, figures on the right, remarks behind them."""
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for title in left:
        shown.add_column(title, no_wrap=True)
    for title in right:
        shown.add_column(title, justify="right")
    for title in last:
        shown.add_column(title)
    return shown


def _names(each: GroupSummary, total: GroupSummary) -> list[RenderableType]:
    from rich.text import Text

    if each is total:
        return ["total", "", ""]
    # Names come from files: as Text, nothing in them is markup.
    return [Text(name or "–") for name in (each.source, each.domain, each.style)]
