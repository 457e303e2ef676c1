"""A window's task solved by Fast Downward: a plan below a cost, soon or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from types import TracebackType

from goalsmith.solve.fast_downward.output import last_plan
from goalsmith.solve.fast_downward.run import Run
from goalsmith.solve.fast_downward.searches import below
from goalsmith.solve.grounded.sas import SasTask, write_sas
from goalsmith.solve.programs.watchdog import Watchdog
from goalsmith.solve.solution import Limits

KILL_AFTER = 0.5
"""Wall seconds that a search may take beyond its CPU seconds: it counts these itself, and not while
it prepares its heuristics."""


class WindowSearch:
    """Searches for windows, one at a time; for a `with` block.

    Args:
        folder: where the searches run, for them alone.
        limits: for all searches together.
        cancel: set by another thread to stop a search.

    Attributes:
        cpu_seconds: CPU time that the searches have used.
    """

    def __init__(self, folder: Path, limits: Limits, cancel: Event) -> None:
        self._folder = folder
        self._limits = limits
        self.cpu_seconds = 0.0
        self._cancel = cancel
        self._watchdog: Watchdog | None = None

    def __enter__(self) -> WindowSearch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._watchdog is not None:
            self._watchdog.close()

    @property
    def spent(self) -> bool:
        """Whether the CPU time is used up."""
        limit = self._limits.cpu_seconds
        return limit is not None and self.cpu_seconds >= limit

    def __call__(
        self, task: SasTask, bound: int, weight: int, seconds: float, seed: int
    ) -> list[int] | None:
        """The numbers of operators of a plan that costs less than `bound`, or None.

        Operators that are worth the same are tried in an order given by `seed`.

        Raises:
            OSError: the program cannot be started.
        """
        if self._watchdog is None or self._watchdog.closed:
            # A search that is stopped takes its group with it.
            self._watchdog = Watchdog()
        file = self._folder / "window.sas"
        file.write_text(write_sas(task), encoding="ascii")
        unit_cost = len({operator.cost for operator in task.operators}) == 1
        cpu = self._limits.cpu_seconds
        limits = replace(
            self._limits,
            seconds=seconds + KILL_AFTER,
            cpu_seconds=None if cpu is None else cpu - self.cpu_seconds,
        )
        run = Run(self._folder, self._watchdog, limits, self._cancel)
        ended = run.search(below(bound, unit_cost, weight, seconds, seed), file)
        self.cpu_seconds += ended.cpu_seconds
        plan = last_plan(self._folder, whole=True) if ended.exit_code == 0 else None
        if plan is None:
            return None
        return [int(line.strip("( )")) for line in plan.splitlines() if line.startswith("(")]
