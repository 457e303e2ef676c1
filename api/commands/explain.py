"""`goalsmith explain`: why the steps of a plan are there, or why there is no plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from goalsmith.commands.options import DomainArgument, Json, ProblemArgument, TimeLimit

if TYPE_CHECKING:
    from rich.console import RenderableType

    from goalsmith.domains.formula import Condition
    from goalsmith.domains.language import Task
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.plans import Plan
    from goalsmith.planner import Planner
    from goalsmith.solve.explain.decomposition import Decomposition
    from goalsmith.solve.explain.steps import StepExplanation
    from goalsmith.solve.order.causal import CausalLink
    from goalsmith.world import World


def explain(
    domain: DomainArgument,
    problem: ProblemArgument,
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN]", help="A plan file; without it the task is solved."),
    ] = None,
    step: Annotated[
        int | None, typer.Option("--step", help="Only this step, counted from 1.", metavar="N")
    ] = None,
    time_limit: TimeLimit = None,
    as_json: Json = False,
) -> None:
    """Say why each step is in a plan: what it provides, what must wait for it, what fails without.

    Without a step, the goal is first shown taken apart: for each of its parts the steps that serve
    it and the facts that every plan must make true. Where there is no plan, the parts of the goal
    that cannot be had are named.

    Example: goalsmith explain blocksworld p1 plan --step 2
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.plans import read_plan
    from goalsmith.domains.reader import load_text
    from goalsmith.planner import Planner

    planner = Planner(domain, time_limit=time_limit)
    task = planner.task(problem)
    if plan is not None:
        steps = read_plan(load_text(plan), task, str(plan))
    else:
        solution = planner.solve(task)
        if solution.plan is None:
            _explain_failure(task, planner, solution.outcome, as_json)
        steps = solution.plan
    _explain_plan(task, steps, step, planner.world, as_json)
    out.leave(Outcome.YES)


# A plan


def _explain_plan(task: Task, plan: Plan, step: int | None, world: World, as_json: bool) -> None:
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.solve.explain.decomposition import decomposition
    from goalsmith.solve.explain.steps import explanation

    found = explanation(task, plan, None if step is None else step - 1)
    parts = decomposition(task, plan, found.causal) if step is None else None
    if as_json:
        fields: dict[str, object] = {"steps": [_step_fields(each) for each in found.steps]}
        if parts is not None:
            fields |= _goal_fields(parts)
        out.say_json(Outcome.YES, **fields)
        return
    if parts is not None:
        out.say(_goal_tree(parts, world))
    for each in found.steps:
        out.say(*_step_lines(each, world))


def _goal_tree(parts: Decomposition, world: World) -> RenderableType:
    """The parts of the goal, each with what leads to it."""
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text("goal", style="bold green"))
    for part in parts.subgoals:
        branch = tree.add(Text(_words(part.condition, world), style="bold"))
        if not part.achievers:
            branch.add(Text("holds from the start", style="dim"))
        for index in part.steps:
            mark = "achieved by" if index in part.achievers else "served by"
            shared = "" if index in part.own else ", as others are"
            line = Text(f"{mark} {index + 1}: {_step(parts.plan, index, world)}")
            branch.add(line.append(shared, style="dim"))
        if part.after:
            said = (_words(parts.subgoals[place].condition, world) for place in part.after)
            branch.add(Text(f"rests on: {'; '.join(said)}", style="dim"))
        if part.landmarks:
            stop = branch.add(Text("every plan makes so on the way:", style="cyan"))
            for level in parts.landmarks.levels(part.landmarks):
                stop = stop.add(
                    Text("; ".join(_words(atom, world) for atom in level), style="cyan")
                )
    if not parts.landmarks.complete:
        tree.add(Text("what every plan makes so could not be found in time", style="yellow"))
    if parts.idle:
        numbers = ", ".join(str(index + 1) for index in parts.idle)
        tree.add(Text(f"serving no part of the goal: {numbers}", style="yellow"))
    return tree


