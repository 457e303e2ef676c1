"""The tools about domains: listing, describing and checking them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from goalsmith.domains.checks import check_domain, check_problem, check_task
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.mcp_server.answers import (
    CheckAnswer,
    DomainList,
    DomainPage,
    DomainSummary,
    Finding,
    InstanceName,
    answer,
)
from goalsmith.mcp_server.bounds import MAX_FINDINGS, MAX_PDDL
from goalsmith.mcp_server.calls import Calls
from goalsmith.mcp_server.catalogue import Catalogue, is_pddl
from goalsmith.world import World

DomainName = Annotated[
    str,
    Field(
        max_length=MAX_PDDL,
        description="A known domain's name, as list_domains gives it, or a whole domain in PDDL.",
    ),
]
ProblemName = Annotated[
    str | None,
    Field(
        max_length=MAX_PDDL,
        description="A known problem's name, such as p1, or a whole problem in PDDL; by default "
        "the domain's first.",
    ),
]

_SEVERITIES = ("error", "warning", "note")


class LibraryTools:
    """The tools; each method is one."""

    def __init__(self, catalogue: Catalogue, calls: Calls) -> None:
        self._catalogue = catalogue
        self._calls = calls

    @property
    def tools(self) -> dict[str, Callable[..., Any]]:
        """The tools with their titles."""
        return {
            "List planning domains": self.list_domains,
            "Describe a planning domain": self.describe_domain,
            "Check PDDL": self.check,
        }

    async def list_domains(self) -> Annotated[CallToolResult, DomainList]:
        """List the planning domains that are known by name, each with its problems."""

        def work(_: Event) -> DomainList:
            worlds = ((name, self._catalogue.world(name)) for name in self._catalogue.names)
            return DomainList(
                domains=[
                    DomainSummary(
                        name=name,
                        title=world.wording.title,
                        summary=world.wording.summary,
                        instances=self._instances(world),
                    )
                    for name, world in worlds
                ]
            )

        found = await self._calls.do(work)
        return answer(found, "\n".join(_in_short(each) for each in found.domains))

    async def describe_domain(
        self, domain: DomainName, problem: ProblemName = None
    ) -> Annotated[CallToolResult, DomainPage]:
        """Describe a domain: its PDDL, how it is said in English, its problems.

        With `problem`, that problem's PDDL comes along: its objects, initial state and goal.
        """

        def work(_: Event) -> DomainPage:
            world = self._catalogue.world(domain)
            task = None if problem is None else self._catalogue.task(world, problem)
            return self.page(world, world.domain.name if is_pddl(domain) else domain).model_copy(
                update={"problem": None if task is None else write_problem(task.problem)}
            )

        found = await self._calls.do(work)
        return answer(found, _in_full(found))

    async def check(
        self, domain: DomainName, problem: ProblemName = None
    ) -> Annotated[CallToolResult, CheckAnswer]:
        """Check a domain, or a domain and a problem, as a compiler does.

        Errors are proved: syntax, unknown names, goals that are out of reach. Warnings and notes
        say what is unusual. Texts with errors are no error of this tool.
        """

        def work(_: Event) -> tuple[Diagnostic, ...]:
            if is_pddl(domain):
                if problem is None:
                    return check_domain(domain)
                return check_task(domain, problem)
            world = self._catalogue.world(domain)
            if problem is None:
                return check_domain(write_domain(world.domain), domain)
            if is_pddl(problem):
                return check_problem(problem, world.domain)
            task = self._catalogue.task(world, problem)
            return check_problem(write_problem(task.problem), world.domain, problem)

        found = await self._calls.do(work)
        counts = {
            severity: sum(each.severity == severity for each in found) for severity in _SEVERITIES
        }
        gravest_first = sorted(found, key=lambda each: _SEVERITIES.index(each.severity))
        shown, more = gravest_first[:MAX_FINDINGS], len(found) - MAX_FINDINGS
        lines = [each.render() for each in shown]
        if more > 0:
            lines.append(f"… and {more} more")
        return answer(
            CheckAnswer(
                errors=counts["error"],
                warnings=counts["warning"],
                notes=counts["note"],
                findings=[_finding(each) for each in shown],
            ),
            "\n".join(lines) or "nothing found",
        )

    def page(self, world: World, name: str) -> DomainPage:
        """A domain in full."""
        wording = world.wording
        return DomainPage(
            name=name,
            title=wording.title,
            summary=wording.summary,
            instances=self._instances(world),
            pddl=write_domain(world.domain),
            predicates={name: phrasing.say for name, phrasing in wording.predicates.items()},
            actions=dict(wording.actions),
            problem=None,
        )

    def _instances(self, world: World) -> list[InstanceName]:
        return [InstanceName(name=n, goal=g) for n, _, g in self._catalogue.instances(world)]


def _in_short(domain: DomainSummary) -> str:
    problems = ", ".join(each.name for each in domain.instances) or "none"
    return f"{domain.name}: {domain.summary or 'of the owner.'} Problems: {problems}"


def _in_full(page: DomainPage) -> str:
    """A page as text: some clients show their model nothing else."""
    lines = [page.pddl, "In English:"]
    lines += [f"  ({name} …): {said}" for name, said in page.predicates.items()]
    lines += [f"  step {name}: {said}" for name, said in page.actions.items()]
    if page.problem is not None:
        return "\n".join([*lines, "", page.problem])
    if page.instances:
        lines.append("Problems:")
    return "\n".join([*lines, *(f"  {each.name}: {each.goal}" for each in page.instances)])


def _finding(found: Diagnostic) -> Finding:
    return Finding(
        code=found.code,
        severity=found.severity,
        message=found.message,
        source=found.source,
        line=found.position.line if found.position else None,
        column=found.position.column if found.position else None,
        suggestion=found.suggestion,
    )
