"""What is known of a named world from the runs in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.plans import Step

MAX_FACTS: Final = 50_000
"""Facts that are kept of a world; of a state with more, none is."""

MAX_STEPS: Final = 5000
"""Steps of which it is kept how they went: those taken last."""

MAX_GOALS: Final = 200
"""Goals reached that are kept: the last ones."""

MAX_RUNS: Final = 1000
"""Runs of which it is known that the world's memory has them already: the last ones."""

MAX_SCOPES: Final = 16
"""Groups of objects that runs looked at: the last ones, without those that a later one holds."""

MAX_MESSAGE: Final = 200
"""Characters kept of what the world said when a step failed."""

MAX_GOAL: Final = 4000
"""Characters that a goal may have to be kept."""

HOPELESS: Final = 3
"""How often a step must have failed, and never gone well since, to be planned around."""

Term: TypeAlias = Atom | FunctionTerm
"""What a fact is about: an atom, or a number by its function."""

Signature: TypeAlias = tuple[str, int]
"""The name of a predicate or function, and how many objects it takes."""


class Source(StrEnum):
    """Where a fact is from."""

    SEEN = "seen"
    """It was observed."""
    EXPECTED = "expected"
    """A step was to bring it about, and nobody looked."""
    TOLD = "told"
    """A person said so."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of an atom or a number.

    Attributes:
        value: whether the atom holds, or the number; None: nothing, what a task says stands.
        time: when it was known last, in seconds since 1970.
        source: how.
    """

    value: bool | Fraction | None
    time: float
    source: Source = Source.SEEN


@dataclass(frozen=True, slots=True)
class StepRecord:
    """How a step has gone, in whatever state it was taken.

    Attributes:
        worked: how often its effects were observed and it was not reported as failed.
        failed: how often it was reported as failed, or had no effect at all.
        in_a_row: how often it has failed since it worked last.
        time: when it was taken last, in seconds since 1970.
        message: what the world said when it failed last.
    """

    worked: int = 0
    failed: int = 0
    in_a_row: int = 0
    time: float = 0.0
    message: str = ""

    @property
    def hopeless(self) -> bool:
        """Whether it has failed so often that plans should do without it, if they can."""
        return self.in_a_row >= HOPELESS

    def followed_by(self, later: StepRecord) -> StepRecord:
        """The record of both, one after the other."""
        return StepRecord(
            self.worked + later.worked,
            self.failed + later.failed,
            later.in_a_row + (0 if later.worked else self.in_a_row),
            max(self.time, later.time),
            later.message or self.message,
        )


@dataclass(frozen=True, slots=True)
class GoalRecord:
    """A goal that was reached: how often, when last, by which run, and in how many steps."""

    times: int
    time: float
    run: str
    steps: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run looked at: of all that can be said of it, what is not known to hold, does not.

    Attributes:
        predicates: those whose atoms actions change, with how many objects they take.
        functions: those whose numbers actions change, likewise.
        objects: the objects that there were.
    """

    predicates: frozenset[Signature]
    functions: frozenset[Signature]
    objects: frozenset[str]

    def holds(self, term: Term) -> bool:
        """Whether a term lies in it."""
        signatures = self.predicates if isinstance(term, Atom) else self.functions
        return signature(term) in signatures and self.objects.issuperset(term.args)

    def within(self, other: Scope) -> bool:
        """Whether all that lies in it lies in another one."""
        return (
            self.predicates <= other.predicates
            and self.functions <= other.functions
            and self.objects <= other.objects
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of a world. Empty: nothing.

    Attributes:
        domain: the name of the domain of the last run.
        observed: when the world was observed last, in seconds since 1970.
        scopes: what runs looked at, the last run's last.
        facts: by what they are about. An atom of a scope that is not here does not hold.
        steps: how steps have gone.
        goals: those reached, in PDDL.
        runs: the ids of the runs that all this is from, the last one last, each with how many
            entries its journal had then.
    """

    domain: str = ""
    observed: float = 0.0
    scopes: tuple[Scope, ...] = ()
    facts: Mapping[Term, Fact] = field(default_factory=dict)
    steps: Mapping[Step, StepRecord] = field(default_factory=dict)
    goals: Mapping[str, GoalRecord] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)

    def knows(self, term: Term) -> bool:
        """Whether anything is known of an atom or a number, be it that it does not hold."""
        fact = self.facts.get(term)
        if fact is not None:
            return fact.value is not None
        return any(scope.holds(term) for scope in self.scopes)


def signature(term: Term) -> Signature:
    """The predicate or function of a term, and how many objects it takes."""
    return (term.predicate if isinstance(term, Atom) else term.function), len(term.args)
