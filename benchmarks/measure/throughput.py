"""Prints how many validated solutions per second `goalsmith bench run` gives, beside raw engines.

Usage: throughput.py [DATA] [--parts small rest alone] [--domains NAME…] [--limit N] [--seconds S]
[--repeat N] [--rounds N] [--resume FILE] [--json FILE] [--profile]

All use the same cores, --jobs of them, in turn; every plan is validated by us, the raw engines'
after their time. `goalsmith bench run` is a whole command, with its start and a new store.

small  the tasks that the driver of Fast Downward solves in under 0.4 s, each --repeat times in one
       batch: `bench run` (the race) and the driver, LAMA's first iteration, under `xargs -P`.
rest   the other tasks, in batches of --batch tasks: likewise.
alone  both kinds, each task once and each kind in one batch: `bench run` with one engine, and that
       engine's own program under `xargs -P`.

--limit takes so many tasks of each kind, spread evenly. --resume keeps what is measured and goes on
from there. --profile prints where the time of a small task goes, and no more.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from instances import add_data_argument, files, names
from program import run
from records import Records
from requirement import Requirement

from goalsmith.benchmarks import BenchmarkTask, Store
from goalsmith.benchmarks.batches.job import prepare, run_job
from goalsmith.benchmarks.batches.pool import available_cores
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import read_plan
from goalsmith.domains.reader import load_task, read_domain, read_problem
from goalsmith.solve import Limits, solve, validate
from goalsmith.solve.fast_downward import wheel

SMALL = 0.4
"""Seconds in which the driver solves a small task."""

MEMORY_MB = 4096

GRACE = 5.0
"""Seconds that a task may take beyond its limit, in the limit for a whole batch."""

RACE, DRIVER = "bench run", "FD driver"
ENGINES = {"kairos": "Kairos's program", "fast-downward": DRIVER}
"""The engines that are measured alone, and their programs."""

PLAN = "plan"
"""The file in which a raw engine leaves its plan."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A batch that was run. Seconds; `solved` counts valid plans."""

    wall: float
    tasks: int
    solved: int


Tasks = Sequence[str]
Contender = Callable[[Tasks, int], Measured]


class Measuring:
    """What all contenders share."""

    def __init__(self, data: Path, seconds: float, jobs: int) -> None:
        self.data = data
        self.seconds = seconds
        self.jobs = jobs
        self._said: set[str] = set()

    def ours(self, configuration: str) -> Contender:
        """`goalsmith bench run` with an engine, or the race."""

        def measure(tasks: Tasks, repeat: int) -> Measured:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                for task in tasks:
                    self._link(task, folder / "suite")
                seeds = ", ".join(map(str, range(repeat)))
                engine = "" if configuration == "race" else f'engine = "{configuration}"\n'
                (folder / "configs.toml").write_text(
                    f"[configurations.measured]\n{engine}seeds = [{seeds}]\n", encoding="utf-8"
                )
                command: list[str | Path] = [
                    *(Path(sys.executable).with_name("goalsmith"), "bench", "run", "suite"),
                    *("--configs", "configs.toml", "--jobs", str(self.jobs)),
                    *("--time-limit", f"{self.seconds:g}", "--memory-limit", str(MEMORY_MB)),
                    *("--store", "store.sqlite"),
                ]
                self._say(command)
                ended = run(command, folder, self._longest(tasks, repeat))
                if ended.exit_code:
                    raise SystemExit(f"goalsmith failed: {ended.output}{ended.errors}")
                with Store(folder / "store.sqlite") as store:
                    outcomes = [each.outcome for each in store.results(packed=False)]
            solved = sum(each is Outcome.SOLVED for each in outcomes)
            return Measured(ended.wall_seconds, len(outcomes), solved)

        return measure

    def raw(self, engine: str) -> Contender:
        """An engine's own program, started by xargs for one task after the other."""
        words = {
            "fast-downward": [
                *(*driver(), "--plan-file", PLAN, "--alias", "lama-first"),
                *("--overall-time-limit", f"{max(1, round(self.seconds))}s"),
                *("--overall-memory-limit", f"{MEMORY_MB}M"),
            ],
            "kairos": [
                *(str(Path(sys.executable).with_name("kairos")), "--no-anytime", "--threads", "1"),
                *("--timeout", f"{self.seconds:g}", "--memory", str(MEMORY_MB), "--output", PLAN),
            ],
        }[engine]
        script = f'mkdir "$0" && cd "$0" && exec {shlex.join(words)} "$1" "$2" >log 2>&1'

        def measure(tasks: Tasks, repeat: int) -> Measured:
            todo = [task for task in tasks for _ in range(repeat)]
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                lines = [
                    shlex.join((str(i), *map(str, files(self.data, task))))
                    for i, task in enumerate(todo)
                ]
                (folder / "tasks").write_text("\n".join(lines), encoding="utf-8")
                command = ["xargs", "-a", "tasks", "-P", str(self.jobs), "-n", "3"]
                command += ["sh", "-c", script]
                self._say(command)
                ended = run(command, folder, self._longest(tasks, repeat))
                known: dict[str, Task] = {}
                solved = 0
                for i, task in enumerate(todo):
                    plan = folder / str(i) / PLAN
                    if plan.exists():
                        if task not in known:
                            known[task] = load_task(*files(self.data, task))
                        text = plan.read_text(encoding="utf-8", errors="replace")
                        solved += is_valid(text, known[task])
            return Measured(ended.wall_seconds, len(todo), solved)

        return measure

    def _longest(self, tasks: Tasks, repeat: int) -> float:
        return (self.seconds + GRACE) * len(tasks) * repeat + 60

    def _say(self, command: Sequence[str | Path]) -> None:
        """Prints a command the first time."""
        text = shlex.join(map(str, command))
        if text not in self._said:
            self._said.add(text)
            print(f"$ {text}", flush=True)

    def _link(self, task: str, suite: Path) -> None:
        """Puts a task's files into a folder, in the layout in which they are."""
        folder = suite / task.partition("/")[0]
        folder.mkdir(parents=True, exist_ok=True)
        for file in files(self.data, task):
            link = folder / file.name
            if not link.exists():
                link.symlink_to(file)


