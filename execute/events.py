"""The events of a run, each a value of its own.

An event says what happened and why; when, its entry in the journal says. Together they hold all
that the monitor knew: the first observation in full, every later one by its difference from what
the events before let expect.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from goalsmith.domains.formula import Atom, Condition
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.environment import Ending
from goalsmith.execute.policies import Policy


class Verdict(StrEnum):
    """What the monitor decides on when something went otherwise than expected."""

    REPLAN = "replan"
    GO_ON = "go-on"
    SKIP = "skip"
    """Go on with a later step: those between have become needless."""
    AGAIN = "again"
    """Take the same step again."""
    END = "end"


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began, with a goal, the plan it was given, its budgets and its policy."""

    kind: ClassVar[str] = "run-started"
    goal: Condition
    plan: Plan
    max_replans: int
    max_steps: int
    policy: Policy = Policy.STRICT


@dataclass(frozen=True, slots=True)
class Observed:
    """The first observation of the run.

    `stale` holds those atoms of the state that were not seen, and are taken to hold as before.
    """

    kind: ClassVar[str] = "observed"
    state: State
    stale: frozenset[Atom] = frozenset()


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
        key: what the environment knows this attempt by.

    """

    kind: ClassVar[str] = "step-begun"
    number: int
    index: int
    step: Step
    attempt: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class StepReported:
    """What the environment says of the step."""

    kind: ClassVar[str] = "step-reported"
    number: int
    step: Step
    succeeded: bool
    message: str
    ending: Ending = Ending.DONE


@dataclass(frozen=True, slots=True)
class StateMatched:
    """The state observed after a step is the one expected. `number` is that of the step.

    `stale` as in `Observed`.
    """

    kind: ClassVar[str] = "state-matched"
    number: int
    stale: frozenset[Atom] = frozenset()


@dataclass(frozen=True, slots=True)
class DivergenceSeen:
    """The state observed differs from the one expected.

    `number` is that of the step before the observation; 0 for the first observation, which is
    compared with the task's initial state.
    """

    kind: ClassVar[str] = "divergence-seen"
    number: int
    divergence: Divergence
    stale: frozenset[Atom] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the policy made of a step that failed or went otherwise than expected, and why.

    `number` is that of the step. `skipped` are steps of the plan that are left out from here on.
    """

    kind: ClassVar[str] = "judged"
    number: int
    verdict: Verdict
    reason: str
    index: int
    skipped: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class StepSetAside:
    """A step has had no effect in one state so often that plans must do without it."""

    kind: ClassVar[str] = "step-set-aside"
    step: Step
    attempts: int


@dataclass(frozen=True, slots=True)
class StepsTakenBack:
    """There is no way around the steps that were set aside: they may be planned again."""

    kind: ClassVar[str] = "steps-taken-back"
    steps: tuple[Step, ...]
    reason: str


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
    | Judged
    | StepSetAside
    | StepsTakenBack
    | ReplanBegun
    | Replanned
    | RunEnded
)
