"""How configurations were run, as far as the rows of a store say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from goalsmith.benchmarks.reports.values import Setup
from goalsmith.benchmarks.results.result import Result

MOST_LISTED = 8
"""Values of one thing that are listed."""


def setup_of(configuration: str, rows: Sequence[Result]) -> Setup:
    """How a configuration's runs, of which there is at least one, were made."""
    keys = [row.key for row in rows]
    started = sorted(row.started for row in rows if row.started)
    ends = dict.fromkeys(each[:16].replace("T", " ") for each in started[:1] + started[-1:])
    return Setup(
        configuration,
        runs=len(rows),
        tasks=len({(row.domain, row.problem) for row in rows}),
        asked=_listed(key.configuration for key in keys),
        limits=_listed(f"{key.time_limit:g} s, {key.memory_limit} MiB" for key in keys),
        engines=_listed(key.engine_versions for key in keys),
        code=_listed(key.code_version for key in keys),
        hosts=_listed(row.host for row in rows),
        started=" to ".join(ends),
    )


def _listed(values: Iterable[str]) -> str:
    distinct = [value for value in dict.fromkeys(values) if value]
    more = len(distinct) - MOST_LISTED
    listed = "; ".join(distinct[:MOST_LISTED])
    return f"{listed}; and {more} more" if more > 0 else listed
