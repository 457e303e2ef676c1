"""Prints what keeping a run costs: each step, listing and showing runs, going on with a long one.

Usage: run_store.py [FOLDER] [--store URL] [--json FILE]

The store is an SQLite file in FOLDER (by default the system's folder for temporary files, which
should be on a disk), or at the URL, where it is left behind. What a bare write and fsync of a page
cost in FOLDER is printed too. Times are wall times, medians of all. Of a run that is driven from
the store, they are without what its actions take.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from threading import Event

from requirement import Requirement, at_most, median

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.execute import Entry, Simulator, execute
from goalsmith.execute.durable import Driven, RunSettings, drive, submit, take
from goalsmith.execute.environment import ActionReport, Attempt
from goalsmith.execute.store import Draft, Lease, RunStatus, Store, open_store
from goalsmith.solve.solution import Solution

ROUNDS = 5
STEPS = 500
LISTED = 1_000
LONG = 10_000
LEASE = 3600.0

PER_STEP = 0.006
SHOWN = 0.5

BARE = "a bare write and fsync of 4 kB"
AROUND = "a step: 1 entry before the action, 3 after it"
LIST = "1,000 runs listed"
READ = "a journal of 40,000 entries read"
SHOW = "`goalsmith show` of 40,000 entries"
DRIVEN = "a step driven from the store"
WATCHED = "a step of the monitor alone"
GONE_ON = "a run of 2,000 steps, until its next step"

WALKED = 2_000
"""Steps of a run that is driven."""

GROUPS = {
    "one entry": [1],
    "a step: 4 entries, one by one": [1, 1, 1, 1],
    AROUND: [1, 3],
    "a step: 4 entries together": [4],
}
"""What is written, as the sizes of the groups that share a transaction."""

PDDL = "; " + "filling " * 2_500
"""A domain's or a problem's text of 20 kB, as of a middling instance."""


def seconds(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def rows(number: int) -> list[Draft]:
    """What the monitor writes of a step: one entry before the action, and three after it."""
    step = (
        f"(drive-truck truck{number % 7} depot{number % 11} market{number % 13} city{number % 3})"
    )
    attempt = f"0123456789abcdef-{number}-1"
    return [
        Draft("step-begun", {"number": number, "index": 3, "step": step, "attempt": attempt}),
        Draft("step-reported", {"number": number, "step": step, "ending": "done", "message": ""}),
        Draft("divergence-seen", {"number": number, "missing": [step], "unexpected": []}),
        Draft("state-matched", {"number": number}),
    ]


def grouped(sizes: list[int], number: int) -> list[list[Draft]]:
    """A step's entries in groups of these sizes."""
    entries = iter(rows(number))
    return [[next(entries) for _ in range(size)] for size in sizes]


def written(store: Store, folder: Path) -> dict[str, float | None]:
    """Seconds that writing takes, each group of entries in a transaction of its own.

    All ways take turns, as does a bare write and fsync of 4 kB at the end of a file.
    """
    leases = {name: fresh(store) for name in GROUPS}
    taken: dict[str, list[float]] = {name: [] for name in (BARE, *GROUPS)}
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for number in range(STEPS):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken[BARE].append(time.perf_counter() - began)
            for name, sizes in GROUPS.items():
                groups = grouped(sizes, number)
                began = time.perf_counter()
                for group in groups:
                    store.append_all(leases[name].run, leases[name].fence, group)
                taken[name].append(time.perf_counter() - began)
    return {name: median(values) for name, values in taken.items()}


def fresh(store: Store) -> Lease:
    """The lease of a new run."""
    run = store.create_run(domain_pddl=PDDL, problem_pddl=PDDL).id
    lease = store.take_lease(run, "measurement", LEASE)
    assert lease is not None
    return lease


def long_run(store: Store, steps: int) -> str:
    """A run with the journal of so many steps."""
    lease = fresh(store)
    for first in range(0, steps, 1_000):
        many = range(first, min(steps, first + 1_000))
        store.append_all(lease.run, lease.fence, [draft for n in many for draft in rows(n)])
    return lease.run


def shown(url: str, look: Callable[[Store], object]) -> float | None:
    """Seconds from opening a store to having looked something up in it."""

    def whole() -> None:
        with open_store(url) as store:
            look(store)

    return median(seconds(whole) for _ in range(ROUNDS))


WALK = """
(define (domain walk)
  (:predicates (at ?place) (seen ?place))
  (:action go :parameters (?from ?to)
    :precondition (at ?from) :effect (and (at ?to) (seen ?to) (not (at ?from)))))
"""


