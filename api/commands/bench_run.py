"""`goalsmith bench run`: every task of a suite solved, under every configuration."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.options import EngineName, Json, MemoryLimit, TimeLimit

if TYPE_CHECKING:
    from rich.table import Table

    from goalsmith.benchmarks import Batch, BenchmarkTask, Result, Suite
    from goalsmith.benchmarks.batches.outlook import Outlook
    from goalsmith.benchmarks.batches.retrying import Retry
    from goalsmith.benchmarks.configurations import Configuration
    from goalsmith.solve import Limits

STORE = "goalsmith-bench.sqlite"

MOST_JOBS = 1024


def run(
    suites: Annotated[
        list[str],
        typer.Argument(
            metavar="SUITE",
            help="Tasks: a folder (`domain.pddl` with `p01.pddl`, …, or folders of such folders); "
            "a problem file beside its domain file; a pattern of these, `'ipc/**/p0?.pddl'`; "
            "a manifest (`suite.toml`); tasks of the library, as `library:logistics` or "
            "`library:logistics,packages=4..6,seed=1..10`.",
        ),
    ],
    config: Annotated[
        list[str] | None,
        typer.Option(
            "--config",
            help="How to solve them; may be given several times. One of those in a manifest or in "
            "--configs, an engine (`kairos`, `symk-opt`), `race`, `anytime`, `optimal`, an engine "
            "with the last two (`kairos/anytime`), or an alias of Fast Downward (`lama-first`). By "
            "default all that files have, or else `race`.",
            metavar="NAME",
        ),
    ] = None,
    configs: Annotated[
        list[Path] | None,
        typer.Option(
            "--configs",
            help="A TOML file with tables `configurations.NAME`, of which each may have `engine`, "
            "`quality`, `search`, `alias`, `options`, `seeds`.",
            metavar="FILE",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            help="Runs at once, each on a core of its own; by default as many as there are cores.",
            metavar="N",
            min=1,
            max=MOST_JOBS,
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            help="Have a Dask cluster do the runs: `tcp://HOST:PORT`, or `local:N` for N workers.",
            metavar="ADDRESS",
        ),
    ] = None,
    engine: EngineName = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            help=f"SQLite file that keeps the results; by default {STORE} in this folder.",
            metavar="FILE",
        ),
    ] = None,
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Do again what failed: engines that crashed, wrong plans."),
    ] = False,
    retry_outcome: Annotated[
        list[str] | None,
        typer.Option(
            "--retry-outcome",
            help="Do again what ended so, for example `out-of-time`; may be given several times.",
            metavar="OUTCOME",
        ),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", hidden=True)] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and what is known; no more.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Solve every task of suites under every configuration and report what came of it.

    A row is written as soon as a run is done. What the store holds is not done again, unless the
    task, the configuration, the limits or the code changed, or it failed for an outside reason such
    as a full disk. Ctrl-C stops, and so may anything else: the same command goes on.

    Example: goalsmith bench run ipc --config race --config lama-first --time-limit 30 --jobs 4
    """
    from goalsmith.benchmarks.configurations import available, chosen
    from goalsmith.benchmarks.suites.manifest import read_manifest
    from goalsmith.benchmarks.suites.suite import find_suite
    from goalsmith.domains.errors import InputError
    from goalsmith.settings import Settings, settings

    if engine is not None and config:
        raise InputError("--engine NAME is short for --config NAME: give one of them")
    setting = settings(
        Settings(engine=engine, time_limit=time_limit, memory_limit=memory_limit, store=store)
    )
    suite = find_suite(suites)
    own = [*suite.configurations]
    for each in configs or ():
        own += read_manifest(each).configurations
    names = list(config or ())
    if setting.engine is not None and (engine is not None or not (names or own)):
        names = [setting.engine]
    configurations = chosen(names, own)
    if cluster is None:
        for configuration in configurations:
            available(configuration)
    again = _retry(retry or retry_failed, retry_outcome or ())
    file = setting.store or STORE
    limits = setting.limits()
    if dry_run:
        _say_outlook(suite.tasks, configurations, limits, file, again, as_json)
        return
    batch = _solve(suite.tasks, configurations, limits, file, again, jobs, cluster)
    total = len(suite.tasks) * sum(len(each.seeds) for each in configurations)
    _say(batch, configurations, total, file, as_json)


def _retry(failures: bool, outcomes: Iterable[str]) -> Retry:
    """What is to be done again."""
    from goalsmith.benchmarks.batches.retrying import FAILURES
    from goalsmith.domains.diagnostics import did_you_mean
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome

    by_label = {outcome.label: outcome for outcome in Outcome}
    for label in outcomes:
        if label not in by_label:
            hint = did_you_mean(label, by_label, "outcome")
            raise InputError(f"--retry-outcome: there is no outcome `{label}`: {hint}")
    return (FAILURES if failures else frozenset()) | {by_label[label] for label in outcomes}


