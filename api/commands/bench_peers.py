"""`goalsmith bench peers`: goalsmith and its peers, side by side on the same tasks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.bench_progress import with_reason
from goalsmith.commands.options import Json, MemoryLimit, TimeLimit

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from goalsmith.benchmarks.peers import Row
    from goalsmith.benchmarks.rows import RowFile
    from goalsmith.benchmarks.scores import TaskName
    from goalsmith.benchmarks.suites.suite import Suite

DATA = "GOALSMITH_DATA"
"""The variable that names a folder of data; the suite in its folder `ipc` is the default."""

REFERENCES = "reference_costs.json"
"""The file in a suite that says what good plans cost."""

SECONDS = 30.0
MEMORY_MB = 3584
"""The limits where none are set; the memory is what Downward Lab sets by default."""


def peers(
    suite: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SUITE…]",
            help="Folders of tasks (`domain.pddl` with `p01.pddl`, …, or folders of such folders), "
            "files, patterns of them, manifests, or `library:NAME`; by default the folder `ipc` in "
            f"what {DATA} names.",
            show_default=False,
        ),
    ] = None,
    peer: Annotated[
        list[str] | None,
        typer.Option("--peer", help="Only this one; may be given again.", metavar="NAME"),
    ] = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", help="Tasks at once, each on its share of the cores.", metavar="N", min=1
        ),
    ] = 1,
    results: Annotated[
        Path | None,
        typer.Option(
            "--results", help="Keep every run here, and do not repeat those kept.", metavar="FILE"
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            help=f"What good plans cost; by default {REFERENCES} beside the tasks or above them.",
            metavar="FILE",
        ),
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option(
            "--markdown",
            help="Write the table there, with versions, machine and limits; `-`: print it.",
            metavar="FILE",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure goalsmith, its engines and the tools that people use, all on the same tasks.

    Task by task all of them take turns, within the same limits on the same cores; every plan is
    validated. By default each has 30 s and 3584 MiB. A peer that is not installed is named with the
    command that installs it. With `--results`, a task is used again if all peers asked for were
    measured on it in one turn.

    Example: goalsmith bench peers benchmarks/gripper library:logistics --time-limit 10
    """
    from dataclasses import asdict, replace

    from goalsmith import output as out
    from goalsmith.benchmarks import find_tasks
    from goalsmith.benchmarks.peers import catalogue, cores_here, measure, sum_up
    from goalsmith.benchmarks.peers.machine import machine
    from goalsmith.benchmarks.peers.tables import (
        FAIRNESS,
        LEGEND,
        Circumstances,
        remarks,
        table,
    )
    from goalsmith.benchmarks.peers.tables import markdown as as_markdown
    from goalsmith.benchmarks.scores import read_references
    from goalsmith.commands.watching import interruptible, progress
    from goalsmith.domains.outcome import Outcome
    from goalsmith.settings import Settings, settings

    chosen = settings(Settings(time_limit=time_limit, memory_limit=memory_limit))
    limits = replace(
        chosen.limits(),
        seconds=chosen.time_limit or SECONDS,
        memory_mb=chosen.memory_limit or MEMORY_MB,
    )
    wanted = catalogue.chosen(peer or (), catalogue.PEERS)
    tasks = find_tasks(suite or [_default_suite()])
    references: dict[TaskName, float] = {}
    for file in [reference] if reference else _references(tasks):
        references |= read_references(file)
    count = len(tasks) * sum(not each.missing() for each in wanted)
    with (
        _kept(results) as kept,
        interruptible() as cancel,
        progress(out.console(stderr=True), count) as tell,
    ):
        measured = measure(
            tasks,
            wanted,
            limits=limits,
            jobs=jobs,
            kept=kept,
            on_row=lambda row, new: tell(_name(row), _line(row) if new else ""),
            cancel=cancel,
        )
    rows = measured.rows
    standings = sum_up(rows, wanted, references)
    days = sorted(row.started[:10] for row in rows) or [""]
    circumstances = Circumstances(
        _command(suite, peer, limits.seconds, limits.memory_mb, jobs),
        len({row.task for row in rows}),
        limits.seconds,
        limits.memory_mb,
        machine(len(cores_here())),
        (days[0], days[-1]),
        jobs,
    )
    outcome = Outcome.INTERRUPTED if measured.interrupted else Outcome.YES
    text = as_markdown(standings, circumstances)
    printed = markdown is not None and str(markdown) == "-"
    if markdown is not None and not printed:
        out.write_file(markdown, text)
    if as_json:
        out.say_json(
            outcome,
            circumstances=asdict(circumstances),
            peers=[asdict(each) for each in standings],
            runs=[asdict(row) for row in rows],
        )
    elif printed:
        typer.echo(text, nl=False)
    else:
        out.say(table(standings))
        for line in ("", str(circumstances), LEGEND, FAIRNESS, *remarks(standings)):
            out.line(line, "dim")
    if measured.interrupted:
        left = len(tasks) - circumstances.tasks
        out.remark(f"interrupted with {left} of {len(tasks)} tasks left, which are not counted")
    out.leave(outcome)


def _default_suite() -> str:
    """The shared suite. Raises InputError where nothing says where it is."""
    from goalsmith.domains.errors import InputError

    data = os.environ.get(DATA)
    if not data:
        raise InputError(f"name a folder of tasks, or set {DATA} to the folder of the shared suite")
    return str(Path(data) / "ipc")


def _references(tasks: Suite) -> list[Path]:
    """The files of references beside some tasks, and up to two folders above them."""
    problems = (task.problem_path.absolute() for task in tasks if task.source is None)
    places = dict.fromkeys(place for problem in problems for place in problem.parents[:3])
    return [place / REFERENCES for place in places if (place / REFERENCES).is_file()]


def _kept(results: Path | None) -> AbstractContextManager[RowFile[Row] | None]:
    """Where rows are kept, if anywhere."""
    from contextlib import nullcontext

    from goalsmith.benchmarks.peers import Row
    from goalsmith.benchmarks.rows import RowFile

    return nullcontext() if results is None else RowFile(results, Row)


def _command(
    suite: list[str] | None, peer: list[str] | None, seconds: float, memory_mb: int, jobs: int
) -> tuple[str, ...]:
    """The command line that measures the same again."""
    words = ["goalsmith", "bench", "peers", *(suite or ())]
    words += [word for name in peer or () for word in ("--peer", name)]
    words += ["--time-limit", f"{seconds:g}", "--memory-limit", f"{memory_mb}"]
    return (*words, *(("--jobs", f"{jobs}") if jobs > 1 else ()))


def _name(row: Row) -> str:
    return f"{row.domain} {row.problem} {row.peer}"


def _line(row: Row) -> str:
    """A run in a line of progress."""
    if row.solved:
        return f"{row.outcome}: cost {row.cost}, {row.wall_seconds:.3f} s"
    return with_reason(str(row.outcome), row.reason)
