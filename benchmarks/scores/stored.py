"""Attempts from the rows of a store: the one place that knows how a row says what scores need."""

from __future__ import annotations

from collections.abc import Iterable

from goalsmith.benchmarks.scores.attempt import Attempt
from goalsmith.benchmarks.store import Key, Result
from goalsmith.domains.outcome import Outcome

RACE = "race"
"""What a configuration is called in which the engines race."""

_KIB = 1024
"""KiB in a MiB."""


def attempts_of(results: Iterable[Result]) -> tuple[Attempt, ...]:
    """The results as attempts, in their order."""
    rows = tuple(results)
    names = configuration_names(row.key for row in rows)
    return tuple(_attempt(row, names[_settings(row.key)]) for row in rows)


def _attempt(row: Result, configuration: str) -> Attempt:
    solved = row.outcome is Outcome.SOLVED
    peak = row.peak_memory_mb
    return Attempt(
        row.domain,
        row.problem,
        configuration,
        time_limit=row.key.time_limit,
        memory_limit_kib=row.key.memory_limit * _KIB,
        cost=row.cost if solved else None,
        length=row.plan_length if solved else None,
        unsolvable=row.outcome is Outcome.UNSOLVABLE,
        wrong=row.outcome is Outcome.INVALID_PLAN,
        wall_seconds=row.wall_seconds,
        cpu_seconds=row.cpu_seconds,
        memory_kib=None if peak is None else peak * _KIB,
    )


_Settings = tuple[str, str, str, str, str]


def _settings(key: Key) -> _Settings:
    """What makes a configuration, each part as it is said in a name."""
    limit = f"{key.time_limit:g} s"
    memory = f"{key.memory_limit} MiB"
    return key.engine_asked or RACE, limit, memory, key.engine_versions, key.code_version


def configuration_names(keys: Iterable[Key]) -> dict[_Settings, str]:
    """A name for each configuration: its engine, and whatever tells it from others of the engine.

    The names are those of a set of keys: alone, a configuration is called after its engine.
    """
    found = dict.fromkeys(map(_settings, keys))
    names = {}
    for settings in found:
        alike = [other for other in found if other[0] == settings[0]]
        telling = [
            part for place, part in enumerate(settings) if len({o[place] for o in alike}) > 1
        ]
        names[settings] = ", ".join((settings[0], *telling))
    return names
