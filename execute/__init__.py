"""Carrying plans out: environments, the monitor that watches them, and the journal of a run."""

from goalsmith.execute.divergence import Divergence, NumberChange, compare
from goalsmith.execute.environment import ActionReport, Environment
from goalsmith.execute.journal import (
    DivergenceSeen,
    Entry,
    Event,
    Journal,
    Listener,
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
)
from goalsmith.execute.monitor import Run, Solver, execute
from goalsmith.execute.simulator import FaultKind, Faults, Happening, Simulator

__all__ = [
    "ActionReport",
    "Divergence",
    "DivergenceSeen",
    "Entry",
    "Environment",
    "Event",
    "FaultKind",
    "Faults",
    "Happening",
    "Journal",
    "Listener",
    "NumberChange",
    "Observed",
    "PlanAdopted",
    "PlanRefused",
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
    "compare",
    "execute",
]
