"""`goalsmith translate`: a goal said in English becomes a problem in PDDL."""

from __future__ import annotations

from typing import Annotated

import typer

from goalsmith.commands.options import (
    BaseUrl,
    DomainOption,
    Json,
    ModelName,
    Offline,
    OutputFile,
    ProblemOption,
)


def translate(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The goal, in English.")],
    domain: DomainOption,
    problem: ProblemOption = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    offline: Offline = False,
    output: OutputFile = None,
    as_json: Json = False,
) -> None:
    """Turn a goal said in English into a PDDL problem, and say it back.

    Objects and initial state come from --problem; the model writes only the goal. Without a model
    (--model, GOALSMITH_MODEL or goalsmith.toml), controlled English is read offline.

    Example: goalsmith translate "put blue on red" --domain blocksworld --offline
    """
    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.writer import write_problem
    from goalsmith.planner import Planner

    planner = Planner(domain, model=model, base_url=base_url, offline=offline)
    translation = planner.translate(text, problem)
    written = write_problem(translation.task.problem)
    if output is not None:
        out.write_file(output, written)
        out.remark(f"problem written to {output}")
    if as_json:
        out.say_json(Outcome.SOLVED, **render.translation_fields(translation), problem=written)
    else:
        for part in render.understood(translation, planner.world):
            out.console(stderr=True).print(part)
        if output is None:
            typer.echo(written, nl=False)
    out.leave(Outcome.SOLVED)
