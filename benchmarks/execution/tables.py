"""The tables of trials; in a pipe they are plain text in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from goalsmith.benchmarks.execution.summary import Comparison, Group, Summary

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

LEGEND = (
    "executed, excess: steps taken where the goal was reached, and as a multiple of the plan's; "
    "replans: per trial; ms: per replan; distance, kept: of a new plan from what was left of the "
    "old one"
)

_ENDINGS = ("trials", "reached", "out of reach", "given up", "unknown")


def tables(summary: Summary) -> Iterator[RenderableType]:
    """The trials by rate, by domain, and `relevant` beside `strict`."""
    yield _groups("fault rate", summary.by_rate)
    yield ""
    yield _groups("domain", summary.by_domain)
    if summary.comparisons:
        yield ""
        yield _comparisons(summary.comparisons)


def _groups(title: str, groups: Sequence[Group]) -> Table:
    shown = _grid(
        (title, "policy"),
        (*_ENDINGS, "executed", "excess", "replans", "ms", "slowest", "distance", "kept"),
    )
    last = ""
    for each in groups:
        name = each.domain or f"{each.rate:g}"
        shown.add_row(
            "" if name == last else name,
            each.method.value,
            str(each.trials),
            f"{each.reached} ({each.reached / each.trials:.0%})" if each.trials else "–",
            str(each.unreachable),
            str(each.given_up),
            str(each.unknown),
            _number(each.executed, 1),
            _number(each.excess, 2),
            _number(each.replans, 2),
            _milliseconds(each.replan_seconds),
            _milliseconds(each.slowest_replan or None),
            _number(each.distance, 1),
            "–" if each.kept is None else f"{each.kept:.0%}",
        )
        last = name
    return shown


def _comparisons(comparisons: Sequence[Comparison]) -> Table:
    shown = _grid(
        ("relevant / strict",),
        ("cases", "replans", "of strict", "saved", "executed", "of strict"),
    )
    for each in comparisons:
        shown.add_row(
            each.domain or "all",
            str(each.cases),
            str(each.relevant_replans),
            str(each.strict_replans),
            "–" if each.saved is None else f"{each.saved:.1%}",
            str(each.relevant_executed),
            str(each.strict_executed),
            style="" if each.domain else "bold",
        )
    return shown


def _number(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{1000 * seconds:.0f}"


def _grid(left: Sequence[str], right: Sequence[str]) -> Table:
    """A table without rules: names on the left, figures on the right."""
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for title in left:
        shown.add_column(title, no_wrap=True)
    for title in right:
        shown.add_column(title, justify="right")
    return shown
