"""`goalsmith bench execute`: plans carried out in worlds that misbehave, policy by policy."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from goalsmith.commands.bench_progress import with_reason
from goalsmith.commands.options import Json, TimeLimit

if TYPE_CHECKING:
    from goalsmith.benchmarks.execution import Row, Summary, Trials

    Choice = TypeVar("Choice", bound=Enum)

MOST_JOBS = 256

MOST_SEEDS = 10_000


def execute(
    domains: Annotated[
        str,
        typer.Option(
            "--domains",
            help="Bundled domains, or instances such as `logistics/p2`, with commas between; by "
            "default ten of them.",
            metavar="NAME,…",
        ),
    ] = "",
    seeds: Annotated[
        int,
        typer.Option("--seeds", help="How many seeds.", metavar="N", min=1, max=MOST_SEEDS),
    ] = 50,
    rates: Annotated[
        str,
        typer.Option(
            "--rates",
            help="How likely something is to go wrong at an act, with commas between.",
            metavar="R,…",
        ),
    ] = "0,0.1,0.3",
    policies: Annotated[
        str,
        typer.Option(
            "--policies",
            help="Of strict, relevant, every-step, never, and the baseline repeat, with commas "
            "between; by default all.",
            metavar="NAME,…",
        ),
    ] = "",
    kinds: Annotated[
        str,
        typer.Option(
            "--kinds",
            help="What can go wrong, of action-fails, effect-lost, moved-by-itself, effect-late "
            "and unasked, with commas between; by default all, with equal shares.",
            metavar="NAME,…",
        ),
    ] = "",
    stability: Annotated[
        float | None,
        typer.Option(
            "--stability",
            help="New plans may cost so many times what they must, to keep more of the old ones.",
            metavar="FACTOR",
        ),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            help="How many runs at once. Times are best measured one by one.",
            metavar="N",
            min=1,
            max=MOST_JOBS,
        ),
    ] = 1,
    results: Annotated[
        Path | None,
        typer.Option("--results", help="Keep rows in this file; what it holds is not done again."),
    ] = None,
    time_limit: TimeLimit = None,
    as_json: Json = False,
) -> None:
    """Carry plans out in simulated worlds, and report what each policy reaches and costs.

    The exit code is 0 if what is asked of the policies is met, else 1.

    Example: goalsmith bench execute --domains logistics,gripper --seeds 8 --results rows.jsonl
    """
    from dataclasses import replace
    from math import inf

    from goalsmith import output as out
    from goalsmith.benchmarks.execution import (
        DEFAULT_DOMAINS,
        Limits,
        Method,
        Row,
        Trouble,
        run_trials,
        scenario,
        trials,
    )
    from goalsmith.benchmarks.rows import RowFile
    from goalsmith.commands.watching import interruptible, progress
    from goalsmith.domains.errors import InputError

    limits = Limits()
    if time_limit is not None:
        if not time_limit > 0:
            raise InputError(f"the time limit must be above 0 seconds, not {time_limit}")
        limits = replace(limits, seconds=time_limit)
    if stability is not None and not 1 <= stability < inf:
        raise InputError(f"stability is a factor of at least 1, not {stability}")
    names = _words(domains) or DEFAULT_DOMAINS
    scenarios = {each.digest: each for each in (scenario(name, limits.seconds) for name in names)}
    chosen = trials(
        scenarios.values(),
        range(1, seeds + 1),
        sorted({_rate(word) for word in _words(rates)}),
        _chosen(policies, Method, "policy"),
        kinds=tuple(_chosen(kinds, Trouble, "kind of fault")),
        limits=limits,
        stability=stability,
    )
    asked = tuple(chosen)
    kept = RowFile(results, Row) if results is not None else None
    try:
        with (
            interruptible() as cancel,
            progress(out.console(stderr=True), len(asked)) as tell,
        ):
            done = run_trials(
                asked,
                results=kept,
                jobs=jobs,
                on_row=lambda row, new: tell(_name(row), _line(row) if new else ""),
                cancel=cancel,
            )
    finally:
        if kept is not None:
            kept.close()
    _report(done, len(asked), results, as_json)


def _words(text: str) -> list[str]:
    """The words between commas, each once."""
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _rate(word: str) -> float:
    from goalsmith.domains.errors import InputError

    try:
        rate = float(word)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise InputError(f"a rate of faults is a number between 0 and 1, not `{word}`")
    return rate


def _chosen(text: str, kinds: type[Choice], what: str) -> list[Choice]:
    """The members that a text names; all for an empty one."""
    from goalsmith.domains.diagnostics import did_you_mean
    from goalsmith.domains.errors import InputError

    known = {str(each.value): each for each in kinds}
    words = _words(text)
    for word in words:
        if word not in known:
            raise InputError(f"unknown {what} `{word}`: {did_you_mean(word, known, what)}")
    return [each for name, each in known.items() if not words or name in words]


def _name(row: Row) -> str:
    return f"{row.domain}/{row.instance} seed {row.seed} rate {row.rate:g} {row.method}"


def _line(row: Row) -> str:
    """What came of a trial, in a line."""
    from goalsmith.benchmarks.execution import Standing

    counted = f"{row.executed} steps, {row.replans} replans, {row.seconds:.2f} s"
    if row.standing is Standing.REACHED:
        return f"{row.standing}: {counted}"
    return with_reason(f"{row.standing}: {counted}", row.reason)


def _report(done: Trials, asked: int, file: Path | None, as_json: bool) -> None:
    """Says what came of the trials, and ends the command."""
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith.benchmarks.execution import sum_up
    from goalsmith.benchmarks.execution.tables import LEGEND, tables
    from goalsmith.domains.outcome import Outcome

    summary = sum_up(done.rows)
    met = all(each.met for each in summary.requirements)
    outcome = Outcome.YES if met else Outcome.NO
    if done.interrupted:
        outcome = Outcome.INTERRUPTED
    if as_json:
        out.say_json(outcome, **_fields(done, asked, summary))
    else:
        out.say(*tables(summary))
        out.say()
        for each in summary.requirements:
            out.say(Text(str(each), style="green" if each.met else "red"))
        out.remark(LEGEND)
    said = f"{len(done.rows) - done.known} done now, {done.known} known before"
    if file is not None:
        said = f"{said}; rows in {file}"
    if done.interrupted:
        said = f"interrupted with {asked - len(done.rows)} of {asked} left; {said}"
    out.remark(said)
    out.leave(outcome)


def _fields(done: Trials, asked: int, summary: Summary) -> dict[str, object]:
    """The trials as plain data."""
    from dataclasses import asdict

    return {
        "trials": asked,
        "known": done.known,
        "interrupted": done.interrupted,
        "requirements": [asdict(each) for each in summary.requirements],
        "comparisons": [asdict(each) | {"saved": each.saved} for each in summary.comparisons],
        "by_rate": [asdict(each) for each in summary.by_rate],
        "by_domain": [asdict(each) for each in summary.by_domain],
        "rows": [asdict(each) for each in done.rows],
    }
