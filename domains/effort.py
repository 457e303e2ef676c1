"""How much work a computation may do before it is given up."""

from __future__ import annotations

from math import inf
from time import monotonic


class SpentError(Exception):
    """A budget is spent. To be caught by whoever set it; it never leaves this package."""


class Effort:
    """A number of steps that a computation may take, and when it must end.

    `deadline` is a time of `time.monotonic`, in seconds.
    """

    def __init__(self, steps: int, deadline: float = inf) -> None:
        self._left = steps
        self._deadline = deadline

    def spend(self, steps: int = 1) -> None:
        """Takes steps. Raises SpentError when not so many are left, or it is too late."""
        if self._left < steps or monotonic() > self._deadline:
            raise SpentError
        self._left -= steps
