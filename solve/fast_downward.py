"""Fast Downward, run directly: its translator, then its search, each a process of its own.

Fast Downward (Helmert, JAIR 26, 2006) comes with the wheel of up-fast-downward. It is a separate
program under the GPL and is only ever started, never imported. Every run has its own folder.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Event

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve.answer import Answer, Quality
from goalsmith.solve.process import Ended, run
from goalsmith.solve.solution import Limits, Statistics

LAMA_FIRST = (
    "let(hlm, eval_modify_costs(landmark_sum(lm_factory=lm_reasonable_orders_hps(lm_rhw()), "
    "pref=false), cost_type=one), "
    "let(hff, eval_modify_costs(ff(), cost_type=one), "
    "lazy_greedy([hff, hlm], preferred=[hff, hlm], cost_type=one, reopen_closed=false)))"
)

SEARCHES: dict[Quality, tuple[str, ...]] = {
    # The first iteration of LAMA (Richter and Westphal, JAIR 39, 2010).
    "first": (LAMA_FIRST,),
    # A* with LM-cut (Helmert and Domshlak, ICAPS 2009); blind where LM-cut does not apply, as it
    # takes neither conditional effects nor derived predicates.
    "optimal": ("astar(lmcut())", "astar(blind())"),
}
"""Searches by what is asked of the plan, to be tried in turn while one is unsupported."""


@dataclass(frozen=True, slots=True)
class Exit:
    """What an exit code of the search means, and the line of its log that must bear it out."""

    outcome: Outcome
    meaning: str
    evidence: str = ""


SEARCH_EXITS = {
    0: Exit(Outcome.SOLVED, "found a plan"),
    11: Exit(
        Outcome.UNSOLVABLE, "proved the task unsolvable", evidence="Task is provably unsolvable."
    ),
    12: Exit(Outcome.NO_PLAN_FOUND, "gave up without a plan or a proof"),
    13: Exit(Outcome.NO_PLAN_FOUND, "found no plan within the cost bound"),
    22: Exit(Outcome.OUT_OF_MEMORY, "ran out of memory"),
    23: Exit(Outcome.OUT_OF_TIME, "ran out of time"),
    24: Exit(Outcome.OUT_OF_MEMORY, "ran out of memory and time"),
    34: Exit(Outcome.UNSUPPORTED, "does not support the task with this search"),
}
"""Exit codes of the search component. Whatever is not here is a failure of the engine.

