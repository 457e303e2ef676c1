"""What the ends of Fast Downward's programs mean: by exit code, and by evidence in their logs.

Source: https://www.fast-downward.org/latest/documentation/exit-codes/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from goalsmith.domains.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Exit:
    """What an exit code means, and the words in the log that must bear it out."""

    outcome: Outcome
    meaning: str
    evidence: str = ""


_BETTER = "found new plan with cost"
_PROOF = "Task is provably unsolvable."

_OUT_OF_MEMORY = (Exit(Outcome.OUT_OF_MEMORY, "ran out of memory"),)
_OUT_OF_TIME = (Exit(Outcome.OUT_OF_TIME, "ran out of time"),)

SEARCH_EXITS: Mapping[int, tuple[Exit, ...]] = MappingProxyType(
    {
        0: (Exit(Outcome.SOLVED, "found a plan"),),
        11: (Exit(Outcome.UNSOLVABLE, "proved the task unsolvable", _PROOF),),
        12: (
            Exit(Outcome.UNSOLVABLE, "proved the task unsolvable", _PROOF),
            Exit(Outcome.OUT_OF_TIME, "reached its search's time limit", "Time limit reached."),
            Exit(Outcome.OUT_OF_MEMORY, "ran out of memory", "Memory limit has been reached."),
            Exit(Outcome.NO_PLAN_FOUND, "gave up without a plan or a proof"),
        ),
        13: (Exit(Outcome.NO_PLAN_FOUND, "found no plan within the cost bound"),),
        22: _OUT_OF_MEMORY,
        23: _OUT_OF_TIME,
        24: (Exit(Outcome.OUT_OF_MEMORY, "ran out of memory and time"),),
        33: (Exit(Outcome.BAD_INPUT, "does not understand the search"),),
        34: (Exit(Outcome.UNSUPPORTED, "does not support the task with this search"),),
    }
)
"""Exit codes of the search, each with its rows: the first whose evidence is in the log counts.

Whatever is not here is a failure of the engine.
"""

TRANSLATOR_EXITS: Mapping[int, tuple[Exit, ...]] = MappingProxyType(
    {
        10: (Exit(Outcome.UNSOLVABLE, "proved the task unsolvable while translating it"),),
        20: (Exit(Outcome.OUT_OF_MEMORY, "ran out of memory while translating"),),
        21: (Exit(Outcome.OUT_OF_TIME, "ran out of time while translating"),),
        31: (Exit(Outcome.UNSUPPORTED, "cannot read the task"),),
    }
)
"""Exit codes of the translator."""

DRIVER_EXITS: Mapping[int, tuple[Exit, ...]] = MappingProxyType(
    {
        **SEARCH_EXITS,
        **TRANSLATOR_EXITS,
        # A driver that crashes ends with 1 too.
        1: (Exit(Outcome.OUT_OF_MEMORY, "ran out of memory looking for a better one", _BETTER),),
        2: (Exit(Outcome.OUT_OF_TIME, "ran out of time looking for a better one", _BETTER),),
        3: (Exit(Outcome.OUT_OF_TIME, "ran out of memory and then of time", _BETTER),),
    }
)
"""Exit codes of the driver."""
