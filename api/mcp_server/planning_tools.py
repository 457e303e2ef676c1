"""The tools that make tasks and plans: translating, solving, validating."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import Annotated, Any, Literal, TypeAlias

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult
from pydantic import Field

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.writer import write_problem
from goalsmith.mcp_server.answers import (
    Option,
    PlanAnswer,
    TranslationAnswer,
    ValidationAnswer,
    answer,
)
from goalsmith.mcp_server.bounds import MAX_ENGLISH, MAX_PDDL, MAX_SAMPLES, MAX_STEPS
from goalsmith.mcp_server.calls import Calls
from goalsmith.mcp_server.catalogue import Catalogue
from goalsmith.mcp_server.library_tools import DomainName, ProblemName
from goalsmith.mcp_server.solving import Solving
from goalsmith.solve.solution import Solution, number
from goalsmith.solve.validation import validate
from goalsmith.translate.modes import ModeName
from goalsmith.translate.question import UnclearError
from goalsmith.world import World

Goal = Annotated[
    str | None,
    Field(
        max_length=MAX_PDDL,
        description="A goal in PDDL, such as (and (on a b)), in place of the problem's own; "
        "translate makes one from English.",
    ),
]
GivenPlan: TypeAlias = (
    Annotated[str, Field(max_length=MAX_PDDL)] | Annotated[list[str], Field(max_length=MAX_STEPS)]
)
PlanText = Annotated[
    GivenPlan,
    Field(description="A plan: its steps as `plan` gives them, or a text with one to a line."),
]
Seconds = Annotated[
    float, Field(gt=0, le=86_400, description="For the engines; the server may allow less.")
]


class PlanningTools:
    """The tools; each method is one."""

    def __init__(self, catalogue: Catalogue, calls: Calls, solving: Solving) -> None:
        self._catalogue = catalogue
        self._calls = calls
        self._solving = solving

    @property
    def tools(self) -> dict[str, Callable[..., Any]]:
        """The tools with their titles."""
        return {
            "Translate English": self.translate,
            "Find a plan": self.plan,
            "Validate a plan": self.validate_plan,
        }

    async def translate(
        self,
        text: Annotated[str, Field(max_length=MAX_ENGLISH, description="What is wanted.")],
        domain: DomainName,
        problem: ProblemName = None,
        mode: Annotated[
            ModeName,
            Field(
                description="The text says a goal for the problem, describes a whole problem, or "
                "changes (revise) the problem's goal."
            ),
        ] = "goal",
        samples: Annotated[
            int,
            Field(ge=1, le=MAX_SAMPLES, description="How many answers of a model are compared."),
        ] = 1,
    ) -> Annotated[CallToolResult, TranslationAnswer]:
        """Translate English into a goal or a problem in PDDL, and say it in English again.

        With the model that the server's owner configured; without one, plain sentences are read,
        in the wording that describe_domain shows. Show `said` to the person before acting on it.
        Where several samples of a model's answers do not agree, the answer is a question.
        """

        def work(_: Event) -> TranslationAnswer:
            world = self._catalogue.world(domain)
            if mode == "problem" and problem is not None:
                raise InputError("a whole problem is described without a `problem`: leave it out")
            task = None if mode == "problem" else self._catalogue.task(world, problem)
            try:
                found = self._solving.translate(
                    text, world, task, revise=mode == "revise", samples=samples
                )
            except UnclearError as error:
                return _unclear(error)
            return TranslationAnswer(
                clear=True,
                goal=found.goal_pddl,
                said=found.said,
                problem=write_problem(found.task.problem),
                method=found.method,
                confidence=found.confidence,
                doubts=[doubt.message for doubt in found.doubts],
                question=None,
                options=[],
            )

        found = await self._calls.do(work)
        if found.clear:
            lines = [f"{found.goal}", f"that is: {found.said}"]
            lines += [f"doubtful: {doubt}" for doubt in found.doubts]
        else:
            lines = [f"not clear: {found.question}"]
            lines += [f"- {option.said}: {option.goal}" for option in found.options]
        return answer(found, "\n".join(lines))

    async def plan(
        self,
        context: Context,
        domain: DomainName,
        problem: ProblemName = None,
        goal: Goal = None,
        quality: Annotated[
            Literal["first", "anytime", "optimal"],
            Field(
                description="The first plan found, the best found in the time given, or one "
                "proved cheapest."
            ),
        ] = "first",
        seconds: Seconds = 30.0,
    ) -> Annotated[CallToolResult, PlanAnswer]:
        """Find a plan, validated by a checker of its own, or say why there is none.

        Better plans are reported as progress while they are found.
        """
        found: list[Solution] = []
        told = 0
        began = time.monotonic()
        seconds = self._solving.seconds(seconds)

        async def report() -> None:
            nonlocal told
            new, told = found[told:], len(found)
            for each in new:
                message = f"cost {number(each.cost)}, by {each.engine or 'no engine'}"
                await context.report_progress(time.monotonic() - began, seconds, message)

        def work(cancel: Event) -> tuple[World, Solution]:
            world = self._catalogue.world(domain)
            task = self._catalogue.task(world, problem, goal)
            solution = self._solving.solve(task, seconds, cancel, quality, found.append)
            return world, solution

        world, solution = await self._calls.do(work, report)
        return answer(*_solved(solution, world))

    async def validate_plan(
        self,
        domain: DomainName,
        plan: PlanText,
        problem: ProblemName = None,
        goal: Goal = None,
    ) -> Annotated[CallToolResult, ValidationAnswer]:
        """Replay a plan step by step: does every step apply, and does the goal hold in the end?

        A plan that fails is no error of this tool; it says which step fails and why.
        """

        def work(_: Event) -> ValidationAnswer:
            task = self._catalogue.task(self._catalogue.world(domain), problem, goal)
            steps = read_steps(plan, task)
            verdict = validate(task, steps)
            failure = verdict.failure
            return ValidationAnswer(
                valid=verdict.valid,
                steps=len(steps),
                cost=number(verdict.cost),
                failing_step=None if failure is None or not failure.step else failure.index + 1,
                reasons=[] if failure is None else [str(failure)],
            )

        found = await self._calls.do(work)
        if found.valid:
            return answer(found, f"valid: {found.steps} steps, cost {found.cost}")
        return answer(found, f"invalid: {found.reasons[0]}")


def read_steps(given: GivenPlan, task: Task) -> Plan:
    """A plan as a client gives it.

    Raises:
        PddlError: a step is wrong.
        InputError: the steps of a list are too long together.
    """
    return read_plan(plan_text(given), task)


def plan_text(given: GivenPlan) -> str:
    """The text of a plan as a client gives it. Raises InputError if it is too long together."""
    text = given if isinstance(given, str) else "\n".join(given)
    if len(text) > MAX_PDDL:
        raise InputError(f"the steps of a plan have {MAX_PDDL} characters at most")
    return text


def _unclear(error: UnclearError) -> TranslationAnswer:
    question = error.question
    return TranslationAnswer(
        clear=False,
        goal=None,
        said=None,
        problem=None,
        method="",
        confidence=question.options[0].translation.confidence,
        doubts=[],
        question=question.question,
        options=[Option(said=o.said, goal=o.translation.goal_pddl) for o in question.options],
    )


def _solved(solution: Solution, world: World) -> tuple[PlanAnswer, str]:
    plan = solution.plan
    said = None if plan is None else [world.wording.step(world.domain, step) for step in plan]
    found = PlanAnswer(
        outcome=solution.outcome.label,
        evidence=solution.evidence,
        engine=solution.engine,
        plan=None if plan is None else [str(step) for step in plan],
        said=said,
        cost=number(solution.cost),
        optimal=solution.optimal,
        lower_bound=number(solution.lower_bound),
    )
    if plan is None:
        return found, "\n".join([f"{found.outcome}: {found.evidence}", *_advice(solution.outcome)])
    if not plan:
        return found, f"0 steps: {found.evidence}"
    best = ", proved cheapest" if solution.optimal else ""
    head = f"{len(plan)} steps, cost {found.cost}{best}"
    return found, "\n".join([head, *map(str, plan)])


def _advice(outcome: Outcome) -> list[str]:
    match outcome:
        case Outcome.UNSOLVABLE:
            return ["explain says which parts of the goal are out of reach, alone or together"]
        case Outcome.OUT_OF_TIME:
            return ["there may be a plan all the same: allow more `seconds`, or ask for less"]
        case _:
            return []
