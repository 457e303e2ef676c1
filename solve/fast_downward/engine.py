"""Fast Downward, run directly: its translator, then its search, each a process of its own.

Fast Downward (Helmert, JAIR 26, 2006) comes with the wheel of up-fast-downward. It is a separate
program under the GPL and is only ever started, never imported. Every run has its own folder.
Its driver is run for aliases only: some of them stand for whole portfolios.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

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
from goalsmith.solve.answer import Answer, OnPlan, Quality, nobody
from goalsmith.solve.fast_downward import wheel as fast_downward_wheel
from goalsmith.solve.solution import Limits, Statistics

if TYPE_CHECKING:
    from goalsmith.solve.fast_downward.run import Run
    from goalsmith.solve.fast_downward.searches import Configuration

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
        if alias is not None and fast_downward_wheel.wheel() is not None and alias not in aliases():
            hint = did_you_mean(alias, aliases(), "alias")
            raise InputError(f"unknown alias `{alias}` of Fast Downward: {hint}")
        self._search = search
        self._alias = alias

    def missing(self) -> str:
        """Why the engine cannot be used here; empty when it can."""
        if fast_downward_wheel.binary() is None:
            return "Fast Downward is not installed: pip install 'up-fast-downward>=1.0'"
        return ""

    def answer(
        self,
        task: Task,
        limits: Limits,
        quality: Quality,
        cancel: Event,
        on_plan: OnPlan = nobody,
    ) -> Answer:
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
        # Loaded only now: most small tasks are solved before this engine is asked.
        import tempfile

        from goalsmith.solve.fast_downward.run import Run
        from goalsmith.solve.fast_downward.searches import SEARCHES
        from goalsmith.solve.programs.watchdog import Watchdog

        with (
            tempfile.TemporaryDirectory(prefix="goalsmith-") as name,
            Watchdog(Path(name)) as watchdog,
        ):
            running = Run(Path(name), watchdog, limits, cancel)
            if self._alias is not None:
                return running.driver(task, self._alias, on_plan)
            searches = ((self._search,),) if self._search else SEARCHES[quality]
            return _searched(running, task, searches, optimal, on_plan)


def _searched(
    running: Run,
    task: Task,
    searches: Sequence[Configuration],
    optimal: bool,
    on_plan: OnPlan,
) -> Answer:
    """Translates the task, then tries searches while one is unsupported."""
    from goalsmith.solve.fast_downward.exits import SEARCH_EXITS, TRANSLATOR_EXITS
    from goalsmith.solve.fast_downward.output import statistics_of

    translated = running.translate(task)
    if translated.stopped or translated.exit_code != 0:
        return running.answer(translated, TRANSLATOR_EXITS, Statistics())
    answer = Answer(Outcome.UNSUPPORTED, "Fast Downward has no search for this")
    for configuration in searches:
        searched = running.search(configuration, on_plan=on_plan)
        statistics = statistics_of(searched, translated.wall_seconds)
        answer = running.answer(searched, SEARCH_EXITS, statistics, optimal)
        if answer.outcome is not Outcome.UNSUPPORTED:
            break
    return answer


def aliases() -> tuple[str, ...]:
    """The names of the searches and portfolios that come with Fast Downward."""
    found = fast_downward_wheel.wheel()
    return () if found is None else _aliases(found)


@cache
def _aliases(folder: Path) -> tuple[str, ...]:
    listed = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, folder / "fast-downward.py", "--show-aliases"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd="/",
    )
    return tuple(listed.stdout.split())


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