def driver() -> list[str]:
    """The command of Fast Downward's driver. Raises SystemExit without it."""
    folder = wheel.wheel()
    if folder is None:
        raise SystemExit("Fast Downward is in the package up-fast-downward")
    return [sys.executable, str(folder / "fast-downward.py")]


def is_valid(text: str, task: Task) -> bool:
    """Whether a plan of an engine is one of the task."""
    try:
        return validate(task, read_plan(text, task)).valid
    except GoalsmithError:
        return False


def small_ones(tasks: Tasks, data: Path, records: Records) -> tuple[list[str], list[str]]:
    """The tasks that the driver solves in under SMALL seconds, and the others."""
    small: list[str] = []
    rest: list[str] = []
    for task in tasks:
        row = records.find(kind="driver", task=task)
        if row is None:
            row = {"kind": "driver", "task": task, "cpu": _driver_seconds(task, data)}
            records.add(row)
        (small if row["cpu"] < SMALL else rest).append(task)
    return small, rest


def _driver_seconds(task: str, data: Path) -> float:
    """CPU seconds in which the driver solves a task; infinite if it is stopped before.

    On a quiet machine they are its wall time, and on a busy one they stay what they are.
    """
    command = [*driver(), "--alias", "lama-first", *map(str, files(data, task))]
    with tempfile.TemporaryDirectory() as name:
        ended = run(command, Path(name), 5 * SMALL)
        solved = ended.exit_code == 0 and (Path(name) / "sas_plan").exists()
    return ended.cpu_seconds if solved else float("inf")


