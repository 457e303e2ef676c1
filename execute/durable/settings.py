"""How a run is to be carried out, as far as that is kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from fractions import Fraction

from goalsmith.domains.errors import StoreError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Step
from goalsmith.execute.budget import Budget
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.messages import Review
from goalsmith.execute.policies import Policy
from goalsmith.execute.simulation.simulator import Faults
from goalsmith.execute.store.plain import Plain


@dataclass(frozen=True, slots=True)
class Simulated:
    """The simulated world that a run acts in.

    Attributes:
        faults: what goes wrong in it.
        step_delay: seconds that an act takes.
    """

    faults: Faults = field(default_factory=Faults)
    step_delay: float = 0.0


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a run is to be carried out, whoever goes on with it.

    Attributes:
        policy: when to plan anew.
        stability: by what factor a new plan may cost more in order to keep more of the old one.
        budget: what the run may use.
        review: which plans wait for a person.
        parallel: how many independent steps may be taken at the same time.
        safe_stop: steps to take, as far as they are applicable, when the run is cancelled.
        engine: the one engine to ask; None: they race.
        time_limit: wall seconds for an engine; None: the default.
        memory_limit: MiB for an engine; None: the default.
        simulator: the world; None: one that only the program knows that put the run in the store.
        wording: the text of the wording by which the run is told; empty: its domain is bundled, or
            said by its names.
    """

    policy: Policy = Policy.STRICT
    stability: float | None = None
    budget: Budget = field(default_factory=Budget)
    review: Review = Review.NONE
    parallel: int = 1
    safe_stop: tuple[Step, ...] = ()
    engine: str | None = None
    time_limit: float | None = None
    memory_limit: int | None = None
    simulator: Simulated | None = None
    wording: str = ""

    def plain(self) -> dict[str, Plain]:
        """The settings as data that JSON can hold."""
        return _fields(self)

    @classmethod
    def read(cls, plain: Mapping[str, Plain], task: Task) -> RunSettings:
        """Settings from their data. What is not there has its default.

        Raises:
            StoreError: there is something that is not known here, or wrong.
        """
        try:
            read: RunSettings = Decoder(task).value(cls, dict(plain))
        except StoreError as error:
            raise StoreError(f"the run's settings cannot be read: {error}") from None
        return read


def _fields(value: object) -> dict[str, Plain]:
    assert is_dataclass(value)
    return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}


def _plain(value: object) -> Plain:
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return str(value.value)
        case str() | Step() | Fraction():
            return str(value)
        case tuple():
            return [_plain(each) for each in value]
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
    return _fields(value)