def walk(steps: int) -> tuple[Task, Plan]:
    """A walk of so many steps through 100 places, the last of which is seen at its end only."""
    places = [f"place{number}" for number in range(100)]
    names = [places[number % 99] for number in range(steps)] + [places[99]]
    objects = " ".join(places)
    problem = f"""(define (problem far) (:domain walk) (:objects {objects})
      (:init (at {names[0]})) (:goal (seen {places[99]})))"""
    route = pairwise(names)
    return read_task(WALK, problem), Plan(tuple(Step("go", each) for each in route))


class Timed(Simulator):
    """A simulated world that adds up what its acts take, and says when the first was asked for."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.taken = 0.0
        self.first: float | None = None

    def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
        """Carries a step out."""
        began = time.perf_counter()
        self.first = self.first or began
        try:
            return super().act(step, attempt)
        finally:
            self.taken += time.perf_counter() - began


def no_plan(_: Task) -> Solution:
    """The answer of a solver that is never asked."""
    return Solution(Outcome.NO_PLAN_FOUND)


def driven(store: Store) -> dict[str, float | None]:
    """Seconds that a step takes through the driver and without it, and that going on takes."""
    task, plan = walk(WALKED)
    steps: list[float] = []
    alone: list[float] = []
    first: list[float] = []
    for _ in range(3):
        world = Timed(task)
        began = time.perf_counter()
        execute(task, plan, world, no_plan)
        alone.append((time.perf_counter() - began - world.taken) / WALKED)
        run = submit(store, task, plan, RunSettings()).id
        world = Timed(task)
        began = time.perf_counter()
        left = gone_on(store, run, world, WALKED - 1)
        steps.append((time.perf_counter() - began - world.taken) / (WALKED - 1))
        assert left.status is RunStatus.RUNNING
        world.first = None
        began = time.perf_counter()
        assert gone_on(store, run, world, None).outcome is Outcome.REACHED
        assert world.first is not None
        first.append(world.first - began)
    return {DRIVEN: median(steps), WATCHED: median(alone), GONE_ON: median(first)}


def gone_on(store: Store, run: str, world: Simulator, steps: int | None) -> Driven:
    """Drives a run for so many steps, or to its end."""
    halt = Event()
    count = 0

    def tell(entry: Entry) -> None:
        nonlocal count
        count += entry.event.kind == "step-reported"
        if count == steps:
            halt.set()

    holding = take(store, run)
    assert holding is not None
    with holding:
        return drive(
            store, holding, world=lambda _: world, solver=no_plan, halt=halt, on_event=tell
        )


def command(*words: str) -> float | None:
    """Seconds of a command from its start to its end, what it prints thrown away."""
    whole = [sys.executable, "-P", "-m", "goalsmith.cli", *words]

    def call() -> None:
        subprocess.run(whole, check=True, stdout=subprocess.DEVNULL)

    return median(seconds(call) for _ in range(ROUNDS))


def main() -> None:
    """Measures and prints the figures and what is met."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", nargs="?", type=Path, default=Path(tempfile.gettempdir()))
    arguments.add_argument("--store", metavar="URL")
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        url = given.store or f"sqlite:///{Path(folder).resolve() / 'runs.sqlite'}"
        with open_store(url) as store:
            figures = written(store, Path(folder))
            figures.update(driven(store))
            for _ in range(LISTED):
                long_run(store, 5)
            run = long_run(store, LONG)
            assert store.run(run).entries == 4 * LONG
        figures[LIST] = shown(url, lambda store: store.runs(limit=LISTED))
        figures[READ] = shown(url, lambda store: store.entries(run))
        figures["its last 100 entries read"] = shown(
            url, lambda store: store.entries(run, since=4 * LONG - 100)
        )
        figures[SHOW] = command("show", run, "--store", url)
        figures["`goalsmith runs`, 1,000 of them"] = command(
            "runs", "--store", url, "--limit", str(LISTED)
        )
    for name, value in figures.items():
        print(f"{name:45}{1000 * (value or 0):10.2f} ms")
    asked = [
        Requirement(
            f"{name}, in at most {1000 * limit:g} ms",
            f"{1000 * (figures[name] or 0):.2f} ms",
            at_most(figures[name], limit),
        )
        for name, limit in {
            DRIVEN: PER_STEP,
            LIST: SHOWN,
            READ: SHOWN,
            SHOW: SHOWN,
        }.items()
    ]
    print(*asked, sep="\n")
    if given.json:
        report = {
            "seconds": figures,
            "requirements": [asdict(each) for each in asked],
        }
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
