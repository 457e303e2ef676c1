"""Prints what many results, many workers and a cluster cost the one process that drives a batch.

Usage: scale.py [--rows N] [--jobs N] [--parts rows workers cluster] [--seconds S] [--rounds N]
[--each N] [--json FILE]

rows     a store of a tenth of the rows, then of all of them: writing, finding, summing up, and the
         report of `goalsmith bench report`.
workers  a batch of no-op jobs on 1, 10 and 100 simulated workers that are always busy: the CPU time
         of the driver for each job, with reading its files, its key, looking it up, and its row.
cluster  jobs on 1 and on 2 Dask workers of this machine, in turn: some that only wait, which shows
         what handing them out costs, and some that run Fast Downward, which need two free cores.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from requirement import Requirement

from goalsmith.benchmarks import BenchmarkTask, Key, Result, Store, find_tasks, run_batch, sum_up
from goalsmith.benchmarks.batches.cluster import cluster_executor
from goalsmith.benchmarks.batches.job import Job, prepare, run_job
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Limits

DOMAINS = 100
CONFIGURATIONS = 5
PLAN = "\n".join(f"(drive truck{i} depot{i} market{i})" for i in range(30))
WORKERS = (1, 10, 100)

ALLOWED = 1.5
"""Times that the cost of one may grow where there are many more: a tree of an index is deeper then,
and the machine is seldom quiet."""

DOMAIN = """(define (domain lamps) (:predicates (lamp ?x) (lit ?x))
  (:action light :parameters (?x) :precondition (lamp ?x) :effect (lit ?x)))
