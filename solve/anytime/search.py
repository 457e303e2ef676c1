"""Ever better plans, and proofs that there is none better, within the time given.

Two lanes, a core each. On the first Kairos streams plans; on the second the task is grounded, then
LAMA streams plans or, if a cheapest plan is asked for, A* runs. A stream that brings nothing better
for a while gives its lane to windows on the best plan so far, whoever found it
(`goalsmith.solve.improvement`). Plans and bounds are shared: a bound from A* proves a plan of
Kairos's optimal. Every plan is replayed by our own semantics before it counts.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.solve.answer import Quality
from goalsmith.solve.anytime.common_ground import CommonGround
from goalsmith.solve.anytime.lane import LOOK, Lane, Stage
from goalsmith.solve.programs.watchdog import Watchdog
from goalsmith.solve.solution import Limits, OnSolution, Solution, without_plan

GOOD: tuple[tuple[Stage, ...], ...] = (
    (Lane.stream_kairos, Lane.improve),
    (Lane.ground, Lane.stream_lama, Lane.prove_soon, Lane.improve),
)
"""The lanes that look for good plans."""

CHEAPEST: tuple[tuple[Stage, ...], ...] = (
    (Lane.stream_kairos, Lane.improve_a_while, Lane.prove_otherwise, Lane.improve),
    (Lane.ground, Lane.prove, Lane.improve),
)
"""The lanes that look for a cheapest plan and its proof."""


def find_better(
    task: Task,
    quality: Quality,
    limits: Limits,
    seed: int,
    cancel: Event,
    on_solution: OnSolution,
) -> Solution:
    """The best plan that is found before the limits, a proof, or `cancel` end the search.

    Args:
        task: what to solve.
        quality: `anytime` for good plans soon, `optimal` for a cheapest one and its proof.
        limits: for the whole search. Lanes get equal parts of the CPU time.
        seed: for the choice of windows.
        cancel: set by another thread to stop.
        on_solution: told of each better plan.
    """
    began = time.monotonic()
    common = CommonGround(task, on_solution)
    lanes = CHEAPEST if quality == "optimal" else GOOD
    cpu = None if limits.cpu_seconds is None else limits.cpu_seconds / len(lanes)
    part = replace(limits, cpu_seconds=cpu)
    with (
        # Programs have groups of their own; this watchdog only removes the folder.
        tempfile.TemporaryDirectory(prefix="goalsmith-") as name,
        Watchdog(Path(name)),
        ThreadPoolExecutor(len(lanes), "goalsmith-lane") as executor,
    ):
        walking = [Lane(common, Path(name) / str(n), part, seed) for n in range(len(lanes))]
        try:
            futures = [
                executor.submit(lane.walk, stages)
                for lane, stages in zip(walking, lanes, strict=True)
            ]
            while (
                time.monotonic() - began < limits.seconds
                and not cancel.is_set()
                and not common.settled
                and not all(future.done() for future in futures)
            ):
                common.incumbent.wait(LOOK)
        finally:
            common.stop.set()
        for future in futures:
            future.result()
    solution = _conclusion(common, cancel.is_set(), limits, time.monotonic() - began)
    spent = sum(lane.cpu_seconds for lane in walking)
    statistics = replace(
        solution.statistics, wall_seconds=time.monotonic() - began, cpu_seconds=spent
    )
    return replace(solution, statistics=statistics)


def _conclusion(common: CommonGround, cancelled: bool, limits: Limits, seconds: float) -> Solution:
    """What it all came to."""
    ends = tuple(common.ends)
    best = common.incumbent.conclusion()
    if best is not None:
        return replace(best, attempts=ends)
    unsolvable = next((end for end in ends if end.outcome is Outcome.UNSOLVABLE), None)
    if unsolvable is not None:
        return replace(unsolvable, attempts=ends)
    if cancelled:
        return Solution(Outcome.INTERRUPTED, evidence="stopped before there was any plan")
    if seconds >= limits.seconds:
        reason = f"no plan was found in {limits.seconds:g} seconds"
        return Solution(Outcome.OUT_OF_TIME, evidence=reason, attempts=ends)
    return without_plan(ends)
