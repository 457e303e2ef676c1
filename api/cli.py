"""The command line: `goalsmith COMMAND …`."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from goalsmith import __version__
from goalsmith.commands import Commands
from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.outcome import Outcome


class Goalsmith(TyperGroup):
    """The group of all commands, none of which is loaded before it is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Commands are only looked up here, never added.
        self.commands = Commands()  # type: ignore[assignment]


app = typer.Typer(
    cls=Goalsmith,
    name="goalsmith",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A goal said in English becomes a plan that is proven correct and carried through.",
    epilog="Exit codes: "
    + ", ".join(f"{o.exit_code} {o.label}" for o in Outcome if o.exit_code or o is Outcome.SOLVED),
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"goalsmith {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[  # the callback does the work
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command line. Whatever goes wrong is one message and an exit code."""
    as_json = "--json" in sys.argv
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character is no reason to end.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except GoalsmithError as error:
        from goalsmith.output import report_error

        report_error(error, as_json)
        sys.exit(error.outcome.exit_code)
    except BrokenPipeError:
        # The reader has gone; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Outcome.SOLVED.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(Outcome.INTERRUPTED.exit_code)
    except OSError as error:
        if os.environ.get("GOALSMITH_DEBUG"):
            raise
        where = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"error: {where}{error.strerror or error}\n")
        # What could not be written is not to be tried again as the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Outcome.BAD_INPUT.exit_code)
    except Exception as error:
        if os.environ.get("GOALSMITH_DEBUG"):
            raise
        sys.stderr.write(
            f"internal error: {type(error).__name__}: {error}\n"
            "This is a fault of goalsmith; please report it. GOALSMITH_DEBUG=1 shows more.\n"
        )
        sys.exit(Outcome.CANNOT_SAY.exit_code)


if __name__ == "__main__":
    main()
