"""What a translation went through, and the error that tells it when nothing came of it."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.errors import TranslationError
from goalsmith.translate.attribution import Failure, failure_of


@dataclass(frozen=True, slots=True)
class Round:
    """An answer of a model, and what was found about it (nothing wrong: it was taken).

    Attributes:
        answer: what the model said.
        findings: errors, and doubts that a model may insist on.
        reasoning: what it said before it was asked for an answer in a grammar; empty otherwise.
    """

    answer: str
    findings: tuple[Diagnostic, ...] = ()
    reasoning: str = ""


class NotTranslatedError(TranslationError):
    """Nothing could be made of a text.

    Attributes:
        unread: the words that were not understood, as they stand in the text.
        rounds: the answers of the model, if one was asked, with their findings.
    """

    def __init__(
        self, message: str, unread: tuple[str, ...] = (), rounds: tuple[Round, ...] = ()
    ) -> None:
        super().__init__(message)
        self.unread = unread
        self.rounds = rounds

    @property
    def failure(self) -> Failure:
        """What it failed by: what the last answer's findings show; without answers, no answer."""
        return failure_of(self.rounds[-1].findings) if self.rounds else Failure.NO_ANSWER
