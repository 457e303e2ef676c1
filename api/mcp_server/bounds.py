"""What a client of the MCP server may ask for at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_PDDL: Final = 2**20
"""Characters of a domain, a problem, a goal or a plan."""

MAX_ENGLISH: Final = 10_000
"""Characters of what is said in English."""

MAX_SAMPLES: Final = 8
"""Translations of a text that are compared."""

MAX_NAME: Final = 200
"""Characters of a name, or of a reason."""

MAX_EXPLAINED: Final = 500
"""Steps of a plan that is explained or put in order; it takes the square of them."""

MAX_STEPS: Final = 100_000
"""Steps of a plan that is given as a list; together they have `MAX_PDDL` characters at most."""

MAX_FINDINGS: Final = 50
"""Findings of a check in an answer; all are counted."""

MAX_ENTRIES: Final = 200
"""Entries of a journal in one answer of a tool."""

MAX_BODY: Final = 1_000
"""Characters of an entry in such an answer, as JSON; a longer one is shortened."""

MAX_TOLD: Final = 40
"""Steps of a plan in the text of an answer; its structured content has all."""

MAX_WRONG: Final = 10
"""Steps of a run that went wrong in an answer, the last ones."""

MAX_JOURNAL: Final = 2**22
"""Characters of a journal that is read as a resource; of a longer one the end is given."""

MAX_RUNS: Final = 100
"""Runs in a list of them."""

MAX_WAIT: Final = 60.0
"""Seconds that a client may wait for a run."""

CALLS: Final = 4
"""Calls that compute at the same time; further ones wait."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the owner of a server allows in all. Times in seconds.

    Attributes:
        seconds: for the engines, in one call or one replan.
        runs: how many runs are driven at the same time.
        open_runs: how many runs may not have ended.
        run_seconds: how long a run may be driven.
        run_steps: how many steps a run may ask its environment to take.
        replans: how often a run may plan anew.
    """

    seconds: float = 60.0
    runs: int = 4
    open_runs: int = 50
    run_seconds: float = 3600.0
    run_steps: int = 10_000
    replans: int = 50
