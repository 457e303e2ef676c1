"""How commands speak: results on standard output, remarks and errors on standard error, or JSON."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO, cast

from goalsmith.domains.errors import GoalsmithError, InputError, PddlError
from goalsmith.domains.outcome import Outcome

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PIPE_WIDTH = 10_000
"""Columns of a line that is not shown on a terminal."""

_FILLING = re.compile(r" +\n")

_CONTROLS = dict.fromkeys(map(ord, "\a\b\v\f\r"))
"""Characters that are left out of what is printed, as rich does."""


class _Trimmed:
    """A text stream that drops the spaces with which tables fill up their lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(_FILLING.sub("\n", text))

    def flush(self) -> None:
        self._stream.flush()


def console(stderr: bool = False) -> Console:
    """A console: coloured on a terminal; in a pipe or file plain text, not wrapped."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(file=stream, highlight=False)
    plain = cast("TextIO", _Trimmed(stream))
    return Console(file=plain, highlight=False, soft_wrap=True, width=PIPE_WIDTH)


def say(*parts: RenderableType) -> None:
    """Prints on standard output."""
    console().print(*parts)


def line(text: str, style: str, stderr: bool = False) -> None:
    """Prints a text in a style; in a pipe or file plainly, for which rich need not be loaded."""
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty() or os.environ.get("FORCE_COLOR"):
        from rich.text import Text

        console(stderr).print(Text(text, style=style))
        return
    plain = _Trimmed(stream)
    plain.write(f"{text.translate(_CONTROLS)}\n")
    plain.flush()


def remark(text: str) -> None:
    """Prints a remark, on standard error, so that what is piped on stays clean."""
    line(text, "dim", stderr=True)


def remark_missing_engines(asked: str | None) -> None:
    """Names the engines that are not installed, unless one was asked for by its name."""
    from goalsmith.solve import missing_engines

    if asked is None:
        for reason in missing_engines():
            remark(f"note: {reason}")


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
    outcome = error.outcome
    diagnostics = error.diagnostics if isinstance(error, PddlError) else ()
    if as_json:
        say_json(outcome, message=str(error), diagnostics=[d.as_dict() for d in diagnostics])
    prefix = "" if diagnostics else "error: "
    line(f"{prefix}{error}", "red", stderr=True)


def write_file(path: Path, text: str) -> None:
    """Writes a file whole or not at all: to a neighbour first, then put in its place.

    Raises:
        InputError: the file cannot be written.
    """
    import tempfile

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
