"""Fast Downward, run directly: its translator, then its search, each a process of its own.

Fast Downward (Helmert, JAIR 26, 2006) comes with the wheel of up-fast-downward. It is a separate
program under the GPL and is only ever started, never imported. Every run has its own folder.
Its driver is run for aliases only: some of them stand for whole portfolios.
"""

from __future__ import annotations

import importlib.util
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Event

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import (
    Assign,
    Condition,
    effect_conditions,
    function_terms_in,
    simple_effects,
)
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve.answer import STOPPED, Answer, Quality
from goalsmith.solve.fast_downward_exits import (
    DRIVER_EXITS,
    SEARCH_EXITS,
    TRANSLATOR_EXITS,
    Exit,
)
from goalsmith.solve.fast_downward_output import (
    failure,
    last_line,
    last_plan,
    peak_memory_mb,
    statistics_of,
)
from goalsmith.solve.fast_downward_searches import REQUIREMENTS, SEARCHES
from goalsmith.solve.process import Ended, run
from goalsmith.solve.solution import Limits, Statistics
from goalsmith.solve.watchdog import Watchdog

LONGEST_SEARCH = 2**16
"""Characters of a search at most; an argument of a program may have twice as many bytes."""


class FastDownward:
    """The engine `fast-downward`.

    Args:
        search: a search in the engine's own language, such as `astar(lmcut())`.
        alias: the name of a search or a portfolio, such as `seq-sat-lama-2011`. Without either,
            what is asked of the plan decides.

    Raises:
        InputError: both are given, the search cannot be one, or there is no alias of that name.
    """

    name = "fast-downward"

    def __init__(self, search: str | None = None, alias: str | None = None) -> None:
        if search is not None and alias is not None:
            raise InputError("a search and an alias cannot be given together")
        if search is not None and not (
            0 < len(search) <= LONGEST_SEARCH and search.strip() and search.isprintable()
        ):
            raise InputError("a search must be one line of text, such as `astar(lmcut())`")
        if alias is not None and _wheel() is not None and alias not in aliases():
            hint = did_you_mean(alias, aliases(), "alias")
            raise InputError(f"unknown alias `{alias}` of Fast Downward: {hint}")
        self._search = search
        self._alias = alias

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
        if _computes(task):
            return Answer(Outcome.UNSUPPORTED, "Fast Downward does not support numeric fluents")
        optimal = quality == "optimal"
        if optimal and self._search is not None:
            reason = "whether a search of one's own finds cheapest plans is not known"
            return Answer(Outcome.UNSUPPORTED, reason)
        if optimal and self._alias is not None and not self._alias.startswith("seq-opt-"):
            return Answer(Outcome.UNSUPPORTED, f"`{self._alias}` does not prove plans cheapest")
        with (
            tempfile.TemporaryDirectory(prefix="goalsmith-") as name,
            Watchdog(Path(name)) as watchdog,
        ):
            running = _Run(Path(name), watchdog, limits, cancel)
            running.write(task)
            if self._alias is not None:
                return running.driver(self._alias)
            return running.searches((self._search,) if self._search else SEARCHES[quality], optimal)


def aliases() -> tuple[str, ...]:
    """The names of the searches and portfolios that come with Fast Downward."""
    wheel = _wheel()
    return () if wheel is None else _aliases(wheel)


@cache
def _aliases(wheel: Path) -> tuple[str, ...]:
    listed = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, wheel / "fast-downward.py", "--show-aliases"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd="/",
    )
    return tuple(listed.stdout.split())


@cache
def _wheel() -> Path | None:
    """The folder of Fast Downward in the wheel, and nothing imported from it."""
    package = importlib.util.find_spec("up_fast_downward")
    if package is None or package.origin is None:
        return None
    if importlib.util.find_spec("fast_downward") is None:
        return None
    return Path(package.origin).parent / "downward"


@cache
def _binary() -> Path | None:
    """The search program in the wheel."""
    wheel = _wheel()
    if wheel is not None:
        for program in ("downward", "downward.exe"):
            path = wheel / "builds" / "release" / "bin" / program
            if path.is_file():
                return path
    return None


@cache
def version() -> str | None:
    """The version of Fast Downward in the wheel, as its driver states it; None if it does not."""
    wheel = _wheel()
    path = None if wheel is None else wheel / "driver" / "version.py"
    if path is None or not path.is_file():
        return None
    said = re.search(r'__version__ = "([^"]+)"', path.read_text(encoding="utf-8"))
    return said[1] if said else None


