"""What all rows come to, peer by peer.

Coverage and score are over all tasks; the score is that of the satisficing track of the planning
competition (`goalsmith.benchmarks.scores.competition`), where the best known cost is the lowest of
the reference and of all peers. Times are those of tasks with a valid plan; ratios and differences
to the driver are over the tasks that both solve.

The overhead of a peer on a task is its wall time beyond what the engine within says that it took
itself to read, ground and search: what the peer adds, from starting processes to parsing plans.
What a peer spends once for many tasks (`Row.once_seconds`) is left out of it. Where an engine says
nothing, there is still the wall time beyond the driver's on the same task.

An answer is wrong if it is a plan that our validator refuses, or the claim that there is no plan
where a reference or a valid plan of any peer shows that there is one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from goalsmith.benchmarks.peers.catalogue import DRIVER
from goalsmith.benchmarks.peers.peer import Peer
from goalsmith.benchmarks.peers.row import Row
from goalsmith.benchmarks.scores.attempt import Attempt, TaskName
from goalsmith.benchmarks.scores.competition import satisficing
from goalsmith.benchmarks.scores.references import NO_REFERENCES, known
from goalsmith.domains.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer: the task as `domain/problem`, and what is wrong."""

    task: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Tasks without a valid plan that ended alike, as `domain/problem`."""

    outcome: str
    reason: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A peer beside the others. Seconds; None where there is nothing to take a figure from.

    Attributes:
        peer: its name.
        what: what is started and counted.
        version: its version.
        missing: why it was not measured; empty if it was.
        tasks: how many it was given.
        solved: how many it has a valid plan for.
        score: its score, summed over all tasks.
        wall: median wall time over the tasks that it solves.
        cpu: median CPU time over them.
        shared: how many tasks both it and the driver solve.
        wall_ratio: geometric mean of its wall times, each divided by the driver's.
        cpu_ratio: likewise of CPU times.
        beyond_driver: median of its wall time for the task alone less the driver's.
        overhead: median overhead over the tasks on which its engine says what it took.
        once: median of what it spends once for many tasks.
        wrong: its wrong answers.
        unchecked: claims that there is no plan which nothing speaks for or against.
        failures: how its other tasks ended, most frequent first.
    """

    peer: str
    what: str
    version: str
    missing: str
    tasks: int = 0
    solved: int = 0
    score: float = 0.0
    wall: float | None = None
    cpu: float | None = None
    shared: int = 0
    wall_ratio: float | None = None
    cpu_ratio: float | None = None
    beyond_driver: float | None = None
    overhead: float | None = None
    once: float | None = None
    wrong: tuple[Wrong, ...] = ()
    unchecked: int = 0
    failures: tuple[Failure, ...] = ()


def sum_up(
    rows: Iterable[Row],
    peers: Sequence[Peer],
    references: Mapping[TaskName, float] = NO_REFERENCES,
    *,
    driver: str = DRIVER,
) -> tuple[Standing, ...]:
    """The standings of all peers, those that are missing included, in their order.

    Args:
        rows: of all tasks and peers that were measured.
        peers: the peers that were asked for.
        references: what good plans cost; a task that has one is known to be solvable.
        driver: the name of the peer that times are compared with.
    """
    by_peer: dict[str, list[Row]] = {peer.name: [] for peer in peers}
    every = list(rows)
    for row in every:
        by_peer[row.peer].append(row)
    best = known(map(_attempt, every), references)
    solvable = {row.task for row in every if row.solved} | set(references)
    beside = {row.task: row for row in by_peer.get(driver, ()) if row.solved}
    standings = []
    for peer in peers:
        own = by_peer[peer.name]
        missing = peer.missing()
        if missing and not own:
            standings.append(Standing(peer.name, peer.what, "", missing))
            continue
        solved = [row for row in own if row.solved]
        pairs = [(row, beside[row.task]) for row in solved if row.task in beside]
        claims = [row for row in own if row.outcome == Outcome.UNSOLVABLE.label]
        wrong = [row for row in own if row.wrong]
        standings.append(
            Standing(
                peer.name,
                peer.what,
                own[0].version if own else peer.version(),
                "",
                tasks=len(own),
                solved=len(solved),
                score=sum(satisficing(row.cost, best[row.task].best) for row in solved),
                wall=_median(row.wall_seconds for row in solved),
                cpu=_median(row.cpu_seconds for row in solved),
                shared=len(pairs),
                wall_ratio=_mean_ratio((a.wall_seconds, b.wall_seconds) for a, b in pairs),
                cpu_ratio=_mean_ratio((a.cpu_seconds, b.cpu_seconds) for a, b in pairs),
                beyond_driver=_median(a.own_seconds - b.own_seconds for a, b in pairs),
                overhead=_median(row.overhead for row in solved),
                once=_median(row.once_seconds for row in solved if row.once_seconds),
                wrong=(
                    *(Wrong(_name(row), row.reason) for row in wrong),
                    *(
                        Wrong(_name(row), f"claims that there is no plan: {row.reason}")
                        for row in claims
                        if row.task in solvable
                    ),
                ),
                unchecked=sum(row.task not in solvable for row in claims),
                failures=_failures(row for row in own if not row.solved),
            )
        )
    return tuple(standings)


def _attempt(row: Row) -> Attempt:
    return Attempt(row.domain, row.problem, row.peer, row.seconds, cost=row.cost)


def _name(row: Row) -> str:
    return f"{row.domain}/{row.problem}"


def _median(values: Iterable[float | None]) -> float | None:
    listed = [value for value in values if value is not None]
    return median(listed) if listed else None


def _mean_ratio(pairs: Iterable[tuple[float, float]]) -> float | None:
    """The geometric mean of quotients, over the pairs that have one above 0."""
    logarithms = [math.log(a / b) for a, b in pairs if a > 0 and b > 0]
    return math.exp(fmean(logarithms)) if logarithms else None


def _failures(rows: Iterable[Row]) -> tuple[Failure, ...]:
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row.outcome, row.reason), []).append(_name(row))
    found = (Failure(outcome, reason, tuple(tasks)) for (outcome, reason), tasks in alike.items())
    return tuple(sorted(found, key=lambda each: (-len(each.tasks), each.outcome)))
