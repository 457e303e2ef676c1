"""The tools that say why: why each step is in a plan, and where; or why there is no plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, Condition, Not
from goalsmith.domains.language import Task
from goalsmith.domains.notebook import counted
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.writer import write_condition
from goalsmith.mcp_server.answers import ExplanationAnswer, OrderAnswer, StepReason, answer
from goalsmith.mcp_server.bounds import MAX_EXPLAINED
from goalsmith.mcp_server.calls import Calls
from goalsmith.mcp_server.catalogue import Catalogue
from goalsmith.mcp_server.library_tools import DomainName, ProblemName
from goalsmith.mcp_server.planning_tools import (
    GivenPlan,
    Goal,
    PlanText,
    Seconds,
    read_steps,
)
from goalsmith.mcp_server.solving import Solving
from goalsmith.solve.explain.conflict import conflict
from goalsmith.solve.explain.decomposition import decomposition
from goalsmith.solve.explain.steps import StepExplanation, explanation
from goalsmith.solve.order.causal import CausalLink
from goalsmith.solve.order.drawing import why
from goalsmith.solve.order.partial_order import partial_order
from goalsmith.solve.solution import Limits, Solution
from goalsmith.world import World


class ExplainingTools:
    """The tools; each method is one."""

    def __init__(self, catalogue: Catalogue, calls: Calls, solving: Solving) -> None:
        self._catalogue = catalogue
        self._calls = calls
        self._solving = solving

    @property
    def tools(self) -> dict[str, Callable[..., Any]]:
        """The tools with their titles."""
        return {
            "Explain a plan, or why there is none": self.explain,
            "Put a plan into stages": self.order_plan,
        }

    async def explain(
        self,
        domain: DomainName,
        problem: ProblemName = None,
        goal: Goal = None,
        plan: Annotated[
            GivenPlan | None, Field(description="A plan; by default one is looked for.")
        ] = None,
        step: Annotated[int | None, Field(ge=1, description="Only this step, from 1.")] = None,
        since: Annotated[int, Field(ge=1, description="The first step that is explained.")] = 1,
        limit: Annotated[
            int, Field(ge=1, le=MAX_EXPLAINED, description="How many steps are explained at most.")
        ] = 20,
        seconds: Seconds = 30.0,
    ) -> Annotated[CallToolResult, ExplanationAnswer]:
        """Say why each step is in a plan: what it provides, what it needs, what fails without it.

        Where there is no plan, the parts of the goal are named that cannot be had, alone or
        together.
        """
        seconds = self._solving.seconds(seconds)

        def work(cancel: Event) -> ExplanationAnswer:
            world = self._catalogue.world(domain)
            task = self._catalogue.task(world, problem, goal)
            if plan is not None:
                return _explained(task, world, read_steps(plan, task), step, since, limit)
            solution = self._solving.solve(task, seconds, cancel)
            if solution.plan is not None:
                return _explained(task, world, solution.plan, step, since, limit)
            ask = partial(self._asked, cancel=cancel)
            found = conflict(task, seconds=seconds, ask=ask)
            return ExplanationAnswer(
                outcome=solution.outcome.label,
                plan=None,
                steps=[],
                next=None,
                idle_steps=[],
                impossible=[_words(part, world) for part in found.impossible],
                conflict=[_words(part, world) for part in found.together],
                unsettled=[_words(part, world) for part in found.unsettled],
            )

        found = await self._calls.do(work)
        return answer(found, _told(found))

    async def order_plan(
        self,
        domain: DomainName,
        plan: PlanText,
        problem: ProblemName = None,
        goal: Goal = None,
    ) -> Annotated[CallToolResult, OrderAnswer]:
        """Show which steps of a plan may be taken at the same time, and which must wait."""

        def work(_: Event) -> OrderAnswer:
            task = self._catalogue.task(self._catalogue.world(domain), problem, goal)
            steps = read_steps(plan, task)
            _check_length(steps)
            order = partial_order(task, steps)
            return OrderAnswer(
                steps=[str(each) for each in steps],
                stages=[[index + 1 for index in stage] for stage in order.stages],
                orderings=[reason for each in order.immediate() for reason in why(each)],
                critical_path=[index + 1 for index in order.critical_path()],
            )

        found = await self._calls.do(work)
        stages = (
            f"{number}: {' '.join(found.steps[index - 1] for index in stage)}"
            for number, stage in enumerate(found.stages, 1)
        )
        return answer(found, "\n".join(stages))

    def _asked(self, task: Task, limits: Limits, *, cancel: Event) -> Solution:
        return self._solving.solve(task, limits.seconds, cancel)


def _check_length(plan: Plan) -> None:
    if len(plan) > MAX_EXPLAINED:
        raise InputError(
            f"the plan has {len(plan)} steps, and at most {MAX_EXPLAINED} are explained or put in "
            "order here: `goalsmith explain` and `goalsmith order` take any number"
        )


def _explained(
    task: Task, world: World, plan: Plan, step: int | None, since: int, limit: int
) -> ExplanationAnswer:
    _check_length(plan)
    found = explanation(task, plan, None if step is None else step - 1)
    end = len(plan) if step is not None else since - 1 + limit
    steps = found.steps if step is not None else found.steps[since - 1 : end]
    parts = decomposition(task, plan, found.causal)
    return ExplanationAnswer(
        outcome=Outcome.SOLVED.label,
        plan=[str(each) for each in plan],
        steps=[_reason(each, world) for each in steps],
        next=end + 1 if end < len(plan) else None,
        idle_steps=[index + 1 for index in parts.idle],
        impossible=[],
        conflict=[],
        unsettled=[],
    )


def _reason(each: StepExplanation, world: World) -> StepReason:
    def for_whom(link: CausalLink) -> str:
        return "the goal" if link.consumer is None else f"step {link.consumer + 1}"

    def from_whom(link: CausalLink) -> str:
        return "from the start" if link.provider is None else f"by step {link.provider + 1}"

    return StepReason(
        step=each.index + 1,
        action=str(each.step),
        said=world.wording.step(world.domain, each.step),
        provides=[f"{link.literal}, for {for_whom(link)}" for link in each.provides],
        needs=[f"{link.literal}, {from_whom(link)}" for link in each.needs],
        order=[reason for ordering in (*each.before, *each.after) for reason in why(ordering)],
        without=None if each.without is None else str(each.without),
    )


def _words(condition: Condition, world: World) -> str:
    """A condition in PDDL, and in English if it is an atom or its negation."""
    written = write_condition(condition)
    match condition:
        case Atom():
            return f"{written}: {world.wording.atom(world.domain, condition)}"
        case Not(Atom() as atom):
            return f"{written}: {world.wording.atom(world.domain, atom, False)}"
        case _:
            return written


def _told(found: ExplanationAnswer) -> str:
    if found.plan is not None:
        lines = []
        for each in found.steps:
            lines.append(f"{each.step} {each.action} provides {'; '.join(each.provides)}")
            if each.without is not None:
                lines.append(f"  without it, {each.without}")
        if found.next is not None:
            lines.append(f"{found.next} and further ones: with `since`")
        if not found.plan:
            return "the empty plan: the goal holds already"
        return "\n".join(lines) or f"the plan has {counted(len(found.plan), 'step')} only"
    lines = [f"there is no plan ({found.outcome})"]
    lines += [f"impossible by itself: {part}" for part in found.impossible]
    if len(found.conflict) > 1:
        lines.append(f"cannot be had together: {'; '.join(found.conflict)}")
    lines += [f"not settled: {part}" for part in found.unsettled]
    return "\n".join(lines)
