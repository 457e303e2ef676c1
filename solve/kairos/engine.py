"""Kairos, in worker processes that are kept warm and shared.

Kairos (PyPI `kairos-planner`) is a C++ library. It runs in a process of its own, one task at a
time, and nothing that it says is believed unchecked: its plans are validated, and its "unsolvable"
is a claim, not a proof.
"""

from __future__ import annotations

import math
import time
from functools import cache
from threading import Event
from typing import Any

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve.answer import STOPPED, Answer, OnPlan, Quality, nobody
from goalsmith.solve.kairos import pool as kairos_pool
from goalsmith.solve.kairos.client import Rest, StoppedError, WorkerGoneError
from goalsmith.solve.programs.meter import Meter, Stop
from goalsmith.solve.programs.process import limit_cores, limit_memory
from goalsmith.solve.solution import Limits, Statistics

OVERTIME = 0.25
"""Seconds that Kairos may take beyond its own time limit before its process is killed."""

MOST_MEMORY_KEPT = 256
"""MiB that a worker may have used at its peak to be kept; a larger one is replaced."""

REUSABLE = frozenset({"SOLVED", "UNSOLVABLE", "NO_PLAN_FOUND", "TIMEOUT", "UNSUPPORTED"}) | {
    "INVALID_INPUT"
}
"""Statuses after which a worker is as good as new."""

STATUSES = {
    "SOLVED": (Outcome.SOLVED, "Kairos found a plan"),
    # Kairos calls this a proof. It is young, so it counts as a claim until another engine agrees.
    "UNSOLVABLE": (Outcome.NO_PLAN_FOUND, "Kairos claims that the task is unsolvable"),
    "NO_PLAN_FOUND": (Outcome.NO_PLAN_FOUND, "Kairos gave up without a plan or a proof"),
    "TIMEOUT": (Outcome.OUT_OF_TIME, "Kairos ran out of time"),
    "CANCELLED": (Outcome.INTERRUPTED, "Kairos was stopped"),
    "OUT_OF_MEMORY": (Outcome.OUT_OF_MEMORY, "Kairos ran out of memory"),
    "GROUNDING_TOO_LARGE": (Outcome.OUT_OF_MEMORY, "the grounded task is too large for Kairos"),
    "UNSUPPORTED": (Outcome.UNSUPPORTED, "Kairos does not support the task"),
    "INVALID_INPUT": (Outcome.UNSUPPORTED, "Kairos cannot read the task"),
}
"""What Kairos's statuses mean. Whatever is not here is a failure of the engine."""


@cache
def version() -> str | None:
    """The version of the package that Kairos comes in; None if it is not installed."""
    from importlib import metadata

    try:
        return metadata.version("kairos-planner")
    except metadata.PackageNotFoundError:
        return None


class Kairos:
    """The engine `kairos`.

    Args:
        rest: when it leaves its core to others for a while.
    """

    name = "kairos"

    def __init__(self, rest: Rest | None = None) -> None:
        self._rest = rest

    def missing(self) -> str:
        """Why the engine cannot be used here; empty when it can."""
        if not kairos_pool.is_installed():
            return "Kairos is not installed: pip install kairos-planner (Linux only)"
        return ""

    def answer(
        self,
        task: Task,
        limits: Limits,
        quality: Quality,
        cancel: Event,
        on_plan: OnPlan = nobody,
    ) -> Answer:
        """Solves the task in a worker."""
        if quality == "optimal":
            return Answer(
                Outcome.UNSUPPORTED, "Kairos's claims of optimality are not taken as proof"
            )
        started = time.monotonic()
        request = {
            "domain": write_domain(task.domain),
            "problem": write_problem(task.problem),
            "seconds": limits.seconds,
            "memory_mb": limits.memory_mb,
            "anytime": quality == "anytime",
        }

        def better(steps: object) -> None:
            if (text := _plan_text(steps)) is not None:
                on_plan(text)

        pool = kairos_pool.shared_pool()
        worker = pool.take()
        meter = Meter(worker.process.pid, limits.memory_mb, limits.cpu_seconds)
        stopped: Stop = ""
        finished = False
        try:
            limit_memory(worker.process.pid, limits.memory_mb)
            # Without a limit too: the worker's last task may have had one.
            limit_cores(worker.process.pid, limits.cores)
            most = limits.seconds + OVERTIME
            said = worker.ask(request, most, cancel, meter, better, self._rest)
            peak = _number(said, "peak_memory_mb")
            finished = str(said.get("status")) in REUSABLE and 0 < (peak or 0) < MOST_MEMORY_KEPT
        except StoppedError as error:
            stopped, said = error.reason, {}
        except WorkerGoneError as error:
            said = {"status": "GONE", "says": str(error)}
        finally:
            if finished:
                pool.give_back(worker)
            else:
                worker.kill()
        statistics = _statistics(said, meter, worker.version, time.monotonic() - started)
        if stopped:
            outcome, when = STOPPED[stopped]
            return Answer(outcome, f"Kairos was stopped{when}", statistics=statistics)
        return _answer(said, statistics)


def _statistics(
    said: dict[str, Any], meter: Meter, version: str | None, wall_seconds: float
) -> Statistics:
    """What a run cost: as the worker says, or else as it was seen from outside."""
    figures = said.get("statistics")
    own = figures if isinstance(figures, dict) else {}
    counts = {name: _number(own, name) for name in ("expanded", "evaluated", "generated")}
    cpu, peak = _number(said, "cpu_seconds"), _number(said, "peak_memory_mb")
    return Statistics(
        wall_seconds=wall_seconds,
        cpu_seconds=meter.cpu_seconds if cpu is None else cpu,
        peak_memory_mb=meter.peak_mb or None if peak is None else peak,
        **{name: None if value is None else int(value) for name, value in counts.items()},
        translator_seconds=_number(own, "translator_seconds"),
        search_seconds=_number(own, "search_seconds"),
        version=version,
    )


def _number(said: dict[str, Any], name: str) -> float | None:
    """A number in an answer; None if there is none of that name, or something else."""
    value = said.get(name)
    usable = isinstance(value, (int, float)) and math.isfinite(value)
    return value if usable else None


def _answer(said: dict[str, Any], statistics: Statistics) -> Answer:
    """A worker's answer in our terms."""
    status = str(said.get("status"))
    remark = str(said.get("says") or "")
    if "bad_alloc" in remark:
        status = "OUT_OF_MEMORY"
    row = STATUSES.get(status)
    if row is None:
        evidence = f"Kairos failed ({status.lower()}): {remark}"
        return Answer(Outcome.ENGINE_FAILED, evidence, statistics=statistics)
    outcome, evidence = row
    if outcome is not Outcome.SOLVED:
        if remark:
            evidence += f": {remark}"
        return Answer(outcome, evidence, statistics=statistics)
    plan = _plan_text(said.get("plan"))
    if plan is None:
        evidence = "Kairos says that it found a plan, but gave none"
        return Answer(Outcome.ENGINE_FAILED, evidence, statistics=statistics)
    return Answer(outcome, evidence, plan, statistics=statistics)


def _plan_text(steps: object) -> str | None:
    """A worker's plan, one step to a line; None if it is something else."""
    if not isinstance(steps, list) or not all(isinstance(step, list) for step in steps):
        return None
    return "\n".join(f"({' '.join(map(str, words))})" for words in steps)
