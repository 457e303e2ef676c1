"""`goalsmith revise`: another goal for a run that goes on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from goalsmith.commands.options import BaseUrl, Json, ModelName, Offline
from goalsmith.commands.stores import RunId, StoreUrl, open_runs

if TYPE_CHECKING:
    from goalsmith.domains.formula import Condition
    from goalsmith.domains.language import Task
    from goalsmith.execute.store import RunRow
    from goalsmith.world import World


def revise(
    run: RunId,
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT", help="The new goal, in English or in PDDL: '(on blue red)'."
        ),
    ] = None,
    pddl: Annotated[
        Path | None,
        typer.Option(
            "--pddl",
            help="A file with the new goal in PDDL, or with a problem that has it.",
            metavar="FILE",
        ),
    ] = None,
    amend: Annotated[
        bool,
        typer.Option(
            "--amend",
            help="TEXT changes the goal, such as “also …” or “no longer …”, and is not all of it.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send it without a question.")] = False,
    model: ModelName = None,
    base_url: BaseUrl = None,
    offline: Offline = False,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Give a run that goes on another goal. What still serves of its plan is kept.

    The goal is read against the run's own domain and objects, and said back before it is sent.
    Whoever drives the run takes it up before the next step; a run that was left, at `resume`. A
    goal that cannot be reached from there ends the run.

    Example: goalsmith revise 3f2a "put green on yellow"
    """
    from goalsmith import output as out
    from goalsmith.commands.driving import task_now, world_of
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.writer import write_condition
    from goalsmith.execute.durable import send
    from goalsmith.execute.messages import NewGoal
    from goalsmith.execute.store import RunStatus
    from goalsmith.translate.saying.conditions import said

    if (text is None) == (pddl is None):
        raise InputError("say the new goal: in English or PDDL, or with --pddl FILE; one of them")
    if amend and (text is None or _is_pddl(text)):
        raise InputError("--amend needs a change of the goal in English")
    with open_runs(store) as opened_store:
        row = opened_store.run(run)
        if row.status is RunStatus.ENDED:
            ended = row.outcome or "it does not say how"
            raise InputError(f"run {row.id} has ended ({ended}), and takes no other goal")
        task, world = task_now(opened_store, row), world_of(opened_store, row.id)
        fields: dict[str, object] = {}
        if pddl is not None:
            goal = _read(pddl, task)
        elif text is not None and _is_pddl(text):
            goal = _condition(text, task, "<goal>")
        else:
            mode: Literal["goal", "revise"] = "revise" if amend else "goal"
            goal, fields = _translated(text or "", world, task, mode, model, base_url, offline)
        goal_before, goal_now = (
            said(each, task, world.wording) for each in (task.problem.goal, goal)
        )
        if not as_json:
            out.line(f"the goal was: {goal_before}", "dim", stderr=True)
            out.line(f"the new goal: {goal_now}", "bold", stderr=True)
            if not yes and sys.stdin.isatty() and not typer.confirm("Send it?", err=True):
                out.remark("nothing was sent")
                out.leave(Outcome.NO)
        number = send(opened_store, row.id, NewGoal(task.with_goal(goal)))
        row = opened_store.run(row.id)
    if as_json:
        sent = {"id": row.id, "status": row.status.value, "message": number, "kind": NewGoal.kind}
        goals = {"goal": write_condition(goal), "said": goal_now, "before": goal_before}
        out.say_json(Outcome.YES, run=sent, **goals, **fields)
        out.leave(Outcome.YES)
    _say_sent(row)
    out.leave(Outcome.YES)


def _is_pddl(text: str) -> bool:
    return text.lstrip().startswith("(")


def _read(path: Path, task: Task) -> Condition:
    """The goal in a file that holds it alone or as part of a problem.

    Raises:
        InputError: the file cannot be read, or the problem has other objects.
    """
    from goalsmith.domains.diagnostics import listed
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.language import Task
    from goalsmith.domains.reader import load_text, read_problem

    text = load_text(path)
    if not _begins_a_problem(text):
        return _condition(text, task, str(path))
    other = Task(task.domain, read_problem(text, task.domain, str(path)))
    strange = set(other.objects) ^ set(task.objects)
    if strange:
        names = listed([f"`{name}`" for name in sorted(o.name for o in strange)[:5]])
        raise InputError(
            f"{path} has other objects than the run: {names}; a goal alone will do, such as "
            "(on blue red)"
        )
    return other.problem.goal


def _begins_a_problem(text: str) -> bool:
    """Whether the first words of a PDDL text, after comments, are those of a definition."""
    lines = (line.partition(";")[0] for line in text.splitlines())
    words = " ".join(lines).replace("(", " ( ").split(maxsplit=2)
    return [word.lower() for word in words[:2]] == ["(", "define"]


def _condition(text: str, task: Task, name: str) -> Condition:
    from goalsmith.domains.reader import read_condition

    return read_condition(text, task, name)


def _translated(
    text: str,
    world: World,
    task: Task,
    mode: Literal["goal", "revise"],
    model: str | None,
    base_url: str | None,
    offline: bool,
) -> tuple[Condition, dict[str, object]]:
    """The goal that a text says, and how it was read, as plain data; its doubts are told."""
    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.commands.models import offering, required
    from goalsmith.planner import Planner

    planner = Planner(world, model=model, base_url=base_url, offline=offline)
    required(planner.settings.model, base_url, offline)
    with offering(planner.model(), offline):
        translation = planner.translate(text, task, mode=mode)
    for doubt in translation.doubts:
        out.line(f"Doubtful: {doubt.message}", "yellow", stderr=True)
    return translation.task.problem.goal, {"translation": render.translation_fields(translation)}


def _say_sent(row: RunRow) -> None:
    """When the goal is taken up, and what somebody can do for that."""
    from goalsmith import output as out
    from goalsmith.commands.driving import SHORT
    from goalsmith.execute.store import RunStatus

    if row.owner:
        out.remark(f"run {row.id} takes it up before its next step, as soon as {row.owner} sees it")
        return
    # Workers leave alone what a person paused.
    worker = "" if row.status is RunStatus.PAUSED else ", or as soon as a worker sees it"
    out.remark(f"run {row.id} takes it up as it goes on: goalsmith resume {row.id[:SHORT]}{worker}")
