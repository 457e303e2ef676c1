"""What can go wrong with a store of runs.

InputError
└── StoreError                    the store cannot be used, and why
    └── StoreUnavailableError     retryable: locked by another process, unreachable, cut off
GoalsmithError
└── LeaseLostError                somebody else drives the run now
"""

from __future__ import annotations

from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.domains.outcome import Outcome


class StoreError(InputError):
    """A store cannot be opened, read or written; the message says why and what helps."""


class StoreUnavailableError(StoreError):
    """Retryable: a store is locked for too long, cannot be reached, or the connection was lost.

    After a write that ended so, only reading tells whether it took place.
    """


class LeaseLostError(GoalsmithError):
    """Terminal for whoever drives a run: its lease is not, or no longer, the one in force."""

    outcome = Outcome.INTERRUPTED
