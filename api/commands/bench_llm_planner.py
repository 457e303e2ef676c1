"""`goalsmith bench llm-planner`: a model asked to plan directly, beside the engines."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.models import (
    AnswerLimit,
    DialectName,
    ModelOptions,
    PriceIn,
    PriceOut,
    Record,
    Replay,
    SpendLimit,
    Temperature,
    TokenLimit,
    end_progress,
    spent,
)
from goalsmith.commands.options import BaseUrl, EngineName, Json, MemoryLimit, TimeLimit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goalsmith.benchmarks.direct import Row, Run
    from goalsmith.benchmarks.scores import TaskName
    from goalsmith.benchmarks.suites.suite import BenchmarkTask, Suite
    from goalsmith.translate.models.model import Model

SECONDS = 10.0
"""Wall seconds for an engine where no limit is set: there may be many tasks."""


class WayName(StrEnum):
    """How a model plans."""

    ZERO_SHOT = "zero-shot"
    ONE_SHOT = "one-shot"
    FEEDBACK = "feedback"


def llm_planner(
    suite: Annotated[
        list[str],
        typer.Argument(
            metavar="SUITE",
            help="Tasks, as `bench run` takes them: folders, files, patterns, manifests, or "
            "`library:gripper,balls=2..5,seed=1..3`.",
        ),
    ],
    model: Annotated[
        str | None, typer.Option("--model", help="The model that plans.", metavar="NAME")
    ] = None,
    base_url: BaseUrl = None,
    dialect: DialectName = None,
    way: Annotated[
        list[WayName] | None,
        typer.Option(
            "--way",
            help="Told the task; told an example first; told what is wrong with its plan. By "
            "default all three.",
        ),
    ] = None,
    rounds: Annotated[
        int,
        typer.Option("--rounds", help="Answers at most in the way `feedback`.", metavar="N"),
    ] = 3,
    english: Annotated[
        bool,
        typer.Option(
            "--english",
            help="Tell tasks in English, by the `wording.toml` beside the domain or by its names, "
            "and not in PDDL.",
        ),
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", help="So many tasks, taken in turn from all domains.", metavar="N", min=1
        ),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option("--results", help="Keep rows in this file; what it holds is not done again."),
    ] = None,
    plans: Annotated[
        Path | None,
        typer.Option("--plans", help="Keep plans here, as WAY/DOMAIN/PROBLEM.plan.", metavar="DIR"),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            help='What good plans cost: JSON such as {"gripper/p01": 11}. Otherwise, and where a '
            "plan is better, the best plan of the run counts.",
            metavar="FILE",
        ),
    ] = None,
    engine: EngineName = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    temperature: Temperature = None,
    record: Record = None,
    replay: Replay = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    spend_limit: SpendLimit = None,
    token_limit: TokenLimit = None,
    answer_limit: AnswerLimit = None,
    as_json: Json = False,
) -> None:
    """Have a model plan by itself, check and score its plans, and solve the same tasks beside it.

    Its plans are scored as `score-plans` does it. An answer that cannot be read as a plan is an
    outcome of its own. The engines get 10 s for a task by default. The exit code is 0 once all
    tasks are done, and 50 if the model never answered.

    Example: goalsmith bench llm-planner library:gripper --model gpt-4o --record said.jsonl
    """
    from dataclasses import replace

    from goalsmith import output as out
    from goalsmith.benchmarks import find_tasks
    from goalsmith.benchmarks.direct import ASKED, Results, Setup, Way, run
    from goalsmith.benchmarks.scores import read_references
    from goalsmith.commands.watching import interruptible, progress
    from goalsmith.domains.errors import InputError
    from goalsmith.settings import Settings, settings

    chosen = settings(
        Settings(model, base_url, engine=engine, time_limit=time_limit, memory_limit=memory_limit)
    )
    limits = chosen.limits()
    if chosen.time_limit is None:
        limits = replace(limits, seconds=SECONDS)
    options = ModelOptions(
        dialect,
        temperature,
        record,
        replay,
        price_in,
        price_out,
        spend_limit,
        token_limit,
        answer_limit,
    )
    ledger = options.ledger()
    asked = options.model(chosen, ledger)
    if asked is None:
        raise InputError("there is no model to ask: name one with --model, or give --replay")
    setup = Setup(
        _method(asked, replay, temperature),
        tuple(Way(each.value) for each in way) if way else ASKED,
        rounds,
        english,
        chosen.engine,
        limits,
        ledger.prices,
    )
    references = {} if reference is None else read_references(reference)
    everything = find_tasks(suite)
    tasks = _some(everything, limit or len(everything))
    kept = Results(results) if results is not None else None
    try:
        with (
            interruptible() as cancel,
            progress(out.console(stderr=True), len(tasks) * (len(setup.ways) + 1)) as tell,
        ):

            def on_row(row: Row, new: bool) -> None:
                end_progress()
                tell(f"{row.domain}/{row.problem} {row.way}", _line(row) if new else "")

            done = run(
                tasks,
                options.recorded(asked, reuse=True) or asked,
                setup,
                suite=everything,
                results=kept,
                plans=plans,
                on_row=on_row,
                cancel=cancel,
            )
    finally:
        end_progress()
        if kept is not None:
            kept.close()
    _report(done, references, results, spent(ledger), as_json)


def _some(suite: Suite, count: int) -> tuple[BenchmarkTask, ...]:
    """So many tasks, taken in turn from each domain; in the suite's order."""
    from itertools import islice, zip_longest

    domains: dict[str, list[int]] = {}
    for number, entry in enumerate(suite):
        domains.setdefault(entry.domain_name, []).append(number)
    turns = (number for turn in zip_longest(*domains.values()) for number in turn)
    chosen = islice((number for number in turns if number is not None), count)
    return tuple(suite[number] for number in sorted(chosen))


