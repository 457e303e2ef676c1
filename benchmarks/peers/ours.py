"""goalsmith itself: its race in a process that stays, and its command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from goalsmith.benchmarks.peers.fast_downward import PACKAGES
from goalsmith.benchmarks.peers.peer import Errand, Reply, Source
from goalsmith.benchmarks.peers.program import Program, failure, last_line, text_in
from goalsmith.benchmarks.peers.service import Service
from goalsmith.benchmarks.provenance import code_version
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.programs.process import Ended

PLAN = "plan"


class _Own(Source):
    """goalsmith and its engines. Its version names the code: what is measured may be unreleased."""

    def version(self) -> str:
        """The versions of all that is installed, with a hash of the sources that solve."""
        return f"goalsmith {code_version()}, {Source(self.packages[1:]).version()}"


SOURCE = _Own(("goalsmith", "kairos-planner", *PACKAGES))

EXITS = {o.exit_code: o for o in (Outcome.SOLVED, *(o for o in Outcome if o.exit_code >= 10))}
"""What the command's exit codes mean."""


def _command(errand: Errand) -> Sequence[str | Path]:
    program = SOURCE.script("goalsmith")
    if program is None:
        raise FileNotFoundError(2, "goalsmith has no command here: pip install goalsmith")
    return [
        *(program, "solve", errand.domain, errand.problem, "--no-cache", "--output", PLAN),
        *("--time-limit", f"{errand.limits.seconds}"),
        *("--memory-limit", f"{errand.limits.memory_mb}"),
    ]


def _read(errand: Errand, ended: Ended) -> Reply:
    outcome = EXITS.get(ended.exit_code)
    if outcome is None:
        return failure(ended)
    plan = text_in(errand.folder / PLAN) if outcome is Outcome.SOLVED else None
    if outcome is Outcome.SOLVED and plan is None:
        return Reply(Outcome.ENGINE_FAILED, "wrote no plan")
    return Reply(outcome, last_line(ended.errors, outcome.meaning), plan)


GOALSMITH = Service(
    "goalsmith",
    "the race in a process that stays, from the files to the validated plan",
    SOURCE,
    "goalsmith.benchmarks.peers.workers.goalsmith",
)
GOALSMITH_COMMAND = Program(
    "goalsmith-command",
    "`goalsmith solve --no-cache`, the whole process",
    SOURCE,
    _command,
    _read,
)
