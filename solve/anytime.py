"""Ever better plans, and proofs that there is none better, within the time given.

Two lanes, a core each. On the first Kairos streams plans; on the second the task is grounded, then
LAMA streams plans or, if a cheapest plan is asked for, A* runs. A stream that brings nothing better
for a while gives its lane to windows on the best plan so far, whoever found it
(`goalsmith.solve.improve`). Plans and bounds are shared: a bound from A* proves a plan of Kairos's
optimal. Every plan is replayed by our own semantics before it counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import TypeAlias

from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.aliases import with_aliases
from goalsmith.solve.answer import Answer, Quality
from goalsmith.solve.common_ground import WINDOWS, CommonGround
from goalsmith.solve.elimination import Lifted, without_needless_steps
from goalsmith.solve.fast_downward import FastDownward
from goalsmith.solve.fast_downward_exits import SEARCH_EXITS, TRANSLATOR_EXITS
from goalsmith.solve.fast_downward_output import plan_cost, statistics_of
from goalsmith.solve.fast_downward_run import OUTPUT, Run
from goalsmith.solve.fast_downward_searches import LAMA, Configuration, optimal
from goalsmith.solve.grounded.translate import StepNames, ground
from goalsmith.solve.grounded.window_search import WindowSearch
from goalsmith.solve.incumbent import Incumbent
from goalsmith.solve.kairos import Kairos
from goalsmith.solve.patience import Patience
from goalsmith.solve.plain_types import with_plain_types
from goalsmith.solve.solution import Limits, OnSolution, Solution, Statistics, without_plan
from goalsmith.solve.watchdog import Watchdog

LOOK = 0.02
"""Seconds between looks at whether to stop."""

PROOF_SECONDS = 1.0
"""Seconds that a search for good plans looks for a proof that there is none better, at least."""

PROOF_SHARE = 0.05
"""The same as a share of all its time."""

LAMA_STREAM = "LAMA"


_Stage: TypeAlias = Callable[[Path], None]
"""Part of a lane; it has a folder for its programs."""


class Anytime:
    """One search for ever better plans.

    Args:
        task: what to solve.
        quality: `anytime` for good plans soon, `optimal` for a cheapest one and its proof.
        limits: for the whole search.
        seed: for the choice of windows.
        cancel: set by another thread to stop.
        on_solution: told of each better plan.
    """

    def __init__(
        self,
        task: Task,
        quality: Quality,
        limits: Limits,
        seed: int,
        cancel: Event,
        on_solution: OnSolution,
    ) -> None:
        self._task = task
        self._limits = limits
        self._seed = seed
        self._cancel = cancel
        self._stop = Event()
        self._aliased = with_aliases(with_plain_types(task))
        self._began = time.monotonic()
        self._incumbent = Incumbent(task, on_solution)
        self._known = CommonGround(self._incumbent)
        self._ends: list[Solution] = []
        # The translator counts from nothing, whatever the metric's value is at the start.
        semantics = Semantics(task)
        self._offset = semantics.cost(semantics.facts(semantics.initial_state()), 0) or Fraction(0)
        self._lanes: tuple[tuple[_Stage, ...], ...] = (
            (self._stream_kairos, self._improve),
            (self._ground, self._stream_lama, self._prove_soon, self._improve),
        )
        if quality == "optimal":
            self._lanes = (
                (self._stream_kairos, self._improve_a_while, self._prove_otherwise, self._improve),
                (self._ground, self._prove, self._improve),
            )

    def run(self) -> Solution:
        """Searches until the time is up, a proof is found, or it is cancelled."""
        # The programs have groups of their own; this watchdog only removes the folder.
        with tempfile.TemporaryDirectory(prefix="goalsmith-") as name, Watchdog(Path(name)):
            threads = []
            for number, lane in enumerate(self._lanes):
                folder = Path(name) / str(number)
                folder.mkdir()
                threads.append(Thread(target=self._walk, args=(lane, folder), daemon=True))
            for thread in threads:
                thread.start()
            try:
                while (
                    self._left().seconds > 0
                    and not self._cancel.is_set()
                    and not self._settled()
                    and any(thread.is_alive() for thread in threads)
                ):
                    self._incumbent.wait(LOOK)
            finally:
                self._stop.set()
                for thread in threads:
                    thread.join()
        return self._conclusion()

    def _walk(self, lane: tuple[_Stage, ...], folder: Path) -> None:
        """Goes through a lane's stages. What ends one of them does not end the other lane."""
        for stage in lane:
            if self._stop.is_set():
                return
            try:
                stage(folder)
            except OSError as error:
                self._ends.append(Solution(Outcome.ENGINE_FAILED, evidence=str(error)))

    def _left(self) -> Limits:
        spent = time.monotonic() - self._began
        return replace(self._limits, seconds=max(0.0, self._limits.seconds - spent))

    def _settled(self) -> bool:
        return self._incumbent.settled or any(
            end.outcome is Outcome.UNSOLVABLE for end in self._ends
        )

    def _conclusion(self) -> Solution:
        ends = tuple(self._ends)
        best = self._incumbent.conclusion()
        if best is not None:
            return replace(best, attempts=ends)
        unsolvable = next((end for end in ends if end.outcome is Outcome.UNSOLVABLE), None)
        if unsolvable is not None:
            return replace(unsolvable, attempts=ends)
        if self._cancel.is_set():
            return Solution(Outcome.INTERRUPTED, evidence="stopped before there was any plan")
        if self._left().seconds <= 0:
            reason = f"no plan was found in {self._limits.seconds:g} seconds"
            return Solution(Outcome.OUT_OF_TIME, evidence=reason, attempts=ends)
        return without_plan(ends)

    def _offer(self, text: str, source: str) -> None:
        """Takes a plan from a stream. What is not a plan of the task is let go."""
        try:
            plan = self._aliased.read_plan(text, source)
        except GoalsmithError:
            return
        if self._incumbent.offer(plan, source):
            self._known.catch_up()

    def _note(self, answer: Answer, source: str) -> None:
        """Takes an answer's plan, and keeps the rest of what it says."""
        if answer.plan_text is not None:
            self._offer(answer.plan_text, source)
        self._ends.append(
            Solution(answer.outcome, source, answer.evidence, statistics=answer.statistics)
        )

    # Stages

    def _stream_kairos(self, _: Path) -> None:
        kairos = Kairos()
        if kairos.missing():
            return
        answer = kairos.answer(
            self._aliased.task,
            self._left(),
            "anytime",
            Patience(self._stop, self._incumbent, kairos.name),
            lambda text: self._offer(text, kairos.name),
        )
        self._note(answer, kairos.name)

    def _ground(self, folder: Path) -> None:
        try:
            if FastDownward().missing():
                return
            with Watchdog() as watchdog:
                run = Run(folder, watchdog, self._left(), self._stop)
                grounded = ground(self._aliased, run)
            if grounded.task is None:
                answer = run.answer(grounded.ended, TRANSLATOR_EXITS, Statistics())
                self._note(answer, FastDownward.name)
                return
            self._known.file = folder / OUTPUT
            self._known.names = StepNames(self._aliased, grounded.task)
            self._known.catch_up()
        finally:
            self._known.tried.set()

    def _stream_lama(self, folder: Path) -> None:
        patience = Patience(self._stop, self._incumbent, LAMA_STREAM)
        self._search(LAMA_STREAM, LAMA, folder, self._left(), patience)

    def _prove(self, folder: Path) -> None:
        self._prove_by(0, folder, self._left())

    def _prove_otherwise(self, folder: Path) -> None:
        self._prove_by(1, folder, self._left())

    def _prove_soon(self, folder: Path) -> None:
        """Looks for a proof for a moment: of a small task's plan there is no need to doubt long."""
        left = self._left()
        seconds = max(PROOF_SECONDS, PROOF_SHARE * self._limits.seconds)
        self._prove_by(0, folder, replace(left, seconds=min(left.seconds, seconds)))

    def _prove_by(self, which: int, folder: Path, limits: Limits) -> None:
        """Runs one of the searches for cheapest plans, if there are so many for the task."""
        while not self._known.tried.wait(LOOK):
            if self._stop.is_set():
                return
        if self._known.names is None:
            return
        found = optimal(self._known.names.task.sas)
        if which < len(found):
            name, configuration = found[which]
            source = f"A* with {name}"
            self._search(source, configuration, folder, limits, self._stop, proves=True)

    def _search(
        self,
        source: str,
        configuration: Configuration,
        folder: Path,
        limits: Limits,
        cancel: Event,
        proves: bool = False,
    ) -> None:
        """Searches the grounded task; what is found and proved is shared at once."""
        if self._known.names is None:
            return
        own = folder / "search"
        own.mkdir(exist_ok=True)

        def bound(cost: int) -> None:
            self._incumbent.raise_bound(self._offset + cost, source)

        with Watchdog() as watchdog:
            run = Run(own, watchdog, limits, cancel)
            ended = run.search(
                configuration,
                self._known.file,
                lambda text: self._offer(text, source),
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
        best = self._incumbent.best
        if best is None or best.plan is None:
            return
        shorter = without_needless_steps(
            Lifted(Semantics(self._task)), best.plan.steps, stop.is_set
        )
        self._incumbent.offer(Plan(tuple(shorter)), "elimination")

    def _improve(self, folder: Path) -> None:
        self._improve_until(self._stop, folder)

    def _improve_a_while(self, folder: Path) -> None:
        self._improve_until(Patience(self._stop, self._incumbent, WINDOWS), folder)

    def _improve_until(self, stop: Event, folder: Path) -> None:
        """Works on windows, once there is a plan and a grounded task."""
        while self._known.improver is None:
            if stop.is_set():
                return
            if self._known.tried.is_set() and self._known.names is None:
                self._shorten(stop)
                return
            self._incumbent.wait(LOOK)
        own = folder / "windows"
        own.mkdir(exist_ok=True)
        random = Random(f"{self._seed} {folder.name}")
        with WindowSearch(own, self._limits, stop) as search:
            self._known.improver.work(search, random, stop)
