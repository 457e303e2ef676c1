"""Prints what windows alone make of first plans, by what they may choose from.

Usage: windows.py [DATA] [--seconds S] [--seeds N…] [--weights LIST…] [--beside LIST…]
[--only NAME…] [--detours yes no]

The first plan is the race's, without needless steps. Then windows run on one core until they have
used so many seconds of CPU time, this process's included; so the figures do not depend on what else
the machine does. A list is written `1,2,3,5`: the weights that a search may use, and how many
variables may change beside those that a block writes.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from threading import Event

from instances import add_data_argument, files

from goalsmith.domains.reader import load_task
from goalsmith.solve import Limits, solve
from goalsmith.solve.aliases import with_aliases
from goalsmith.solve.fast_downward.run import Run
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator
from goalsmith.solve.grounded.translate import StepNames, ground
from goalsmith.solve.grounded.window_search import WindowSearch
from goalsmith.solve.improvement.elimination import without_needless_steps
from goalsmith.solve.improvement.improver import BESIDE, Improver
from goalsmith.solve.plain_types import with_plain_types
from goalsmith.solve.programs.watchdog import Watchdog

INSTANCES = (
    "barman-sat14-strips/p03", "depot/p03", "driverlog/p04", "elevators-sat08-strips/p04",
    "freecell/p04", "tpp/p04", "transport-sat08-strips/p04", "visitall-sat11-strips/p02",
    "woodworking-sat08-strips/p04",
)  # fmt: skip

WEIGHTS = ("1", "2", "3", "5", "1,2,3,5")

PATIENCE = 10
"""Wall seconds for each second of CPU time, at most."""


def first_plan(
    domain: Path, problem: Path, folder: Path
) -> tuple[GroundedTask, list[GroundOperator]]:
    """A task grounded in a folder, and the race's plan without needless steps."""
    task = load_task(domain, problem)
    plan = solve(task, limits=Limits(seconds=60.0)).plan
    aliased = with_aliases(with_plain_types(task))
    with Watchdog() as watchdog:
        grounded = ground(aliased, Run(folder, watchdog, Limits(), Event())).task
    if plan is None or grounded is None:
        raise SystemExit(f"{problem}: no plan, or it cannot be grounded")
    operators = StepNames(aliased, grounded).operators(plan)
    assert operators is not None
    return grounded, without_needless_steps(grounded, operators)


def used() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    both = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def improved(
    task: GroundedTask,
    plan: list[GroundOperator],
    weights: list[int],
    beside: list[int],
    detours: bool,
    seconds: float,
    seed: int,
) -> Improver:
    """What windows make of a plan within CPU seconds."""
    improver = Improver(task, plan, weights=weights, beside=beside, detours=detours)
    end, last = used() + seconds, time.monotonic() + PATIENCE * seconds
    with (
        tempfile.TemporaryDirectory() as folder,
        WindowSearch(Path(folder), Limits(), Event()) as search,
    ):
        improver.work(search, Random(seed), lambda: used() > end or time.monotonic() > last)
    return improver


def numbers_in(words: str) -> list[int]:
    """The numbers of a list such as `1,2,3`."""
    return [int(word) for word in words.split(",")]


def main() -> None:
    """Prints a line for each instance, pair of lists and seed, and the geometric means."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_data_argument(parser)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--weights", nargs="+", default=list(WEIGHTS))
    parser.add_argument("--beside", nargs="+", default=[",".join(map(str, BESIDE))])
    parser.add_argument("--detours", nargs="+", default=["yes"], choices=("yes", "no"))
    parser.add_argument("--only", nargs="+", default=list(INSTANCES))
    given = parser.parse_args()
    settings = list(product(given.weights, given.beside, given.detours))
    ratios: dict[tuple[str, str, str], list[float]] = {setting: [] for setting in settings}
    print(
        f"{'instance':34} {'weights':8} {'beside':12} {'detours':7} {'seed':>4} {'before':>7} "
        f"{'after':>7} {'ratio':>6}"
    )
    for name in given.only:
        with tempfile.TemporaryDirectory() as folder:
            task, plan = first_plan(*files(given.data, name), Path(folder))
            before = sum(step.cost for step in plan)
            for (weights, beside, detours), seed in product(settings, given.seeds):
                lists = numbers_in(weights), numbers_in(beside)
                improver = improved(task, plan, *lists, detours == "yes", given.seconds, seed)
                ratio = improver.cost / before
                ratios[weights, beside, detours].append(ratio)
                print(
                    f"{name:34} {weights:8} {beside:12} {detours:7} {seed:>4} "
                    f"{before:>7} {improver.cost:>7} {ratio:>6.3f}  {improver.counts}",
                    flush=True,
                )
    for (weights, beside, detours), found in ratios.items():
        mean = math.exp(sum(map(math.log, found)) / len(found))
        lists_used = f"weights {weights:8} beside {beside:12} detours {detours:3}"
        print(f"{lists_used} geometric mean {mean:.4f} over {len(found)}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
