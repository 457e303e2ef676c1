"""The tools by which runs are started and followed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Annotated, Any, Literal

import anyio
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult
from pydantic import Field

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.execute import Budget, Policy
from goalsmith.execute.messages import Review
from goalsmith.mcp_server.answers import (
    EnvironmentList,
    EnvironmentSummary,
    RunList,
    RunPage,
    answer,
)
from goalsmith.mcp_server.bounds import (
    MAX_ENTRIES,
    MAX_NAME,
    MAX_PDDL,
    MAX_WAIT,
)
from goalsmith.mcp_server.calls import Calls
from goalsmith.mcp_server.catalogue import Catalogue
from goalsmith.mcp_server.configuration import Configuration
from goalsmith.mcp_server.environments import Approval, Configured, Simulation
from goalsmith.mcp_server.following import (
    told,
)
from goalsmith.mcp_server.planning_tools import Goal
from goalsmith.mcp_server.runs import Runs
from goalsmith.mcp_server.solving import Solving
from goalsmith.solve.validation import validate

RunId = Annotated[
    str, Field(min_length=1, max_length=16, description="A run's id, or how it begins.")
]

LOOK = 0.2
"""Seconds between two looks at a run that is waited for."""


class RunTools:
    """The tools; each method is one."""

    def __init__(
        self,
        configuration: Configuration,
        catalogue: Catalogue,
        calls: Calls,
        solving: Solving,
        runs: Runs,
    ) -> None:
        self._configuration = configuration
        self._catalogue = catalogue
        self._calls = calls
        self._solving = solving
        self._runs = runs

    @property
    def reading(self) -> dict[str, Callable[..., Any]]:
        """The tools that change nothing, with their titles."""
        return {
            "List environments": self.list_environments,
            "List runs": self.list_runs,
            "Follow a run": self.run_status,
        }

    @property
    def acting(self) -> dict[str, Callable[..., Any]]:
        """The tools that have something done, with their titles."""
        return {
            "Start a run": self.start_run,
        }

    async def list_environments(self) -> Annotated[CallToolResult, EnvironmentList]:
        """List the environments in which plans can be carried out: those that the owner allows."""
        found = EnvironmentList(
            environments=[_environment(e) for e in self._configuration.environments.values()]
        )
        lines = (
            f"{e.name} ({e.kind}, for {e.domain or 'any bundled domain'}): {e.about}"
            for e in found.environments
        )
        return answer(found, "\n".join(lines))

    async def start_run(
        self,
        environment: Annotated[
            str, Field(max_length=MAX_NAME, description="A name that list_environments gives.")
        ],
        domain: Annotated[
            str | None,
            Field(max_length=MAX_PDDL, description="Where the environment is for several."),
        ] = None,
        problem: Annotated[
            str | None,
            Field(max_length=MAX_PDDL, description="A known problem's name, or PDDL if allowed."),
        ] = None,
        goal: Goal = None,
        plan: Annotated[
            str | None,
            Field(max_length=MAX_PDDL, description="A valid plan; by default one is looked for."),
        ] = None,
        review: Annotated[
            Literal["none", "plan", "revisions"],
            Field(description="Which plans wait for approval: none, the first, or all."),
        ] = "none",
        policy: Annotated[
            Literal["strict", "relevant", "every-step", "never"],
            Field(description="When to plan anew: at any difference, only if the plan fails, …"),
        ] = "strict",
        parallel: Annotated[
            int, Field(ge=1, le=16, description="Independent steps taken at the same time.")
        ] = 1,
        name: Annotated[str, Field(max_length=MAX_NAME, description="For a person.")] = "",
    ) -> Annotated[CallToolResult, RunPage]:
        """Carry a plan out in an environment, planning anew when the world is not as expected.

        The run goes on by itself, also when this client is gone: follow it with run_status.
        """

        def work(cancel: Event) -> RunPage:
            chosen = self._configuration.environment(environment)
            _, task = self._catalogue.task_in(chosen, domain, problem, goal)
            self._runs.require_room()
            steps = self._plan(task, plan, cancel)
            limits = self._configuration.limits
            settings = replace(
                self._solving.run_settings(),
                policy=Policy(policy),
                budget=Budget(limits.replans, limits.run_steps, limits.run_seconds),
                review=Review.REVISIONS if chosen.approval is Approval.OWNER else Review(review),
                parallel=parallel,
                simulator=chosen.kind.simulated if isinstance(chosen.kind, Simulation) else None,
            )
            # There may be less room than before a plan was looked for.
            return self._runs.start(task, steps, settings, chosen.name, name)

        started = await self._calls.do(work)
        return answer(started, f"run {started.run} was started; follow it with run_status")

    async def list_runs(self) -> Annotated[CallToolResult, RunList]:
        """List the runs that were started here, the newest first."""

        def work(_: Event) -> RunList:
            return RunList(runs=self._runs.summaries())

        found = await self._calls.do(work, quick=True)
        lines = (f"{r.run} {r.status} {r.outcome} {r.name}".rstrip() for r in found.runs)
        return answer(found, "\n".join(lines) or "no run was started here")

    async def run_status(
        self,
        context: Context,
        run: RunId,
        since: Annotated[
            int, Field(ge=0, le=10**9, description="From which entry on the journal is given.")
        ] = 0,
        limit: Annotated[
            int, Field(ge=0, le=MAX_ENTRIES, description="How many entries are given at most.")
        ] = 50,
        wait: Annotated[
            float,
            Field(
                ge=0,
                le=MAX_WAIT,
                description="Seconds to wait at most until the run ends or needs somebody.",
            ),
        ] = 0.0,
    ) -> Annotated[CallToolResult, RunPage]:
        """Say how far a run has come, with its journal, at once or when it ends or needs somebody.

        Where a plan waits for approval, its version is in `review`.
        """
        deadline = time.monotonic() + wait
        entries = -1
        while True:
            row, going = await self._calls.do(lambda _: self._runs.look(run), quick=True)
            if row.entries > entries:
                entries = row.entries
                await context.report_progress(entries, None, f"{row.status}: {entries} entries")
            if not going or time.monotonic() >= deadline:
                break
            await anyio.sleep(LOOK)
        found = await self._calls.do(lambda _: self._runs.page(run, since, limit), quick=True)
        return answer(found, told(found))

    def _plan(self, task: Task, text: str | None, cancel: Event) -> Plan:
        """The plan that was given, or one that is found. Raises InputError if there is none."""
        if text is not None:
            plan = read_plan(text, task)
            failure = validate(task, plan).failure
            if failure is not None:
                raise InputError(f"the plan does not lead to the goal: {failure}")
            return plan
        solution = self._solving.solve(task, self._configuration.limits.seconds, cancel)
        if solution.plan is None:
            raise InputError(
                f"no run was started, since there is no plan: {solution.outcome}: "
                f"{solution.evidence}; `explain` says more"
            )
        return solution.plan


def _environment(each: Configured) -> EnvironmentSummary:
    return EnvironmentSummary(
        name=each.name,
        kind=each.sort,
        about=each.about,
        domain=None if each.world is None else each.world.domain.name,
        problems=[task.problem.name for task in each.problems],
        approval=each.approval,
        shared=each.shared,
    )
