"""Prints what first plans cost: goalsmith's race, its engines alone, and others, on the same tasks.

Usage: side_by_side.py [DATA] [--seconds S] [--only NAME…] [--up] [--cold] [--json FILE]
[--resume FILE]

All contenders take turns on each instance, with the same limit of wall time. goalsmith runs warm in
this process; its time is that from the task as it was read to the validated plan, and reading is
told apart. Kairos and, with --up, unified-planning are timed in processes that have loaded them,
from the files to the plan. Fast Downward's driver is a whole process. CPU time is that of all
processes. Short runs are repeated and their medians taken. --resume keeps what is measured and goes
on from there. At the end, `goalsmith solve` and the driver are started in turn on small tasks;
--cold does only that.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from contenders import Run, fast_downward, goalsmith, kairos, peer_on, unified_planning
from instances import add_data_argument, files, names
from records import Records
from requirement import Requirement, at_most, median, shown
from turns import in_turn

from goalsmith.benchmarks.peers.fast_downward import FAST_DOWNWARD
from goalsmith.benchmarks.peers.ours import GOALSMITH_COMMAND
from goalsmith.domains.language import Task
from goalsmith.domains.reader import load_task

SMALL = 0.05
"""Seconds in which an engine alone solves a task on which a second engine should not be started."""

RACE, *ALONE = "goalsmith", "kairos alone", "fast-downward alone"
DRIVER = "FD driver"
COLD = ("gripper/p01", "blocks/p02", "driverlog/p01", "logistics00/p01", "miconic/p02")
COLD_PAIRS = 9

Contender = Callable[[Path, Path, float, Task], Run]

CONTENDERS: dict[str, Contender] = {
    RACE: lambda domain, problem, seconds, _: goalsmith(domain, problem, seconds),
    ALONE[0]: lambda domain, problem, seconds, _: goalsmith(domain, problem, seconds, "kairos"),
    ALONE[1]: lambda domain, problem, seconds, _: goalsmith(
        domain, problem, seconds, "fast-downward"
    ),
    "Kairos": kairos,
    DRIVER: fast_downward,
}

WITH_UNIFIED_PLANNING: dict[str, Contender] = {
    "UP fast-downward": partial(unified_planning, engine="fast-downward"),
    "UP kairos": partial(unified_planning, engine="kairos"),
}


Table = dict[str, dict[str, Run]]
"""Runs by instance and contender."""


def measure(
    instance: str, data: Path, seconds: float, contenders: dict[str, Contender]
) -> dict[str, Run]:
    """All contenders on one instance."""
    domain, problem = files(data, instance)
    task = load_task(domain, problem)
    return in_turn(
        {
            name: partial(contender, domain, problem, seconds, task)
            for name, contender in contenders.items()
        }
    )


def measured(
    wanted: Iterable[str],
    data: Path,
    seconds: float,
    contenders: dict[str, Contender],
    records: Records,
) -> Table:
    """All instances, those measured before included; each is printed as it comes."""
    print(f"{'wall seconds':32}" + "".join(f"{name:>20}" for name in contenders))
    table: Table = {}
    for instance in wanted:
        row = records.find(instance=instance, seconds=seconds, contenders=list(contenders))
        if row is None:
            found = measure(instance, data, seconds, contenders)
            runs: dict[str, Any] = {name: asdict(run) for name, run in found.items()}
            row = {
                "instance": instance,
                "seconds": seconds,
                "contenders": list(contenders),
                "runs": runs,
            }
            records.add(row)
        table[instance] = {name: Run(**run) for name, run in row["runs"].items()}
        cells = (
            f"{r.wall:>20.3f}" if r.solved else f"{r.outcome:>20}" for r in table[instance].values()
        )
        print(f"{instance:32}{''.join(cells)}", flush=True)
    return table


def totals(table: Table) -> dict[str, dict[str, float | None]]:
    """What each contender solves and takes, and goalsmith's ratios to it where both solve."""
    found: dict[str, dict[str, float | None]] = {}
    for name in next(iter(table.values()), {}):
        solved = [runs[name] for runs in table.values() if runs[name].solved]
        both = [
            (runs[RACE], runs[name])
            for runs in table.values()
            if runs[RACE].solved and runs[name].solved
        ]
        found[name] = {
            "coverage": float(len(solved)),
            "median wall": median(r.wall for r in solved),
            "median CPU": median(r.cpu for r in solved),
            "all wall": sum(runs[name].wall for runs in table.values()),
            "all CPU": sum(runs[name].cpu for runs in table.values()),
            "goalsmith's wall to its": median(ours.wall / its.wall for ours, its in both),
            "goalsmith's CPU to its": median(ours.cpu / its.cpu for ours, its in both),
        }
    return found


def show(found: dict[str, dict[str, float | None]]) -> None:
    """Prints the totals. Medians are over what each solves, ratios over what both solve."""
    for label in next(iter(found.values()), {}):
        cells = (
            f"{row[label]:>20.0f}" if label == "coverage" else f"{shown(row[label]):>20}"
            for row in found.values()
        )
        print(f"{label:32}{''.join(cells)}")


