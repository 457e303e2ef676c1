"""`goalsmith bench score-plans`: plans made by anyone, scored against a suite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.options import EngineName, Json, MemoryLimit, TimeLimit

if TYPE_CHECKING:
    from goalsmith.benchmarks.plan_scores import PlanScore

SECONDS = 10.0
"""Wall seconds for an engine where no limit is set: there may be many plans."""


def score_plans(
    suite: Annotated[
        Path,
        typer.Argument(
            metavar="SUITE",
            help="A folder of tasks: `domain.pddl` with `p01.pddl`, …, or of such folders.",
        ),
    ],
    plans: Annotated[
        list[Path],
        typer.Argument(
            metavar="PLANS",
            help="Plan files, and folders of them, named after their tasks: `gripper/p01.plan`, "
            "`gripper-p01.soln`, `gripper/p01/sas_plan.2`.",
        ),
    ],
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            help='What good plans cost: JSON such as {"gripper/p01": 11}. Otherwise, and where a '
            "plan is better, the best plan given counts.",
            metavar="FILE",
        ),
    ] = None,
    official: Annotated[
        bool,
        typer.Option(
            "--official", help="The reference counts even where a plan is better: scores above 1."
        ),
    ] = False,
    optimal: Annotated[
        bool,
        typer.Option(
            "--optimal",
            help="Have tasks solved for the cheapest plan, within the limits: the bound and gap.",
        ),
    ] = False,
    engine: EngineName = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    as_json: Json = False,
) -> None:
    """Score plans made by a model, a planner or a person: valid or not, how good, how far off.

    Of an invalid plan it is said where it breaks, and how many steps would lead from there to the
    goal, as far as an engine finds that out in the time limit, by default 10 s. A file that is no
    plan is a row with the reason. The exit code is 0 once all are scored.

    Example: goalsmith bench score-plans benchmarks plans/gpt --reference costs.json
    """
    from dataclasses import asdict, replace

    from goalsmith import output as out
    from goalsmith.benchmarks import find_tasks
    from goalsmith.benchmarks.plan_scores import (
        PlanScorer,
        against_references,
        find_plans,
        sum_up,
    )
    from goalsmith.benchmarks.plan_scores.summary import fields, table
    from goalsmith.benchmarks.scores import read_references, uncovered
    from goalsmith.commands.watching import interruptible, progress
    from goalsmith.domains.outcome import Outcome
    from goalsmith.settings import Settings, settings

    chosen = settings(Settings(engine=engine, time_limit=time_limit, memory_limit=memory_limit))
    limits = chosen.limits()
    if chosen.time_limit is None:
        limits = replace(limits, seconds=SECONDS)
    references = {} if reference is None else read_references(reference)
    tasks = find_tasks([suite])
    files = find_plans(plans, tasks)
    scored: list[PlanScore] = []
    with (
        interruptible() as cancel,
        progress(out.console(stderr=True), len(files)) as tell,
    ):
        scorer = PlanScorer(engine=chosen.engine, limits=limits, prove=optimal, cancel=cancel)
        for file in files:
            row = scorer.score(file)
            if cancel.is_set():
                # What was just looked at may have been cut short.
                break
            scored.append(row)
            tell(row.file, _line(row))
    rows = against_references(scored, references, scorer.costs_found, official=official)
    outcome = Outcome.YES if len(rows) == len(files) else Outcome.INTERRUPTED
    summary = sum_up(rows)
    if as_json:
        out.say_json(outcome, summary=asdict(summary), plans=[fields(row) for row in rows])
    else:
        out.say(table(rows))
    said = (
        f"{summary.valid} of {summary.plans} plans are valid, {summary.invalid} invalid, "
        f"{summary.unreadable} unreadable, {summary.no_task} without a task; "
        f"score {summary.score:.2f}"
    )
    if outcome is Outcome.INTERRUPTED:
        said = f"interrupted with {len(files) - len(rows)} of {len(files)} left; {said}"
    out.remark(said)
    if note := uncovered({row.task for row in rows if row.domain}, references):
        out.line(f"note: {note}", "yellow", stderr=True)
    out.leave(outcome)


def _line(row: PlanScore) -> str:
    """A score in a line of progress."""
    from goalsmith.commands.bench_progress import with_reason

    return with_reason(row.verdict.value, row.reason)
