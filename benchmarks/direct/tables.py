"""The tables of a run; in a pipe they are plain text in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from goalsmith.benchmarks.direct.results import Came, Row
from goalsmith.benchmarks.direct.summary import (
    Summary,
    WayComparison,
    WaySummary,
    best_costs,
    ratio,
)
from goalsmith.benchmarks.scores import Interval, TaskName
from goalsmith.benchmarks.scores.references import NO_REFERENCES

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def tables(summary: Summary) -> Iterator[RenderableType]:
    """How many plans are valid and how good, what came of the others, by domain, and in pairs."""
    yield ways_table(summary.total)
    if any(came is not Came.VALID for each in summary.total for came, _ in each.came):
        yield ""
        yield outcomes_table(summary.total)
    if len({each.domain for each in summary.domains}) > 1:
        yield ""
        yield domains_table(summary)
    if summary.comparisons:
        yield ""
        yield comparisons_table(summary.comparisons)


def ways_table(ways: Sequence[WaySummary]) -> Table:
    """How many plans are valid, how good they are, and what they took."""
    priced = any(each.price is not None for each in ways)
    shown = _grid(
        ("way",),
        ("tasks", "valid", "share", "95 %", "score", "cost ratio", "needless")
        + ("valid up to", "to the goal", "rounds", "tokens")
        + (("price",) if priced else ())
        + ("mean seconds",),
    )
    for each in ways:
        tokens = each.prompt_tokens + each.completion_tokens
        price = "–" if each.price is None else f"{each.price:.4g}"
        shown.add_row(
            each.way.value,
            str(each.tasks),
            str(each.valid),
            _text(each.share, ".0%"),
            _ends(each.interval),
            _text(each.score, ".2f"),
            _text(each.ratio, ".2f"),
            _text(each.needless, ".0%"),
            _text(each.prefix, ".0%"),
            _text(each.to_goal, ".1f"),
            str(each.rounds or "–"),
            str(tokens or "–"),
            *((price,) if priced else ()),
            _text(each.seconds, ".2f"),
        )
    return shown


def outcomes_table(ways: Sequence[WaySummary]) -> Table:
    """What came of the tasks for which there is no valid plan."""
    occurring = {came for each in ways for came, _ in each.came} - {Came.VALID}
    columns = [came for came in Came if came in occurring]
    shown = _grid(("way",), ("valid", *(came.value for came in columns)))
    for each in ways:
        counts = dict(each.came)
        figures = (str(counts.get(came, 0)) for came in columns)
        shown.add_row(each.way.value, str(each.valid), *figures)
    return shown


def domains_table(summary: Summary) -> Table:
    """How many plans are valid in each domain."""
    from rich.text import Text

    shown = _grid(("domain",), [each.way.value for each in summary.total])
    rows: dict[str, list[str]] = {}
    for each in summary.domains:
        rows.setdefault(each.domain, []).append(f"{each.valid}/{each.tasks}")
    for domain, figures in rows.items():
        shown.add_row(Text(domain), *figures)
    return shown


def comparisons_table(comparisons: Sequence[WayComparison]) -> Table:
    """Two ways on the same tasks."""
    shown = _grid(
        ("first", "second"),
        (
            *("tasks", "only first valid", "only second valid", "p"),
            *("both valid", "first cheaper", "second cheaper", "p of cost"),
        ),
    )
    for each in comparisons:
        shown.add_row(
            each.first.value,
            each.second.value,
            str(each.tasks),
            str(each.only_first),
            str(each.only_second),
            _p(each.p_valid),
            str(each.both),
            str(each.cheaper_first),
            str(each.cheaper_second),
            _p(each.p_cost) if each.both else "–",
        )
    return shown


def fields(row: Row, best: Mapping[TaskName, float]) -> dict[str, object]:
    """A row as plain data, with its ratio to the best cost known."""
    said = {**asdict(row), "reference": best.get(row.task), "ratio": ratio(row, best)}
    del said["key"]
    return said


def all_fields(
    rows: Sequence[Row], references: Mapping[TaskName, float] = NO_REFERENCES
) -> list[dict[str, object]]:
    """All rows as plain data."""
    best = best_costs(rows, references)
    return [fields(row, best) for row in rows]


def _grid(left: Sequence[str], right: Sequence[str]) -> Table:
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for title in left:
        shown.add_column(title, no_wrap=True)
    for title in right:
        shown.add_column(title, justify="right")
    return shown


def _ends(interval: Interval | None) -> str:
    return "–" if interval is None else f"{interval.low:.0%} to {interval.high:.0%}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _text(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
