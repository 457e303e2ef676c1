"""What a store of runs gives out: one value for each row. Times are seconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from goalsmith.execute.store.plain import Plain

CANCEL: Final = "cancel"
"""The kind of a message that asks for a run to be stopped."""


class RunStatus(StrEnum):
    """What a run waits for."""

    PENDING = "pending"
    """Somebody to drive it."""
    RUNNING = "running"
    """Its next step. Without an owner, whoever drove it is gone."""
    WAITING = "waiting"
    """A person, as for an approval."""
    PAUSED = "paused"
    """To be resumed by a person: nobody goes on with it unasked."""
    ENDED = "ended"
    """Nothing."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run, as it is listed.

    Attributes:
        id: sixteen hexadecimal digits.
        name: for a person; may be empty.
        created: when it was put in the store.
        changed: when its status was set last.
        status: what it waits for.
        outcome: how it ended, in a word; empty before.
        world: the name of the world that it acts in; may be empty.
        cancel_requested: there is a message of kind `cancel` that was not taken.
        entries: how many entries its journal has.
        owner: who holds its lease; empty if nobody does.
    """

    id: str
    name: str
    created: float
    changed: float
    status: RunStatus
    outcome: str
    world: str
    cancel_requested: bool
    entries: int
    owner: str


@dataclass(frozen=True, slots=True)
class Given:
    """What a run was given.

    Attributes:
        domain_pddl: the domain's text.
        problem_pddl: the problem's text.
        plan: the plan's text, one `(action object …)` to a line; None if there was none.
        settings: how it is to be carried out, by name.
    """

    domain_pddl: str
    problem_pddl: str
    plan: str | None
    settings: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be appended to a journal: its kind, a word such as `step-begun`, and its body."""

    kind: str
    body: Plain


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of a journal: its place from 0, when it was appended, its kind and its body."""

    sequence: int
    time: float
    kind: str
    body: Plain


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message to a run.

    Attributes:
        number: its place among the messages of the run, from 1.
        time: when it was sent.
        kind: a word such as `approve`.
        body: what it says.
        taken_at_sequence: the entry of the journal that says what came of it; None: not taken yet.
    """

    number: int
    time: float
    kind: str
    body: Plain
    taken_at_sequence: int | None


@dataclass(frozen=True, slots=True)
class SimulationRow:
    """A simulated world: how many acts there were in it, and what it is like after them."""

    acts: int
    snapshot: Plain


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act in a simulated world.

    Attributes:
        key: the attempt that it was.
        number: its place among the acts in this world, from 1.
        time: when the world changed.
        step: what was to be done.
        report: what the world said of it.
        asked: how often the world was asked for it; it was done once.
    """

    key: str
    number: int
    time: float
    step: str
    report: Plain
    asked: int


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to drive a run for some time.

    Attributes:
        run: the run's id.
        owner: who has it.
        until: when others may take it, by the store's clock.
        fence: counts the takings of this run's lease, from 1. The store refuses what is written
            with another than the last, so an owner that slept past its time does no harm
            (M. Kleppmann, "How to do distributed locking", 2016).
    """

    run: str
    owner: str
    until: float
    fence: int
