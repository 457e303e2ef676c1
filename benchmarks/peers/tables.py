"""The standings as a table: on a terminal, and as Markdown with all that is needed to repeat it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goalsmith.benchmarks.peers.catalogue import DRIVER
from goalsmith.benchmarks.peers.summary import Standing

if TYPE_CHECKING:
    from rich.table import Table

FAIRNESS = (
    "Task by task all peers take turns on the same cores, within the same limits of wall time and "
    "memory, and who begins rotates: what disturbs the machine disturbs all alike. A peer that "
    "overruns a limit is killed with all that it started. Every plan of every peer is replayed by "
    "goalsmith's validator."
)

LEGEND = (
    "score: IPC satisficing, over all tasks. wall, CPU: median seconds where solved. × wall and "
    "× CPU: geometric mean of the ratios to the driver (`fast-downward`) on the tasks that both "
    "solve; both: how many these are. overhead: median ms of wall time beyond what the engine "
    "within says that it took; over the driver: beyond the driver's wall time on the same task; "
    "neither has what a peer spends once for many tasks. wrong: invalid plans, and claims of no "
    "plan where there is one."
)

TITLES = (
    "peer",
    "solved",
    "score",
    "wall",
    "CPU",
    "× wall",
    "× CPU",
    "both",
    "overhead",
    "over the driver",
    "wrong",
)

MOST_SHOWN = 3
"""Endings of a kind that are told with their reasons, and tasks that are named for each."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How it was measured: what a table must say to be repeated.

    Attributes:
        command: the command line, word by word.
        tasks: how many.
        seconds: limit of wall time.
        memory_mb: limit of memory, MiB.
        machine: what it ran on.
        days: the days of the first and the last run.
        jobs: tasks measured at once.
        version: goalsmith's.
    """

    command: tuple[str, ...]
    tasks: int
    seconds: float
    memory_mb: int
    machine: str
    days: tuple[str, str]
    jobs: int = 1

    def __str__(self) -> str:
        first, last = self.days
        when = first if first == last else f"{first} to {last}"
        each = f"{self.seconds:g} s and {self.memory_mb} MiB for each"
        several = f", {self.jobs} tasks at once" if self.jobs > 1 else ""
        tasks = "1 task" if self.tasks == 1 else f"{self.tasks} tasks"
        return f"{tasks}, {each}{several}; {self.machine}; {when}"


def table(standings: Sequence[Standing]) -> Table:
    """The standings for a person; in a pipe they are plain text in columns."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for index, title in enumerate(TITLES):
        shown.add_column(title, no_wrap=True, justify="right" if index else "left")
    for each in standings:
        shown.add_row(*map(Text, _cells(each)))
    return shown


def remarks(standings: Sequence[Standing]) -> Iterator[str]:
    """Who is missing, every wrong answer, and what else did not end in a valid plan."""
    for each in standings:
        if each.missing:
            yield f"{each.peer}: {each.missing}"
        for wrong in each.wrong:
            yield f"{each.peer}: wrong answer to {wrong.task}: {wrong.reason}"
        if each.unchecked:
            yield f"{each.peer}: {each.unchecked} claims of no plan that nobody checked"
        if each.once:
            yield f"{each.peer}: {_ms(each.once)} ms of its wall time are spent once for many tasks"
        if each.failures:
            yield f"{each.peer}: {_endings(each)}"


def markdown(standings: Sequence[Standing], circumstances: Circumstances) -> str:
    """The standings with the versions of all peers, the circumstances and the failures."""
    rows = [TITLES, tuple("---" if i == 0 else "---:" for i in range(len(TITLES)))]
    rows += [_cells(each) for each in standings]
    parts = [
        f"{circumstances}. Made by `{shlex.join(circumstances.command)}`.",
        "\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in rows),
        LEGEND,
        FAIRNESS,
        "\n".join(
            f"- **{each.peer}**: {each.what} ({_escaped(each.version or each.missing)})"
            for each in standings
        ),
    ]
    if told := [f"- {_escaped(each)}" for each in remarks(standings)]:
        parts.append("\n".join(told))
    return "\n\n".join(parts) + "\n"


def _cells(each: Standing) -> tuple[str, ...]:
    if each.missing:
        return (each.peer, "not installed", *("–" for _ in TITLES[2:]))
    return (
        each.peer,
        f"{each.solved} of {each.tasks}",
        f"{each.score:.1f}",
        _three(each.wall),
        _three(each.cpu),
        "1" if each.peer == DRIVER else _three(each.wall_ratio),
        "1" if each.peer == DRIVER else _three(each.cpu_ratio),
        str(each.shared),
        _ms(each.overhead),
        "–" if each.peer == DRIVER else _ms(each.beyond_driver),
        str(len(each.wrong)),
    )


def _endings(each: Standing) -> str:
    """How tasks ended that have no valid plan: all counted, the most frequent with reasons."""
    counts = Counter[str]()
    for failure in each.failures:
        counts[failure.outcome] += len(failure.tasks)
    said = []
    for outcome, count in counts.most_common():
        reasons = [f for f in each.failures if f.outcome == outcome]
        examples = [f"{f.reason} ({_some(f.tasks)})" for f in reasons[:MOST_SHOWN]]
        if len(reasons) > MOST_SHOWN:
            examples.append("…")
        said.append(f"{count} {outcome}: {'; '.join(examples)}")
    return ". ".join(said)


def _some(tasks: Sequence[str]) -> str:
    more = ["…"] if len(tasks) > MOST_SHOWN else []
    return ", ".join([*tasks[:MOST_SHOWN], *more])


def _three(value: float | None) -> str:
    """A figure with three significant digits."""
    return "–" if value is None else f"{value:#.3g}".rstrip(".")


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{1000 * seconds:.0f}"


def _escaped(text: str) -> str:
    """Text that is not taken for Markdown's own signs, in a table or out of it."""
    for sign in "\\`*_<>|[]#":
        text = text.replace(sign, f"\\{sign}")
    return text