"""
PROBLEM = "(define (problem {}) (:domain lamps) (:objects a) (:init (lamp a)) (:goal (lit a)))"


Function = Callable[..., Result]


def row(number: int) -> Result:
    """A result like those of real batches."""
    outcome = (Outcome.SOLVED, Outcome.SOLVED, Outcome.OUT_OF_TIME)[number % 3]
    task, configuration = divmod(number, CONFIGURATIONS)
    name = f"configuration{configuration}"
    domain, problem = f"domain{task % DOMAINS}", f"p{task // DOMAINS:04}"
    solved = outcome is Outcome.SOLVED
    return Result(
        Key(f"{task:064x}", name, 30.0, 4096, "engine 1", "0.1.0+simulated", 0),
        domain,
        problem,
        f"/suite/{domain}/domain.pddl",
        f"/suite/{domain}/{problem}.pddl",
        outcome,
        engine="kairos",
        evidence="Kairos found a plan; validated by replaying it" if solved else "ran out of time",
        cost=30 + number % 7 if solved else None,
        plan_length=30 if solved else None,
        plan=PLAN if solved else None,
        wall_seconds=0.1 + number % 100 / 10,
        cpu_seconds=0.1 + number % 100 / 10,
        peak_memory_mb=50.0,
        started="2026-01-01T00:00:00.000+00:00",
        configuration=name,
    )


def clocked(work: Callable[[], Any]) -> float:
    """Wall seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rows(count: int) -> list[Requirement]:
    """Times of a store of a tenth of so many rows, and of so many."""
    found: dict[str, list[float]] = {}
    sizes = (count // 10, count)
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "store.sqlite"
            with Store(path) as store:
                writing = clocked(partial(_write, store, size))
                probes = range(0, size, max(1, size // 1000))
                keys = [row(i).key for i in probes]
                finding = clocked(partial(_find, store, keys))
                found.setdefault("writing a row", []).append(writing / size)
                found.setdefault("finding a row", []).append(finding / len(keys))
                summing = clocked(partial(_sum_up, store))
                counting = clocked(store.counts)
                found.setdefault("summary, for a row", []).append(summing / size)
                found.setdefault("counts, for a row", []).append(counting / size)
            if (reporting := _report(path, Path(name) / "report")) is not None:
                found.setdefault("report, for a row", []).append(reporting / size)
            print(
                f"{size} rows: written in {writing:.1f} s, summed up in {summing:.2f} s, counted "
                f"in {counting:.2f} s, "
                + ("no report here" if reporting is None else f"report in {reporting:.1f} s")
                + f"; {path.stat().st_size / 2**20:.0f} MiB"
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak of memory of this process: {peak:.0f} MiB")
    return [
        _linear(f"{what}, {sizes[0]} and {sizes[1]} rows", few, many)
        for what, (few, many) in found.items()
    ]


def _write(store: Store, count: int) -> None:
    for i in range(count):
        store.write(row(i))


def _find(store: Store, keys: Sequence[Key]) -> None:
    for key in keys:
        assert store.find(key) is not None


def _sum_up(store: Store) -> None:
    sum_up(store.results(packed=False))


def _report(store: Path, folder: Path) -> float | None:
    """Wall seconds that the report takes; None if there is no such command here."""
    import subprocess
    import sys

    command = [Path(sys.executable).with_name("goalsmith"), "bench", "report", store, "-o", folder]
    began = time.perf_counter()
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if ended.returncode:
        print(f"  goalsmith bench report: {ended.stderr.strip().splitlines()[-1:]}")
        return None
    return time.perf_counter() - began


class Busy(Executor):
    """Simulated workers: jobs end at once, one after the other, in a thread of their own.

    The driver sees so many at work as it hands over.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Future[Result], Job] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def submit(self, fn: Callable[..., Result], job: Job, /) -> Future[Result]:  # type: ignore[override] # noqa: ARG002 - nothing is done
        """A job that does nothing."""
        future: Future[Result] = Future()
        self._jobs.put((future, job))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - there is nothing to wait for
        """Ends the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            future, job = item
            names = job.task.domain_name, job.task.name, *job.task.places()
            future.set_result(
                Result(job.key, *names, Outcome.SOLVED, "none", "", 30, 30, PLAN, 0.1)
            )


def lamps(folder: Path, count: int) -> Sequence[BenchmarkTask]:
    """So many small tasks."""
    (folder / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
    for i in range(count):
        (folder / f"p{i}.pddl").write_text(PROBLEM.format(f"p{i}"), encoding="utf-8")
    return find_tasks([folder])


def workers(jobs: int) -> list[Requirement]:
    """What a job costs the driver, by the number of workers."""
    spent: dict[int, float] = {}
    for number in WORKERS:
        with (
            tempfile.TemporaryDirectory() as name,
            Store(Path(name) / "store.sqlite") as store,
            Busy() as executor,
        ):
            tasks = lamps(Path(name), 10)
            seeds = Configuration("no-op", seeds=tuple(range(jobs // len(tasks))))
            run: dict[str, Any] = {
                "configurations": [seeds],
                "store": store,
                "executor": executor,
            }
            before = time.thread_time()
            batch = run_batch(tasks, jobs=number, **run)
            spent[number] = (time.thread_time() - before) / len(batch.results)
            before = time.thread_time()
            known = run_batch(tasks, jobs=number, **run)
            again = (time.thread_time() - before) / known.skipped
        print(
            f"{number:>4} workers: {1000 * spent[number]:.3f} ms of CPU for each of "
            f"{len(batch.results)} jobs, {1000 * again:.3f} ms for each that is known"
        )
    first = WORKERS[0]
    return [
        _linear(f"driver's CPU for a job, {first} and {number} workers", spent[first], each)
        for number, each in spent.items()
        if number != first
    ]


def _linear(what: str, few: float, many: float) -> Requirement:
    ratio = many / few if few else float("inf")
    return Requirement(
        f"{what}: no more than {ALLOWED:g} times as much for one",
        f"{ratio:.2f} ({1000 * few:.3f} and {1000 * many:.3f} ms)",
        ratio <= ALLOWED,
    )


def waits(job: Job, cancel: threading.Event) -> Result:
    """A job that only waits, for as many seconds as its limit says."""
    cancel.wait(job.limits.seconds)
    names = job.task.domain_name, job.task.name, *job.task.places()
    return Result(job.key, *names, Outcome.SOLVED)


def cluster(seconds: float, rounds: int, each: int) -> list[Requirement]:
    """Throughput with one and with two workers."""
    asked = []
    with tempfile.TemporaryDirectory() as name:
        [task] = lamps(Path(name), 1)
        kinds: dict[str, tuple[Function, Job]] = {
            f"wait {seconds:g} s": (waits, _job(task, "waiting", Limits(seconds))),
            "run Fast Downward": (run_job, _job(task, "fast-downward", Limits(30.0))),
        }
        for what, (function, job) in kinds.items():
            rates: dict[int, list[float]] = {1: [], 2: []}
            for turn in range(2 * rounds):
                number = 1 + (turn + turn // 2) % 2
                with cluster_executor(f"local:{number}") as executor:
                    # The first job of a worker loads what it needs.
                    _all_done(executor, function, [job] * number)
                    jobs = [job] * (each * number)
                    took = clocked(partial(_all_done, executor, function, jobs))
                rates[number].append(len(jobs) / took)
                print(f"{number} Dask workers, jobs {what}: {rates[number][-1]:.2f} per second")
            one, two = (statistics.median(rates[number]) for number in (1, 2))
            asked.append(
                Requirement(
                    f"2 Dask workers do at least 1.8 times the jobs of 1, where jobs {what}",
                    f"{two / one:.2f} ({two:.2f} and {one:.2f} per second)",
                    two / one >= 1.8,
                )
            )
    return asked


def _job(task: BenchmarkTask, engine: str, limits: Limits) -> Job:
    made = prepare(task, Configuration(engine, engine), 0, limits)
    assert isinstance(made, Job)
    return made


def _all_done(executor: Executor, function: Function, jobs: Sequence[Job]) -> None:
    for future in [executor.submit(function, job) for job in jobs]:
        future.result()


def main() -> None:
    """Prints the figures, and what is met."""
    arguments = argparse.ArgumentParser()
    parts = ("rows", "workers", "cluster")
    arguments.add_argument("--parts", nargs="+", choices=parts, default=list(parts))
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--jobs", type=int, default=10_000)
    arguments.add_argument("--seconds", type=float, default=0.2)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--each", type=int, default=40, help="jobs for each Dask worker")
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    asked: list[Requirement] = []
    if "rows" in given.parts:
        asked += rows(given.rows)
    if "workers" in given.parts:
        asked += workers(given.jobs)
    if "cluster" in given.parts:
        asked += cluster(given.seconds, given.rounds, given.each)
    print(*asked, sep="\n")
    if given.json:
        report = [asdict(each) for each in asked]
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
