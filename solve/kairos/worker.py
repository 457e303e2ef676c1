"""The process in which Kairos runs: `python -P -m goalsmith.solve.kairos.worker`.

Reads requests as JSON lines on standard input and answers each with one JSON line on standard
output. Kairos runs inside this process, so that its crashes and its memory are not the caller's.
The process ends when its input does, even in the middle of a search.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

LONGEST_ERROR = 500


def main() -> None:
    """Serves requests until the input ends."""
    # Whatever the library prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    requests: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            requests.put(line)
        # The caller is gone; a search in the main thread cannot be asked to stop.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    import kairos

    answers.write(json.dumps({"ready": kairos.__version__}) + "\n")
    answers.flush()
    while True:
        request = json.loads(requests.get())
        answers.write(json.dumps(_solve(request, answers)) + "\n")
        answers.flush()


def _solve(request: dict[str, Any], answers: TextIO) -> dict[str, Any]:
    """Solves one task given as texts; the answer as plain data.

    If the request asks for it, each better plan is written to `answers` as it is found.
    """
    import kairos

    before = resource.getrusage(resource.RUSAGE_SELF)
    answer: dict[str, Any] = {}
    try:
        domain = kairos.parse_domain(request["domain"])
        problem = kairos.parse_problem(request["problem"], domain)
        planner = kairos.Planner()  # type: ignore[no-untyped-call]
        limits = {"timeout": request["seconds"], "memory_limit_mb": request["memory_mb"]}
        if request["anytime"]:

            def found(plan: Any, *_: object) -> None:
                answers.write(json.dumps({"better": _steps(plan)}) + "\n")
                answers.flush()

            search = planner.start(problem, on_plan=found, threads=1, anytime=True, **limits)
            result = search.wait()
        else:
            result = planner.solve(problem, threads=1, anytime=False, **limits)
        answer["status"] = result.status.name
        answer["says"] = "; ".join(str(d) for d in result.diagnostics)[:LONGEST_ERROR]
        answer["statistics"] = _statistics(result.stats)
        if result.status == kairos.Status.SOLVED and result.plan is not None:
            answer["plan"] = _steps(result.plan)
    except kairos.PddlError as error:
        answer = {"status": "INVALID_INPUT", "says": str(error)[:LONGEST_ERROR]}
    except MemoryError:
        answer = {"status": "OUT_OF_MEMORY", "says": "out of memory"}
    after = resource.getrusage(resource.RUSAGE_SELF)
    answer["cpu_seconds"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    answer["peak_memory_mb"] = _peak_memory_mb()
    return answer


def _steps(plan: Any) -> list[list[str]]:
    """A plan as plain data: for each step its action and its objects."""
    return [[step.name, *step.args] for step in plan.steps]


def _statistics(stats: Any) -> dict[str, float]:
    """Kairos's own figures, in our terms."""
    grounding = stats.parse_ms + stats.normalize_ms + stats.ground_ms + stats.sas_ms
    return {
        "expanded": stats.expanded,
        "evaluated": stats.evaluated,
        "generated": stats.generated,
        "translator_seconds": grounding / 1000,
        "search_seconds": stats.search_ms / 1000,
    }


def _peak_memory_mb() -> float:
    """The most memory that this process has had at a time, in MiB.

    getrusage(2) will not do: it counts what the caller's process had when it started this one.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
