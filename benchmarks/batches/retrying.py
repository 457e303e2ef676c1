"""Which results are done again when a batch is: what failed, and through no fault of the engine."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection
from typing import TypeAlias

from goalsmith.benchmarks.results.result import Result
from goalsmith.domains.outcome import Outcome

FAILURES = frozenset({Outcome.ENGINE_FAILED, Outcome.INVALID_PLAN, Outcome.CANNOT_SAY})
"""Results that may be otherwise the next time."""

Retry: TypeAlias = bool | Collection[Outcome]
"""What is to be done again: with True all FAILURES, or results that ended so."""

_SHORTAGES = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO)
"""What the machine lacks. Memory is not among them: what an engine may have is limited."""

_KILLED = re.compile(r"\bcode -(?:2|9|15)\b")
"""How engines are said to have ended by a signal. Those that we stop ourselves are not so."""


def stands(result: Result, retry: Retry = False) -> bool:
    """Whether a result that is known need not be done again.

    What failed for reasons outside the task and the engine, such as a full disk or a worker that
    was killed, never stands.
    """
    if result.outside:
        return False
    again = (FAILURES if retry else ()) if isinstance(retry, bool) else retry
    return result.outcome not in again


def is_outside(reason: str) -> bool:
    """Whether a failure lies outside the task and the engine, from what is said of it.

    Programs say what the system tells them, so that its words are all that there is to go by.
    """
    return bool(_KILLED.search(reason)) or any(os.strerror(each) in reason for each in _SHORTAGES)
