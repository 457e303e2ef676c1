"""Where the command `goalsmith`, and `python -m goalsmith`, start."""

from __future__ import annotations

import sys


def main() -> None:
    """Loads the command line and runs it; an interrupt meanwhile is an exit code, as later."""
    try:
        from goalsmith.cli import main as run

        run()
    except KeyboardInterrupt:
        from goalsmith.domains.outcome import Outcome

        sys.stderr.write("interrupted\n")
        sys.exit(Outcome.INTERRUPTED.exit_code)


if __name__ == "__main__":
    main()
