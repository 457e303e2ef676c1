"""Kairos by its own library."""

from __future__ import annotations

import kairos

from goalsmith.benchmarks.peers.workers.serving import Request, Said, plan_text, serve
from goalsmith.domains.outcome import Outcome

OUTCOMES = {
    "SOLVED": Outcome.SOLVED,
    "UNSOLVABLE": Outcome.UNSOLVABLE,
    "NO_PLAN_FOUND": Outcome.NO_PLAN_FOUND,
    "TIMEOUT": Outcome.OUT_OF_TIME,
    "OUT_OF_MEMORY": Outcome.OUT_OF_MEMORY,
    "GROUNDING_TOO_LARGE": Outcome.OUT_OF_MEMORY,
    "UNSUPPORTED": Outcome.UNSUPPORTED,
    "INVALID_INPUT": Outcome.UNSUPPORTED,
}
"""What its statuses claim; whatever is not here is a failure."""


def main() -> None:
    """Answers requests."""
    serve(_answer)


def _answer(request: Request) -> Said:
    try:
        problem = kairos.load_problem(request["problem"], kairos.load_domain(request["domain"]))
    except kairos.PddlError as error:
        return {"outcome": Outcome.UNSUPPORTED.label, "reason": str(error)}
    planner = kairos.Planner()  # type: ignore[no-untyped-call]
    result = planner.solve(
        problem,
        timeout=request["seconds"],
        memory_limit_mb=request["memory_mb"],
        anytime=False,
    )
    status = result.status.name
    plan = result.plan
    return {
        "outcome": OUTCOMES.get(status, Outcome.ENGINE_FAILED).label,
        "reason": "; ".join([status, *map(str, result.diagnostics)]),
        "plan": None if plan is None else plan_text((s.name, *s.args) for s in plan.steps),
        "engine_seconds": result.stats.total_ms / 1000,
    }


if __name__ == "__main__":
    main()