def _step_lines(each: StepExplanation, world: World) -> list[RenderableType]:
    """What there is to say about a step, one reason to a line."""
    from rich.padding import Padding
    from rich.text import Text

    from goalsmith.solve.order.drawing import why

    title = Text(f"\nstep {each.index + 1} ", style="bold cyan")
    title.append(world.wording.step(world.domain, each.step), style="bold")
    title.append(f"  {each.step}", style="not bold dim")
    rows = []
    for link in each.provides:
        whom = "the goal" if link.consumer is None else f"step {link.consumer + 1}"
        rows.append(("provides", f"{_fact(link, world)}, for {whom}", "green"))
    for link in each.needs:
        whence = "from the start" if link.provider is None else f"by step {link.provider + 1}"
        rows.append(("needs", f"{_fact(link, world)}, {whence}", "none"))
    for ordering in each.before:
        for reason in why(ordering):
            rows.append((f"before {ordering.after + 1}", reason, "none"))
    for ordering in each.after:
        for reason in why(ordering):
            rows.append((f"after {ordering.before + 1}", reason, "none"))
    without = "the plan is valid all the same" if each.without is None else str(each.without)
    rows.append(("without it", without, "yellow" if each.without is None else "red"))
    lines: list[RenderableType] = [title]
    for head, said, style in rows:
        lines.append(
            Padding(Text(f"{head}: ", style="dim").append(said, style=style), (0, 0, 0, 2))
        )
    return lines


def _step_fields(each: StepExplanation) -> dict[str, object]:
    from goalsmith.solve.order.drawing import why

    def place(index: int | None) -> int | None:
        return None if index is None else index + 1

    return {
        "step": each.index + 1,
        "action": str(each.step),
        "provides": [{"fact": str(x.literal), "to": place(x.consumer)} for x in each.provides],
        "needs": [{"fact": str(x.literal), "from": place(x.provider)} for x in each.needs],
        "before": [{"step": x.after + 1, "reasons": why(x)} for x in each.before],
        "after": [{"step": x.before + 1, "reasons": why(x)} for x in each.after],
        "without": None if each.without is None else str(each.without),
    }


def _goal_fields(parts: Decomposition) -> dict[str, object]:
    from goalsmith.domains.writer import write_condition

    return {
        "subgoals": [
            {
                "condition": write_condition(part.condition),
                "achievers": [index + 1 for index in part.achievers],
                "steps": [index + 1 for index in part.steps],
                "own_steps": [index + 1 for index in part.own],
                "landmarks": [str(atom) for atom in part.landmarks],
                "after": [write_condition(parts.subgoals[i].condition) for i in part.after],
            }
            for part in parts.subgoals
        ],
        "landmarks": [str(atom) for atom in parts.landmarks.atoms],
        "idle_steps": [index + 1 for index in parts.idle],
    }


# No plan


def _explain_failure(task: Task, planner: Planner, outcome: Outcome, as_json: bool) -> NoReturn:
    """Says which parts of the goal cannot be had, and ends with the outcome of the search."""
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith.domains.writer import write_condition
    from goalsmith.solve.explain.conflict import conflict

    found = conflict(task, seconds=planner.settings.limits().seconds)
    if as_json:
        out.say_json(
            outcome,
            impossible=[write_condition(part) for part in found.impossible],
            together=[write_condition(part) for part in found.together],
            smallest=found.smallest,
            unsettled=[write_condition(part) for part in found.unsettled],
        )
        out.leave(outcome)
    out.say(Text(f"{outcome}: {outcome.meaning}", style="red"))
    for part in found.impossible:
        out.say(Text(f"  impossible by itself: {_words(part, planner.world)}"))
    if len(found.together) > 1:
        doubt = "" if found.smallest else " (whether fewer conflict is not settled)"
        out.say(Text(f"  cannot be had together{doubt}:"))
        for part in found.together:
            out.say(Text(f"    {_words(part, planner.world)}"))
    for part in found.unsettled:
        out.say(Text(f"  not settled: {_words(part, planner.world)}", style="yellow"))
    if not (found.impossible or found.together):
        out.say(Text("  no part of the goal was proved to be at fault", style="yellow"))
    out.leave(outcome)


# Words


def _words(condition: Condition, world: World) -> str:
    """A condition in English if it is an atom or its negation, else in PDDL."""
    from goalsmith.domains.formula import Atom, Not
    from goalsmith.domains.writer import write_condition

    match condition:
        case Atom():
            return world.wording.atom(world.domain, condition)
        case Not(Atom() as atom):
            return world.wording.atom(world.domain, atom, False)
        case _:
            return write_condition(condition)


def _fact(link: CausalLink, world: World) -> str:
    """What a link is about: an atom in English, a number or a predicate as it is."""
    from goalsmith.domains.formula import Atom
    from goalsmith.solve.order.causal import Literal

    literal = link.literal
    if isinstance(literal, Literal) and isinstance(literal.fact, Atom):
        return world.wording.atom(world.domain, literal.fact, literal.positive)
    return str(literal)


def _step(plan: Plan, index: int, world: World) -> str:
    return world.wording.step(world.domain, plan.steps[index])
