"""Carrying plans out: environments, the monitor that watches them, and the journal of a run.

Everything below is loaded where it is first used: commands that only read journals need little.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goalsmith.execute.budget import Budget
    from goalsmith.execute.divergence import Divergence, NumberChange, compare
    from goalsmith.execute.environment import (
        ActionReport,
        Attempt,
        Ending,
        Environment,
        Observation,
    )
    from goalsmith.execute.journal.events import (
        DivergenceSeen,
        Event,
        GoalChanged,
        Judged,
        MessageRefused,
        Observed,
        PlanAdopted,
        PlanApproved,
        PlanEdited,
        PlanRefused,
        PlanRejected,
        ReplanBegun,
        Replanned,
        ReviewAsked,
        RunEnded,
        RunResumed,
        RunStarted,
        StateMatched,
        StepBegun,
        StepNotTaken,
        StepReported,
        StepSetAside,
        StepsTakenBack,
        StopAsked,
        Verdict,
    )
    from goalsmith.execute.journal.journal import Entry, Journal, Listener
    from goalsmith.execute.journal.revision import Change, Line, Revision, compare_plans, revisions
    from goalsmith.execute.messages import (
        Approve,
        Cancel,
        Edit,
        Inbox,
        Mailbox,
        Message,
        NewGoal,
        Reject,
        Review,
        Unreadable,
    )
    from goalsmith.execute.monitor.monitor import Run, Solver, execute
    from goalsmith.execute.policies import Policy
    from goalsmith.execute.simulation.simulator import (
        FaultKind,
        Faults,
        Happening,
        Simulator,
        Toggled,
    )

_HOMES = {
    "ActionReport": "environment",
    "Approve": "messages",
    "Attempt": "environment",
    "Budget": "budget",
    "Cancel": "messages",
    "Change": "journal.revision",
    "Divergence": "divergence",
    "DivergenceSeen": "journal.events",
    "Edit": "messages",
    "Ending": "environment",
    "Entry": "journal.journal",
    "Environment": "environment",
    "Event": "journal.events",
    "FaultKind": "simulation.simulator",
    "Faults": "simulation.simulator",
    "GoalChanged": "journal.events",
    "Happening": "simulation.simulator",
    "Inbox": "messages",
    "Journal": "journal.journal",
    "Judged": "journal.events",
    "Line": "journal.revision",
    "Listener": "journal.journal",
    "Mailbox": "messages",
    "Message": "messages",
    "MessageRefused": "journal.events",
    "NewGoal": "messages",
    "NumberChange": "divergence",
    "Observation": "environment",
    "Observed": "journal.events",
    "PlanAdopted": "journal.events",
    "PlanApproved": "journal.events",
    "PlanEdited": "journal.events",
    "PlanRefused": "journal.events",
    "PlanRejected": "journal.events",
    "Policy": "policies",
    "Reject": "messages",
    "ReplanBegun": "journal.events",
    "Replanned": "journal.events",
    "Review": "messages",
    "ReviewAsked": "journal.events",
    "Revision": "journal.revision",
    "Run": "monitor.monitor",
    "RunEnded": "journal.events",
    "RunResumed": "journal.events",
    "RunStarted": "journal.events",
    "Simulator": "simulation.simulator",
    "Solver": "monitor.monitor",
    "StateMatched": "journal.events",
    "StepBegun": "journal.events",
    "StepNotTaken": "journal.events",
    "StepReported": "journal.events",
    "StepSetAside": "journal.events",
    "StepsTakenBack": "journal.events",
    "StopAsked": "journal.events",
    "Toggled": "simulation.simulator",
    "Unreadable": "messages",
    "Verdict": "journal.events",
    "compare": "divergence",
    "compare_plans": "journal.revision",
    "execute": "monitor.monitor",
    "revisions": "journal.revision",
}

__all__ = [
    "ActionReport",
    "Approve",
    "Attempt",
    "Budget",
    "Cancel",
    "Change",
    "Divergence",
    "DivergenceSeen",
    "Edit",
    "Ending",
    "Entry",
    "Environment",
    "Event",
    "FaultKind",
    "Faults",
    "GoalChanged",
    "Happening",
    "Inbox",
    "Journal",
    "Judged",
    "Line",
    "Listener",
    "Mailbox",
    "Message",
    "MessageRefused",
    "NewGoal",
    "NumberChange",
    "Observation",
    "Observed",
    "PlanAdopted",
    "PlanApproved",
    "PlanEdited",
    "PlanRefused",
    "PlanRejected",
    "Policy",
    "Reject",
    "ReplanBegun",
    "Replanned",
    "Review",
    "ReviewAsked",
    "Revision",
    "Run",
    "RunEnded",
    "RunResumed",
    "RunStarted",
    "Simulator",
    "Solver",
    "StateMatched",
    "StepBegun",
    "StepNotTaken",
    "StepReported",
    "StepSetAside",
    "StepsTakenBack",
    "StopAsked",
    "Toggled",
    "Unreadable",
    "Verdict",
    "compare",
    "compare_plans",
    "execute",
    "revisions",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'goalsmith.execute' has no attribute {name!r}")
    value = getattr(import_module(f"goalsmith.execute.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