def _solve(
    tasks: Suite,
    configurations: tuple[Configuration, ...],
    limits: Limits,
    file: str,
    again: Retry,
    jobs: int | None,
    cluster: str | None,
) -> Batch:
    """Runs the batch, and shows how far it is."""
    from goalsmith import output as out
    from goalsmith.benchmarks import Store, run_batch
    from goalsmith.benchmarks.batches.cluster import cluster_executor
    from goalsmith.benchmarks.batches.pool import available_cores
    from goalsmith.benchmarks.batches.tally import Tally
    from goalsmith.commands.bench_progress import shown
    from goalsmith.commands.watching import interruptible

    tally = Tally(len(tasks) * sum(len(each.seeds) for each in configurations))
    with (
        Store(file) as kept,
        interruptible() as cancel,
        nullcontext() if cluster is None else cluster_executor(cluster, jobs) as executor,
        shown(out.console(stderr=True), tally) as tell,
    ):
        for each in configurations:
            # What was done under another name is called as it is now.
            kept.name(each.canonical, each.name)

        def started(task: BenchmarkTask, configuration: Configuration, seed: int) -> None:
            tally.start(task, configuration, seed)
            tell(None, False)

        def ended(result: Result, new: bool) -> None:
            tally.add(result, new)
            tell(result, new)

        return run_batch(
            tasks,
            configurations=configurations,
            limits=limits,
            jobs=executor.jobs if executor else jobs or len(available_cores()) or 1,
            store=kept,
            retry=again,
            on_start=started,
            on_result=ended,
            executor=executor,
            cancel=cancel,
        )


def _say(
    batch: Batch, configurations: tuple[Configuration, ...], total: int, file: str, as_json: bool
) -> None:
    """Tells what came of a batch."""
    from goalsmith import output as out
    from goalsmith.benchmarks import sum_up
    from goalsmith.benchmarks.results.summary import (
        by_configuration,
        configuration_table,
        coverage_table,
        table,
    )
    from goalsmith.domains.outcome import Outcome

    outcome = Outcome.INTERRUPTED if batch.interrupted else Outcome.YES
    if as_json:
        out.say_json(outcome, **_fields(batch, total, file))
    elif len(configurations) == 1:
        out.say(table(sum_up(batch.results)))
    else:
        out.say(coverage_table(batch.results))
        out.say("")
        out.say(configuration_table(by_configuration(batch.results)))
    done = len(batch.results) - batch.skipped
    said = f"{done} done now, {batch.skipped} known before; results in {file}"
    if batch.interrupted:
        said = f"interrupted with {total - len(batch.results)} of {total} left; {said}"
    out.remark(said)
    out.leave(outcome)


def _fields(batch: Batch, total: int, file: str) -> dict[str, object]:
    """A batch as plain data."""
    from dataclasses import asdict

    from goalsmith.benchmarks import sum_up
    from goalsmith.benchmarks.results.summary import by_configuration

    domains = sum_up(batch.results)
    configurations = by_configuration(batch.results).domains
    return {
        "store": file,
        "tasks": total,
        "skipped": batch.skipped,
        "interrupted": batch.interrupted,
        "domains": [asdict(each) | {"coverage": each.coverage} for each in domains.domains],
        "configurations": [asdict(each) | {"coverage": each.coverage} for each in configurations],
        "total": asdict(domains.total) | {"coverage": domains.total.coverage},
        "results": [_row(each) for each in batch.results],
    }


def _row(result: Result) -> dict[str, object]:
    return {
        "domain": result.domain,
        "problem": result.problem,
        "configuration": result.configuration,
        "seed": result.key.seed,
        "outcome": result.outcome.label,
        "engine": result.engine,
        "evidence": result.evidence,
        "cost": result.cost,
        "plan_length": result.plan_length,
        "optimal": result.optimal,
        "lower_bound": result.lower_bound,
        "wall_seconds": result.wall_seconds,
        "cpu_seconds": result.cpu_seconds,
        "peak_memory_mb": result.peak_memory_mb,
        "expansions": result.expansions,
        "started": result.started,
    }


def _say_outlook(
    tasks: Suite,
    configurations: tuple[Configuration, ...],
    limits: Limits,
    file: str,
    again: Retry,
    as_json: bool,
) -> None:
    """Tells what a batch would do."""
    from dataclasses import asdict

    from goalsmith import output as out
    from goalsmith.benchmarks import Store
    from goalsmith.benchmarks.batches.outlook import outlook
    from goalsmith.benchmarks.batches.tally import duration
    from goalsmith.domains.outcome import Outcome

    with Store(file, reading=True) if Path(file).exists() else nullcontext() as kept:
        rows = outlook(tasks, configurations, limits, kept, again)
    left = sum(row.left for row in rows)
    if as_json:
        out.say_json(
            Outcome.YES,
            store=file,
            tasks=len(tasks),
            left=left,
            configurations=[asdict(row) | {"left": row.left} for row in rows],
        )
    else:
        out.say(_outlook_table(rows))
    out.remark(
        f"{left} runs would be done, in at most {duration(left * limits.seconds)} of one core; "
        "nothing was"
    )
    out.leave(Outcome.YES)


def _outlook_table(rows: tuple[Outlook, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column("configuration", no_wrap=True)
    for title in ("runs", "known", "again", "unreadable", "to do"):
        shown.add_column(title, justify="right")
    for row in rows:
        counts = (row.runs, row.known, row.again, row.unreadable, row.left)
        shown.add_row(Text(row.configuration), *map(str, counts))
    return shown
