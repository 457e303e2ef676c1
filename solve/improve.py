"""Better plans from a plan: needless steps out, then windows solved anew, over and over.

A search in a large neighbourhood, in the manner of BDPO2 (Siddiqui and Haslum, JAIR 54, 2015):
blocks of the de-ordered plan are replaced by cheaper ones that an engine finds. A plan is only ever
replaced by one that replays and costs less. `docs/design/0007-improvement-by-windows.md` has the
measurements behind the constants.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from threading import Lock

from goalsmith.solve.choices import Choices
from goalsmith.solve.elimination import without_needless_steps
from goalsmith.solve.grounded.ordering import StepOrder, bits
from goalsmith.solve.grounded.sas import SasTask
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator
from goalsmith.solve.windows import Window, consecutive_block, cut, grown_block

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

MAX_SEED = 2**31 - 1

WindowSearch = Callable[[SasTask, int, int, float, int], list[int] | None]
"""Looks for a plan of a window's task below a cost bound with a weight in so many CPU seconds, by a
seed: the numbers of its operators, or None."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How windows went: tried, of those with a better block, and of those outrun by others."""

    tried: int = 0
    better: int = 0
    overtaken: int = 0


@dataclass(frozen=True, slots=True)
class _Version:
    """A plan whose steps have numbers of their own, by which they are known in later versions."""

    steps: tuple[GroundOperator, ...]
    numbers: tuple[int, ...]
    cost: int
    order: StepOrder = field(repr=False)


class Improver:
    """A plan that several threads make better together.

    Args:
        task: the grounded task.
        plan: a valid plan of it.
        on_better: told of each better plan, by the thread that found it.
        weights: of the heuristics beside the cost, to choose from.
        beside: variables beside those that a block writes which may change as well, at most, to
            choose from.
    """

    def __init__(
        self,
        task: GroundedTask,
        plan: Sequence[GroundOperator],
        on_better: Callable[[tuple[GroundOperator, ...]], None] = lambda _: None,
        weights: Sequence[int] = WEIGHTS,
        beside: Sequence[int] = BESIDE,
    ) -> None:
        self._task = task
        self._on_better = on_better
        self._lock = Lock()
        self._next_number = 0
        self._shapes = Choices((GROWN, CONSECUTIVE))
        self._sizes = Choices(SIZES)
        self._beside = Choices(beside)
        self._weights = Choices(weights)
        self._tries: Counter[int] = Counter()
        self._level = 0
        self._failures = 0
        self._best = self._version(plan)
        self.counts = Counts()

    @property
    def plan(self) -> tuple[GroundOperator, ...]:
        """The best plan so far."""
        return self._best.steps

    @property
    def cost(self) -> int:
        """What the best plan costs."""
        return self._best.cost

    def offer(self, plan: Sequence[GroundOperator]) -> bool:
        """Takes a plan from elsewhere if it is valid and cheaper; says whether it did."""
        if self._task.replay(plan) is None:
            return False
        with self._lock:
            if sum(step.cost for step in plan) >= self._best.cost:
                return False
            self._best = self._version(plan)
        return True

    def eliminate(self, seconds: float) -> None:
        """Takes needless steps out, in at most so much time."""
        deadline = time.monotonic() + seconds
        plan = self.plan
        shorter = without_needless_steps(self._task, plan, lambda: time.monotonic() > deadline)
        if len(shorter) < len(plan) and self.offer(shorter):
            self._on_better(tuple(shorter))

    def work(self, search: WindowSearch, random: Random, stopped: Callable[[], bool]) -> None:
        """Tries one window after the other until stopped."""
        while not stopped():
            self._try(search, random)

    def _version(
        self, steps: Sequence[GroundOperator], numbers: Sequence[int | None] = ()
    ) -> _Version:
        """A version of the plan; steps without a number get a new one."""
        given = []
        for number in numbers or [None] * len(steps):
            self._next_number += number is None
            given.append(self._next_number if number is None else number)
        cost = sum(step.cost for step in steps)
        return _Version(tuple(steps), tuple(given), cost, StepOrder(steps))

    def _try(self, search: WindowSearch, random: Random) -> None:
        began = time.monotonic()
        best = self._best
        with self._lock:
            shape, size = self._shapes.choose(random), self._sizes.choose(random)
            beside, weight = self._beside.choose(random), self._weights.choose(random)
            level = random.randint(0, self._level)
            seconds = TIMES[level]
            sideways = self._level > 0 and random.random() < SIDEWAYS
        start = self._start(best, random)
        if shape == GROWN:
            block = grown_block(best.order, start, size, random)
        else:
            block = consecutive_block(len(best.steps), start, size, random)
        window = cut(self._task, best.steps, best.order, block, beside, random)
        if window is None:
            # Where nothing costs anything there is nothing to be saved.
            time.sleep(REST)
            return
        bound = window.cost + sideways
        found = self._cheapest(search, window.task, bound, weight, seconds, random)
        saved = 0
        if found is not None:
            replacement = [self._task.operators[number] for number in found]
            numbers = {best.numbers[n] for n in bits(block)}
            saved = self._replace(numbers, window, replacement, sideways)
            if saved:
                self._on_better(self.plan)
                self.eliminate(CLEAN_UP_SECONDS)
        share = saved / best.cost
        spent = time.monotonic() - began
        with self._lock:
            self._shapes.note(shape, share, spent)
            self._sizes.note(size, share, spent)
            self._beside.note(beside, share, spent)
            self._weights.note(weight, share, spent)
            self._tries.update(best.numbers[n] for n in bits(block))
            self._note(found is not None and not sideways, saved > 0, level)

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

    def _start(self, version: _Version, random: Random) -> int:
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
        self.counts = Counts(counts.tried + 1, counts.better + better, counts.overtaken + overtaken)
        if better:
            self._failures = 0
            self._level = max(level, self._level - 1)
            return
        self._failures += 1
        if self._failures >= PATIENCE:
            self._failures = 0
            self._level = min(self._level + 1, len(TIMES) - 1)

    def _replace(
        self,
        numbers: set[int],
        window: Window,
        replacement: Sequence[GroundOperator],
        sideways: bool,
    ) -> int:
        """Puts a better block in the place of an old one in what is the best plan by now.

        `sideways`: one of the same cost will do. Returns what it saves; 0 also if the plan has
        changed so much that it does not fit any more.
        """
        with self._lock:
            best = self._best
            members = [n for n, number in enumerate(best.numbers) if number in numbers]
            block = sum(1 << n for n in members)
            if len(members) < len(numbers) or best.order.closure(block) != block:
                return 0
            first, last = best.order.around(block, len(best.steps), members[window.pivot])
            steps = [
                *(best.steps[n] for n in first),
                *replacement,
                *(best.steps[n] for n in last),
            ]
            cost = sum(step.cost for step in steps)
            if cost - sideways >= best.cost or self._task.replay(steps) is None:
                return 0
            self._best = self._version(
                steps,
                [
                    *(best.numbers[n] for n in first),
                    *(None for _ in replacement),
                    *(best.numbers[n] for n in last),
                ],
            )
            return best.cost - cost
