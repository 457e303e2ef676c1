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
    """The first observation of the run, in full.

    `stale` holds those atoms of the state that were not seen, and are taken to hold as before.
    """

    kind: ClassVar[str] = "observed"
    state: State
    stale: frozenset[Atom] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanAdopted:
    """A plan leads from the observed state to the goal and is now the one in force.

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
        number: the how many-th step of the run this is, from 1. The same twice where the first
            time turned out not to have happened.
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

    `number` is that of the step before the observation; 0 for one before any step. The first
    observation of a run is compared with the task's initial state. One made when a run is resumed,
    or after a wait, is compared with the last state observed, or with the one that the step in
    flight was to lead to.
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
class RunResumed:
    """Somebody goes on with a run that was left, killed or interrupted, and where it was then."""

    kind: ClassVar[str] = "run-resumed"
    reason: str


@dataclass(frozen=True, slots=True)
class StepNotTaken:
    """A step that was begun before a run was resumed did not happen.

    The state observed is the one before it. Where it is still wanted, it is begun once more, with
    the same number and key.
    """

    kind: ClassVar[str] = "step-not-taken"
    number: int
    step: Step


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """The plan in force waits for a person to approve, reject or edit it."""

    kind: ClassVar[str] = "review-asked"
    version: int


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """A person lets a plan be carried out. `message` is the number of the message that says so."""

    kind: ClassVar[str] = "plan-approved"
    version: int
    message: int | None = None


@dataclass(frozen=True, slots=True)
class PlanRejected:
    """A person does not want a plan to be carried out: the run ends."""

    kind: ClassVar[str] = "plan-rejected"
    version: int
    reason: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class PlanEdited:
    """A person's plan takes the place of the one that waited, and is now the one in force.

    It leads to the goal, and counts as approved. `version` is its own; that of the plan it
    replaces is `replaces`.
    """

    kind: ClassVar[str] = "plan-edited"
    version: int
    plan: Plan
    replaces: int
    message: int | None = None


@dataclass(frozen=True, slots=True)
class GoalChanged:
    """From here on the run has another goal."""

    kind: ClassVar[str] = "goal-changed"
    goal: Condition
    message: int | None = None


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody wants the run to end before its next step, and perhaps why."""

    kind: ClassVar[str] = "stop-asked"
    reason: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class MessageRefused:
    """A message changes nothing, and why. The run goes on, or waits, as before."""

    kind: ClassVar[str] = "message-refused"
    message: int
    reason: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over. The last event, but where a run that was interrupted is resumed."""

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
    | RunResumed
    | StepNotTaken
    | ReviewAsked
    | PlanApproved
    | PlanRejected
    | PlanEdited
    | GoalChanged
    | StopAsked
    | MessageRefused
    | RunEnded
)
