"""The one error tree of goalsmith.

    GoalsmithError                 everything that goalsmith raises on purpose
    ├── InputError                 what was given is wrong                        (30)
    │   ├── PddlError              … in PDDL text, with diagnostics
    │   └── StoreError             … the store of runs, which cannot be used
    │       └── StoreUnavailableError  retryable: locked, unreachable, cut off
    ├── UnsupportedError           a language feature, engine or platform          (31)
    │   └── UnsupportedPddlError   … in PDDL text, with diagnostics; also a PddlError
    ├── WorldError                 what is behind an environment is gone           (60)
    ├── LeaseLostError             somebody else drives the run now               (130)
    ├── EngineError                an engine failed or its answer was refused      (40, 41)
    └── TranslationError           no problem could be made of a text          (50, 51)
        └── ModelError             … since the model's endpoint did not answer
            ├── ModelRefusedError  terminal: wrong key, unknown model, bad request
            └── ModelBusyError     retryable: rate limit, server error, time-out

Every error carries the row of the outcome table that a command ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.outcome import Outcome


class GoalsmithError(Exception):
    """Root of the tree; `outcome` is the row of the table that a command ends with."""

    outcome: ClassVar[Outcome] = Outcome.ENGINE_FAILED


class InputError(GoalsmithError):
    """A file is missing or unreadable, or a value is out of range."""

    outcome = Outcome.BAD_INPUT


class PddlError(InputError):
    """A PDDL text has errors; `diagnostics` holds them all, in the order of the text."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))


class UnsupportedError(GoalsmithError):
    """A language feature, engine or platform that goalsmith does not support."""

    outcome = Outcome.UNSUPPORTED


class UnsupportedPddlError(PddlError, UnsupportedError):
    """A PDDL text that would be right if goalsmith supported what it uses."""

    outcome = Outcome.UNSUPPORTED


class EngineError(GoalsmithError):
    """An engine is not installed, failed, or gave an answer that was refused."""

    outcome = Outcome.ENGINE_FAILED


class StoreError(InputError):
    """A store of runs cannot be opened, read or written; the message says why and what helps."""


class StoreUnavailableError(StoreError):
    """Retryable: a store is locked for too long, cannot be reached, or the connection was lost.

    After a write that ended so, only reading tells whether it took place.
    """


class WorldError(GoalsmithError):
    """A program, a server or a thread behind an environment is gone, or what it says is no answer.

    From `act` it counts as a failed step, from `observe` it ends a run.
    """

    outcome = Outcome.ENDED_SHORT


class LeaseLostError(GoalsmithError):
    """Terminal for whoever drives a run: its lease is not, or no longer, the one in force."""

    outcome = Outcome.INTERRUPTED


class TranslationError(GoalsmithError):
    """No problem could be made of a text; the message says which words and what would be read."""

    outcome = Outcome.TRANSLATION_FAILED


class ModelError(TranslationError):
    """The model's endpoint gave no usable answer."""


class ModelRefusedError(ModelError):
    """Terminal: a wrong key, an unknown model or a bad request; asking again is no use."""


class ModelBusyError(ModelError):
    """Retryable: the endpoint is busy, failing or silent; it may answer later."""
