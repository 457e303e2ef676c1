"""The command line: `goalsmith COMMAND …`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from goalsmith import __version__
from goalsmith.commands import (
    bench,
    check,
    compare,
    demo,
    domains,
    engines,
    explain,
    order,
    run,
    solve,
    translate,
    validate,
    verify,
)
from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.outcome import Outcome

app = typer.Typer(
    name="goalsmith",
    no_args_is_help=True,
    add_completion=False,
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


app.command("demo")(demo.demo)
app.command("translate")(translate.translate)
app.command("solve")(solve.solve)
app.command("validate")(validate.validate)
app.command("explain")(explain.explain)
app.command("order")(order.order)
app.command("verify")(verify.verify)
app.command("check")(check.check)
app.command("compare")(compare.compare)
app.command("run")(run.run)
app.command("engines")(engines.engines)
app.add_typer(domains.app, name="domains")
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Runs the command line. Whatever goes wrong is one message and an exit code."""
    as_json = "--json" in sys.argv
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
