"""What happened in a run, event by event.

An event says what happened; its entry in the journal adds when, and as which in order. Entries are
never changed or removed, and hold all that the monitor knew: the first observation in full, every
later one by its difference from what the entries before let expect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import ClassVar, TypeAlias

from goalsmith.domains.formula import Condition, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.writer import write_condition
from goalsmith.execute.divergence import Divergence, NumberChange

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
"""Data that JSON can hold."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began, with a goal, the plan it was given, and its budgets."""

    kind: ClassVar[str] = "run-started"
    goal: Condition
    plan: Plan
    max_replans: int
    max_steps: int


@dataclass(frozen=True, slots=True)
class Observed:
    """The first observation of the run."""

    kind: ClassVar[str] = "observed"
    state: State


@dataclass(frozen=True, slots=True)
class PlanAdopted:
    """A plan leads from the observed state to the goal and is now carried out.

    `version` counts the plans received in the run from 1, which is the plan given at its start.
    """

    kind: ClassVar[str] = "plan-adopted"
    version: int
    plan: Plan
    reason: str


@dataclass(frozen=True, slots=True)
class PlanRefused:
    """A plan does not lead from the observed state to the goal, and why."""

    kind: ClassVar[str] = "plan-refused"
    version: int
    plan: Plan
    reason: str


@dataclass(frozen=True, slots=True)
class StepBegun:
    """The environment is asked to carry out a step.

    Attributes:
        number: the how many-th step of the run this is, from 1.
        index: its place in the plan in force, from 0.
        step: the step.
        attempt: 1, or 2 and more where the run's steps just before were this same one and went
            otherwise than expected.

    """

    kind: ClassVar[str] = "step-begun"
    number: int
    index: int
    step: Step
    attempt: int


@dataclass(frozen=True, slots=True)
class StepReported:
    """What the environment says of the step."""

    kind: ClassVar[str] = "step-reported"
    number: int
    step: Step
    succeeded: bool
    message: str


@dataclass(frozen=True, slots=True)
class StateMatched:
    """The state observed after a step is the one expected. `number` is that of the step."""

    kind: ClassVar[str] = "state-matched"
    number: int


@dataclass(frozen=True, slots=True)
class DivergenceSeen:
    """The state observed differs from the one expected.

    `number` is that of the step before the observation; 0 for the first observation, which is
    compared with the task's initial state.
    """

    kind: ClassVar[str] = "divergence-seen"
    number: int
    divergence: Divergence


@dataclass(frozen=True, slots=True)
class ReplanBegun:
    """The solver is asked for a plan from the state observed last. `number` counts from 1."""

    kind: ClassVar[str] = "replan-begun"
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Replanned:
    """The solver answered: its outcome, the evidence for it, and which engine it comes from."""

    kind: ClassVar[str] = "replanned"
    number: int
    outcome: Outcome
    engine: str
    evidence: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over. Always the last event."""

    kind: ClassVar[str] = "run-ended"
    outcome: Outcome
    reason: str


Event: TypeAlias = (
    RunStarted
    | Observed
    | PlanAdopted
    | PlanRefused
    | StepBegun
    | StepReported
    | StateMatched
    | DivergenceSeen
    | ReplanBegun
    | Replanned
    | RunEnded
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a journal: an event, its place from 0, and seconds since the journal began."""

    sequence: int
    seconds: float
    event: Event

    def as_dict(self) -> dict[str, Plain]:
        """The entry as plain data: `sequence`, `seconds`, `event` (its kind), and its fields.

        Atoms, steps and conditions are PDDL; exact numbers are texts such as `3` or `1/3`.
        """
        row: dict[str, Plain] = {
            "sequence": self.sequence,
            "seconds": self.seconds,
            "event": self.event.kind,
        }
        row.update((f.name, _plain(getattr(self.event, f.name))) for f in fields(self.event))
        return row


Listener: TypeAlias = Callable[[Entry], None]


class Journal:
    """The entries of one run, in order. Entries are only ever added.

    Args:
        clock: seconds on a clock that never goes back.
        on_event: called with each entry once it is in the journal. What it raises, `record` raises.

    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, on_event: Listener | None = None
    ) -> None:
        self._clock = clock
        self._on_event = on_event
        self._began = clock()
        self._entries: list[Entry] = []

    def record(self, event: Event) -> Entry:
        """Adds an event."""
        entry = Entry(len(self._entries), self._clock() - self._began, event)
        self._entries.append(entry)
        if self._on_event is not None:
            self._on_event(entry)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def as_dicts(self) -> list[dict[str, Plain]]:
        """All entries as plain data."""
        return [entry.as_dict() for entry in self]


def _plain(value: object) -> Plain:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Outcome():
            return value.label
        case Step() | FunctionTerm() | Fraction():
            return str(value)
        case Plan():
            return [_plain(step) for step in value]
        case State(atoms, numbers):
            return {
                "atoms": _plain(atoms),
                "numbers": _plain({str(term): number for term, number in numbers}),
            }
        case Divergence() | NumberChange():
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case frozenset():
            return [str(each) for each in sorted(value)]
        case tuple():
            return [_plain(each) for each in value]
        case Mapping():
            return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, Condition):
        return write_condition(value)
    raise TypeError(f"no plain form of {value!r}")
