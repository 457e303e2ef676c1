"""unified-planning: its reader and its planner, as its own pages show them.

The name of the engine is the second argument.
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from functools import partial
from typing import Any

from goalsmith.benchmarks.peers.fast_downward import said_seconds
from goalsmith.benchmarks.peers.workers.serving import Request, Said, plan_text, serve
from goalsmith.domains.outcome import Outcome

OUTCOMES = {
    "SOLVED_SATISFICING": Outcome.SOLVED,
    "SOLVED_OPTIMALLY": Outcome.SOLVED,
    "UNSOLVABLE_PROVEN": Outcome.UNSOLVABLE,
    "UNSOLVABLE_INCOMPLETELY": Outcome.NO_PLAN_FOUND,
    "TIMEOUT": Outcome.OUT_OF_TIME,
    "MEMOUT": Outcome.OUT_OF_MEMORY,
    "UNSUPPORTED_PROBLEM": Outcome.UNSUPPORTED,
}
"""What its statuses claim; whatever is not here is a failure."""


def main() -> None:
    """Answers requests."""
    _keep_children()
    warnings.simplefilter("ignore")
    from unified_planning.shortcuts import OneshotPlanner, get_environment

    get_environment().credits_stream = None
    # What is loaded with the first planner counts no more than what is loaded before.
    engine = sys.argv[2]
    with OneshotPlanner(name=engine):
        pass
    serve(partial(_answer, engine))


def _keep_children() -> None:
    """Has programs that are started stay in this process's group, by which they can be ended."""
    start = subprocess.Popen.__init__

    def start_here(process: Any, *args: Any, **options: Any) -> None:
        options.update(start_new_session=False, process_group=None)
        start(process, *args, **options)

    subprocess.Popen.__init__ = start_here  # type: ignore[assignment, method-assign]


def _answer(engine: str, request: Request) -> Said:
    from unified_planning.io import PDDLReader
    from unified_planning.shortcuts import OneshotPlanner

    problem = PDDLReader().parse_problem(request["domain"], request["problem"])
    with OneshotPlanner(name=engine) as planner:
        result = planner.solve(problem, timeout=request["seconds"])
    status = result.status.name
    log = "\n".join(str(message.message) for message in result.log_messages or ())
    return {
        "outcome": OUTCOMES.get(status, Outcome.ENGINE_FAILED).label,
        "reason": status,
        "plan": None if result.plan is None else plan_text(map(_words, result.plan.actions)),
        "engine_seconds": said_seconds(log),
    }


def _words(step: Any) -> tuple[object, ...]:
    return step.action.name, *step.actual_parameters


if __name__ == "__main__":
    main()
