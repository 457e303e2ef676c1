"""All tables of a report, in the order of a report on paper."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.benchmarks.reports.grid import Table
from goalsmith.benchmarks.reports.run_tables import outcomes, setups, trouble_table
from goalsmith.benchmarks.reports.score_tables import (
    by_domain,
    comparison,
    only,
    over_time,
    summary,
)
from goalsmith.benchmarks.reports.values import ReportData


def all_tables(report: ReportData) -> Iterator[Table]:
    """The tables what went wrong first."""
    if report.troubles:
        yield trouble_table(report)
    yield summary(report)
    for place, pair in enumerate(report.pairs, 1):
        yield comparison(pair, place)
    for each in report.domains:
        yield by_domain(report, each)
    yield over_time(report, "solved")
    yield over_time(report, "quality")
    if len(report.configurations) > 1:
        yield only(report)
    yield outcomes(report)
    yield setups(report)
