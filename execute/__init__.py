"""Carrying plans out: environments, the monitor that watches them, and the journal of a run."""

from goalsmith.execute.budget import Budget
from goalsmith.execute.divergence import Divergence, NumberChange, compare
from goalsmith.execute.environment import (
    ActionReport,
    Attempt,
    Ending,
    Environment,
    Observation,
)
from goalsmith.execute.events import (
    DivergenceSeen,
    Event,
    Judged,
    Observed,
    PlanAdopted,
    PlanRefused,
    ReplanBegun,
    Replanned,
    RunEnded,
    RunStarted,
    StateMatched,
    StepBegun,
    StepReported,
    StepSetAside,
    StepsTakenBack,
    Verdict,
)
from goalsmith.execute.journal import Entry, Journal, Listener
from goalsmith.execute.monitor import Run, Solver, execute
from goalsmith.execute.policies import Policy
from goalsmith.execute.simulator import FaultKind, Faults, Happening, Simulator

__all__ = [
    "ActionReport",
    "Attempt",
    "Budget",
    "Divergence",
    "DivergenceSeen",
    "Ending",
    "Entry",
    "Environment",
    "Event",
    "FaultKind",
    "Faults",
    "Happening",
    "Journal",
    "Judged",
    "Listener",
    "NumberChange",
    "Observation",
    "Observed",
    "PlanAdopted",
    "PlanRefused",
    "Policy",
    "ReplanBegun",
    "Replanned",
    "Run",
    "RunEnded",
    "RunStarted",
    "Simulator",
    "Solver",
    "StateMatched",
    "StepBegun",
    "StepReported",
    "StepSetAside",
    "StepsTakenBack",
    "Verdict",
    "compare",
    "execute",
]
