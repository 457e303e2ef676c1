"""Does what a newcomer does: a clean clone, a fresh environment, README and tutorial word for word.

Run by `python tests/newcomer.py`, with the network that `pip install` needs. Only `pytest` is left
out, which takes minutes and is run elsewhere.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PAGES = ("README.md", "docs/tutorial.md")


def main() -> None:
    """Makes the clone and the environment, and has the pages followed there."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--page", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.page:
        follow(Path(given.page))
        return
    with tempfile.TemporaryDirectory() as folder:
        clone, environment = Path(folder) / "goalsmith", Path(folder) / "venv"
        subprocess.run(["git", "clone", "-q", f"file://{ROOT}", clone], check=True)
        venv.create(environment, with_pip=True)
        python = environment / "bin" / "python"
        # All that is there before the README's first command: what reads the README.
        subprocess.run([python, "-m", "pip", "install", "-q", "markdown-it-py"], check=True)
        standing_in = Path(folder) / "bin"
        standing_in.mkdir()
        (standing_in / "pytest").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
        (standing_in / "pytest").chmod(0o755)
        home = Path(folder) / "home"
        home.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GOALSMITH_", "XDG_"))}
        path = os.pathsep.join(map(str, (standing_in, environment / "bin", kept["PATH"])))
        own = kept | {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "COLUMNS": "100"}
        for page in PAGES:
            # README is read in the clone, the tutorial in an empty folder.
            empty = Path(folder) / "empty"
            empty.mkdir(exist_ok=True)
            subprocess.run(
                [python, clone / "tests" / "newcomer.py", "--page", page],
                cwd=clone if page == "README.md" else empty,
                env=own,
                check=True,
            )
            print(f"{page}: followed to its end", flush=True)


def follow(page: Path) -> None:
    """Does what a page of this clone says, in the current folder."""
    from documents import follow as follow_page

    sys.path.insert(0, str(Path.cwd()))
    follow_page(Path(__file__).resolve().parent.parent / page, Path.cwd(), os.environ)


if __name__ == "__main__":
    main()
