"""Attempts from the rows of a store: the one place that knows how a row says what scores need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from goalsmith.benchmarks.scores.attempt import Attempt
from goalsmith.domains.outcome import Outcome

if TYPE_CHECKING:
    # The store keeps `Improvement`s, which are of this package.
    from goalsmith.benchmarks.results.result import Result

_KIB = 1024
"""KiB in a MiB."""


def attempts_of(results: Iterable[Result]) -> tuple[Attempt, ...]:
    """The results as attempts, in their order."""
    rows = tuple(results)
    names = configuration_names(rows)
    return tuple(_attempt(row, names[_settings(row)]) for row in rows)


def _attempt(row: Result, configuration: str) -> Attempt:
    solved = row.outcome is Outcome.SOLVED
    peak = row.peak_memory_mb
    # Where the goal holds from the start no engine takes part, and all time is of this process.
    idle = row.plan_length == 0 and not row.engine and row.cpu_seconds is None
    return Attempt(
        row.domain,
        row.problem,
        configuration,
        time_limit=row.key.time_limit,
        memory_limit_kib=row.key.memory_limit * _KIB,
        seed=row.key.seed,
        cost=row.cost if solved else None,
        length=row.plan_length if solved else None,
        unsolvable=row.outcome is Outcome.UNSOLVABLE,
        wrong=row.outcome is Outcome.INVALID_PLAN,
        optimal=row.optimal,
        bound=row.lower_bound,
        wall_seconds=row.wall_seconds,
        cpu_seconds=row.wall_seconds if idle else row.cpu_seconds,
        memory_kib=None if peak is None else peak * _KIB,
        expansions=row.expansions,
        improvements=row.improvements if solved else (),
    )


_Settings = tuple[str, ...]


def _settings(row: Result) -> _Settings:
    """What makes a configuration, each part as it is said in a name; its own name first."""
    key = row.key
    return (
        row.configuration or key.configuration,
        key.configuration,
        f"{key.time_limit:.15g} s",
        f"{key.memory_limit} MiB",
        key.engine_versions,
        key.code_version,
    )


def configuration_names(results: Iterable[Result]) -> dict[_Settings, str]:
    """A name for each configuration: its own, and whatever tells it from others of that name.

    The names are those of a set of results: alone, a configuration has just its own.
    """
    by_name: dict[str, dict[_Settings, None]] = {}
    for settings in map(_settings, results):
        by_name.setdefault(settings[0], {})[settings] = None
    names = {}
    for name, alike in by_name.items():
        for settings in alike:
            telling = [
                part for place, part in enumerate(settings) if len({o[place] for o in alike}) > 1
            ]
            names[settings] = ", ".join((name, *telling))
    return names
