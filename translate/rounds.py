"""What a translation went through, and the error that tells it when there is no goal in the end."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.errors import TranslationError


@dataclass(frozen=True, slots=True)
class Round:
    """An answer of a model, and what was found wrong with it (nothing: it was taken)."""

    answer: str
    findings: tuple[Diagnostic, ...] = ()


class NotTranslatedError(TranslationError):
    """No goal could be made of a text.

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
