"""Downward Lab's local environment: an experiment of one run of Fast Downward's driver.

What Lab does once for an experiment, however many runs it has, is told apart by the times in its
own log: what belongs to the run is from `Building` to `Finished building` and from `Starting run`
to `Joining pool`. Lab's own limits would add up to a second to each run, since it looks at them
once a second; its FastDownwardRun leaves the limits to the driver, and so do we.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from goalsmith.benchmarks.peers import fast_downward
from goalsmith.benchmarks.peers.peer import Errand, Reply, Source
from goalsmith.benchmarks.peers.program import Program, failure, text_in
from goalsmith.benchmarks.peers.timestamps import span
from goalsmith.solve.programs.process import Ended

SCRIPT = Path(__file__).with_name("workers") / "lab_experiment.py"
EXPERIMENT = "experiment"
RUN = Path(EXPERIMENT) / "runs-00001-00100" / "00001"

SOURCE = Source(("lab", *fast_downward.PACKAGES))

_EXIT = re.compile(r"planner exit code: (-?\d+)$", re.MULTILINE)


def _command(errand: Errand) -> Sequence[str | Path]:
    return [
        *(sys.executable, "-P", SCRIPT, fast_downward.driver()),
        *(errand.domain, errand.problem, errand.folder / EXPERIMENT),
        *fast_downward.options(errand.limits),
    ]


def _read(errand: Errand, ended: Ended) -> Reply:
    folder = errand.folder / RUN
    code = _EXIT.search(text_in(folder / "driver.log") or "")
    if code is None:
        return failure(ended)
    log, errors = text_in(folder / "run.log") or "", text_in(folder / "run.err") or ""
    plan = text_in(folder / fast_downward.PLAN)
    reply = fast_downward.reply(int(code[1]), log, errors, plan)
    building = span(ended.output, "Building", "Finished building")
    running = span(ended.output, "Starting run", "Joining pool")
    if building is None or running is None:
        return reply
    return replace(reply, once_seconds=max(0.0, ended.wall_seconds - building - running))


DOWNWARD_LAB = Program(
    "downward-lab",
    "an experiment with one run of the driver in Lab's LocalEnvironment, the whole process",
    SOURCE,
    _command,
    _read,
)
