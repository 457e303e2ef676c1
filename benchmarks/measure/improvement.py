"""Prints what plans cost after half a minute: goalsmith's, LAMA's and Kairos's, on fixed instances.

Usage: improvement.py [DATA] [--seconds S] [--seeds N…] [--only NAME…] [--results FILE]
[--quality Q] [--summary]

Everyone has the same wall time and two cores, from the start of the process on, reading included.
LAMA (Richter and Westphal, JAIR 39, 2010) runs as two processes, `lama` and `seq-sat-lama-2011`,
and Kairos, anytime, as two processes with the seeds 0 and 1; their better plan counts. goalsmith
runs once for each seed, in a fresh process, and the median counts. Contenders run one after the
other. Every plan is validated by us, and its cost is ours.

--results keeps each row as it comes; a second run goes on where the first stopped. --summary only
sums up what is there.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contenders import cost_of, driver, whole
from instances import add_data_argument, files
from program import Ended, Program
from records import Records
from requirement import Requirement, at_most

from goalsmith.domains.formula import effect_conditions
from goalsmith.domains.language import Task
from goalsmith.domains.reader import load_task

ADDED = (
    "miconic-fulladl/p04", "openstacks-sat08-adl/p04", "citycar-sat14-adl/p03", "schedule/p04",
    "psr-middle/p04", "airport-adl/p04", "depot/p04", "barman-sat14-strips/p04",
    "elevators-sat08-strips/p02", "woodworking-sat08-strips/p03", "rovers/p03", "logistics98/p04",
)  # fmt: skip
"""Instances besides those of reference_costs.json, chosen before any result was seen."""

MEMORY_MB = 4096
"""The limit of memory for each process of an engine; goalsmith's own default."""

OVERTIME = 3.0
"""Seconds in which goalsmith must come back after its time; it is killed then. The others are
killed when their time is up: their plans are in files already."""

LATE = 0.5
"""Seconds beyond the limit from which on goalsmith is told to be late."""

FEWEST = 30
"""Instances that it takes to meet anything."""

OURS, LAMA, KAIROS = "goalsmith", "LAMA", "Kairos"
MOST_SHARE, WORSE_BY, SCORE = 0.88, 1.02, 1.15

GOALSMITH_SCRIPT = """
import json, sys, time
from goalsmith.domains.plans import write_plan
from goalsmith.domains.reader import load_task
from goalsmith.solve import Limits, solve
domain, problem, deadline, quality, seed = sys.argv[1:]
task = load_task(domain, problem)
limits = Limits(seconds=float(deadline) - time.monotonic())
more = {"seed": int(seed)} if quality == "anytime" else {}
solution = solve(task, quality=quality, limits=limits, **more)
plan = None if solution.plan is None else write_plan(solution.plan)
print(json.dumps({"outcome": solution.outcome.label, "plan": plan}))
"""

KAIROS_SCRIPT = """
import json, sys, time
import kairos
domain, problem, deadline, memory, seed = sys.argv[1:]
read = kairos.load_problem(problem, kairos.load_domain(domain))
options = {"seed": int(seed), "memory_limit_mb": int(memory), "threads": 1, "anytime": True}
for plan in kairos.Planner().plans(read, timeout=float(deadline) - time.monotonic(), **options):
    text = "\\n".join(f"({' '.join((step.name, *step.args))})" for step in plan.steps)
    print(json.dumps({"plan": text}), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What one run is about: the files, the task that they hold, and what everyone may use."""

    domain: Path
    problem: Path
    task: Task
    seconds: float
    quality: str
    seed: int


@dataclass(frozen=True, slots=True)
class Best:
    """What the cheapest valid plan of a contender costs, None without one; and what went wrong."""

    cost: float | None
    wall: float
    remark: str = ""


def run_lama(setting: Setting) -> Best:
    """Both configurations of LAMA at the same time."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        programs = []
        for alias in ("lama", "seq-sat-lama-2011"):
            folder = Path(name) / alias
            folder.mkdir()
            command = [
                *(*driver(), "--plan-file", "plan", "--alias", alias),
                # The driver stops a little early; we stop it on time.
                *("--overall-time-limit", whole(setting.seconds + 1)),
                *("--overall-memory-limit", f"{MEMORY_MB}M"),
                *(str(setting.domain), str(setting.problem)),
            ]
            programs.append(stack.enter_context(Program(command, folder)))
        ended = [program.wait(setting.seconds) for program in programs]
        plans = [p.read_text(encoding="utf-8") for p in Path(name).glob("*/plan*")]
    return best(plans, setting.task, ended)


def run_kairos(setting: Setting) -> Best:
    """Kairos with two seeds at the same time."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        deadline = time.monotonic() + setting.seconds
        programs = []
        for seed in (0, 1):
            command = [
                *(sys.executable, "-c", KAIROS_SCRIPT, str(setting.domain), str(setting.problem)),
                *(f"{deadline}", f"{MEMORY_MB}", f"{seed}"),
            ]
            programs.append(stack.enter_context(Program(command, Path(name), f"seed-{seed}")))
        ended = [program.wait(setting.seconds) for program in programs]
    plans = []
    for line in "\n".join(e.output for e in ended).splitlines():
        try:
            plans.append(json.loads(line)["plan"])
        except (ValueError, TypeError, KeyError):
            # The last line of a process that was killed may be half a line.
            continue
    return best(plans, setting.task, ended)


