"""The grounded task that all who look for better plans share, and the plan that windows work on."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Lock

from goalsmith.solve.grounded.task import GroundOperator
from goalsmith.solve.grounded.translate import StepNames
from goalsmith.solve.improve import Improver
from goalsmith.solve.incumbent import Incumbent

WINDOWS = "windows"
"""What a plan that came from windows is said to be found by."""

ELIMINATION_SECONDS = 2.0
"""Time for taking needless steps out of a plan from a stream."""


class CommonGround:
    """What is known once the task is grounded, for all lanes.

    Attributes:
        tried: set when grounding has ended, well or not.
        names: the grounded task and what its operators are called; None without one.
        file: where the grounded task is written.
        improver: the plan that windows work on; None before there is one.
    """

    def __init__(self, incumbent: Incumbent) -> None:
        self.tried = Event()
        self.names: StepNames | None = None
        self.file = Path()
        self.improver: Improver | None = None
        self._incumbent = incumbent
        self._lock = Lock()

    def catch_up(self) -> None:
        """Hands the best plan, if it came from elsewhere, to the improver."""
        names, best = self.names, self._incumbent.best
        if names is None or best is None or best.plan is None:
            return
        operators = names.operators(best.plan)
        if operators is None:
            return
        with self._lock:
            if self.improver is None:
                self.improver = Improver(names.task, operators, self._better)
            elif not self.improver.offer(operators):
                return
        self.improver.eliminate(ELIMINATION_SECONDS)

    def _better(self, steps: tuple[GroundOperator, ...]) -> None:
        assert self.names is not None
        self._incumbent.offer(self.names.plan(steps), WINDOWS)