def spread(tasks: Tasks, limit: int | None) -> list[str]:
    """So many of the tasks, evenly spread over them."""
    if limit is None or limit >= len(tasks):
        return list(tasks)
    return [tasks[i * len(tasks) // limit] for i in range(limit)]


def batches(tasks: Tasks, size: int) -> Iterator[list[str]]:
    """The tasks in batches of a size."""
    for i in range(0, len(tasks), size):
        yield list(tasks[i : i + size])


def measured(
    label: str,
    contenders: dict[str, Contender],
    todo: Sequence[tuple[list[str], int]],
    rounds: int,
    records: Records,
    key: dict[str, Any],
) -> dict[str, Measured]:
    """What each contender takes for all batches together; they take turns, each going first."""
    sums = dict.fromkeys(contenders, Measured(0.0, 0, 0))
    for number, (tasks, repeat) in enumerate(todo):
        for turn in range(rounds):
            order = list(contenders.items())
            if (number + turn) % 2:
                order.reverse()
            for name, contender in order:
                what = {"label": label, "contender": name, "tasks": tasks, "repeat": repeat}
                row = records.find(kind="batch", turn=turn, **what, **key)
                if row is None:
                    came = contender(tasks, repeat)
                    row = {"kind": "batch", "turn": turn, **what, **key, "came": asdict(came)}
                    records.add(row)
                came = Measured(**row["came"])
                before = sums[name]
                sums[name] = Measured(
                    before.wall + came.wall,
                    before.tasks + came.tasks,
                    before.solved + came.solved,
                )
                print(
                    f"{label:20}{number:>4}.{turn} {name:18}{came.wall:>9.2f} s"
                    f"{came.solved:>6} of {came.tasks} solved",
                    flush=True,
                )
    return sums


def rate(one: Measured) -> float:
    """Solutions per second."""
    return one.solved / one.wall if one.wall else 0.0


def times(label: str, sums: dict[str, Measured], least: float) -> Requirement:
    """The race's throughput against the driver's."""
    mine, other = sums[RACE], sums[DRIVER]
    ratio = rate(mine) / rate(other) if rate(other) else float("inf")
    return Requirement(
        f"{label}: at least {least:g} times the driver's validated solutions per second",
        f"{ratio:.2f} ({rate(mine):.2f} to {rate(other):.2f} per second; "
        f"{mine.solved} to {other.solved} of {mine.tasks} in {mine.wall:.1f} and "
        f"{other.wall:.1f} s)",
        ratio >= least,
    )


def harness(engine: str, sums: Sequence[dict[str, Measured]]) -> Iterator[Requirement]:
    """What `bench run` costs over the engine's own program."""
    mine = sum(each[RACE].wall for each in sums)
    other = sum(each[ENGINES[engine]].wall for each in sums)
    ratio = mine / other if other else float("inf")
    solved = [sum(each[name].solved for each in sums) for name in (RACE, ENGINES[engine])]
    parts = ", ".join(f"{each[RACE].wall:.1f} to {each[ENGINES[engine]].wall:.1f}" for each in sums)
    yield Requirement(
        f"{engine} alone: at most 1.05 times the wall time of its own program",
        f"{ratio:.3f} (small tasks and others: {parts} s; {solved[0]} to {solved[1]} solved)",
        ratio <= 1.05,
    )


def profile(tasks: Tasks, data: Path) -> None:
    """Prints where the time of a task goes, in milliseconds: means over the tasks, one by one."""
    spent: dict[str, list[float]] = {}

    def clocked(stage: str, work: Callable[[], Any]) -> Any:
        began, cpu = time.perf_counter(), time.process_time()
        value = work()
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        spent.setdefault(stage, []).append(wall)
        spent.setdefault(f"{stage} (CPU of Python)", []).append(cpu)
        return value

    kairos = Configuration("kairos", "kairos")
    with tempfile.TemporaryDirectory() as name, Store(Path(name) / "store.sqlite") as store:
        for task in tasks:
            domain_path, problem_path = files(data, task)
            unit = BenchmarkTask(
                task.partition("/")[0], problem_path.stem, domain_path, problem_path
            )
            job = clocked("files and key", partial(prepare, unit, kairos, 0, Limits(30.0)))
            domain = clocked("reading the domain", partial(read_domain, job.domain_text))
            problem = clocked(
                "reading the problem", partial(read_problem, job.problem_text, domain)
            )
            whole_task = Task(domain, problem)
            solution = clocked(
                "engine and validation",
                partial(solve, whole_task, engine="kairos", limits=Limits(30.0)),
            )
            spent.setdefault("engine (its own CPU)", []).append(
                solution.statistics.cpu_seconds or 0.0
            )
            if solution.plan is not None:
                text = str(solution.plan)
                plan = clocked("reading the plan", partial(read_plan, text, whole_task))
                clocked("validation", partial(validate, whole_task, plan))
            result = clocked("whole job", partial(run_job, job))
            clocked("row", partial(store.write, result))
    for stage, seconds in spent.items():
        mean, middle = statistics.fmean(seconds), statistics.median(seconds)
        print(f"{stage:40}{1000 * mean:>9.2f} ms mean{1000 * middle:>9.2f} ms median")


def main() -> None:
    """Measures, and prints what is met."""
    arguments = argparse.ArgumentParser()
    add_data_argument(arguments)
    parts = ("small", "rest", "alone")
    arguments.add_argument("--parts", nargs="+", choices=parts, default=list(parts))
    arguments.add_argument("--domains", nargs="+", default=[], metavar="NAME")
    arguments.add_argument("--limit", type=int, metavar="N")
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--batch", type=int, default=12)
    arguments.add_argument("--resume", type=Path)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--profile", action="store_true")
    given = arguments.parse_args()
    if sys.platform == "linux":
        # All that is started from here inherits it.
        os.sched_setaffinity(0, available_cores()[: given.jobs])
    records = Records(given.resume)
    found = names(given.data)
    if given.domains:
        found = [task for task in found if task.partition("/")[0] in given.domains]
    small, rest = small_ones(found, given.data, records)
    print(f"{len(small)} small tasks, {len(rest)} others; of each at most {given.limit or 'all'}")
    small, rest = spread(small, given.limit), spread(rest, given.limit)
    if given.profile:
        profile(small, given.data)
        return
    measuring = Measuring(given.data, given.seconds, given.jobs)
    key = {"seconds": given.seconds, "jobs": given.jobs}
    quick = [(small, given.repeat)] if small else []
    slow = [(each, 1) for each in batches(rest, given.batch)]
    asked: list[Requirement] = []
    race = {RACE: measuring.ours("race"), DRIVER: measuring.raw("fast-downward")}
    if "small" in given.parts:
        sums = measured("small", race, quick, given.rounds, records, key)
        asked.append(times("small tasks", sums, 6.0))
    if "rest" in given.parts:
        sums = measured("rest", race, slow, 1, records, key)
        asked.append(times("the rest", sums, 1.2))
    if "alone" in given.parts:
        for engine, program in ENGINES.items():
            pair = {RACE: measuring.ours(engine), program: measuring.raw(engine)}
            both = [
                measured(f"{engine} {kind}", pair, [(some, 1)], 1, records, key)
                for kind, some in (("small", small), ("rest", rest))
                if some
            ]
            asked.extend(harness(engine, both))
    print(*asked, sep="\n")
    if given.json:
        report = {"requirements": [asdict(each) for each in asked], "records": records.rows}
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
