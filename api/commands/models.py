"""The model that a command asks: made from its options, with a ledger, progress and recordings."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.domains.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from goalsmith.settings import Settings
    from goalsmith.translate.models.ledger import Ledger
    from goalsmith.translate.models.model import Model

DialectName = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        help="How the endpoint is kept to a grammar: auto, openai-responses, openai-chat, vllm, "
        "llama.cpp, sglang, ollama, json or plain.",
        metavar="NAME",
    ),
]
Temperature = Annotated[
    float | None,
    typer.Option("--temperature", help="How freely the model chooses words.", metavar="T"),
]
Record = Annotated[
    Path | None,
    typer.Option("--record", help="Keep the model's answers in this file.", metavar="FILE"),
]
Replay = Annotated[
    Path | None,
    typer.Option("--replay", help="Answer from this recording, without network.", metavar="FILE"),
]
PriceIn = Annotated[
    float | None,
    typer.Option("--price-in", help="Price of a million tokens of requests.", metavar="P"),
]
PriceOut = Annotated[
    float | None,
    typer.Option("--price-out", help="Price of a million tokens of answers.", metavar="P"),
]
SpendLimit = Annotated[
    float | None,
    typer.Option("--spend-limit", help="Money that all calls may cost.", metavar="M"),
]
TokenLimit = Annotated[
    int | None,
    typer.Option("--token-limit", help="Tokens that all calls may take.", metavar="N"),
]
AnswerLimit = Annotated[
    int | None,
    typer.Option(
        "--answer-limit",
        help="Tokens that one answer may have, with those of hidden reasoning.",
        metavar="N",
        show_default="8192",
    ),
]


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What a command's options say of the model."""

    dialect: str | None = None
    temperature: float | None = None
    record: Path | None = None
    replay: Path | None = None
    price_in: float | None = None
    price_out: float | None = None
    spend_limit: float | None = None
    token_limit: int | None = None
    answer_limit: int | None = None

    def ledger(self) -> Ledger:
        """Where calls are entered. Raises InputError for prices or limits that cannot be."""
        from goalsmith.translate.models.ledger import Ledger, Prices

        prices = None
        if self.price_in is not None or self.price_out is not None:
            prices = Prices(self.price_in or 0.0, self.price_out or 0.0)
        return Ledger(prices, money=self.spend_limit, tokens=self.token_limit)

    def model(self, settings: Settings, ledger: Ledger) -> Model | None:
        """The model to ask; None where no name is set and nothing is replayed.

        Raises:
            InputError: options contradict each other, or a recording cannot be used.
            ModelRefusedError: there is no key, or an option cannot be right.
        """
        if self.replay is not None:
            from goalsmith.translate.models.recording import ReplayModel

            if self.record is not None:
                raise InputError("--record and --replay exclude each other: give one of them")
            return ReplayModel(self.replay, settings.model)
        if settings.model is None:
            if self.record is not None:
                raise InputError("--record needs a model: name one with --model")
            return None
        from goalsmith.translate.models.endpoint import OpenAIModel

        return OpenAIModel(
            settings.model,
            settings.base_url,
            dialect=self.dialect or settings.dialect or "auto",
            temperature=self.temperature,
            max_tokens=8192 if self.answer_limit is None else self.answer_limit,
            ledger=ledger,
            on_progress=progress_line(),
        )

    def recorded(self, model: Model | None, *, reuse: bool = False) -> Model | None:
        """The model, its answers kept where that was asked for.

        `reuse`: what is kept already is not asked for again. Raises InputError where the recording
        cannot be used.
        """
        if model is None or self.record is None:
            return model
        from goalsmith.translate.models.recording import RecordingModel

        return RecordingModel(model, self.record, reuse=reuse)


def required(model: object, base_url: str | None, offline: bool) -> None:
    """Raises InputError where an endpoint is given, and no model to ask there."""
    if base_url is not None and model is None and not offline:
        raise InputError("--base-url needs a model: name one with --model")


@contextmanager
def offering(model: Model | None, offline: bool) -> Iterator[None]:
    """Where a text is not understood, and nobody has thought of a model, one is suggested."""
    from goalsmith.translate import NotTranslatedError

    try:
        yield
    except NotTranslatedError as error:
        if model is not None or offline:
            raise
        said = f"{error}\nA language model reads free English: name one with --model."
        raise NotTranslatedError(said, error.unread, error.rounds) from None


def progress_line() -> Callable[[int], None] | None:
    """Tells on standard error how much of an answer has come; None where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def tell(characters: int) -> None:
        sys.stderr.write(f"\r\x1b[2m… {characters} characters\x1b[0m\x1b[K")
        sys.stderr.flush()

    return tell


def end_progress() -> None:
    """Clears the line of progress."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def spent(ledger: Ledger) -> str:
    """What calls have cost, in a line; empty without calls."""
    totals = ledger.totals
    if not totals.calls:
        return ""
    calls = "1 call" if totals.calls == 1 else f"{totals.calls} calls"
    cost = "" if totals.cost is None else f", cost {totals.cost:.4g}"
    # A call that failed is entered at the most that it may have taken.
    most = "at most " if totals.estimated else ""
    return (
        f"{calls}, {most}{totals.prompt_tokens} tokens asked, {totals.completion_tokens} answered, "
        f"{totals.seconds:.1f} s{cost}"
    )
