"""What the page is told of a run: values that become JSON as they are.

Facts and steps are told by their places in tables (`goalsmith.execute.viewer.names`), so that a
journal of thousands of steps stays small. Times are seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from goalsmith.execute.store.plain import Plain


class Tone(StrEnum):
    """How serious something is."""

    CALM = "calm"
    GOOD = "good"
    NEWS = "news"
    WARNING = "warning"
    BAD = "bad"


class Stand(StrEnum):
    """How a step stands."""

    IN_FLIGHT = "in-flight"
    DONE = "done"
    DIVERGED = "diverged"
    """It was reported as done, and the world was otherwise than expected."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The run was left while the step was in flight, and nobody has looked since."""
    NOT_TAKEN = "not-taken"
    """The run was left, and it turned out that the step had not happened."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A state that was observed, told by what differs from the one before.

    Attributes:
        sequence: the entry of the journal that holds it.
        at: when.
        step: the index of the step after which it was observed; None: after no step.
        added: facts that hold now and did not before.
        removed: facts that held before and do not now.
        numbers: the values that changed; None: without a value from now on.
        missing: facts that were expected to hold, and do not.
        unexpected: facts that hold unexpectedly.
        changed: numbers that are not as expected: term, expected, observed.
        blurred: facts that hold by expectation alone from now on, since they were not observed.
        sighted: facts of which that is over.
        unmet: parts of the goal that do not hold; None: as before.
        goal: which of the run's goals `unmet` is about.
        difference: what is otherwise than expected, in a few words.
    """

    sequence: int
    at: float
    step: int | None
    added: tuple[int, ...]
    removed: tuple[int, ...]
    numbers: tuple[tuple[str, str | None], ...] = ()
    missing: tuple[int, ...] = ()
    unexpected: tuple[int, ...] = ()
    changed: tuple[tuple[str, str | None, str | None], ...] = ()
    blurred: tuple[int, ...] = ()
    sighted: tuple[int, ...] = ()
    unmet: tuple[int, ...] | None = None
    goal: int = 0
    difference: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step that the environment was asked to take.

    Attributes:
        number: from 1. The same again where the step had not happened.
        said: its place in the table of steps.
        plan: the version of the plan it belongs to; 0: none, since it makes a stop safe.
        place: its place in that plan, from 0.
        attempt: from 1.
        began: when it was begun.
        ended: when it was reported; None: not yet.
        stand: how it stands.
        ending: how it ended, as the world claims.
        message: what the world says of it.
        moment: what was observed after it; None: nothing yet.
        verdict: what the policy made of it, if it went wrong.
        reason: why.
        since: the last moment before it was begun.
        judged: the last moment before the verdict.
    """

    number: int
    said: int
    plan: int
    place: int
    attempt: int
    began: float
    ended: float | None = None
    stand: Stand = Stand.IN_FLIGHT
    ending: str = ""
    message: str = ""
    moment: int | None = None
    verdict: str = ""
    reason: str = ""
    since: int = 0
    judged: int | None = None


PlanRows: TypeAlias = tuple[int | None, int | None, str, int]
"""Rows of two plans side by side: the place of the first row's step in the plan before and in the
new one (None: it is not in it), what became of it, and how many such rows follow one another."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """A version of the plan.

    Attributes:
        version: from 1.
        at: when it was received.
        moment: the moment at which it was received.
        steps: places in the table of steps.
        reason: why it is there.
        stand: `given`, `adopted` or `refused`.
        refusal: why it was refused.
        review: what a person made of it: `asked` (nothing yet), `approved`, `rejected`, `edited`.
        begins: the moment from which it was carried out; None: it was not.
        rows: side by side with the plan before.
        before: the version that it is compared with; None: there is none.
        done: how many steps of that version are over, and are not compared.
    """

    version: int
    at: float
    moment: int
    steps: tuple[int, ...]
    reason: str = ""
    stand: str = "given"
    refusal: str = ""
    review: str = ""
    begins: int | None = None
    rows: tuple[PlanRows, ...] = ()
    before: int | None = None
    done: int = 0


@dataclass(frozen=True, slots=True)
class SkipView:
    """A plan goes on without some of its steps.

    Attributes:
        version: of the plan.
        at: when they were left out.
        moment: the moment at which they were.
        reason: what made them needless.
        rows: what was left of the plan from the first of them on, as `PlanView` tells it; on both
            sides by places in this plan.
        done: how many steps of it were over.
    """

    version: int
    at: float
    moment: int
    reason: str
    rows: tuple[PlanRows, ...]
    done: int


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the timeline.

    Attributes:
        sequence: the entry of the journal with which it began.
        at: when.
        kind: a word by which the page knows how to draw it.
        tone: how serious it is.
        title: what happened.
        detail: why, or what more there is to say.
        result: what came of it.
        took: seconds that it took; None: unknown, or not over.
        step: the index of the step that it tells of.
        plan: the version of the plan that it tells of.
        moment: the moment to be shown with it.
    """

    sequence: int
    at: float
    kind: str
    tone: Tone
    title: str
    detail: str = ""
    result: str = ""
    took: float | None = None
    step: int | None = None
    plan: int | None = None
    moment: int = 0


View = TypeVar("View", Moment, StepView, PlanView, SkipView, Item)


class Rows(Generic[View]):
    """Values in order, each with the number of the entry that changed it last."""

    def __init__(self) -> None:
        self._rows: list[View] = []
        self._changed: list[int] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> View:
        return self._rows[index]

    def add(self, row: View, sequence: int) -> int:
        """Adds a value and returns its index."""
        self._rows.append(row)
        self._changed.append(sequence)
        return len(self._rows) - 1

    def put(self, index: int, row: View, sequence: int) -> None:
        """Puts a value in the place of another."""
        self._rows[index] = row
        self._changed[index] = sequence

    def since(self, sequence: int) -> list[Plain]:
        """The values that changed after an entry, as plain data with their `index`."""
        return [
            {"index": index, **plain(row)}
            for index, row in enumerate(self._rows)
            if self._changed[index] > sequence
        ]


def plain(row: View) -> dict[str, Any]:
    """A value as plain data. Its fields are plain already, tuples aside, which JSON calls lists."""
    return {f.name: getattr(row, f.name) for f in fields(row)}
