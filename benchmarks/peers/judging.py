"""Whether a peer is right: every plan is replayed by our own validator, whoever gave it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from goalsmith.benchmarks.peers.peer import Reply
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import read_plan
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.solution import number
from goalsmith.solve.validation import validate


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply is worth.

    Attributes:
        outcome: SOLVED only with a plan that we found valid.
        reason: the first that is wrong with a plan, or the peer's own reason.
        wrong: it gave a plan that is none of the task.
        cost: what a valid plan costs by our reading of the task.
        length: its number of steps.
    """

    outcome: Outcome
    reason: str = ""
    wrong: bool = False
    cost: int | float | None = None
    length: int | None = None


class Judge:
    """Judges replies to one task.

    Args:
        domain: the text of the domain.
        problem: the text of the problem.
    """

    def __init__(self, domain: str, problem: str) -> None:
        self._unread = ""
        self._task: Task | None = None
        try:
            self._task = read_task(domain, problem)
            self._semantics = Semantics(self._task)
        except GoalsmithError as error:
            self._task = None
            self._unread = printable(str(error))

    def verdict(self, reply: Reply) -> Verdict:
        """The verdict on a reply."""
        if reply.outcome is not Outcome.SOLVED:
            return Verdict(reply.outcome, printable(reply.reason))
        if reply.plan is None:
            return Verdict(Outcome.ENGINE_FAILED, "claims a plan and gives none")
        if self._task is None:
            # Nobody is blamed for a task that we cannot read, and nobody is believed.
            reason = f"the plan cannot be checked: {self._unread}"
            return Verdict(Outcome.CANNOT_SAY, printable(reason))
        return check(reply.plan, self._task, self._semantics)


def check(text: str, task: Task, semantics: Semantics | None = None) -> Verdict:
    """The verdict on the text of a plan. `semantics`, if given, is that of the task."""
    try:
        plan = read_plan(text, task)
    except GoalsmithError as error:
        return Verdict(Outcome.INVALID_PLAN, printable(f"no plan of the task: {error}"), wrong=True)
    found = validate(task, plan, semantics)
    if found.failure is not None:
        return Verdict(Outcome.INVALID_PLAN, printable(str(found.failure)), wrong=True)
    return Verdict(Outcome.SOLVED, cost=_cost(found.cost), length=len(plan))


def _cost(cost: Fraction | None) -> int | float | None:
    """A cost as rows can hold it; None where it has no value, or is below 0."""
    return None if cost is None or cost < 0 else number(cost)
