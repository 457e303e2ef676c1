"""Rows of an evaluation, and the file that keeps them.

A row is found again by what was translated, how, and by which code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from goalsmith.benchmarks.rows import RowFile
from goalsmith.translate.attribution import Failure


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one pair.

    Attributes:
        key: SHA-256 of what was translated, how, and by which code.
        id: the pair's name.
        source: where it is from, as its domain and its style; may be empty.
        domain: the domain's name there.
        style: how its text is written.
        parseable: an answer could be parsed.
        well_typed: and all its names exist and are where they may be.
        solvable: there is a plan for it; None: not known, or there is no single translation.
        equivalent: it says what the gold problem says; None: as before.
        plan_valid: its plan achieves the gold problem; None: there is no plan to ask about.
        failure: the one thing that is wrong; None: nothing.
        code: the code of the finding that shows it; empty if nothing is wrong.
        reason: why, in a sentence.
        question: a question was asked back.
        leading_right: of several samples, whether the translation that most came to is right; None
            where one was made, or none.
        rounds: answers of the sample that was taken, or that failed last; 0 offline.
        prompt_tokens: of all requests, as far as the endpoint counts them.
        completion_tokens: of all answers, likewise.
        cost: their price; None without prices.
        seconds: wall time of the translation.
        confidence: the share of samples that came to the leading translation; None if not several
            were made.
    """

    key: str
    id: str
    source: str
    domain: str
    style: str
    parseable: bool = False
    well_typed: bool = False
    solvable: bool | None = None
    equivalent: bool | None = False
    plan_valid: bool | None = None
    failure: Failure | None = None
    code: str = ""
    reason: str = ""
    question: bool = False
    leading_right: bool | None = None
    rounds: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    confidence: float | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.failure is None


class Results(RowFile[Row]):
    """A file of rows of translations; see `RowFile`."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, Row)
