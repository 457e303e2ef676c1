"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", help="Ask just this engine: see `goalsmith engines`.", metavar="NAME"),
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
    typer.Option("--domain", help="A bundled domain's name, or a file.", metavar="NAME|FILE"),
]
ProblemOption = Annotated[
    str | None,
    typer.Option(
        "--problem",
        help="A problem file, or an instance of a bundled domain such as p1 (its default).",
        metavar="FILE",
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
