"""Any engine of unified-planning (UP) by its name, each run in a process and folder of its own.

UP is slow to import and its engines are under all sorts of licences, so neither is imported here.
Nothing that they say is believed unchecked: plans are validated, "unsolvable" and "optimal" are
claims. Indeed some adapters call a task unsolvable when their engine has crashed.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any

from goalsmith.domains.errors import EngineError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve.answer import STOPPED, Answer, OnPlan, Options, Quality, nobody
from goalsmith.solve.programs.process import Ended, run
from goalsmith.solve.programs.watchdog import Watchdog
from goalsmith.solve.solution import Limits, Statistics

PACKAGES: Mapping[str, str] = MappingProxyType(
    {
        "aries": "up-aries",
        "enhsp": "up-enhsp",
        "enhsp-any": "up-enhsp",
        "enhsp-opt": "up-enhsp",
        "fmap": "up-fmap",
        "lpg": "up-lpg",
        "lpg-anytime": "up-lpg",
        "pyperplan": "up-pyperplan",
        "pyperplan-opt": "up-pyperplan",
        "symk": "up-symk",
        "symk-opt": "up-symk",
        "tamer": "up-tamer",
    }
)
"""Engines that UP knows by name, and the packages that they come in."""

LISTING = Limits(seconds=300.0)

LONGEST_ANSWER = 2**26
"""Bytes of an answer at most."""

OUT_OF_MEMORY = ("MemoryError", "bad_alloc", "annot allocate memory", "failed to map segment")
"""What a process says that could get no more memory: Python, C++, the system, the linker."""

STATUSES: Mapping[str, tuple[Outcome, str]] = MappingProxyType(
    {
        "SOLVED_SATISFICING": (Outcome.SOLVED, "found a plan"),
        "SOLVED_OPTIMALLY": (Outcome.SOLVED, "found a plan and claims that none is cheaper"),
        "INTERMEDIATE": (Outcome.SOLVED, "found a plan"),
        "UNSOLVABLE_PROVEN": (Outcome.NO_PLAN_FOUND, "claims that the task is unsolvable"),
        "UNSOLVABLE_INCOMPLETELY": (Outcome.NO_PLAN_FOUND, "gave up without a plan or a proof"),
        "TIMEOUT": (Outcome.OUT_OF_TIME, "ran out of time"),
        "MEMOUT": (Outcome.OUT_OF_MEMORY, "ran out of memory"),
        "UNSUPPORTED_PROBLEM": (Outcome.UNSUPPORTED, "does not support the task"),
    }
)
"""What UP's statuses mean. Whatever is not here is a failure of the engine."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An engine that UP has here: its version and what it says it supports, in our words."""

    version: str
    features: frozenset[str]


class UnifiedPlanningEngine:
    """An engine of unified-planning.

    Args:
        name: what unified-planning calls it.
        options: its parameters, as unified-planning's `OneshotPlanner(name=…, params=…)` takes
            them.
    """

    def __init__(self, name: str, options: Options | None = None) -> None:
        self.name = name
        self._options = dict(options or {})

    def missing(self) -> str:
        """Why the engine cannot be used here; empty when it can.

        Raises:
            EngineError: unified-planning's engines cannot be listed.
        """
        package = PACKAGES.get(self.name)
        if package is not None and _is_installed("unified-planning", package):
            return ""
        # It may be one that the user has told unified-planning of.
        if self.name in unified_engines():
            return ""
        remedy = f": pip install {package}" if package else ""
        return f"{self.name} is not installed{remedy}"

    def answer(
        self,
        task: Task,
        limits: Limits,
        quality: Quality,
        cancel: Event,
        on_plan: OnPlan = nobody,  # noqa: ARG002 - these engines give one plan
    ) -> Answer:
        """Has the engine solve the task in a process of its own.

        Raises:
            OSError: the process cannot be started.
        """
        request = {
            "ask": "solve",
            "engine": self.name,
            "options": self._options,
            "domain": write_domain(task.domain),
            "problem": write_problem(task.problem),
            "optimal": quality == "optimal",
        }
        ended, said = _ask(request, limits, cancel)
        version = said.get("version")
        statistics = Statistics(
            ended.wall_seconds,
            ended.cpu_seconds,
            ended.peak_memory_mb,
            version=version if isinstance(version, str) else None,
        )
        if ended.stopped:
            outcome, when = STOPPED[ended.stopped]
            return Answer(outcome, f"{self.name} was stopped{when}", statistics=statistics)
        status = str(said.get("status"))
        remark = str(said.get("says") or "")
        outcome, meaning = STATUSES.get(status, (Outcome.ENGINE_FAILED, "failed"))
        if not said:
            outcome, remark = _without_answer(ended)
        if outcome is not Outcome.SOLVED:
            evidence = f"{self.name} {meaning}" + (f": {remark}" if remark else "")
            return Answer(outcome, evidence, statistics=statistics)
        steps = said.get("plan")
        plan = "\n".join(map(str, steps)) if isinstance(steps, list) else None
        claimed = quality == "optimal" and status == "SOLVED_OPTIMALLY"
        return Answer(outcome, f"{self.name} {meaning}", plan, claimed, statistics)


