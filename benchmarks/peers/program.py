"""Peers that are programs: started afresh for every task, and all of that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from goalsmith.benchmarks.peers.peer import Errand, Reply, Session, Source
from goalsmith.benchmarks.peers.strays import Mark
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import MAX_TEXT
from goalsmith.solve.answer import STOPPED
from goalsmith.solve.programs.process import Ended, run
from goalsmith.solve.programs.watchdog import Watchdog


@dataclass(frozen=True, slots=True)
class Program:
    """A peer that is a program.

    Attributes:
        name: what tables call it.
        what: what is started, in a line.
        source: what it comes in.
        command: what is started for an errand; it runs in the errand's folder.
        read: what the program made of the errand, by how it ended and what it left in the folder;
            the times need not be in it. Not asked if the program had to be stopped.
    """

    name: str
    what: str
    source: Source
    command: Callable[[Errand], Sequence[str | Path]]
    read: Callable[[Errand, Ended], Reply]

    def missing(self) -> str:
        """Why it cannot be used here and how to get it; empty when it can."""
        return self.source.missing()

    def version(self) -> str:
        """The versions of what it comes in."""
        return self.source.version()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Nothing has to be made ready."""
        yield self._do

    def _do(self, errand: Errand) -> Reply:
        mark = Mark()
        command = mark.on([str(part) for part in self.command(errand)])
        limits = errand.limits
        try:
            # Made here, so that its making and its end are not in the program's wall time.
            with Watchdog() as watchdog:
                ended = run(
                    command,
                    errand.folder,
                    seconds=limits.seconds,
                    memory_mb=limits.memory_mb,
                    cancel=errand.cancel,
                    cores=limits.cores,
                    watchdog=watchdog,
                )
        except OSError as error:
            return Reply(Outcome.ENGINE_FAILED, f"cannot be started: {error.strerror}")
        finally:
            mark.end_all()
        if ended.stopped:
            outcome, meaning = STOPPED[ended.stopped]
            reply = Reply(outcome, f"was stopped{meaning}")
        else:
            reply = self.read(errand, ended)
        return replace(reply, wall_seconds=ended.wall_seconds, cpu_seconds=ended.cpu_seconds)


def text_in(path: Path) -> str | None:
    """The text of a file that a peer wrote, no more of it than a plan may have; None without one.

    Bytes that are no text are shown as such, so that what is not a plan is not taken for none.
    """
    try:
        if not path.is_file():
            return None
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MAX_TEXT + 1)
    except OSError:
        return None


def failure(ended: Ended) -> Reply:
    """A program that failed, with the last that it said."""
    reason = f"exit code {ended.exit_code}: {last_line(ended.errors, ended.output)}"
    return Reply(Outcome.ENGINE_FAILED, reason)


def last_line(*outputs: str) -> str:
    """The last line of the first output that has one."""
    lines = (output.strip().splitlines() for output in outputs)
    return next((printable(each[-1]) for each in lines if each), "it said nothing")
