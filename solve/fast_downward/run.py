"""A run of Fast Downward in one folder: its translator, its searches, what their ends mean."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve.answer import STOPPED, Answer, OnPlan
from goalsmith.solve.fast_downward import wheel as fast_downward_wheel
from goalsmith.solve.fast_downward.exits import DRIVER_EXITS, Exit
from goalsmith.solve.fast_downward.following import PLAN, followed
from goalsmith.solve.fast_downward.output import (
    failure,
    last_line,
    last_plan,
    peak_memory_mb,
    statistics_of,
)
from goalsmith.solve.fast_downward.searches import REQUIREMENTS, Configuration
from goalsmith.solve.programs.process import Ended, run
from goalsmith.solve.programs.watchdog import Watchdog
from goalsmith.solve.solution import Limits, Statistics

OUTPUT = "output.sas"
"""The file in which the translator leaves the grounded task."""


class Run:
    """The programs of Fast Downward, one after the other, in one folder and within one limit.

    Args:
        folder: for this run alone.
        watchdog: the process group that the programs join.
        limits: for all of them together.
        cancel: set by another thread to stop.
    """

    def __init__(self, folder: Path, watchdog: Watchdog, limits: Limits, cancel: Event) -> None:
        self.folder = folder
        self._watchdog = watchdog
        self._limits = limits
        self._cancel = cancel
        self._started = time.monotonic()
        self._cpu = 0.0
        self._peak = 0.0

    def translate(self, task: Task, *options: str) -> Ended:
        """Grounds a task. Raises OSError if the program cannot be started."""
        self._write(task)
        # -P keeps a `fast_downward` folder of the user's, and our own `translate`, out of sight.
        translator = [sys.executable, "-P", "-m", "fast_downward.translate"]
        return self._run([*translator, *options, "domain.pddl", "problem.pddl"])

    def search(
        self,
        configuration: Configuration,
        grounded: Path | None = None,
        on_plan: OnPlan | None = None,
        on_bound: Callable[[int], None] | None = None,
    ) -> Ended:
        """Searches a grounded task, by default the one just translated.

        Args:
            configuration: the search.
            grounded: the file of the task.
            on_plan: told of each plan of a stream as it is written.
            on_bound: told of each lower bound as it is written; to be asked for where the search is
                A* and its heuristic never overestimates.

        Raises:
            OSError: the program cannot be started.
        """
        program = fast_downward_wheel.binary()
        if program is None:
            raise FileNotFoundError("the search program of Fast Downward is gone")
        with followed(self.folder, on_plan, on_bound):
            return self._run(
                [program, "--internal-plan-file", PLAN, "--search", *configuration],
                stdin=grounded or self.folder / OUTPUT,
            )

    def driver(self, task: Task, alias: str, on_plan: OnPlan | None = None) -> Answer:
        """Has the driver do all that an alias stands for."""
        wheel = fast_downward_wheel.wheel()
        assert wheel is not None
        self._write(task)
        # Portfolios share out the time that they have; the driver takes whole seconds.
        seconds = f"{max(1, math.ceil(self._limits.seconds))}s"
        with followed(self.folder, on_plan, None):
            ended = self._run(
                [
                    *(sys.executable, wheel / "fast-downward.py"),
                    *("--plan-file", PLAN, "--alias", alias, "--overall-time-limit", seconds),
                    *("domain.pddl", "problem.pddl"),
                ]
            )
        optimal = alias.startswith("seq-opt-")
        return self.answer(ended, DRIVER_EXITS, statistics_of(ended, None), optimal)

    def _write(self, task: Task) -> None:
        """Puts the task into the folder, naming no more than the translator can do."""
        domain = replace(task.domain, requirements=REQUIREMENTS)
        problem = replace(task.problem, requirements=())
        (self.folder / "domain.pddl").write_text(write_domain(domain), encoding="utf-8")
        (self.folder / "problem.pddl").write_text(write_problem(problem), encoding="utf-8")

    def _run(self, command: Sequence[str | Path], stdin: Path | None = None) -> Ended:
        """Runs a program in what is left of the time."""
        left = self._limits.seconds - (time.monotonic() - self._started)
        cpu = self._limits.cpu_seconds
        ended = run(
            command,
            self.folder,
            seconds=left,
            memory_mb=self._limits.memory_mb,
            cpu_seconds=None if cpu is None else cpu - self._cpu,
            cancel=self._cancel,
            stdin=stdin,
            cores=self._limits.cores,
            watchdog=self._watchdog,
        )
        self._cpu += ended.cpu_seconds
        said = peak_memory_mb(ended)
        self._peak = max(self._peak, ended.peak_memory_mb if said is None else said)
        return ended

    def answer(
        self,
        ended: Ended,
        exits: Mapping[int, tuple[Exit, ...]],
        statistics: Statistics,
        optimal: bool = False,
    ) -> Answer:
        """What the end of a program means, by its exit code and the evidence in its log."""
        statistics = replace(
            statistics,
            wall_seconds=time.monotonic() - self._started,
            cpu_seconds=self._cpu,
            peak_memory_mb=self._peak,
            version=fast_downward_wheel.version(),
        )
        if ended.stopped:
            outcome, meaning = STOPPED[ended.stopped]
            meaning = f"was stopped{meaning}"
        else:
            rows = exits.get(ended.exit_code, ())
            row = next((r for r in rows if r.evidence in ended.output), None)
            if row is None:
                return Answer(Outcome.ENGINE_FAILED, failure(ended), statistics=statistics)
            outcome, meaning = row.outcome, row.meaning
            if outcome in (Outcome.UNSUPPORTED, Outcome.BAD_INPUT) and (said := last_line(ended)):
                meaning += f": {said}"
        if outcome is Outcome.INTERRUPTED:
            return Answer(outcome, f"Fast Downward {meaning}", statistics=statistics)
        # A search that goes on to better plans leaves those that it has when it is stopped.
        plan = last_plan(self.folder, whole=outcome is not Outcome.SOLVED)
        if plan is not None:
            if outcome is not Outcome.SOLVED:
                meaning = f"found a plan and then {meaning}"
            elif optimal:
                meaning += " and claims that none is cheaper"
            optimal = optimal and outcome is Outcome.SOLVED
            found = f"Fast Downward {meaning}"
            return Answer(Outcome.SOLVED, found, plan, optimal, statistics)
        if outcome is Outcome.SOLVED:
            reason = "Fast Downward wrote no plan in spite of exit code 0"
            return Answer(Outcome.ENGINE_FAILED, reason, statistics=statistics)
        return Answer(outcome, f"Fast Downward {meaning}", statistics=statistics)
