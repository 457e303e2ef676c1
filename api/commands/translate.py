"""`goalsmith translate`: what is said in English becomes a problem in PDDL."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

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
    offering,
    required,
    spent,
)
from goalsmith.commands.options import (
    BaseUrl,
    DomainOption,
    Json,
    ModelName,
    Offline,
    OutputFile,
    ProblemOption,
)

if TYPE_CHECKING:
    from goalsmith.planner import Planner
    from goalsmith.translate.asking import Asking
    from goalsmith.translate.question import UnclearError
    from goalsmith.translate.translation import Translation


class ModeName(StrEnum):
    """What the text is made into."""

    GOAL = "goal"
    PROBLEM = "problem"
    REVISE = "revise"


class GrammarName(StrEnum):
    """Whether answers are kept to a grammar."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


Mode = Annotated[
    ModeName,
    typer.Option(
        "--mode",
        help="A goal for --problem, a whole problem, or a change of the goal of --problem.",
    ),
]
Samples = Annotated[
    int, typer.Option("--samples", help="How many translations must agree.", metavar="K")
]
Threshold = Annotated[
    float,
    typer.Option("--threshold", help="Share of samples that must agree.", metavar="SHARE"),
]
Rounds = Annotated[
    int, typer.Option("--rounds", help="Answers per sample, repairs included.", metavar="N")
]
Grammar = Annotated[
    GrammarName, typer.Option("--grammar", help="Whether answers are kept to a grammar.")
]
Reason = Annotated[
    bool, typer.Option("--reason", help="Let the model think in free text before it answers.")
]
Answer = Annotated[
    str | None,
    typer.Option("--answer", help="The answer to a question that comes back.", metavar="TEXT"),
]


def translate(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The goal, in English.")],
    domain: DomainOption,
    problem: ProblemOption = None,
    mode: Mode = ModeName.GOAL,
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
    answer: Answer = None,
    output: OutputFile = None,
    as_json: Json = False,
) -> None:
    """Turn what is said in English into a PDDL problem, and say it back.

    Objects and initial state come from --problem; the model writes only the goal. Without a model
    (--model, GOALSMITH_MODEL or goalsmith.toml), controlled English is read offline. Translations
    that disagree (--samples) end in a question, with exit code 51 unless it is answered.

    Example: goalsmith translate "put blue on red" --domain blocksworld --offline
    """
    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.writer import write_problem
    from goalsmith.planner import Planner
    from goalsmith.settings import Settings, settings
    from goalsmith.translate.asking import Asking

    if mode is ModeName.PROBLEM and problem is not None:
        raise InputError("--mode problem makes the whole problem: leave out --problem")
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
    ledger = options.ledger() if not offline else None
    chosen = None
    if ledger is not None:
        chosen = options.recorded(options.model(settings(Settings(model, base_url)), ledger))
    required(chosen, base_url, offline)
    planner = Planner(domain, model=chosen, offline=chosen is None)
    asking = Asking(rounds, samples, threshold, grammar.value, reason)
    try:
        with offering(chosen, offline):
            translation = _settled(planner, text, problem, mode.value, asking, answer, as_json)
    finally:
        end_progress()
        if ledger is not None and (line := spent(ledger)):
            out.remark(line)
    written = write_problem(translation.task.problem)
    if output is not None:
        out.write_file(output, written)
        out.remark(f"problem written to {output}")
    if as_json:
        out.say_json(Outcome.SOLVED, **render.translation_fields(translation), problem=written)
    else:
        for part in render.understood(translation, planner.world):
            out.console(stderr=True).print(part)
        if output is None:
            typer.echo(written, nl=False)
    out.leave(Outcome.SOLVED)


def _settled(
    planner: Planner,
    text: str,
    problem: str | None,
    mode: Literal["goal", "problem", "revise"],
    asking: Asking,
    answer: str | None,
    as_json: bool,
) -> Translation:
    """The translation, after the questions that come back: answered by option or at a terminal."""
    from goalsmith.translate.question import UnclearError

    ask = partial(planner.translate, text)
    while True:
        try:
            return ask(problem, mode=mode, asking=asking)
        except UnclearError as error:
            end_progress()
            # An answer that was given beforehand is to the first question.
            reply = _reply(error, as_json) if answer is None else answer
            ask, answer = partial(planner.answer, error.question, reply), None


def _reply(error: UnclearError, as_json: bool) -> str:
    """A person's answer; where nobody can be asked, the command ends with the question."""
    from goalsmith import output as out
    from goalsmith import render

    if as_json:
        out.say_json(error.outcome, **render.question_fields(error.question))
        out.leave(error.outcome)
    out.line(str(error), "yellow", stderr=True)
    if not sys.stdin.isatty():
        out.remark("answer with --answer: the number of an option, or in your own words")
        out.leave(error.outcome)
    reply: str = typer.prompt("Number, or in your own words", err=True)
    return reply