def run_goalsmith(setting: Setting) -> Best:
    """One run of goalsmith, with one seed."""
    with tempfile.TemporaryDirectory() as name:
        deadline = time.monotonic() + setting.seconds
        command = [
            *(sys.executable, "-c", GOALSMITH_SCRIPT, str(setting.domain), str(setting.problem)),
            *(f"{deadline}", setting.quality, f"{setting.seed}"),
        ]
        with Program(command, Path(name)) as program:
            ended = program.wait(setting.seconds + OVERTIME)
    if ended.exit_code != 0:
        remark = (ended.errors.strip().splitlines() or [f"exit code {ended.exit_code}"])[-1]
        return Best(None, ended.wall_seconds, remark)
    said: dict[str, Any] = json.loads(ended.output.splitlines()[-1])
    found = best([said["plan"]] if said["plan"] else [], setting.task, [ended])
    late = ended.wall_seconds - setting.seconds
    if late > LATE:
        return Best(found.cost, found.wall, f"{late:.1f} s late")
    return found if found.cost is not None else Best(None, found.wall, said["outcome"])


def best(plans: Sequence[str], task: Task, ended: Sequence[Ended]) -> Best:
    """The cheapest of some plans that is valid."""
    costs = [cost for text in plans if (cost := cost_of(text, task)) is not None]
    return Best(min(costs, default=None), max(e.wall_seconds for e in ended))


RIVALS: dict[str, Callable[[Setting], Best]] = {LAMA: run_lama, KAIROS: run_kairos}


def measure(name: str, given: argparse.Namespace, records: Records) -> None:
    """All contenders on one instance, as far as they have not been measured before."""
    domain, problem = files(given.data, name)
    runs = [(rival, 0) for rival in RIVALS] + [(OURS, seed) for seed in given.seeds]
    task: Task | None = None
    for contender, seed in runs:
        quality = given.quality if contender == OURS else ""
        key = {
            "instance": name,
            "contender": contender,
            "seed": seed,
            "seconds": given.seconds,
            "quality": quality,
        }
        if records.find(**key) is not None:
            continue
        task = task or load_task(domain, problem)
        setting = Setting(domain, problem, task, given.seconds, quality, seed)
        found = RIVALS.get(contender, run_goalsmith)(setting)
        row = {"cost": found.cost, "wall": found.wall, "remark": found.remark}
        records.add(key | row | {"marks": marks(task)})
        cost = "no plan" if found.cost is None else f"{found.cost:g}"
        print(
            f"{name:32}{contender:>10} {seed}{cost:>10}{found.wall:>8.1f} s  {found.remark}",
            flush=True,
        )


def marks(task: Task) -> str:
    """Which of the parts of PDDL that not every engine improves plans with a task has."""
    domain = task.domain
    conditional = any(True for a in domain.actions for _ in effect_conditions(a.effects))
    found = ["axioms"] * bool(domain.derived) + ["conditional effects"] * conditional
    return ", ".join(found)


@dataclass(frozen=True, slots=True)
class Line:
    """The costs for one instance, infinite without a plan; `ours` is the median of the seeds."""

    name: str
    lama: float
    kairos: float
    seeds: tuple[float, ...]
    reference: float
    remark: str

    @property
    def ours(self) -> float:
        """The median of the seeds; of two in the middle the higher, which some plan has."""
        return statistics.median_high(self.seeds)

    @property
    def better(self) -> float:
        """What the better of LAMA and Kairos has."""
        return min(self.lama, self.kairos)

    @property
    def ratio(self) -> float:
        """Our cost to the better one's."""
        return share(self.ours, self.better)

    def __str__(self) -> str:
        costs = (self.lama, self.kairos, *self.seeds, self.ours, self.reference)
        cells = "".join(f"{'–' if math.isinf(c) else f'{c:g}':>8}" for c in costs)
        return f"{self.name:32}{cells}{self.ratio:>8.3f}  {self.remark}"


def share(cost: float, other: float) -> float:
    """The ratio of two costs; 1 where they are equal, even if both are 0 or neither has a plan."""
    if cost == other:
        return 1.0
    return math.inf if math.isinf(cost) or other == 0 else cost / other


