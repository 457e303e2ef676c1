"""`goalsmith bench translate`: translations of recorded texts, and the guards, put to the test."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
)
from goalsmith.commands.options import BaseUrl, Json, ModelName, Offline, TimeLimit
from goalsmith.commands.translate import Grammar, GrammarName, Reason, Rounds, Samples, Threshold

if TYPE_CHECKING:
    from types import FrameType

    from goalsmith.benchmarks.translation import Evaluation, GuardRun, Pair, Row
    from goalsmith.translate.models.model import Model

MOST_SHOWN = 120
"""Characters of a reason in a line of progress."""


class EvaluatedModeName(StrEnum):
    """What is translated."""

    GOAL = "goal"
    PROBLEM = "problem"


def translate(
    pairs: Annotated[
        Path,
        typer.Argument(
            metavar="PAIRS",
            help="JSON Lines of `text`, `domain_pddl` and `problem_pddl`; further `id`, `source`, "
            "`domain` and `style`.",
        ),
    ],
    mode: Annotated[
        EvaluatedModeName,
        typer.Option(
            "--mode", help="Translate goals, with the situation given, or whole problems."
        ),
    ] = EvaluatedModeName.GOAL,
    guards: Annotated[
        bool,
        typer.Option("--guards", help="Spoil the right answers instead, and see what is caught."),
    ] = False,
    seed: Annotated[
        int, typer.Option("--seed", help="For the dice of --guards.", metavar="N", min=0)
    ] = 0,
    wordings: Annotated[
        Path | None,
        typer.Option(
            "--wordings", help="Folder of wordings called SOURCE-DOMAIN.toml.", metavar="DIR"
        ),
    ] = None,
    domain: Annotated[
        list[str] | None, typer.Option("--domain", help="Only pairs of this domain.")
    ] = None,
    style: Annotated[
        list[str] | None, typer.Option("--style", help="Only pairs of this style.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", help="So many pairs, taken in turn from all kinds.", metavar="N", min=1
        ),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option("--results", help="Keep rows in this file; what it holds is not done again."),
    ] = None,
    time_limit: TimeLimit = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    dialect: DialectName = None,
    offline: Offline = False,
    samples: Samples = 1,
    threshold: Threshold = 0.5,
    rounds: Rounds = 3,
    grammar: Grammar = GrammarName.AUTO,
    reason: Reason = False,
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
    """Translate recorded texts, compare with the right problems, and report by domain and style.

    Without a model, controlled English is read offline. With --guards no model is asked: right
    answers are spoiled in many ways, and the exit code is 0 if nothing that cannot be right was
    taken and nothing that is right was rejected, else 1.

    Example: goalsmith bench translate pairs.jsonl --model gpt-4o --results rows.jsonl
    """
    from goalsmith.benchmarks.translation import Results, Setup, Wordings, evaluate, run_guards
    from goalsmith.benchmarks.translation.judging import PLAN_SECONDS
    from goalsmith.domains.errors import InputError
    from goalsmith.settings import Settings, settings
    from goalsmith.translate.asking import Asking

    chosen = _chosen(pairs, domain or [], style or [], limit)
    english = Wordings(wordings)
    if guards:
        if any(each is not None for each in (model, base_url, dialect, record, replay, results)):
            raise InputError(
                "--guards asks no model and keeps no rows: leave out the options of a model, and "
                "--results"
            )
        with _stoppable(), _telling(len(chosen)) as tell:
            run = run_guards(
                chosen,
                mode.value,
                seed=seed,
                wordings=english,
                on_pair=lambda pair: tell(_about(pair)),
            )
        _report_guards(run, len(chosen), as_json)
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
    if offline and (model or replay or record):
        raise InputError("--offline asks no model: leave out the options of one")
    found = settings(Settings(model, base_url, time_limit=time_limit))
    ledger = options.ledger()
    asked = None if offline else options.model(found, ledger)
    setup = Setup(
        mode.value,
        _method(asked, replay, temperature),
        Asking(rounds, samples, threshold, grammar.value, reason),
        plan_seconds=found.time_limit or PLAN_SECONDS,
        prices=ledger.prices,
    )
    kept = Results(results) if results is not None else None
    try:
        with _stoppable(), _telling(len(chosen)) as tell:
            evaluation = evaluate(
                chosen,
                options.recorded(asked, reuse=True),
                setup,
                wordings=english,
                results=kept,
                on_row=lambda row, new: tell(_line(row) if new else ""),
            )
    finally:
        if kept is not None:
            kept.close()
    _report(evaluation, len(chosen), results, as_json)


def _chosen(path: Path, domains: list[str], styles: list[str], limit: int | None) -> list[Pair]:
    """The pairs to be translated."""
    from goalsmith.benchmarks.translation import read_pairs
    from goalsmith.benchmarks.translation.pairs import spread
    from goalsmith.domains.diagnostics import did_you_mean
    from goalsmith.domains.errors import InputError

    pairs = read_pairs(path)
    for name, wanted, there in (
        ("domain", domains, {pair.domain for pair in pairs}),
        ("style", styles, {pair.style for pair in pairs}),
    ):
        for each in wanted:
            if each not in there:
                hint = did_you_mean(each, sorted(there), name)
                raise InputError(f"{path} holds no pairs of the {name} `{each}`: {hint}")
    found = [
        pair
        for pair in pairs
        if (not domains or pair.domain in domains) and (not styles or pair.style in styles)
    ]
    if not found:
        raise InputError(f"{path} holds no pairs of these domains in these styles")
    return list(spread(found, limit or len(found)))


def _method(model: Model | None, replay: Path | None, temperature: float | None) -> str:
    """Who translates, as far as it makes a difference: rows of one are not rows of another."""
    import hashlib

    from goalsmith.translate.translation import OFFLINE

    if model is None:
        return OFFLINE
    if replay is not None:
        return f"replay {hashlib.sha256(replay.read_bytes()).hexdigest()}"
    return f"{model!r} {temperature}"


def _report(evaluation: Evaluation, pairs: int, file: Path | None, as_json: bool) -> None:
    """Says what came of an evaluation, and ends the command."""
    from dataclasses import asdict

    from goalsmith import output as out
    from goalsmith.benchmarks.translation import sum_up
    from goalsmith.benchmarks.translation.tables import tables
    from goalsmith.domains.outcome import Outcome

    # Figures of a model that nobody heard say nothing, so that no script may go on with them.
    silent = 0 < evaluation.unanswered == len(evaluation.rows)
    outcome = Outcome.TRANSLATION_FAILED if silent else Outcome.YES
    if evaluation.interrupted:
        outcome = Outcome.INTERRUPTED
    summary = sum_up(evaluation.rows)
    if as_json:
        out.say_json(
            outcome,
            pairs=pairs,
            known=evaluation.known,
            unanswered=evaluation.unanswered,
            interrupted=evaluation.interrupted,
            **asdict(summary),
            rows=[asdict(row) for row in evaluation.rows],
        )
    else:
        out.say(*tables(summary))
    said = [f"{len(evaluation.rows) - evaluation.known} done now, {evaluation.known} known before"]
    if evaluation.unanswered:
        said.append(f"{evaluation.unanswered} without an answer from the endpoint: run it again")
    if file is not None:
        said.append(f"rows in {file}")
    if evaluation.interrupted:
        said.insert(0, f"interrupted with {pairs - len(evaluation.rows)} of {pairs} left")
    out.remark("; ".join(said))
    if silent:
        out.line(f"error: {evaluation.rows[0].reason}", "red", stderr=True)
    out.leave(outcome)


def _report_guards(run: GuardRun, pairs: int, as_json: bool) -> None:
    """Says what the guards caught, and ends the command."""
    from dataclasses import asdict

    from rich.text import Text

    from goalsmith import output as out
    from goalsmith.benchmarks.translation import guarded, requirements
    from goalsmith.benchmarks.translation.guard_report import LEGEND, guard_tables
    from goalsmith.domains.outcome import Outcome

    groups = guarded(run.cases)
    asked = requirements(groups)
    outcome = Outcome.YES if all(each.met for each in asked) else Outcome.NO
    if run.interrupted:
        outcome = Outcome.INTERRUPTED
    if as_json:
        out.say_json(
            outcome,
            pairs=pairs,
            interrupted=run.interrupted,
            seconds=run.seconds,
            requirements=[asdict(each) for each in asked],
            corruptions=[asdict(each) for each in groups],
            cases=[asdict(each) for each in run.cases],
        )
    else:
        out.say(*guard_tables(groups))
        out.say()
        for each in asked:
            out.say(Text(str(each), style="green" if each.met else "red"))
        out.remark(LEGEND)
    done = len({(case.pair, case.source) for case in run.cases})
    said = f"{len(run.cases)} cases in {run.seconds:.0f} s"
    out.remark(f"interrupted after {done} of {pairs} pairs; {said}" if run.interrupted else said)
    out.leave(outcome)


def _line(row: Row) -> str:
    """A row in a line."""
    name = " ".join(filter(None, (row.source, row.domain, row.style, row.id)))
    if row.right:
        return f"{name}: right, {row.seconds:.2f} s"
    reason = " ".join(row.reason.split())
    if len(reason) > MOST_SHOWN:
        reason = reason[:MOST_SHOWN] + "…"
    return f"{name}: {row.failure} ({row.code}): {reason}"


def _about(pair: Pair) -> str:
    return " ".join(filter(None, (pair.source, pair.domain, pair.style, pair.id)))


@contextmanager
def _telling(total: int) -> Iterator[Callable[[str], None]]:
    """Shows how far it is: one line that changes on a terminal, else a line for each pair.

    Pairs with nothing to say are only counted.
    """
    done = 0
    live = sys.stderr.isatty()

    def tell(said: str) -> None:
        nonlocal done
        done += 1
        if live:
            end_progress()
            sys.stderr.write(f"\x1b[2m{done}/{total} {said[: MOST_SHOWN // 2]}\x1b[0m")
            sys.stderr.flush()
        elif said:
            sys.stderr.write(f"{done}/{total} {said}\n")

    try:
        yield tell
    finally:
        end_progress()


@contextmanager
def _stoppable() -> Iterator[None]:
    """TERM stops as Ctrl-C does: what is finished is kept and reported."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
