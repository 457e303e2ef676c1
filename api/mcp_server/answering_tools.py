"""The tools by which runs are told something: approve, reject, revise, cancel, resume."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_condition
from goalsmith.execute.messages import Approve, Cancel, Edit, NewGoal, Reject
from goalsmith.execute.store import RunStatus
from goalsmith.execute.viewer.review import decision
from goalsmith.mcp_server.answers import Sent, answer
from goalsmith.mcp_server.bounds import MAX_ENGLISH, MAX_NAME
from goalsmith.mcp_server.calls import Calls
from goalsmith.mcp_server.catalogue import with_goal, world_of
from goalsmith.mcp_server.configuration import Configuration
from goalsmith.mcp_server.environments import Approval
from goalsmith.mcp_server.planning_tools import GivenPlan, Goal, plan_text
from goalsmith.mcp_server.run_tools import RunId
from goalsmith.mcp_server.runs import Runs
from goalsmith.mcp_server.solving import Solving

Version = Annotated[
    int, Field(ge=1, description="Which plan is meant: `review` of run_status, as you saw it.")
]
_DECIDED = {
    Approve.kind: "is approved; follow the run with run_status",
    Edit.kind: "is replaced by the one given; follow the run with run_status",
    Reject.kind: "is rejected: the run ends",
}
Reason = Annotated[str, Field(max_length=MAX_NAME, description="For the journal.")]


class AnsweringTools:
    """The tools; each method is one."""

    def __init__(
        self, configuration: Configuration, calls: Calls, solving: Solving, runs: Runs
    ) -> None:
        self._configuration = configuration
        self._calls = calls
        self._solving = solving
        self._runs = runs

    @property
    def tools(self) -> dict[str, Callable[..., Any]]:
        """The tools with their titles."""
        return {
            "Approve a plan": self.approve_run,
            "Reject a plan": self.reject_run,
            "Change a run's goal": self.revise_run,
            "Cancel a run": self.cancel_run,
            "Resume a run": self.resume_run,
        }

    async def approve_run(
        self,
        run: RunId,
        version: Version,
        plan: Annotated[
            GivenPlan | None, Field(description="Carry this plan out instead, if it is valid.")
        ] = None,
    ) -> Annotated[CallToolResult, Sent]:
        """Let a run carry out the plan that waits for approval.

        Ask the person first, if the review was meant for a person.
        """
        said = {"kind": "approve", "version": version}
        if plan is not None:
            said = {"kind": "edit", "version": version, "plan": plan_text(plan)}
        return await self._decide(run, said)

    async def reject_run(
        self, run: RunId, version: Version, reason: Reason = ""
    ) -> Annotated[CallToolResult, Sent]:
        """Refuse the plan that waits for approval; the run ends without another step."""
        return await self._decide(run, {"kind": "reject", "version": version, "reason": reason})

    async def revise_run(
        self,
        run: RunId,
        goal: Goal = None,
        text: Annotated[
            str | None,
            Field(max_length=MAX_ENGLISH, description="How the goal changes, in English."),
        ] = None,
    ) -> Annotated[CallToolResult, Sent]:
        """Change the goal of a run that has not ended: a whole new goal, or a change in English."""

        def work(_: Event) -> Sent:
            if (goal is None) == (text is None):
                raise InputError("say either the new `goal`, in PDDL, or its change as `text`")
            followed = self._runs.followed(run)
            task = followed.task
            if goal is not None:
                new = with_goal(task, goal)
            else:
                wish = self._solving.translate(text or "", world_of(task), task, revise=True)
                new = task.with_goal(wish.task.problem.goal)
            written = write_condition(new.problem.goal)
            return self._runs.send(followed, NewGoal(new), f"the goal is to be {written}")

        sent = await self._calls.do(work)
        return answer(sent, sent.message)

    async def cancel_run(self, run: RunId, reason: Reason = "") -> Annotated[CallToolResult, Sent]:
        """Stop a run before its next step."""

        def work(_: Event) -> Sent:
            followed = self._runs.followed(run)
            if followed.environment in self._configuration.environments:
                what = f"run {followed.row.id} stops before its next step"
            else:
                what = (
                    f"run {followed.row.id} stops when a server goes on with it that has its "
                    f"environment `{followed.environment}`; this one has none of that name"
                )
            return self._runs.end(followed, Cancel(reason), what)

        sent = await self._calls.do(work, quick=True)
        return answer(sent, sent.message)

    async def resume_run(self, run: RunId) -> Annotated[CallToolResult, Sent]:
        """Go on with a run that is paused or was cancelled, from where it was left."""

        def work(_: Event) -> Sent:
            followed = self._runs.followed(run)
            row = followed.row
            cancelled = row.status is RunStatus.ENDED and row.outcome == Outcome.INTERRUPTED.label
            if not cancelled and not self._runs.is_left(row):
                how = f"{row.status}, {row.outcome}" if row.outcome else row.status
                raise InputError(
                    f"run {row.id} is {how}: only a run that is paused or was cancelled can be "
                    "resumed"
                )
            if cancelled:
                self._runs.require_room()
            self._configuration.environment(followed.environment)
            return self._runs.drive(row)

        sent = await self._calls.do(work, quick=True)
        return answer(sent, sent.message)

    async def _decide(self, run: str, said: dict[str, Any]) -> CallToolResult:
        def work(_: Event) -> Sent:
            followed = self._runs.followed(run)
            environment = self._configuration.environments.get(followed.environment)
            if environment is None or environment.approval is Approval.OWNER:
                raise InputError(
                    f"plans in the environment `{followed.environment}` are approved by its owner "
                    f"only: goalsmith approve {followed.row.id}"
                )
            row = followed.row
            if followed.review is None:
                raise InputError(
                    f"no plan of run {row.id} waits for a decision: it is {row.status} "
                    f"{row.outcome}".rstrip()
                )
            message = decision(said, followed.review, followed.task)
            what = f"plan {said['version']} of run {row.id} {_DECIDED[message.kind]}"
            return self._runs.send(followed, message, what)

        sent = await self._calls.do(work, quick=True)
        return answer(sent, sent.message)
