"""All runs in columns: as CSV for a spreadsheet, and as Parquet with every value as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TypeAlias

from goalsmith.benchmarks.reports.assembly import BY_RUN
from goalsmith.benchmarks.reports.plain_text import visible
from goalsmith.benchmarks.reports.troubles import explained
from goalsmith.benchmarks.reports.values import ReportData, Row
from goalsmith.domains.errors import UnsupportedError

Value: TypeAlias = str | float | int | bool | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text starts with that spreadsheets take for a formula
(https://owasp.org/www-community/attacks/CSV_Injection)."""

COLUMNS: dict[str, tuple[type, Callable[[Row], Value]]] = {
    "configuration": (str, lambda r: r.attempt.configuration),
    "domain": (str, lambda r: r.result.domain),
    "problem": (str, lambda r: r.result.problem),
    "seed": (int, lambda r: r.result.key.seed),
    "outcome": (str, lambda r: r.result.outcome.label),
    "explained": (bool, lambda r: explained(r.result.outcome)),
    "engine": (str, lambda r: r.result.engine),
    "cost": (float, lambda r: r.attempt.cost),
    "best_cost": (float, lambda r: r.best),
    "plan_length": (int, lambda r: r.attempt.length),
    "optimal": (bool, lambda r: r.attempt.optimal),
    "lower_bound": (float, lambda r: r.attempt.bound),
    "wall_seconds": (float, lambda r: r.attempt.wall_seconds),
    "cpu_seconds": (float, lambda r: r.attempt.cpu_seconds),
    "peak_memory_mb": (float, lambda r: r.result.peak_memory_mb),
    "expansions": (int, lambda r: r.attempt.expansions),
    "evaluations": (int, lambda r: r.result.evaluations),
    "generated": (int, lambda r: r.result.generated),
    "time_limit": (float, lambda r: r.result.key.time_limit),
    "memory_limit": (int, lambda r: r.result.key.memory_limit),
    "asked": (str, lambda r: r.result.key.configuration),
    "task_hash": (str, lambda r: r.result.key.task_hash),
    "engine_versions": (str, lambda r: r.result.key.engine_versions),
    "code_version": (str, lambda r: r.result.key.code_version),
    "host": (str, lambda r: r.result.host),
    "started": (str, lambda r: r.result.started),
    "evidence": (str, lambda r: r.result.evidence),
}
"""What each column says of a run, and of which type it is; scores follow them."""

_SCORES = tuple(score.name.replace("-", "_") for score in BY_RUN)


def spreadsheet(report: ReportData) -> str:
    """The runs as CSV (RFC 4180), with a line that names the columns.

    A text that a spreadsheet would take for a formula has a `'` before it.
    """
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow((*COLUMNS, *_SCORES))
    for row in report.rows:
        values = (of(row) for _, of in COLUMNS.values())
        lines.writerow([*map(_safe, values), *row.scores])
    return text.getvalue()


def parquet(report: ReportData) -> bytes:
    """The runs as Parquet (https://parquet.apache.org).

    Raises:
        UnsupportedError: polars is not installed.
    """
    try:
        import polars
    except ModuleNotFoundError:
        raise UnsupportedError(
            "results.parquet needs polars: pip install 'goalsmith[report]'"
        ) from None
    types = {str: polars.String, int: polars.Int64, float: polars.Float64, bool: polars.Boolean}
    series = [
        polars.Series(name, [of(row) for row in report.rows], types[kind], strict=False)
        for name, (kind, of) in COLUMNS.items()
    ]
    series += [
        polars.Series(name, [row.scores[place] for row in report.rows], polars.Float64)
        for place, name in enumerate(_SCORES)
    ]
    file = io.BytesIO()
    polars.DataFrame(series).write_parquet(file)
    return file.getvalue()


def _safe(value: Value) -> Value:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if text.startswith(FORMULA) else text
