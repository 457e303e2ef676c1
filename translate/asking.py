"""How a model is asked: how often, in how many rounds, and in what form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from goalsmith.domains.errors import InputError

GrammarUse = Literal["auto", "on", "off"]

MAX_ROUNDS = 10
MAX_SAMPLES = 100
MAX_PARALLEL = 32


@dataclass(frozen=True, slots=True)
class Asking:
    """How a model is asked.

    Attributes:
        max_rounds: answers of one sample at most: the first, and its repairs.
        samples: how many translations are made, to see whether they agree.
        threshold: the share of samples, above 0 and up to 1, that must agree on a translation; if
            fewer do, a question is asked.
        grammar: `auto` keeps answers to the task's grammar where the endpoint can do that, `on`
            insists on it, `off` never does.
        reason_first: let the model think in free text before it answers, as two requests.
        parallel: samples asked for at the same time.

    Raises:
        InputError: a number is out of range.
    """

    max_rounds: int = 3
    samples: int = 1
    threshold: float = 0.5
    grammar: GrammarUse = "auto"
    reason_first: bool = False
    parallel: int = 4

    def __post_init__(self) -> None:
        for name, value, most in (
            ("max_rounds", self.max_rounds, MAX_ROUNDS),
            ("samples", self.samples, MAX_SAMPLES),
            ("parallel", self.parallel, MAX_PARALLEL),
        ):
            if not 1 <= value <= most:
                raise InputError(f"{name} must be from 1 to {most}, not {value}")
        if not 0 < self.threshold <= 1:
            raise InputError(f"threshold must be above 0 and at most 1, not {self.threshold:g}")
        if self.grammar not in {"auto", "on", "off"}:
            raise InputError(f"grammar must be auto, on or off, not {self.grammar!r}")
