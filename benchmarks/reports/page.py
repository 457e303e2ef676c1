"""A report as a page: one HTML text with its style, its scripts, plotly and the figures inside.

Nothing is loaded from anywhere: the Content-Security-Policy (W3C, CSP level 3) allows the scripts
by their hashes and no connection. What stores say is put in as text by jinja2 and by `charts.js`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING

from goalsmith.benchmarks.reports.curves import Curve, thinned
from goalsmith.benchmarks.reports.plain_text import visible
from goalsmith.benchmarks.reports.run_tables import (
    MOST_TROUBLES,
    outcomes,
    setups,
    tasks_text,
)
from goalsmith.benchmarks.reports.score_tables import (
    by_domain,
    comparison,
    only,
    over_time,
    summary,
)
from goalsmith.benchmarks.reports.values import ReportData
from goalsmith.benchmarks.reports.wording import TITLES, answer, number
from goalsmith.benchmarks.scores.board import AGILE, COVERAGE, SATISFICING
from goalsmith.domains.errors import UnsupportedError

if TYPE_CHECKING:
    from jinja2 import Environment

BARS = (COVERAGE, SATISFICING, AGILE)
"""The scores that are shown as bars beside the answer."""

COLOURS = 8
"""Colours of configurations in the style; further ones begin again, with broken lines."""


def page(report: ReportData) -> str:
    """The page of a report.

    Raises:
        UnsupportedError: plotly or jinja2 is not installed.
    """
    try:
        from plotly.offline import get_plotlyjs
    except ModuleNotFoundError:
        raise _missing("plotly") from None
    own = [_file(name) for name in ("charts.js", "tables.js")]
    # The parser of HTML reads line ends so, and the hash is of what it has read.
    scripts = [each.replace("\r\n", "\n").replace("\r", "\n") for each in (get_plotlyjs(), *own)]
    return (
        _environment()
        .from_string(_file("page.html"))
        .render(
            policy=f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; "
            "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'",
            style=_file("page.css"),
            scripts=scripts,
            report=report,
            title=_title(report),
            answer=answer(report),
            bars=_bars(report),
            troubles=[(each, tasks_text(each)) for each in report.troubles[:MOST_TROUBLES]],
            more_troubles=max(0, len(report.troubles) - MOST_TROUBLES),
            summary=summary(report),
            comparisons=[comparison(pair, i) for i, pair in enumerate(report.pairs, 1)],
            domains=[(TITLES[each.score], by_domain(report, each)) for each in report.domains],
            times=[over_time(report, "solved"), over_time(report, "quality")],
            only=only(report) if len(report.configurations) > 1 else None,
            outcomes=outcomes(report),
            setups=setups(report),
            data=_data(report),
        )
    )


def _missing(package: str) -> UnsupportedError:
    return UnsupportedError(
        f"report.html needs {package}: pip install 'goalsmith[report]'; "
        "`--format md`, `csv` and `tex` do without"
    )


def _environment() -> Environment:
    try:
        from jinja2 import Environment, StrictUndefined
    except ModuleNotFoundError:
        raise _missing("jinja2") from None
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Only texts are looked at: what is marked as safe is of ours.
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    return environment


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("files", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _title(report: ReportData) -> str:
    names = report.configurations
    return f"{names[0]} against {names[1]}" if len(names) == 2 else "Benchmark report"


def _bars(report: ReportData) -> list[tuple[str, list[dict[str, object]]]]:
    """The means of some scores as bars with their intervals, in per cent."""
    found = []
    for score in BARS:
        group: list[dict[str, object]] = []
        for place, name in enumerate(report.configurations):
            for each in report.standings:
                if (each.configuration, each.score) == (name, score.name):
                    ends = each.interval
                    low, high = (ends.low, ends.high) if ends else (each.mean, each.mean)
                    counted = score is COVERAGE
                    text = f"{number(each.total)} / {each.tasks}" if counted else f"{each.mean:.3f}"
                    group.append(
                        {
                            "name": name,
                            "colour": place % COLOURS,
                            "text": text,
                            # Official scores may be above 1.
                            "share": min(100.0, 100 * each.mean),
                            "low": min(100.0, 100 * low),
                            "high": min(100.0, 100 * high),
                        }
                    )
        if group:
            found.append((TITLES[score.name], group))
    return found


def _data(report: ReportData) -> dict[str, object]:
    """What the charts are drawn from."""
    scatter = report.scatter
    return {
        "configurations": [visible(name) for name in report.configurations],
        "clock": "CPU" if report.clock == "cpu" else "wall",
        "allTasks": report.tasks,
        "tasks": [visible("/".join(task)) for task in scatter.tasks],
        "seconds": _rounded(scatter.seconds),
        "costs": _rounded(scatter.costs),
        "expansions": _rounded(scatter.expansions),
        "solved": [_points(curve) for curve in report.solved],
        "quality": [_points(curve) for curve in report.quality],
        "pair": [
            report.configurations.index(name)
            for pair in report.pairs[:1]
            for name in (pair[0].comparison.first, pair[0].comparison.second)
        ],
    }


def _points(curve: Curve) -> list[list[float | None]]:
    return _rounded(zip(*thinned(curve).points, strict=True))


def _rounded(columns: Iterable[Iterable[float | None]]) -> list[list[float | None]]:
    """Figures as exactly as they can be drawn and read."""
    return [[None if v is None else float(f"{v:.6g}") for v in column] for column in columns]
