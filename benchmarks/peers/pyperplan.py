"""pyperplan, with the search and the heuristic that its authors recommend for finding any plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from goalsmith.benchmarks.peers.peer import Errand, Reply, Source
from goalsmith.benchmarks.peers.program import Program, failure, text_in
from goalsmith.benchmarks.peers.timestamps import span
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.programs.process import Ended

SOURCE = Source(("pyperplan",))

NO_PLAN = "No solution could be found"


def _command(errand: Errand) -> Sequence[str | Path]:
    program = SOURCE.script("pyperplan")
    if program is None:
        raise FileNotFoundError(2, "pyperplan has no program `pyperplan`")
    return [program, "-s", "gbf", "-H", "hff", errand.domain, errand.problem]


def _read(errand: Errand, ended: Ended) -> Reply:
    if ended.exit_code:
        return failure(ended)
    # From the first line of its log to the last: reading, grounding and searching.
    seconds = span(ended.output)
    plan = text_in(errand.problem.with_name(f"{errand.problem.name}.soln"))
    if plan is not None:
        return Reply(Outcome.SOLVED, "wrote a plan", plan, engine_seconds=seconds)
    if NO_PLAN in ended.output:
        return Reply(Outcome.NO_PLAN_FOUND, NO_PLAN, engine_seconds=seconds)
    return Reply(Outcome.ENGINE_FAILED, "wrote no plan", engine_seconds=seconds)


PYPERPLAN = Program(
    "pyperplan", "`pyperplan -s gbf -H hff`, the whole process", SOURCE, _command, _read
)
