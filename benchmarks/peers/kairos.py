"""Kairos alone: its own program, and its library in a process that stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from goalsmith.benchmarks.peers.peer import Errand, Reply, Source
from goalsmith.benchmarks.peers.program import Program, failure, last_line, text_in
from goalsmith.benchmarks.peers.service import Service
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.programs.process import Ended

PLAN = "plan"

SOURCE = Source(("kairos-planner",))

EXITS = {
    0: Outcome.SOLVED,
    10: Outcome.UNSOLVABLE,
    11: Outcome.OUT_OF_TIME,
    12: Outcome.OUT_OF_MEMORY,
    13: Outcome.UNSUPPORTED,
    14: Outcome.NO_PLAN_FOUND,
    2: Outcome.UNSUPPORTED,
}
"""What the program's exit codes claim, by its own help. 2 is input that it cannot read."""

_TOTAL = re.compile(r"^kairos: .*\btotal ([\d.]+) ms", re.MULTILINE)


def _command(errand: Errand) -> Sequence[str | Path]:
    program = SOURCE.script("kairos")
    if program is None:
        raise FileNotFoundError(2, "kairos-planner has no program `kairos`")
    return [
        *(program, "solve", errand.domain, errand.problem),
        *("--no-anytime", "--timeout", f"{errand.limits.seconds}"),
        *("--memory", f"{errand.limits.memory_mb}", "--output", PLAN, "-v"),
    ]


def _read(errand: Errand, ended: Ended) -> Reply:
    outcome = EXITS.get(ended.exit_code)
    if outcome is None:
        return failure(ended)
    # An error is followed by the line that it is about.
    errors = [line for line in ended.errors.splitlines() if ": error: " in line]
    reason = last_line("\n".join(errors[:1]), ended.errors, outcome.meaning)
    total = _TOTAL.search(ended.errors)
    plan = text_in(errand.folder / PLAN) if outcome is Outcome.SOLVED else None
    if outcome is Outcome.SOLVED and plan is None:
        outcome, reason = Outcome.ENGINE_FAILED, "wrote no plan"
    seconds = float(total[1]) / 1000 if total else None
    return Reply(outcome, reason, plan, engine_seconds=seconds)


KAIROS = Program(
    "kairos", "`kairos solve --no-anytime`, the whole process", SOURCE, _command, _read
)
KAIROS_LIBRARY = Service(
    "kairos-library",
    "`kairos.Planner().solve` in a process that stays, from the files to the plan",
    SOURCE,
    "goalsmith.benchmarks.peers.workers.kairos",
)