def _is_installed(*packages: str) -> bool:
    try:
        return all(metadata.version(package) for package in packages)
    except metadata.PackageNotFoundError:
        return False


@cache
def unified_engines() -> Mapping[str, Listed]:
    """The engines that unified-planning has here, by name; none if it is not installed.

    The first call takes a second or two: it starts a process that imports them.

    Raises:
        EngineError: they cannot be listed.
    """
    if importlib.util.find_spec("unified_planning") is None:
        return {}
    try:
        ended, said = _ask({"ask": "list"}, LISTING, Event())
    except OSError as error:
        raise EngineError(f"unified-planning's engines cannot be listed: {error}") from None
    listed = said.get("engines")
    if not isinstance(listed, dict):
        late = f"it took more than {LISTING.seconds:g} s" if ended.stopped == "time" else ""
        reason = late or _without_answer(ended)[1]
        raise EngineError(f"unified-planning's engines cannot be listed: {reason}")
    return MappingProxyType(
        {
            name: Listed(str(row["version"]), frozenset(map(str, row["features"])))
            for name, row in sorted(listed.items())
        }
    )


def _ask(request: dict[str, Any], limits: Limits, cancel: Event) -> tuple[Ended, dict[str, Any]]:
    """How a worker ended, and its answer; empty if it gave none that can be read."""
    with (
        tempfile.TemporaryDirectory(prefix="goalsmith-") as name,
        Watchdog(Path(name)) as watchdog,
    ):
        folder = Path(name)
        given = folder / "request.json"
        given.write_text(json.dumps(request), encoding="utf-8")
        ended = run(
            [sys.executable, "-P", "-m", "goalsmith.solve.unified_planning.worker"],
            folder,
            seconds=limits.seconds,
            memory_mb=limits.memory_mb,
            cpu_seconds=limits.cpu_seconds,
            cancel=cancel,
            stdin=given,
            cores=limits.cores,
            watchdog=watchdog,
        )
        answer = folder / "answer.json"
        if not answer.is_file() or answer.stat().st_size > LONGEST_ANSWER:
            return ended, {}
        try:
            said = json.loads(answer.read_bytes())
        except (ValueError, RecursionError):
            return ended, {}
    return ended, said if isinstance(said, dict) else {}


def _without_answer(ended: Ended) -> tuple[Outcome, str]:
    """What it means that a worker ended without an answer."""
    if any(words in ended.errors for words in OUT_OF_MEMORY):
        return Outcome.OUT_OF_MEMORY, "out of memory"
    lines = ended.errors.strip().splitlines()
    last = f": {lines[-1].strip()[:200]}" if lines else ""
    return Outcome.ENGINE_FAILED, f"its process ended with code {ended.exit_code}{last}"
