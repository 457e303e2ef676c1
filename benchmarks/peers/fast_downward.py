"""The driver of Fast Downward, as it comes in the wheel: LAMA's first iteration."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from goalsmith.benchmarks.peers.peer import Errand, Reply, Source
from goalsmith.benchmarks.peers.program import Program, last_line, text_in
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.fast_downward.exits import DRIVER_EXITS
from goalsmith.solve.fast_downward.wheel import wheel
from goalsmith.solve.programs.process import Ended
from goalsmith.solve.solution import Limits

ALIAS = "lama-first"
PLAN = "sas_plan"

PACKAGES = ("up-fast-downward", "fast-downward.translate")

_TRANSLATED = re.compile(r"^Done! \[[\d.]+s CPU, ([\d.]+)s wall-clock\]$", re.MULTILINE)
_SEARCHED = re.compile(r"^\[t=[^\]]*\] Total time: ([\d.]+)s$", re.MULTILINE)


def driver() -> Path:
    """The driver's script. Raises FileNotFoundError where it is not installed."""
    folder = wheel()
    if folder is None:
        raise FileNotFoundError("Fast Downward is in the package up-fast-downward")
    return folder / "fast-downward.py"


def whole(seconds: float) -> str:
    """A time limit as the driver takes it: in whole seconds."""
    return f"{max(1, math.ceil(seconds))}s"


def options(limits: Limits) -> tuple[str, ...]:
    """What the driver is told before the files."""
    return (
        *("--alias", ALIAS),
        *("--overall-time-limit", whole(limits.seconds)),
        *("--overall-memory-limit", f"{limits.memory_mb}M"),
    )


def said_seconds(log: str) -> float | None:
    """What Fast Downward says that it took: its translator's wall time and its search's CPU time.

    The search has one thread and counts its CPU time alone, from its start to its end. None unless
    both are in the log.
    """
    translated, searched = _TRANSLATED.search(log), _SEARCHED.search(log)
    if translated is None or searched is None:
        return None
    return float(translated[1]) + float(searched[1])


def reply(exit_code: int, log: str, errors: str, plan: str | None) -> Reply:
    """What the driver's end means: by its exit code, with the evidence in the log where needed."""
    said = said_seconds(log)
    rows = DRIVER_EXITS.get(exit_code, ())
    row = next((r for r in rows if r.evidence in log), None)
    if row is None:
        reason = f"exit code {exit_code}: {last_line(errors, log)}"
        return Reply(Outcome.ENGINE_FAILED, reason, engine_seconds=said)
    if row.outcome is Outcome.SOLVED and plan is None:
        return Reply(Outcome.ENGINE_FAILED, "wrote no plan", engine_seconds=said)
    outcome = row.outcome if plan is None else Outcome.SOLVED
    return Reply(outcome, row.meaning, plan, engine_seconds=said)


def _command(errand: Errand) -> Sequence[str | Path]:
    return [sys.executable, driver(), *options(errand.limits), errand.domain, errand.problem]


def _read(errand: Errand, ended: Ended) -> Reply:
    plan = text_in(errand.folder / PLAN)
    return reply(ended.exit_code, ended.output, ended.errors, plan)


FAST_DOWNWARD = Program(
    "fast-downward",
    f"`fast-downward.py --alias {ALIAS}`, the whole process",
    Source(PACKAGES),
    _command,
    _read,
)
