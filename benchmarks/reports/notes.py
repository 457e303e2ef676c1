"""What a reader has to know before believing a figure of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from goalsmith.benchmarks.reports.curves import Clock
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.scores import Attempt, Scoreboard, TaskName, uncovered
from goalsmith.benchmarks.scores.references import NO_REFERENCES
from goalsmith.domains.diagnostics import listed

MOST_NAMED = 5
"""Names in a note."""


def notes_of(
    rows: Sequence[Result],
    of_each: Mapping[str, Sequence[Attempt]],
    board: Scoreboard,
    clock: Clock,
    references: Mapping[TaskName, float] = NO_REFERENCES,
) -> tuple[str, ...]:
    """Whatever makes figures less comparable than they look."""
    found = [_unequal_sets(of_each), _changed_tasks(rows), _several_limits(of_each)]
    found += [_uneven_tries(of_each), _no_processor_time(of_each, clock)]
    found.append(uncovered(board.facts, references))
    if board.disqualified:
        found.append(
            f"By the official rules, {_names(board.disqualified)} would be disqualified: "
            "wrong in more than one domain."
        )
    return tuple(note for note in found if note)


def _unequal_sets(of_each: Mapping[str, Sequence[Attempt]]) -> str:
    sizes = {name: len({each.task for each in own}) for name, own in of_each.items()}
    every = len({each.task for own in of_each.values() for each in own})
    short = [f"{name} ({size})" for name, size in sizes.items() if size < every]
    if not short:
        return ""
    return (
        f"Not every configuration was run on all {every} tasks: {_names(short)}. Sums and curves "
        "are of what was run; comparisons in pairs are over the tasks that both have."
    )


def _changed_tasks(rows: Sequence[Result]) -> str:
    texts: dict[TaskName, str] = {}
    changed = {
        (row.domain, row.problem)
        for row in rows
        if texts.setdefault((row.domain, row.problem), row.key.task_hash) != row.key.task_hash
    }
    if not changed:
        return ""
    names = _names(["/".join(task) for task in sorted(changed)])
    many = "tasks do" if len(changed) > 1 else "task does"
    return f"{len(changed)} {many} not have the same files in all runs: {names}."


def _several_limits(of_each: Mapping[str, Sequence[Attempt]]) -> str:
    limits = sorted({each.time_limit for own in of_each.values() for each in own})
    if len(limits) < 2:
        return ""
    return f"The runs had different time limits: {_names([f'{each:g} s' for each in limits])}."


def _uneven_tries(of_each: Mapping[str, Sequence[Attempt]]) -> str:
    tries = {
        name: sorted(set(Counter(each.task for each in own).values()))
        for name, own in of_each.items()
    }
    if all(each == [1] for each in tries.values()):
        return ""
    said = [
        f"{name} ({each[0]} to {each[-1]})" if len(each) > 1 else f"{name} ({each[0]})"
        for name, each in tries.items()
    ]
    return f"Several tries at a task count as one, by their mean. Tries: {_names(said)}."


def _no_processor_time(of_each: Mapping[str, Sequence[Attempt]], clock: Clock) -> str:
    says = [
        name
        for name, own in of_each.items()
        if any(each.solved and each.cpu_seconds is not None for each in own)
    ]
    if clock == "cpu" or not says:
        return ""
    return (
        "Charts are by the clock on the wall, since that is what is known of all runs and plans; "
        "scores take the CPU time of the runs that say it."
    )


def _names(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return listed([*names[:MOST_NAMED], f"{more} more"] if more > 0 else names)
