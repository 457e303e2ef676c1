"""One lane in the search for better plans: stages, one after the other, on a core of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event
from typing import TypeAlias

from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.answer import Answer
from goalsmith.solve.anytime.common_ground import WINDOWS, CommonGround
from goalsmith.solve.anytime.patience import Patience
from goalsmith.solve.fast_downward.engine import FastDownward
from goalsmith.solve.fast_downward.exits import SEARCH_EXITS, TRANSLATOR_EXITS
from goalsmith.solve.fast_downward.output import plan_cost, statistics_of
from goalsmith.solve.fast_downward.run import OUTPUT, Run
from goalsmith.solve.fast_downward.searches import LAMA, Configuration, optimal
from goalsmith.solve.grounded.translate import StepNames, ground
from goalsmith.solve.grounded.window_search import WindowSearch
from goalsmith.solve.improvement.elimination import Lifted, without_needless_steps
from goalsmith.solve.kairos.engine import Kairos
from goalsmith.solve.programs.watchdog import Watchdog
from goalsmith.solve.solution import Limits, Solution, Statistics

LOOK = 0.02
"""Seconds between looks at whether to stop."""

PROOF_SECONDS = 1.0
"""Seconds that a search for good plans looks for a proof that there is none better, at least."""

PROOF_SHARE = 0.05
"""The same as a share of all its time."""

LAMA_STREAM = "Fast Downward (LAMA)"

Stage: TypeAlias = Callable[["Lane"], None]


class Lane:
    """Stages that share a folder, a part of the limits, and what all lanes share.

    Args:
        common: what all lanes share.
        folder: for the programs of this lane.
        limits: for this lane.
        seed: for the choice of windows.

    Attributes:
        cpu_seconds: CPU time that the programs of this lane have used.
    """

    def __init__(self, common: CommonGround, folder: Path, limits: Limits, seed: int) -> None:
        self._common = common
        self._folder = folder
        self._limits = limits
        self._seed = seed
        self._began = time.monotonic()
        self.cpu_seconds = 0.0

    def walk(self, stages: tuple[Stage, ...]) -> None:
        """Goes through stages until all is over or the limits are reached."""
        self._folder.mkdir()
        for stage in stages:
            left = self._left()
            if self._common.stop.is_set() or left.seconds <= 0 or left.cpu_seconds == 0:
                return
            try:
                stage(self)
            except OSError as error:
                self._common.ends.append(Solution(Outcome.ENGINE_FAILED, evidence=str(error)))

    def _left(self) -> Limits:
        """What is left of the limits."""
        seconds = max(0.0, self._limits.seconds - (time.monotonic() - self._began))
        cpu = self._limits.cpu_seconds
        left = None if cpu is None else max(0.0, cpu - self.cpu_seconds)
        return replace(self._limits, seconds=seconds, cpu_seconds=left)

    def _note(self, answer: Answer, source: str) -> None:
        self.cpu_seconds += answer.statistics.cpu_seconds or 0.0
        self._common.note(answer, source)

    def stream_kairos(self) -> None:
        """Kairos's plans, as long as they become better."""
        kairos = Kairos()
        if kairos.missing():
            return
        answer = kairos.answer(
            self._common.aliased.task,
            self._left(),
            "anytime",
            Patience(self._common.stop, self._common.incumbent, kairos.name),
            lambda text: self._common.offer(text, kairos.name),
        )
        self._note(answer, kairos.name)

    def ground(self) -> None:
        """Grounds the task, for all lanes."""
        try:
            if FastDownward().missing():
                return
            with Watchdog() as watchdog:
                run = Run(self._folder, watchdog, self._left(), self._common.stop)
                grounded = ground(self._common.aliased, run)
            self.cpu_seconds += grounded.ended.cpu_seconds
            if grounded.task is None:
                answer = run.answer(grounded.ended, TRANSLATOR_EXITS, Statistics())
                self._common.note(answer, FastDownward.name)
                return
            self._common.file = self._folder / OUTPUT
            self._common.names = StepNames(self._common.aliased, grounded.task)
            self._common.catch_up()
        finally:
            self._common.tried.set()

    def stream_lama(self) -> None:
        """LAMA's plans, as long as they become better."""
        patience = Patience(self._common.stop, self._common.incumbent, LAMA_STREAM)
        self._search(LAMA_STREAM, LAMA, self._left(), patience)

    def prove(self) -> None:
        """Looks for a cheapest plan by the search that is best at it."""
        self._prove_by(0, self._left())

    def prove_otherwise(self) -> None:
        """Looks for a cheapest plan by another search."""
        self._prove_by(1, self._left())

    def prove_soon(self) -> None:
        """Looks for a proof for a moment: of a small task's plan there is no need to doubt long."""
        left = self._left()
        seconds = max(PROOF_SECONDS, PROOF_SHARE * self._limits.seconds)
        self._prove_by(0, replace(left, seconds=min(left.seconds, seconds)))

    def _prove_by(self, which: int, limits: Limits) -> None:
        """Runs one of the searches for cheapest plans, if there are so many for the task."""
        while not self._common.tried.wait(LOOK):
            if self._common.stop.is_set():
                return
        if self._common.names is None:
            return
        found = optimal(self._common.names.task.sas)
        if which < len(found):
            name, configuration = found[which]
            source = f"Fast Downward (A* with {name})"
            self._search(source, configuration, limits, self._common.stop, proves=True)

    def _search(
        self,
        source: str,
        configuration: Configuration,
        limits: Limits,
        cancel: Event,
        proves: bool = False,
    ) -> None:
        """Searches the grounded task; what is found and proved is shared at once."""
        if self._common.names is None:
            return
        own = self._folder / "search"
        own.mkdir(exist_ok=True)

        def bound(cost: int) -> None:
            self._common.raise_bound(cost, source)

        with Watchdog() as watchdog:
            run = Run(own, watchdog, limits, cancel)
            ended = run.search(
                configuration,
                self._common.file,
                lambda text: self._common.offer(text, source),
                bound if proves else None,
            )
        answer = run.answer(ended, SEARCH_EXITS, statistics_of(ended, None))
        if proves and answer.outcome is Outcome.SOLVED and answer.plan_text is not None:
            cost = plan_cost(answer.plan_text)
            if cost is not None:
                bound(cost)
        self._note(answer, source)

    def _shorten(self, stop: Event) -> None:
        """Takes needless steps out of the best plan of a task that could not be grounded."""
        best = self._common.incumbent.best
        if best is None or best.plan is None:
            return
        shorter = without_needless_steps(
            Lifted(Semantics(self._common.task)), best.plan.steps, stop.is_set
        )
        self._common.incumbent.offer(Plan(tuple(shorter)), "elimination")

    def improve(self) -> None:
        """Works on windows to the end."""
        self._improve_until(self._common.stop)

    def improve_a_while(self) -> None:
        """Works on windows as long as they make the plan better."""
        self._improve_until(Patience(self._common.stop, self._common.incumbent, WINDOWS))

    def _improve_until(self, stop: Event) -> None:
        """Works on windows, once there is a plan and a grounded task."""
        while self._common.improver is None:
            if stop.is_set():
                return
            if self._common.tried.is_set() and self._common.names is None:
                self._shorten(stop)
                return
            self._common.incumbent.wait(LOOK)
        own = self._folder / "windows"
        own.mkdir(exist_ok=True)
        random = Random(f"{self._seed} {self._folder.name}")
        with WindowSearch(own, self._left(), stop) as search:
            try:
                self._common.improver.work(search, random, lambda: stop.is_set() or search.spent)
            finally:
                self.cpu_seconds += search.cpu_seconds
