"""Rows: what came of one task that was planned in one way, and the file that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from goalsmith.benchmarks.rows import RowFile
from goalsmith.benchmarks.scores import TaskName


class Way(StrEnum):
    """How a plan is come by."""

    ZERO_SHOT = "zero-shot"
    """A model is told the task."""

    ONE_SHOT = "one-shot"
    """It is told another task of the domain with a plan first."""

    FEEDBACK = "feedback"
    """It is told what is wrong with its plan, and asked again."""

    SOLVE = "solve"
    """Engines look for a plan, with no model at all."""


class Came(StrEnum):
    """What came of it. Whatever a model answers is one of these, and never an error."""

    VALID = "valid"
    """A plan that does what it claims."""

    GOAL_MISSED = "goal-missed"
    """All steps can be carried out, and the goal does not hold after them."""

    BROKEN_STEP = "broken-step"
    """A step cannot be carried out."""

    UNKNOWN_STEP = "unknown-step"
    """An action or object that the task does not have, or objects too many or too few."""

    NO_PLAN = "no-plan"
    """Nothing in the answer can be read as a plan."""

    TOO_LONG = "too-long"
    """The answer, or the plan, is longer than anyone would read."""

    NO_ANSWER = "no-answer"
    """The answer is empty, cut off, withheld, or none that its API gives."""

    REFUSED = "refused"
    """The endpoint answers other requests, but not this one: it may be too long for the model."""

    NOT_SOLVED = "not-solved"
    """The engines found no plan."""

    TOO_LARGE = "too-large"
    """The task is not told to the model, since it would take too much text."""

    NO_EXAMPLE = "no-example"
    """There is no other task of the domain with a plan to show; not counted."""

    BUSY = "busy"
    """The endpoint may answer later; not counted, and tried again next time."""

    NO_TASK = "no-task"
    """The task cannot be read; not counted."""


NOT_COUNTED = frozenset({Came.NO_EXAMPLE, Came.BUSY, Came.NO_TASK})
"""What says nothing about who plans."""

NOT_ASKED = frozenset({Came.TOO_LARGE, Came.NO_EXAMPLE, Came.NO_TASK})
"""What a model was not asked at all."""

NOT_HEARD = frozenset({Came.NO_ANSWER, Came.REFUSED, Came.BUSY})
"""What leaves open how a model would have planned."""

NOT_KEPT = frozenset({Came.REFUSED, Came.BUSY, Came.NO_TASK})
"""What may come otherwise next time, though all that a row depends on is the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one task, planned in one way. What does not apply is None.

    Attributes:
        key: SHA-256 of what was asked, how, and by which code it was judged.
        domain: the domain's name in the suite.
        problem: the problem's name.
        way: how the plan was come by.
        came: what came of it.
        reason: why it is not a valid plan, in a sentence.
        length: steps of a plan that can be read.
        cost: of a valid plan, under the task's metric; without one, the number of steps. None also
            where it is below 0, since there are no ratios of such costs.
        makespan: stages of a valid plan's partial order.
        needless: steps that can be left out of a valid plan, together.
        prefix: steps of an invalid plan that can be carried out, up to the first that cannot.
        to_goal: steps of a plan that was found from there to the goal; there may be shorter ones.
        remark: why there is no such plan.
        rounds: answers that the model was asked for.
        prompt_tokens: of all requests, as far as the endpoint counts them.
        completion_tokens: of all answers, likewise.
        price: their price; None without prices.
        seconds: wall time of all answers, or of the engines.
    """

    key: str
    domain: str
    problem: str
    way: Way
    came: Came
    reason: str = ""
    length: int | None = None
    cost: float | None = None
    makespan: int | None = None
    needless: int | None = None
    prefix: int | None = None
    to_goal: int | None = None
    remark: str = ""
    rounds: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    price: float | None = None
    seconds: float = 0.0

    @property
    def task(self) -> TaskName:
        """What was planned for."""
        return self.domain, self.problem

    @property
    def valid(self) -> bool:
        """Whether there is a plan that does what it claims."""
        return self.came is Came.VALID


class Results(RowFile[Row]):
    """A file of rows of plans; see `RowFile`."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, Row)