def _computes(task: Task) -> bool:
    """Whether the task does more with numbers than add up what its actions cost."""
    domain = task.domain
    conditions: list[Condition] = [task.problem.goal]
    conditions += [rule.condition for rule in domain.derived]
    for action in domain.actions:
        conditions += [action.precondition, *effect_conditions(action.effects)]
        for effect in simple_effects(action.effects):
            if isinstance(effect, Assign) and effect.target.function.lower() != "total-cost":
                return True
    return any(True for condition in conditions for _ in function_terms_in(condition))


class _Run:
    """One run in one folder."""

    def __init__(self, folder: Path, watchdog: Watchdog, limits: Limits, cancel: Event) -> None:
        self.folder = folder
        self.watchdog = watchdog
        self.limits = limits
        self.cancel = cancel
        self.started = time.monotonic()
        self.cpu = 0.0
        self.peak = 0.0

    def write(self, task: Task) -> None:
        """Puts the task into the folder."""
        domain = replace(task.domain, requirements=REQUIREMENTS)
        problem = replace(task.problem, requirements=())
        (self.folder / "domain.pddl").write_text(write_domain(domain), encoding="utf-8")
        (self.folder / "problem.pddl").write_text(write_problem(problem), encoding="utf-8")

    def searches(self, searches: Sequence[str], optimal: bool) -> Answer:
        """Translates the task, then tries searches while one is unsupported."""
        # -P keeps a `fast_downward` folder of the user's, and our own `translate`, out of sight.
        translator = [sys.executable, "-P", "-m", "fast_downward.translate"]
        translated = self.run([*translator, "domain.pddl", "problem.pddl"])
        translator_seconds = translated.wall_seconds
        if translated.stopped or translated.exit_code != 0:
            return self.ended(translated, TRANSLATOR_EXITS, Statistics())
        binary = _binary()
        assert binary is not None
        answer = Answer(Outcome.UNSUPPORTED, "Fast Downward has no search for this")
        for search in searches:
            command: list[str | Path] = [binary, "--internal-plan-file", "plan", "--search", search]
            searched = self.run(command, stdin=self.folder / "output.sas")
            said = statistics_of(searched, translator_seconds)
            answer = self.ended(searched, SEARCH_EXITS, said, optimal)
            if answer.outcome is not Outcome.UNSUPPORTED:
                break
        return answer

    def driver(self, alias: str) -> Answer:
        """Has the driver do all that an alias stands for."""
        wheel = _wheel()
        assert wheel is not None
        # Portfolios share out the time that they have; the driver takes whole seconds.
        seconds = f"{max(1, math.ceil(self.limits.seconds))}s"
        ended = self.run(
            [
                *(sys.executable, wheel / "fast-downward.py"),
                *("--plan-file", "plan", "--alias", alias, "--overall-time-limit", seconds),
                *("domain.pddl", "problem.pddl"),
            ]
        )
        return self.ended(
            ended, DRIVER_EXITS, statistics_of(ended, None), alias.startswith("seq-opt-")
        )

    def run(self, command: Sequence[str | Path], stdin: Path | None = None) -> Ended:
        """Runs a program in what is left of the time."""
        left = self.limits.seconds - (time.monotonic() - self.started)
        cpu = self.limits.cpu_seconds
        ended = run(
            command,
            self.folder,
            seconds=left,
            memory_mb=self.limits.memory_mb,
            cpu_seconds=None if cpu is None else cpu - self.cpu,
            cancel=self.cancel,
            stdin=stdin,
            cores=self.limits.cores,
            watchdog=self.watchdog,
        )
        self.cpu += ended.cpu_seconds
        said = peak_memory_mb(ended)
        self.peak = max(self.peak, ended.peak_memory_mb if said is None else said)
        return ended

    def ended(
        self,
        ended: Ended,
        exits: Mapping[int, tuple[Exit, ...]],
        statistics: Statistics,
        optimal: bool = False,
    ) -> Answer:
        """What the end of a program means, by its exit code and the evidence in its log."""
        statistics = replace(
            statistics,
            wall_seconds=time.monotonic() - self.started,
            cpu_seconds=self.cpu,
            peak_memory_mb=self.peak,
            version=version(),
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
