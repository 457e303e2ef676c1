"""goalsmith in a process that stays: from the files to the validated plan, nothing kept between."""

from __future__ import annotations

import time
from pathlib import Path

from goalsmith.benchmarks.peers.workers.serving import Request, Said, serve
from goalsmith.domains.plans import write_plan
from goalsmith.domains.reader import load_task, read_task
from goalsmith.solve import Limits, solve

TINY = (
    "(define (domain tiny) (:predicates (p)) (:action a :parameters () :effect (p)))",
    "(define (problem tiny) (:domain tiny) (:init) (:goal (p)))",
)


def main() -> None:
    """Makes the engines ready, as they are after a first task, and answers requests."""
    solve(read_task(*TINY))
    serve(_answer)


def _answer(request: Request) -> Said:
    began = time.monotonic()
    task = load_task(Path(request["domain"]), Path(request["problem"]))
    cores = request["cores"]
    limits = Limits(
        request["seconds"] - (time.monotonic() - began),
        request["memory_mb"],
        None if cores is None else frozenset(cores),
    )
    solution = solve(task, limits=limits)
    spent = solution.statistics
    parts = [s for s in (spent.translator_seconds, spent.search_seconds) if s is not None]
    return {
        "outcome": solution.outcome.label,
        "reason": solution.evidence,
        "plan": None if solution.plan is None else write_plan(solution.plan),
        "engine_seconds": sum(parts) if parts else None,
    }


if __name__ == "__main__":
    main()