def lines(given: argparse.Namespace, references: dict[str, float], records: Records) -> list[Line]:
    """A line for each instance that everyone has been measured on, from what was recorded."""

    def row(name: str, contender: str, seed: int, quality: str) -> dict[str, Any] | None:
        key = {"contender": contender, "seed": seed, "quality": quality}
        return records.find(instance=name, seconds=given.seconds, **key)

    def cost(row: dict[str, Any]) -> float:
        return math.inf if row["cost"] is None else float(row["cost"])

    found = []
    for name in given.only or [*references, *ADDED]:
        rows = [row(name, rival, 0, "") for rival in (LAMA, KAIROS)]
        rows += [row(name, OURS, seed, given.quality) for seed in given.seeds]
        whole_rows = [r for r in rows if r is not None]
        if len(whole_rows) < len(rows):
            print(f"{name:32} is not measured yet")
            continue
        seen = [cost(r) for r in records.rows if r["instance"] == name]
        reference = min(references.get(name, math.inf), *seen)
        remarks = dict.fromkeys(r["remark"] for r in whole_rows if r["remark"])
        remark = "; ".join(filter(None, (whole_rows[0]["marks"], *remarks)))
        lama, kairos, *ours = map(cost, whole_rows)
        found.append(Line(name, lama, kairos, tuple(ours), reference, remark))
    return found


def requirements(found: list[Line]) -> list[Requirement]:
    """What is asked of plans that are improved."""
    both = [line for line in found if math.isfinite(line.better) or math.isfinite(line.ours)]
    # Where only goalsmith has a plan there is no ratio to take a mean of.
    ratios = [line.ratio for line in both if math.isfinite(line.better)]
    only_ours = len(both) - len(ratios)
    mean = statistics.geometric_mean(ratios) if ratios else None
    # What the mean would be with the best plan that anyone was seen to find, or has told of.
    seen = [share(line.reference, line.better) for line in both if math.isfinite(line.better)]
    least = statistics.geometric_mean(seen) if seen else 1.0
    figure = (
        f"{mean or 0:.3f} over {len(ratios)}, besides {only_ours} that only goalsmith solves "
        f"(with C*: {least:.3f})"
    )
    asked = f"geometric mean of cost at most {MOST_SHARE} of the better one's"
    enough = len(found) >= FEWEST
    first = Requirement(asked, figure, at_most(mean, MOST_SHARE) and enough)

    worse = [line for line in both if line.ratio > 1]
    listed = ", ".join(f"{line.name} ({line.ratio:.3f})" for line in worse) or "none"
    allowed = len(found) // 30
    met = enough and len(worse) <= allowed and all(line.ratio <= WORSE_BY for line in worse)
    asked = f"worse on at most {allowed} of {len(found)}, and by at most 2 %"
    second = Requirement(asked, listed, met)

    def score(costs: list[float]) -> float:
        """The satisficing score of the International Planning Competition."""
        pairs = zip(costs, (line.reference for line in found), strict=True)
        return sum(share(best_known, cost) for cost, best_known in pairs if math.isfinite(cost))

    ours, lama = score([line.ours for line in found]), score([line.lama for line in found])
    kairos = score([line.kairos for line in found])
    gain = ours / lama if lama else None
    figure = f"{ours:.2f} to {lama:.2f} ({gain or 0:.3f} times); Kairos has {kairos:.2f}"
    asked = f"IPC satisficing score at least {SCORE} times LAMA's"
    return [
        first,
        second,
        Requirement(asked, figure, enough and gain is not None and gain >= SCORE),
    ]


def main() -> None:
    """Measures what is missing, then prints a line for each instance, and what is met."""
    arguments = argparse.ArgumentParser()
    add_data_argument(arguments)
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments.add_argument("--only", nargs="+", default=[], metavar="NAME")
    arguments.add_argument("--results", type=Path)
    arguments.add_argument("--quality", default="anytime", help="what goalsmith is asked for")
    arguments.add_argument("--summary", action="store_true", help="measure nothing")
    given = arguments.parse_args()
    text = (given.data / "ipc" / "reference_costs.json").read_text(encoding="utf-8")
    references: dict[str, float] = json.loads(text)
    records = Records(given.results)
    # Two for everyone, even on a larger machine: what is started inherits them.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    for name in [] if given.summary else given.only or [*references, *ADDED]:
        measure(name, given, records)
    found = lines(given, references, records)
    heads = (LAMA, KAIROS, *(f"seed {s}" for s in given.seeds), "median", "C*", "ratio")
    print(f"{'cost':32}{''.join(f'{head:>8}' for head in heads)}")
    print(*found, sep="\n")
    print(*requirements(found), sep="\n")


if __name__ == "__main__":
    main()
