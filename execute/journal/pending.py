"""What was observed and is still to be judged."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.domains.plans import Step
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.journal.events import StepReported


@dataclass(frozen=True, slots=True)
class Pending:
    """What the policy has not judged yet.

    Attributes:
        step: the step just taken; None where something else happened.
        trouble: what went otherwise than expected, in a sentence; empty if nothing did.
        new_goal: whether it is that the goal changed.
        number: of the step; 0 without one.
    """

    step: Step | None
    trouble: str = ""
    new_goal: bool = False
    number: int = 0


def trouble_with(step: Step, report: StepReported | None, divergence: Divergence) -> str:
    """What went wrong with a step; empty if nothing did."""
    if report is not None and not report.succeeded:
        detail = report.message or divergence.summary()
        return f"{step} failed" + (f" ({detail})" if detail else "")
    if divergence:
        return f"{step} went otherwise than expected ({divergence.summary()})"
    return ""
