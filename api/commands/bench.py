"""`goalsmith bench`: collections of tasks, texts to be translated, plans to be carried out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.bench_execute import execute
from goalsmith.commands.bench_score_plans import score_plans
from goalsmith.commands.bench_translate import translate
from goalsmith.commands.options import EngineName, Json, MemoryLimit, TimeLimit

if TYPE_CHECKING:
    from goalsmith.benchmarks import Batch, Report, Result

STORE = "goalsmith-bench.sqlite"

MOST_JOBS = 1024

LONGEST_REASON = 120
"""Characters of an outcome's evidence in a line of progress."""

app = typer.Typer(no_args_is_help=True, help="Tasks, texts and plans put to the test.")
app.command("translate")(translate)
app.command("execute")(execute)
app.command("score-plans")(score_plans)


@app.command("run")
def run(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER",
            help="Folders of tasks: `domain.pddl` with `p01.pddl`, …, or folders of such folders.",
        ),
    ],
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            help="Tasks to solve at once, each on a core of its own; by default as many as there "
            "are cores.",
            metavar="N",
            min=1,
            max=MOST_JOBS,
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
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="Do again what ended in a failure of an engine."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Solve every task of benchmark folders and report coverage and cost per domain.

    Results are kept as they arrive. What the store holds is not solved again.

    Example: goalsmith bench run benchmarks/gripper benchmarks/blocks --jobs 4 --time-limit 30
    """
    from goalsmith import output as out
    from goalsmith.benchmarks import Store, find_tasks, run_batch, sum_up
    from goalsmith.benchmarks.batch import available_cores
    from goalsmith.benchmarks.report import table
    from goalsmith.commands.watching import interruptible, progress
    from goalsmith.domains.outcome import Outcome
    from goalsmith.settings import Settings, settings

    chosen = settings(
        Settings(engine=engine, time_limit=time_limit, memory_limit=memory_limit, store=store)
    )
    tasks = find_tasks(folders)
    file = chosen.store or STORE
    console = out.console(stderr=True)
    with Store(file) as kept, interruptible() as cancel, progress(console, len(tasks)) as tell:
        batch = run_batch(
            tasks,
            engine=chosen.engine,
            limits=chosen.limits(),
            jobs=jobs or len(available_cores()) or 1,
            store=kept,
            retry_failed=retry_failed,
            on_result=lambda result, new: tell(_name(result), _line(result) if new else ""),
            cancel=cancel,
        )
    outcome = Outcome.INTERRUPTED if batch.interrupted else Outcome.YES
    summary = sum_up(batch.results)
    if as_json:
        out.say_json(outcome, **_fields(batch, summary, file, len(tasks)))
    else:
        out.say(table(summary))
    done = len(batch.results) - batch.skipped
    said = f"{done} done now, {batch.skipped} known before; results in {file}"
    if batch.interrupted:
        said = f"interrupted with {len(tasks) - len(batch.results)} of {len(tasks)} left; {said}"
    out.remark(said)
    out.leave(outcome)


def _name(result: Result) -> str:
    return f"{result.domain} {result.problem}"


def _line(result: Result) -> str:
    """What a result says, in a line."""
    from goalsmith.benchmarks.report import cost_text

    said = str(result.outcome)
    if result.plan_length is not None:
        by = f", {result.engine}" if result.engine else ""
        return f"{said}: cost {cost_text(result.cost)}, {result.wall_seconds:.2f} s{by}"
    reason = " ".join(result.evidence.split())
    if len(reason) > LONGEST_REASON:
        reason = reason[:LONGEST_REASON] + "…"
    return f"{said}: {reason}" if reason else said


def _fields(batch: Batch, summary: Report, file: str, tasks: int) -> dict[str, object]:
    """A batch as plain data."""
    from dataclasses import asdict

    return {
        "store": file,
        "tasks": tasks,
        "skipped": batch.skipped,
        "interrupted": batch.interrupted,
        "domains": [asdict(d) | {"coverage": d.coverage} for d in summary.domains],
        "total": asdict(summary.total) | {"coverage": summary.total.coverage},
        "results": [
            {
                "domain": r.domain,
                "problem": r.problem,
                "outcome": r.outcome.label,
                "engine": r.engine,
                "evidence": r.evidence,
                "cost": r.cost,
                "plan_length": r.plan_length,
                "wall_seconds": r.wall_seconds,
                "cpu_seconds": r.cpu_seconds,
                "peak_memory_mb": r.peak_memory_mb,
                "started": r.started,
            }
            for r in batch.results
        ],
    }
