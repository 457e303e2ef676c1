"""Results of a store as Downward Lab's `properties`, so that Lab's reports read our runs.

The file is a JSON object from a run's id to its attributes, in a folder whose name ends in `-eval`
(https://lab.readthedocs.io, version 8.10). Attributes have the names and units of Lab's parsers for
Fast Downward: times in seconds of CPU time, memory in KiB, limits of memory in MiB.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.scores.attempt import Attempt
from goalsmith.benchmarks.scores.runtime import (
    LEAST_EXPANSIONS,
    LEAST_KIB,
    LEAST_SECONDS,
    MOST_EXPANSIONS,
    logarithmic,
)
from goalsmith.benchmarks.scores.stored import attempts_of
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome

FILE = "properties"

LEAST_TIME = 0.01
"""Lab takes geometric means of times, so that its own parsers let none be below this."""

ERRORS = {
    Outcome.SOLVED: ("success", 0, True),
    Outcome.UNSOLVABLE: ("search-unsolvable", 11, True),
    Outcome.NO_PLAN_FOUND: ("search-unsolved-incomplete", 12, True),
    Outcome.OUT_OF_MEMORY: ("search-out-of-memory", 22, True),
    Outcome.OUT_OF_TIME: ("search-out-of-time", 23, True),
    Outcome.ENGINE_FAILED: ("search-critical-error", 32, False),
    Outcome.BAD_INPUT: ("search-input-error", 33, False),
    Outcome.UNSUPPORTED: ("search-unsupported", 34, False),
}
"""What Lab calls an ending, Fast Downward's exit code for it, and whether it is explained."""


def properties(results: Iterable[Result]) -> dict[str, dict[str, object]]:
    """The runs by their ids, `configuration-domain-problem`.

    Lab has one run for each task and algorithm. A configuration that was tried with several seeds
    is an algorithm for each of them.

    Raises:
        InputError: two results would be the same run in Lab.
    """
    rows = tuple(results)
    attempts = attempts_of(rows)
    algorithms = _algorithms(attempts)
    ids = [
        (name, each.domain, each.problem) for name, each in zip(algorithms, attempts, strict=True)
    ]
    _check_distinct(ids)
    runs = zip(ids, rows, attempts, strict=True)
    return {"-".join(name): _run(name, row, attempt) for name, row, attempt in runs}


def write_properties(results: Iterable[Result], folder: str | Path) -> Path:
    """Writes the results for Lab, in place of what it may have had there, and returns the file.

    In Python: `AbsoluteReport(attributes=["coverage"])("runs-eval", "report.html")`, where
    `runs-eval` is the folder.

    Raises:
        InputError: the file cannot be written, or as `properties`.
    """
    text = json.dumps(properties(results), indent=2, sort_keys=True) + "\n"
    file = Path(folder) / FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from None
    return file


def _algorithms(attempts: Sequence[Attempt]) -> list[str]:
    """What made each attempt: its configuration, and its seed if there are several."""
    seeds: dict[str, set[int]] = {}
    for each in attempts:
        seeds.setdefault(each.configuration, set()).add(each.seed)
    return [
        each.configuration
        if len(seeds[each.configuration]) == 1
        else f"{each.configuration}-seed-{each.seed}"
        for each in attempts
    ]


def _check_distinct(ids: Sequence[tuple[str, str, str]]) -> None:
    names = Counter("-".join(each) for each in ids)
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        raise InputError(
            f"Lab keeps one run for each task and configuration, and there are two of {twice}"
        )


def _run(name: tuple[str, str, str], row: Result, attempt: Attempt) -> dict[str, object]:
    """A result as Lab has it; what is not known is left out, as by Lab's parsers."""
    error, exit_code, explained = ERRORS.get(row.outcome, (row.outcome.label, None, False))
    settled, seconds = attempt.settled, attempt.seconds
    run: dict[str, object | None] = {
        "id": list(name),
        "algorithm": name[0],
        "domain": name[1],
        "problem": name[2],
        "coverage": int(attempt.solved),
        "unsolvable": int(attempt.unsolvable),
        "error": error,
        "planner_exit_code": exit_code,
        "unexplained_errors": None if explained else [f"{row.outcome.label}: {row.evidence}"],
        "cost": None if attempt.cost is None else float(attempt.cost),
        "plan_length": attempt.length,
        "planner_time_limit": attempt.time_limit,
        "planner_memory_limit": row.key.memory_limit,
        "planner_wall_clock_time": row.wall_seconds,
        "raw_memory": attempt.memory_kib,
        "expansions": attempt.expansions,
        "evaluations": row.evaluations,
        "generated": row.generated,
        "cost:all": [float(each.cost) for each in attempt.improvements] or None,
        "lower_bound": attempt.bound,
        "node": row.host or None,
        # Of runs that were cut off, time and memory say where the limit was.
        "planner_time": None if not settled or seconds is None else max(seconds, LEAST_TIME),
        "planner_memory": attempt.memory_kib if settled else None,
        "score_planner_time": logarithmic(settled, seconds, LEAST_SECONDS, attempt.time_limit),
        "local_revision": row.key.code_version,
        "global_revision": row.key.engine_versions,
        "run_dir": row.problem_path,
    }
    if attempt.memory_kib is not None and attempt.memory_limit_kib is not None:
        run["score_planner_memory"] = logarithmic(
            settled, attempt.memory_kib, LEAST_KIB, attempt.memory_limit_kib
        )
    if attempt.expansions is not None:
        run["score_expansions"] = logarithmic(
            settled, attempt.expansions, LEAST_EXPANSIONS, MOST_EXPANSIONS
        )
    return {key: value for key, value in run.items() if value is not None}
