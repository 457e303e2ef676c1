"""What is compared: goalsmith in this process, and its peers in processes of their own.

Everyone has the same limit of wall time, and a peer that overruns it is killed. Every plan is
validated by us: goalsmith does so itself, within its time; the others' plans are read and validated
after theirs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Event

from goalsmith.benchmarks.peers import Errand, Peer
from goalsmith.benchmarks.peers import fast_downward as driver_of
from goalsmith.benchmarks.peers.cpu import cpu_seconds
from goalsmith.benchmarks.peers.fast_downward import FAST_DOWNWARD, whole
from goalsmith.benchmarks.peers.judging import check
from goalsmith.benchmarks.peers.kairos import KAIROS_LIBRARY
from goalsmith.benchmarks.peers.unified_planning import UNIFIED_PLANNING
from goalsmith.benchmarks.peers.workers.goalsmith import TINY
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import load_task, read_task
from goalsmith.solve import Limits, solve

__all__ = [
    "Run",
    "cost_of",
    "cpu_seconds",
    "driver",
    "fast_downward",
    "goalsmith",
    "goalsmith_on",
    "kairos",
    "peer_on",
    "unified_planning",
    "whole",
]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one contender. Seconds.

    Attributes:
        solved: there is a plan that we found valid.
        outcome: what came of it, in a word.
        wall: wall time.
        cpu: CPU time of everything that took part.
        reading: wall time to read the files, where it is not part of `wall`.
        engines: the engines that were started, as far as goalsmith says so.
    """

    solved: bool
    outcome: str
    wall: float
    cpu: float
    reading: float = 0.0
    engines: int = 0


def goalsmith(domain: Path, problem: Path, seconds: float, engine: str | None = None) -> Run:
    """Runs goalsmith, warm, on a task that is read anew: nothing is kept of earlier runs."""
    began = time.perf_counter()
    task = load_task(domain, problem)
    reading = time.perf_counter() - began
    return goalsmith_on(task, seconds, engine, reading)


def goalsmith_on(
    task: Task, seconds: float, engine: str | None = None, reading: float = 0.0
) -> Run:
    """Runs goalsmith, warm, on a task that was read before; `reading` is what that took."""
    _warm_up()
    cpu, began = cpu_seconds(), time.perf_counter()
    solution = solve(task, engine=engine, limits=Limits(seconds=seconds))
    wall, cpu = time.perf_counter() - began, cpu_seconds() - cpu
    engines = len(solution.attempts)
    outcome = solution.outcome.label
    return Run(solution.solved, outcome, wall, cpu, reading, engines)


def fast_downward(domain: Path, problem: Path, seconds: float, task: Task) -> Run:
    """The driver of Fast Downward, as it comes: LAMA's first iteration."""
    return peer_on(FAST_DOWNWARD, domain, problem, seconds, task)


def kairos(domain: Path, problem: Path, seconds: float, task: Task) -> Run:
    """Kairos in one process, timed there once it is loaded; the process keeps crashes away."""
    return peer_on(KAIROS_LIBRARY, domain, problem, seconds, task)


def unified_planning(domain: Path, problem: Path, seconds: float, task: Task, engine: str) -> Run:
    """One of unified-planning's engines, likewise timed once it is loaded."""
    peer = replace(UNIFIED_PLANNING, arguments=(engine,))
    return peer_on(peer, domain, problem, seconds, task)


def peer_on(peer: Peer, domain: Path, problem: Path, seconds: float, task: Task) -> Run:
    """A peer, made ready for one task. Raises SystemExit where it is not installed."""
    if missing := peer.missing():
        raise SystemExit(missing)
    limits = Limits(seconds=seconds)
    with tempfile.TemporaryDirectory() as name, peer.session() as session:
        reply = session(Errand(domain, problem, Path(name), limits, Event()))
    solved, outcome = False, reply.outcome
    if outcome is Outcome.SOLVED:
        outcome = check(reply.plan or "", task).outcome
        solved = outcome is Outcome.SOLVED
    return Run(solved, outcome.label, reply.wall_seconds, reply.cpu_seconds)


def driver() -> list[str]:
    """The command of Fast Downward's driver in the wheel. Raises SystemExit without it."""
    if missing := FAST_DOWNWARD.missing():
        raise SystemExit(missing)
    return [sys.executable, str(driver_of.driver())]


def cost_of(text: str, task: Task) -> float | None:
    """A plan's cost by our reading of the task; None if it is no valid plan."""
    cost = check(text, task).cost
    return None if cost is None else float(cost)


@cache
def _tiny() -> Task:
    return read_task(*TINY)


def _warm_up() -> None:
    """Sees to it that a worker of Kairos stands ready."""
    solve(_tiny(), engine="kairos")
