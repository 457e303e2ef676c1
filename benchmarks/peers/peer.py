"""What a peer is: a planner, as a person would use it, that is given a task's files and answers.

Peers are started as programs of their own. Nothing of theirs is imported here, and nothing that
they say is believed: see `goalsmith.benchmarks.peers.judging`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from threading import Event
from typing import Protocol, TypeAlias

from goalsmith.domains.outcome import Outcome
from goalsmith.solve.solution import Limits


@dataclass(frozen=True, slots=True)
class Errand:
    """A task for a peer.

    Attributes:
        domain: the domain file, a copy in the folder.
        problem: the problem file, likewise.
        folder: for this errand alone, and gone after it.
        limits: wall time, memory and cores, the same for all peers.
        cancel: set by another thread to stop it.
    """

    domain: Path
    problem: Path
    folder: Path
    limits: Limits
    cancel: Event


@dataclass(frozen=True, slots=True)
class Reply:
    """What a peer says about a task, unchecked, and what it took. Seconds.

    Attributes:
        outcome: what it claims; SOLVED with a plan.
        reason: how that is known, or what went wrong.
        plan: the plan's text.
        wall_seconds: from the start of a program, or from the request to a process that stays,
            until its answer was there.
        cpu_seconds: of all processes that took part.
        engine_seconds: what the engine within says that reading, grounding and searching took; None
            if it does not say.
        once_seconds: the part of the wall time that the peer spends once for many tasks.
    """

    outcome: Outcome
    reason: str = ""
    plan: str | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    engine_seconds: float | None = None
    once_seconds: float = 0.0


Session: TypeAlias = Callable[[Errand], Reply]
"""A peer made ready: does one errand after the other."""


class Peer(Protocol):
    """A planner that others are compared with."""

    @property
    def name(self) -> str:
        """What tables and `--peer` call it."""
        ...

    @property
    def what(self) -> str:
        """What is started and what is counted, in a line."""
        ...

    def missing(self) -> str:
        """Why it cannot be used here and how to get it; empty when it can."""
        ...

    def version(self) -> str:
        """Its version, with those of the engines in it."""
        ...

    def session(self) -> AbstractContextManager[Session]:
        """Makes it ready; none of its processes outlives the block."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """The distributions that a peer comes in, its own first; as on PyPI."""

    packages: tuple[str, ...]

    def missing(self) -> str:
        """What is not installed, with the command that installs it; empty if nothing is missing."""
        absent = [name for name in self.packages if _version(name) is None]
        if not absent:
            return ""
        verb = "is" if len(absent) == 1 else "are"
        return f"{' and '.join(absent)} {verb} not installed: pip install {' '.join(absent)}"

    def version(self) -> str:
        """The versions of all that is installed."""
        found = ((name, _version(name)) for name in self.packages)
        return ", ".join(f"{name} {version}" for name, version in found if version)

    def script(self, name: str) -> Path | None:
        """The program of that name that the peer's own distribution installed, if it did."""
        # There may be several, of which one is a folder `egg-info` in the current folder.
        every = metadata.distributions(name=self.packages[0])
        files = (file for each in every for file in each.files or ())
        found = (Path(str(f.locate())) for f in files if f.name in (name, f"{name}.exe"))
        return next((path for path in found if path.is_file()), None)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
