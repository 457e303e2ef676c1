"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goalsmith.commands.completing import domain_names, engine_names, instance_names

DomainArgument = Annotated[
    str,
    typer.Argument(
        metavar="DOMAIN",
        help="A domain file, or a bundled domain's name.",
        autocompletion=domain_names,
    ),
]
ProblemArgument = Annotated[
    str,
    typer.Argument(
        metavar="PROBLEM",
        help="A problem file, or an instance's name.",
        autocompletion=instance_names,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="Ask just this engine: see `goalsmith engines`.",
        metavar="NAME",
        autocompletion=engine_names,
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", help="Wall seconds for an engine.", metavar="S"),
]
MemoryLimit = Annotated[
    int | None,
    typer.Option("--memory-limit", help="MiB of memory for an engine.", metavar="MB"),
]
DomainOption = Annotated[
    str,
    typer.Option(
        "--domain",
        help="A bundled domain's name (see `goalsmith domains`), a file, or a folder.",
        metavar="NAME|FILE",
        autocompletion=domain_names,
    ),
]
ProblemOption = Annotated[
    str | None,
    typer.Option(
        "--problem",
        help="A problem file, or an instance of a bundled domain such as p1 (its default).",
        metavar="FILE",
        autocompletion=instance_names,
    ),
]
ModelName = Annotated[
    str | None, typer.Option("--model", help="The model that translates.", metavar="NAME")
]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", help="An OpenAI-compatible endpoint.", metavar="URL"),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Read controlled English, without a model.")
]
OutputFile = Annotated[
    Path | None, typer.Option("-o", "--output", help="Write the result to this file.")
]
