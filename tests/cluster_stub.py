"""An engine for the workers of a cluster, which Dask loads there before they begin (`preload`).

What it does is in the name of the problem: `slow…` is begun by starting a program that goes on for
long, unless that was done before; `gated…` waits until there is a mark `go`; `poison…` ends the
worker; everything else is solved.
"""

import os
import signal
import sys
import time
from pathlib import Path

from goalsmith.domains.outcome import Outcome
from goalsmith.solve import ENGINES
from goalsmith.solve.answer import Answer
from goalsmith.solve.programs.process import run

PLAN = Answer(Outcome.SOLVED, "found", "(light a)")

FOLDER = "GOALSMITH_TEST_FOLDER"
"""The variable that names the folder in which the engine leaves marks."""

ENDLESS = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"


class Stub:
    """The engine `stub`."""

    name = "stub"

    def missing(self):
        return ""

    def answer(self, task, limits, quality, cancel, on_plan=None):
        name = task.problem.name
        folder = Path(os.environ[FOLDER])
        with (folder / "asked").open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
        if name.startswith("poison"):
            os.kill(os.getpid(), signal.SIGKILL)
        while name.startswith("gated") and not (folder / "go").exists() and not cancel.is_set():
            time.sleep(0.02)
        mark = folder / name
        if name.startswith("slow") and not mark.exists():
            mark.write_text(str(os.getpid()), encoding="ascii")
            ended = run(
                [sys.executable, "-c", ENDLESS],
                folder,
                seconds=600,
                memory_mb=2000,
                cancel=cancel,
            )
            (folder / f"{name}-{ended.stopped}").touch()
            return Answer(Outcome.INTERRUPTED, "stopped")
        return PLAN


def dask_setup(_):
    """What Dask calls in a worker, where alone the engine is to be known."""
    ENGINES["stub"] = Stub()