def requirements(table: Table) -> list[Requirement]:
    """What is asked of the race, with the figures of a table."""
    union = [i for i, runs in table.items() if any(runs[name].solved for name in ALONE)]
    race = [i for i, runs in table.items() if runs[RACE].solved]
    missed = sorted(set(union) - set(race))
    figure = f"{len(race)} to {len(union)}; missed: {', '.join(missed) or 'none'}"
    found = [Requirement("coverage at least that of both engines", figure, not missed)]

    walls, allowed, spent, second = [], [], [], 0
    for instance in race:
        runs = table[instance]
        alone = [runs[name] for name in ALONE if runs[name].solved]
        if not alone:
            continue
        better = min(alone, key=lambda r: r.wall)
        walls.append(runs[RACE].wall / better.wall)
        allowed.append(runs[RACE].wall / (1.3 * better.wall + 0.010))
        if better.wall < SMALL:
            spent.append(runs[RACE].cpu / better.cpu)
            second += runs[RACE].engines > 1
    figure = (
        f"median {shown(median(walls))} of the better's wall time, "
        f"{shown(median(allowed))} of what is allowed (worst {shown(max(allowed, default=None))}, "
        f"{sum(a > 1 for a in allowed)} of {len(allowed)} above it)"
    )
    asked = "wall time at most 1.3 times the better engine alone plus 10 ms (median)"
    found.append(Requirement(asked, figure, at_most(median(allowed), 1.0)))

    ratios = [table[i][RACE].wall / table[i][DRIVER].wall for i in race if table[i][DRIVER].solved]
    figure = f"median {shown(median(ratios))} over {len(ratios)}"
    asked = "wall time at most 1/8 of the Fast Downward driver's (median)"
    found.append(Requirement(asked, figure, at_most(median(ratios), 1 / 8)))

    above = sum(s > 1.2 for s in spent)
    figure = (
        f"median {shown(median(spent))}, worst {shown(max(spent, default=None))}, "
        f"{above} of {len(spent)} above it; a second engine was started on {second}"
    )
    asked = "CPU at most 1.2 times the better one's on tasks that it solves in under 50 ms (median)"
    found.append(Requirement(asked, figure, at_most(median(spent), 1.2) and not second))
    return found


def cold(data: Path, seconds: float) -> tuple[dict[str, float], Requirement]:
    """Whole processes, goalsmith's command line and the driver in turn: ratios of wall time."""
    found = {}
    print(f"{'cold, wall seconds':32}{'goalsmith solve':>20}{DRIVER:>20}{'ratio':>20}")
    for instance in COLD:
        pair = files(data, instance)
        task = load_task(*pair)
        walls = []
        for _ in range(COLD_PAIRS):
            ours = peer_on(GOALSMITH_COMMAND, *pair, seconds, task)
            its = peer_on(FAST_DOWNWARD, *pair, seconds, task)
            if not (ours.solved and its.solved):
                raise SystemExit(f"{instance} was not solved: {ours.outcome}, {its.outcome}")
            walls.append((ours.wall, its.wall))
        ratio = statistics.median(mine / other for mine, other in walls)
        found[instance] = ratio
        mine, other = (statistics.median(each) for each in zip(*walls, strict=True))
        print(f"{instance:32}{mine:>20.3f}{other:>20.3f}{ratio:>20.3f}", flush=True)
    worst = max(found.values())
    middle_one = statistics.median(found.values())
    figure = f"median {middle_one:.3f}, worst task {worst:.3f}"
    asked = "cold, `goalsmith solve` at most 2.5 times the driver's wall time (median)"
    return found, Requirement(asked, figure, middle_one <= 2.5)


def main() -> None:
    """Prints a line for each instance, the totals, and what is met."""
    arguments = argparse.ArgumentParser()
    add_data_argument(arguments)
    arguments.add_argument("--seconds", type=float, default=10.0)
    arguments.add_argument("--only", nargs="+", default=[], metavar="NAME")
    arguments.add_argument("--up", action="store_true", help="unified-planning's engines too")
    arguments.add_argument("--cold", action="store_true", help="fresh processes only")
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--resume", type=Path)
    given = arguments.parse_args()
    table: Table = {}
    found: list[Requirement] = []
    if not given.cold:
        contenders = CONTENDERS | (WITH_UNIFIED_PLANNING if given.up else {})
        wanted = given.only or names(given.data)
        records = Records(given.resume)
        table = measured(wanted, given.data, given.seconds, contenders, records)
        show(totals(table))
        reading = median(runs[RACE].reading for runs in table.values())
        whole_wall = median(
            r.reading + r.wall for r in (runs[RACE] for runs in table.values()) if r.solved
        )
        print(f"reading takes goalsmith {shown(reading)} s (median); reading and solving together")
        print(f"{shown(whole_wall)} s (median over what it solves)")
        found = requirements(table)
    ratios, asked = cold(given.data, given.seconds)
    found.append(asked)
    print(*found, sep="\n")
    if given.json:
        report = {
            "seconds": given.seconds,
            "instances": {i: {n: asdict(r) for n, r in runs.items()} for i, runs in table.items()},
            "totals": totals(table),
            "cold": ratios,
            "requirements": [asdict(each) for each in found],
        }
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
