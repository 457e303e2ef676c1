"""What went wrong: endings that nobody explained, wrong plans, answers that contradict others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from goalsmith.benchmarks.results.lab_properties import ERRORS
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.scores.attempt import Attempt, TaskName
from goalsmith.benchmarks.scores.references import Known, is_above
from goalsmith.domains.outcome import Outcome

MOST_LOG = 6_000
"""Characters of a log that are shown, from its end."""

MOST_REASON = 400
"""Characters of a reason that are shown."""

MOST_NAMED = 12
"""Tasks that a trouble names."""

WRONG = "wrong answer"
"""The kind of trouble with an answer that is proved to be wrong."""

_VARYING = re.compile(r"0x[0-9a-f]+|\d+")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Runs of a configuration that went wrong in the same way.

    Attributes:
        kind: the outcome, or that the answer is wrong.
        configuration: whose runs they are.
        reason: what is said of the first.
        runs: how many there are.
        tasks: some of their tasks.
        log: the end of the log of the first that has one; empty if none has.
    """

    kind: str
    configuration: str
    reason: str
    runs: int
    tasks: tuple[TaskName, ...]
    log: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How often runs ended in one way, for each configuration in the report's order."""

    outcome: Outcome
    explained: bool
    runs: tuple[int, ...]


def explained(outcome: Outcome) -> bool:
    """Whether a run may end so without anything being wrong, by the same table as for Lab."""
    return outcome in ERRORS and ERRORS[outcome][2]


def endings(
    rows: Iterable[tuple[Result, Attempt]], configurations: tuple[str, ...]
) -> tuple[Ending, ...]:
    """How the runs ended, the unexplained first, in the order of the outcome table."""
    place = {name: i for i, name in enumerate(configurations)}
    counts: dict[Outcome, list[int]] = {}
    for row, attempt in rows:
        counts.setdefault(row.outcome, [0] * len(place))[place[attempt.configuration]] += 1
    order = list(Outcome)
    found = [Ending(each, explained(each), tuple(runs)) for each, runs in counts.items()]
    return tuple(sorted(found, key=lambda e: (e.explained, order.index(e.outcome))))


def troubles(
    rows: Iterable[tuple[Result, Attempt]], known: Mapping[TaskName, Known]
) -> tuple[Trouble, ...]:
    """What went wrong: wrong answers first, then what happened most often.

    Runs are one trouble if what is said of them differs only in its numbers.
    """
    groups: dict[tuple[str, str, str], list[tuple[Result, Attempt, str]]] = {}
    for row, attempt in rows:
        wrong = _contradiction(attempt, known[attempt.task])
        if not wrong and explained(row.outcome):
            continue
        kind = WRONG if wrong or row.outcome is Outcome.INVALID_PLAN else row.outcome.label
        reason = wrong or row.evidence or row.outcome.meaning
        alike = kind, attempt.configuration, _VARYING.sub("0", reason)
        groups.setdefault(alike, []).append((row, attempt, reason))
    found = [_trouble(kind, name, runs) for (kind, name, _), runs in groups.items()]
    return tuple(sorted(found, key=lambda each: (each.kind != WRONG, -each.runs)))


def _trouble(kind: str, configuration: str, runs: list[tuple[Result, Attempt, str]]) -> Trouble:
    tasks = dict.fromkeys(attempt.task for _, attempt, _ in runs)
    log = next((row.log for row, _, _ in runs if row.log), "")
    return Trouble(
        kind,
        configuration,
        _shortened(runs[0][2]),
        len(runs),
        tuple(tasks)[:MOST_NAMED],
        log if len(log) <= MOST_LOG else f"…{log[-MOST_LOG:]}",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_REASON else f"{text[:MOST_REASON]}…"


def _contradiction(attempt: Attempt, known: Known) -> str:
    """What proves an answer wrong, although nobody noticed; empty if nothing does."""
    best = known.best
    if best is None:
        return ""
    if attempt.unsolvable:
        return f"said to be unsolvable, but there is a plan of cost {best:g}"
    if attempt.optimal and attempt.cost is not None and is_above(attempt.cost, best):
        return f"cost {attempt.cost:g} said to be optimal, but there is a plan of cost {best:g}"
    if attempt.bound is not None and is_above(attempt.bound, best):
        return f"no plan said to cost less than {attempt.bound:g}, but there is one of {best:g}"
    return ""
