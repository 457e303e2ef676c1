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

from goalsmith.domains.diagnostics import listed, printable
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.notebook import counted
from goalsmith.domains.plans import Plan
from goalsmith.execute import Budget, Policy
from goalsmith.execute.messages import Review
from goalsmith.execute.store import RunRow
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
from goalsmith.mcp_server.planning_tools import GivenPlan, Goal, read_steps
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
        return answer(found, "\n".join(map(_in_short, found.environments)))

    async def start_run(
        self,
        environment: Annotated[
            str, Field(max_length=MAX_NAME, description="A name that list_environments gives.")
        ],
        domain: Annotated[
            str | None,
            Field(
                max_length=MAX_PDDL,
                description="A known domain's name; only where the environment is for any domain.",
            ),
        ] = None,
        problem: Annotated[
            str | None,
            Field(
                max_length=MAX_PDDL,
                description="A known problem's name, or, if the environment is not kept to some, "
                "one in PDDL; by default the first.",
            ),
        ] = None,
        goal: Goal = None,
        plan: Annotated[
            GivenPlan | None, Field(description="A valid plan; by default one is looked for.")
        ] = None,
        review: Annotated[
            Literal["none", "plan", "revisions"],
            Field(description="Which plans wait for approval: none, the first, or all."),
        ] = "none",
        policy: Annotated[
            Literal["strict", "relevant", "every-step", "never"],
            Field(
                description="When to plan anew: at any difference from what was expected (strict), "
                "only where the rest of the plan no longer leads to the goal (relevant), after "
                "every step, or never."
            ),
        ] = "strict",
        parallel: Annotated[
            int, Field(ge=1, le=16, description="Independent steps taken at the same time.")
        ] = 1,
        name: Annotated[str, Field(max_length=MAX_NAME, description="A label, for a person.")] = "",
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
            return self._runs.start(task, steps, settings, chosen.name, printable(name))

        started = await self._calls.do(work)
        text = (
            f"run {started.run} was started, with a plan of {counted(len(started.plan), 'step')} "
            f"for {printable(started.goal, MAX_NAME)}; follow it with run_status"
        )
        return answer(started, text)

    async def list_runs(self) -> Annotated[CallToolResult, RunList]:
        """List the runs that were started here, the newest first."""

        def work(_: Event) -> RunList:
            return RunList(runs=self._runs.summaries())

        found = await self._calls.do(work, quick=True)
        lines = (
            f"{r.run} ({r.name}, in {r.environment}): {r.status} {r.outcome}".rstrip()
            for r in found.runs
        )
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
        ] = 30,
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
            row, going = await self._calls.do(lambda _: self._look(run), quick=True)
            if row.entries > entries:
                entries = row.entries
                await context.report_progress(entries, None, f"{row.status}: {entries} entries")
            if not going or time.monotonic() >= deadline:
                break
            await anyio.sleep(LOOK)
        found = await self._calls.do(lambda _: self._runs.page(run, since, limit), quick=True)
        return answer(found, told(found, self._configuration.environments.get(found.environment)))

    def _look(self, run: str) -> tuple[RunRow, bool]:
        """A run, and whether it is of use to wait for it."""
        row, going = self._runs.look(run)
        known = self._runs.environment_of(row) in self._configuration.environments
        return row, going and (known or bool(row.owner))

    def _plan(self, task: Task, given: GivenPlan | None, cancel: Event) -> Plan:
        """The plan that was given, or one that is found. Raises InputError if there is none."""
        if given is not None:
            plan = read_steps(given, task)
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


def _in_short(each: EnvironmentSummary) -> str:
    parts = [f"{each.name} ({each.kind}, for {each.domain or 'any bundled domain'})"]
    if each.about:
        parts.append(each.about)
    if each.problems:
        parts.append(f"only with the problems {listed(each.problems)}")
    if each.approval is Approval.OWNER:
        parts.append("its owner alone approves plans")
    return "; ".join(parts)