def _method(model: Model, replay: Path | None, temperature: float | None) -> str:
    """Which model plans, as far as it makes a difference: rows of one are not rows of another."""
    import hashlib

    if replay is not None:
        return f"replay {hashlib.sha256(replay.read_bytes()).hexdigest()}"
    return f"{model!r} {temperature}"


def _report(
    done: Run,
    references: Mapping[TaskName, float],
    file: Path | None,
    cost: str,
    as_json: bool,
) -> None:
    """Says what came of a run, and ends the command."""
    from dataclasses import asdict

    from goalsmith import output as out
    from goalsmith.benchmarks.direct import sum_up
    from goalsmith.benchmarks.direct.tables import all_fields, tables
    from goalsmith.benchmarks.scores import uncovered
    from goalsmith.domains.outcome import Outcome

    # Figures of a model that nobody heard say nothing, so that no script may go on with them.
    outcome = Outcome.YES if done.silent is None else Outcome.TRANSLATION_FAILED
    if done.interrupted:
        outcome = Outcome.INTERRUPTED
    summary = sum_up(done.rows, references)
    if as_json:
        out.say_json(
            outcome,
            known=done.known,
            interrupted=done.interrupted,
            **asdict(summary),
            rows=all_fields(done.rows, references),
        )
    else:
        out.say(*tables(summary))
    said = [f"{len(done.rows) - done.known} done now, {done.known} known before"]
    said += [f"{count} {came} not counted" for came, count in summary.left_out]
    if file is not None:
        said.append(f"rows in {file}")
    if cost:
        said.append(cost)
    if done.interrupted:
        said.insert(0, "interrupted")
    out.remark("; ".join(said))
    if note := uncovered({row.task for row in done.rows}, references):
        out.line(f"note: {note}", "yellow", stderr=True)
    if done.silent is not None:
        out.line(f"error: the model never answered: {done.silent.reason}", "red", stderr=True)
    out.leave(outcome)


def _line(row: Row) -> str:
    """A row in a line of progress."""
    from goalsmith.commands.bench_progress import with_reason

    return with_reason(f"{row.came}, {row.seconds:.1f} s", row.reason)