Source: https://www.fast-downward.org/latest/documentation/exit-codes/
"""

TRANSLATOR_EXITS = {
    10: Exit(Outcome.UNSOLVABLE, "proved the task unsolvable while translating it"),
    20: Exit(Outcome.OUT_OF_MEMORY, "ran out of memory while translating"),
    21: Exit(Outcome.OUT_OF_TIME, "ran out of time while translating"),
}

_STATISTICS = {
    "expanded": re.compile(r"Expanded (\d+) state"),
    "evaluated": re.compile(r"Evaluated (\d+) state"),
    "generated": re.compile(r"Generated (\d+) state"),
    "initial_heuristic": re.compile(r"Initial heuristic value for (?:ff|lmcut|blind): (\d+)"),
}
_PEAK_MEMORY = re.compile(r"[Pp]eak memory: (\d+) KB")
_SEARCH_TIME = re.compile(r"Search time: ([\d.]+)s")


class FastDownward:
    """The engine `fast-downward`."""

    name = "fast-downward"

    def missing(self) -> str:
        """Why the engine cannot be used here; empty when it can."""
        if _binary() is None:
            return "Fast Downward is not installed: pip install 'up-fast-downward>=1.0'"
        return ""

    def answer(self, task: Task, limits: Limits, quality: Quality, cancel: Event) -> Answer:
        """Translates the task and searches for a plan.

        Raises:
            OSError: a program of the engine cannot be started.
        """
        with tempfile.TemporaryDirectory(prefix="goalsmith-") as name:
            return _Run(Path(name), limits, cancel).answer(task, quality)


@cache
def _binary() -> Path | None:
    """The search program in the wheel, and nothing imported from it."""
    package = importlib.util.find_spec("up_fast_downward")
    if package is None or package.origin is None:
        return None
    if importlib.util.find_spec("fast_downward") is None:
        return None
    folder = Path(package.origin).parent / "downward" / "builds" / "release" / "bin"
    for program in ("downward", "downward.exe"):
        if (folder / program).is_file():
            return folder / program
    return None


class _Run:
    """One run in one folder."""

    def __init__(self, folder: Path, limits: Limits, cancel: Event) -> None:
        self.folder = folder
        self.limits = limits
        self.cancel = cancel
        self.started = time.monotonic()
        self.cpu = 0.0
        self.peak = 0.0

    def answer(self, task: Task, quality: Quality) -> Answer:
        (self.folder / "domain.pddl").write_text(write_domain(task.domain), encoding="utf-8")
        (self.folder / "problem.pddl").write_text(write_problem(task.problem), encoding="utf-8")
        # -P keeps a `fast_downward` folder of the user's, and our own `translate`, out of sight.
        translator = [sys.executable, "-P", "-m", "fast_downward.translate"]
        translated = self.run([*translator, "domain.pddl", "problem.pddl"])
        translator_seconds = translated.wall_seconds
        if translated.stopped or translated.exit_code != 0:
            return self.ended(translated, TRANSLATOR_EXITS, Statistics())
        binary = _binary()
        assert binary is not None
        answer = Answer(Outcome.UNSUPPORTED, "Fast Downward has no search for this")
        for search in SEARCHES[quality]:
            command: list[str | Path] = [binary, "--internal-plan-file", "plan", "--search", search]
            searched = self.run(command, stdin=self.folder / "output.sas")
            answer = self.ended(searched, SEARCH_EXITS, _statistics(searched, translator_seconds))
            if answer.outcome is not Outcome.UNSUPPORTED:
                break
        if answer.outcome is not Outcome.SOLVED:
            return answer
        plan = self.folder / "plan"
        if not plan.is_file():
            return Answer(
                Outcome.ENGINE_FAILED,
                "Fast Downward wrote no plan in spite of exit code 0",
                statistics=answer.statistics,
            )
        return Answer(
            Outcome.SOLVED,
            "Fast Downward found a plan" + (" by A*" if quality == "optimal" else ""),
            plan.read_text(encoding="utf-8"),
            quality == "optimal",
            answer.statistics,
        )

    def run(self, command: Sequence[str | Path], stdin: Path | None = None) -> Ended:
        """Runs one of the two programs in what is left of the time."""
        left = self.limits.seconds - (time.monotonic() - self.started)
        ended = run(
            command,
            self.folder,
            seconds=left,
            memory_mb=self.limits.memory_mb,
            cancel=self.cancel,
            stdin=stdin,
            cores=self.limits.cores,
        )
        self.cpu += ended.cpu_seconds
        said = _PEAK_MEMORY.search(ended.output)
        # What the operating system says counts the memory of the process that started the program.
        self.peak = max(self.peak, int(said[1]) / 1024 if said else ended.peak_memory_mb)
        return ended

    def ended(self, ended: Ended, exits: dict[int, Exit], statistics: Statistics) -> Answer:
        """What the end of a program means, by its exit code and the evidence in its log."""
        statistics = replace(
            statistics,
            wall_seconds=time.monotonic() - self.started,
            cpu_seconds=self.cpu,
            peak_memory_mb=self.peak,
        )
        if ended.stopped == "time":
            return Answer(
                Outcome.OUT_OF_TIME,
                "Fast Downward was stopped at the time limit",
                statistics=statistics,
            )
        if ended.stopped == "cancel":
            return Answer(Outcome.INTERRUPTED, "Fast Downward was stopped", statistics=statistics)
        row = exits.get(ended.exit_code)
        if row is None or (row.evidence and row.evidence not in ended.output):
            return Answer(Outcome.ENGINE_FAILED, _failure(ended), statistics=statistics)
        return Answer(row.outcome, f"Fast Downward {row.meaning}", statistics=statistics)


def _failure(ended: Ended) -> str:
    """A failed program's exit code and the last line that it wrote."""
    lines = (ended.errors.strip() or ended.output.strip()).splitlines()
    said = f": {lines[-1].strip()[:200]}" if lines else ""
    if "MemoryError" in ended.errors or "bad_alloc" in ended.errors:
        said += " (out of memory)"
    return f"Fast Downward failed with exit code {ended.exit_code}{said}"


def _statistics(ended: Ended, translator_seconds: float) -> Statistics:
    found: dict[str, int] = {}
    for name, pattern in _STATISTICS.items():
        if match := pattern.search(ended.output):
            found[name] = int(match[1])
    search = _SEARCH_TIME.search(ended.output)
    return Statistics(
        expanded=found.get("expanded"),
        evaluated=found.get("evaluated"),
        generated=found.get("generated"),
        initial_heuristic=found.get("initial_heuristic"),
        translator_seconds=translator_seconds,
        search_seconds=float(search[1]) if search else None,
    )
