"""How commands speak: results on standard output, remarks and errors on standard error, or JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from goalsmith.domains.errors import GoalsmithError, InputError, PddlError
from goalsmith.domains.outcome import Outcome

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def console(stderr: bool = False) -> Console:
    """A console: coloured on a terminal, plain text in a pipe or file."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    # In a pipe nothing is wrapped, so that lines can be read by programs.
    width = None if stream.isatty() else 10_000
    return Console(file=stream, highlight=False, soft_wrap=not stream.isatty(), width=width)


def say(*parts: RenderableType) -> None:
    """Prints on standard output."""
    console().print(*parts)


def remark(text: str) -> None:
    """Prints a remark, on standard error, so that what is piped on stays clean."""
    from rich.text import Text

    console(stderr=True).print(Text(text, style="dim"))


def say_json(outcome: Outcome, **fields: object) -> None:
    """Prints one JSON object, with the outcome's name and exit code first."""
    row = {"outcome": outcome.label, "exit_code": outcome.exit_code, **fields}
    sys.stdout.write(json.dumps(row, indent=2, ensure_ascii=False, default=str) + "\n")


def leave(outcome: Outcome) -> NoReturn:
    """Ends the command with an outcome's exit code."""
    import typer

    raise typer.Exit(outcome.exit_code)


def report_error(error: GoalsmithError, as_json: bool) -> None:
    """Says what went wrong: a message for a person, and the same as JSON where that was asked."""
    from rich.text import Text

    outcome = error.outcome
    diagnostics = error.diagnostics if isinstance(error, PddlError) else ()
    if as_json:
        say_json(outcome, message=str(error), diagnostics=[d.as_dict() for d in diagnostics])
    prefix = "" if diagnostics else "error: "
    console(stderr=True).print(Text(f"{prefix}{error}", style="red"))


def write_file(path: Path, text: str) -> None:
    """Writes a file whole or not at all: to a neighbour first, then put in its place.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
