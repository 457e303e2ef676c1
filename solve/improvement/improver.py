"""Better plans from a plan: needless steps out, then windows solved anew, over and over.

A search in a large neighbourhood, in the manner of BDPO2 (Siddiqui and Haslum, JAIR 54, 2015):
blocks of the de-ordered plan are replaced by cheaper ones that an engine finds. Where that gets
stuck, a detour is taken, as iterated local search has it (Lourenço, Martin and Stützle, 2003): a
block is done otherwise at some more cost, windows go on from there, and what does not become better
than the best plan is given up. The best plan is only ever replaced by one that replays and costs no
more. `docs/design/0007-improvement-by-windows.md` has the measurements behind the constants.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from threading import Lock

from goalsmith.solve.grounded.ordering import bits
from goalsmith.solve.grounded.sas import SasTask
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator
from goalsmith.solve.improvement.choices import Choices
from goalsmith.solve.improvement.detours import MAX_SEED, WindowSearch, detour
from goalsmith.solve.improvement.elimination import without_needless_steps
from goalsmith.solve.improvement.windows import consecutive_block, cut, grown_block
from goalsmith.solve.improvement.working_plan import Version, WorkingPlan

SIZES = (8, 16, 24, 36, 50, 70, 100)
"""Steps in a block."""

BESIDE = (0, 2, 6, 15, 40)
"""Variables beside those that a block writes which may change as well, at most."""

TIMES = (0.03, 0.1, 0.3, 1.0, 3.0)
"""CPU seconds for one window: the first until windows fail, then the next."""

PATIENCE = 25
"""Windows without success after which the next ones are given more time."""

GROWN = "grown"
CONSECUTIVE = "consecutive"

REST = 0.001
"""Seconds to wait after a block that costs nothing, so as not to look for others all the time."""

CLEAN_UP_SECONDS = 0.2
"""Wall time for taking needless steps out after a window succeeded."""

WEIGHTS = (1, 2, 3, 5)
"""Weights of the heuristics beside the cost, in the search for a better block."""

LAST_WEIGHT = 2
"""The weight with which a block that was made better is searched again, at most."""

SIDEWAYS = 0.3
"""Share of windows, once better blocks have become rare, that look for another block of the same
cost: what is no better by itself may let others become so."""

STUCK = 30
"""Windows without success after which a detour is taken."""

LONGER = 10
"""More of them after each detour that led to nothing better, so that long searches get their turn,
too."""

AGAIN = 5
"""Windows after which another detour is looked for where none was found."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How windows went: tried, of those with a better block, and of those outrun by others.

    `detours` counts the plans from which they went on elsewhere.
    """

    tried: int = 0
    better: int = 0
    overtaken: int = 0
    detours: int = 0


class Improver:
    """A plan that several threads make better together.

    Args:
        task: the grounded task.
        plan: a valid plan of it.
        on_better: told of each better plan, by the thread that found it.
        weights: of the heuristics beside the cost, to choose from.
        beside: variables beside those that a block writes which may change as well, at most, to
            choose from.
        detours: whether to go on from other plans where windows get stuck.
    """

    def __init__(
        self,
        task: GroundedTask,
        plan: Sequence[GroundOperator],
        on_better: Callable[[tuple[GroundOperator, ...]], None] = lambda _: None,
        weights: Sequence[int] = WEIGHTS,
        beside: Sequence[int] = BESIDE,
        detours: bool = True,
    ) -> None:
        self._task = task
        self._on_better = on_better
        self._lock = Lock()
        self._shapes = Choices((GROWN, CONSECUTIVE))
        self._sizes = Choices(SIZES)
        self._beside = Choices(beside)
        self._weights = Choices(weights)
        self._tries: Counter[int] = Counter()
        self._level = 0
        self._failures = 0
        self._detours = detours
        self._stuck = 0
        self._fruitless = 0
        self._working = WorkingPlan(task, plan)
        self.counts = Counts()

    @property
    def plan(self) -> tuple[GroundOperator, ...]:
        """The best plan so far."""
        return self._working.best.steps

    @property
    def cost(self) -> int:
        """What the best plan costs."""
        return self._working.best.cost

    def offer(self, plan: Sequence[GroundOperator]) -> bool:
        """Takes a plan from elsewhere if it is valid and the cheapest; says whether it did."""
        cheaper = sum(step.cost for step in plan) < self.cost
        return cheaper and self._working.offer(plan)

    def eliminate(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> None:
        """Takes needless steps out of what is worked on, in at most so much time."""
        deadline = time.monotonic() + seconds
        plan, best = self._working.current.steps, self.cost

        def enough() -> bool:
            return time.monotonic() > deadline or stopped()

        shorter = without_needless_steps(self._task, plan, enough)
        if len(shorter) < len(plan) and self._working.offer(shorter):
            self._tell(best)

    def work(self, search: WindowSearch, random: Random, stopped: Callable[[], bool]) -> None:
        """Tries one window after the other until stopped."""
        while not stopped():
            if self._is_stuck():
                self._take_detour(search, random, stopped)
            else:
                self._try(search, random, stopped)

    def _tell(self, before: int) -> None:
        """Tells of the best plan if it costs less than before."""
        if self.cost < before:
            with self._lock:
                self._fruitless = 0
            self._on_better(self.plan)

    @property
    def _patience(self) -> int:
        """Windows without success before a detour."""
        return STUCK + LONGER * self._fruitless

    def _is_stuck(self) -> bool:
        """Whether it is time for a detour; one thread at a time is told so."""
        with self._lock:
            if not self._detours or self._stuck < self._patience:
                return False
            self._stuck = 0
            return True

    def _take_detour(
        self, search: WindowSearch, random: Random, stopped: Callable[[], bool]
    ) -> None:
        """Goes on from another plan of about the cost of the best one."""
        best = self._working.best
        plan = detour(self._task, best, search, random, stopped)
        found = plan is not None and self._working.leave(best, plan)
        with self._lock:
            if found:
                self._level = self._failures = 0
                self._fruitless += 1
                self.counts = replace(self.counts, detours=self.counts.detours + 1)
            else:
                self._stuck = max(self._stuck, self._patience - AGAIN)
        if found:
            self._tell(best.cost)
            self.eliminate(CLEAN_UP_SECONDS)

    def _try(self, search: WindowSearch, random: Random, stopped: Callable[[], bool]) -> None:
        began = time.monotonic()
        current, best = self._working.current, self.cost
        with self._lock:
            shape, size = self._shapes.choose(random), self._sizes.choose(random)
            beside, weight = self._beside.choose(random), self._weights.choose(random)
            level = random.randint(0, self._level)
            seconds = TIMES[level]
            sideways = self._level > 0 and random.random() < SIDEWAYS
        start = self._start(current, random)
        if shape == GROWN:
            block = grown_block(current.order, start, size, random)
        else:
            block = consecutive_block(len(current.steps), start, size, random)
        window = cut(self._task, current.steps, current.order, block, beside, random, stopped)
        if window is None:
            # Where nothing costs anything there is nothing to be saved.
            time.sleep(REST)
            return
        bound = window.cost + sideways
        found = self._cheapest(search, window.task, bound, weight, seconds, random)
        saved = None
        if found is not None:
            replacement = [self._task.operators[number] for number in found]
            numbers = {current.numbers[n] for n in bits(block)}
            saved = self._working.replace(numbers, window.pivot, replacement, sideways)
            if saved:
                self._tell(best)
                self.eliminate(CLEAN_UP_SECONDS)
        share = (saved or 0) / current.cost
        spent = time.monotonic() - began
        with self._lock:
            self._shapes.note(shape, share, spent)
            self._sizes.note(size, share, spent)
            self._beside.note(beside, share, spent)
            self._weights.note(weight, share, spent)
            self._tries.update(current.numbers[n] for n in bits(block))
            self._note(found is not None and not sideways, bool(saved), level)

    def _cheapest(
        self,
        search: WindowSearch,
        task: SasTask,
        bound: int,
        weight: int,
        seconds: float,
        random: Random,
    ) -> list[int] | None:
        """A block below a bound, made better until the search finds no more; None without any."""
        best: list[int] | None = None
        while True:
            found = search(task, bound, weight, seconds, random.randint(0, MAX_SEED))
            if found is None:
                return best
            cost = sum(self._task.operators[number].cost for number in found)
            if cost >= bound:
                return best  # the search does not keep its word
            best, bound, weight = found, cost, min(weight, LAST_WEIGHT)

    def _start(self, version: Version, random: Random) -> int:
        """The step around which the next block lies: rather one that few blocks had so far."""
        with self._lock:
            tries = [self._tries[number] for number in version.numbers]
        return random.choices(range(len(tries)), [1 / (1 + n) for n in tries])[0]

    def _note(self, found: bool, better: bool, level: int) -> None:
        """Counts a window, and gives later ones more time when many in a row have failed.

        After a better block they get less again, but never less than that one took.
        """
        counts = self.counts
        overtaken = found and not better
        self.counts = replace(
            counts,
            tried=counts.tried + 1,
            better=counts.better + better,
            overtaken=counts.overtaken + overtaken,
        )
        if better:
            self._failures = self._stuck = 0
            self._level = max(level, self._level - 1)
            return
        self._failures += 1
        self._stuck += 1
        if self._failures >= PATIENCE:
            self._failures = 0
            self._level = min(self._level + 1, len(TIMES) - 1)
