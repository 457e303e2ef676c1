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
    from goalsmith.execute.events import (
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
    from goalsmith.execute.journal import Entry, Journal, Listener
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
    from goalsmith.execute.monitor import Run, Solver, execute
    from goalsmith.execute.policies import Policy
    from goalsmith.execute.revision import Change, Line, Revision, compare_plans, revisions
    from goalsmith.execute.simulator import FaultKind, Faults, Happening, Simulator, Toggled

_HOMES = {
    "ActionReport": "environment",
    "Approve": "messages",
    "Attempt": "environment",
    "Budget": "budget",
    "Cancel": "messages",
    "Change": "revision",
    "Divergence": "divergence",
    "DivergenceSeen": "events",
    "Edit": "messages",
    "Ending": "environment",
    "Entry": "journal",
    "Environment": "environment",
    "Event": "events",
    "FaultKind": "simulator",
    "Faults": "simulator",
    "GoalChanged": "events",
    "Happening": "simulator",
    "Inbox": "messages",
    "Journal": "journal",
    "Judged": "events",
    "Line": "revision",
    "Listener": "journal",
    "Mailbox": "messages",
    "Message": "messages",
    "MessageRefused": "events",
    "NewGoal": "messages",
    "NumberChange": "divergence",
    "Observation": "environment",
    "Observed": "events",
    "PlanAdopted": "events",
    "PlanApproved": "events",
    "PlanEdited": "events",
    "PlanRefused": "events",
    "PlanRejected": "events",
    "Policy": "policies",
    "Reject": "messages",
    "ReplanBegun": "events",
    "Replanned": "events",
    "Review": "messages",
    "ReviewAsked": "events",
    "Revision": "revision",
    "Run": "monitor",
    "RunEnded": "events",
    "RunResumed": "events",
    "RunStarted": "events",
    "Simulator": "simulator",
    "Solver": "monitor",
    "StateMatched": "events",
    "StepBegun": "events",
    "StepNotTaken": "events",
    "StepReported": "events",
    "StepSetAside": "events",
    "StepsTakenBack": "events",
    "StopAsked": "events",
    "Toggled": "simulator",
    "Unreadable": "messages",
    "Verdict": "events",
    "compare": "divergence",
    "compare_plans": "revision",
    "execute": "monitor",
    "revisions": "revision",
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
