"""The steps of a run as the page is told of them, each found by its number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from goalsmith.execute.journal.events import Judged, StepBegun, StepReported
from goalsmith.execute.viewer.names import Names
from goalsmith.execute.viewer.views import Rows, Stand, StepView


class Taken:
    """The steps that the environment was asked to take; several may be under way at once.

    Attributes:
        rows: the steps, in the order in which they were begun.
    """

    def __init__(self, names: Names) -> None:
        self.rows = Rows[StepView]()
        self._names = names
        # Where a number occurs twice, since the step had not happened: the last one.
        self._index: dict[int, int] = {}
        # The first step that went otherwise than expected, and is not judged yet.
        self._troubled: int | None = None

    def index(self, number: int) -> int:
        """The index of a step that was begun."""
        return self._index[number]

    def begin(self, sequence: int, at: float, event: StepBegun, plan: int, moment: int) -> int:
        """Adds a step of a plan (0: of none), and returns its index."""
        step = StepView(
            number=event.number,
            said=self._names.step(event.step),
            plan=plan,
            place=event.index,
            attempt=event.attempt,
            began=at,
            since=moment,
        )
        self._index[event.number] = self.rows.add(step, sequence)
        return self._index[event.number]

    def report(self, sequence: int, at: float, event: StepReported) -> None:
        """The environment has said how a step ended."""
        stand = Stand.IN_FLIGHT if event.succeeded else Stand.FAILED
        how = event.ending.value
        self._change(
            sequence, event.number, ended=at, stand=stand, message=event.message, ending=how
        )

    def see(self, sequence: int, number: int, moment: int, *, matched: bool) -> None:
        """The world was observed after a step."""
        failed = self.rows[self._index[number]].stand is Stand.FAILED
        stand = Stand.DONE if matched else Stand.DIVERGED
        self._change(sequence, number, stand=Stand.FAILED if failed else stand, moment=moment)
        if self._troubled is None and (failed or not matched):
            self._troubled = number

    def judge(self, sequence: int, event: Judged, moment: int) -> None:
        """The first step that went otherwise than expected is judged.

        Others may have ended after it, so the number of the event may be that of one of them.
        """
        if self._troubled is not None:
            verdict, reason = event.verdict.value, event.reason
            self._change(sequence, self._troubled, verdict=verdict, reason=reason, judged=moment)
        self.settle()

    def settle(self) -> None:
        """What went otherwise than expected until now needs no verdict any more."""
        self._troubled = None

    def not_taken(self, sequence: int, number: int) -> None:
        """It has turned out that a step did not happen."""
        self._change(sequence, number, stand=Stand.NOT_TAKEN)

    def leave(self, sequence: int, numbers: Iterable[int]) -> None:
        """The run was left while these steps were under way."""
        for number in numbers:
            if self.rows[self._index[number]].stand is Stand.IN_FLIGHT:
                self._change(sequence, number, stand=Stand.UNKNOWN)

    def _change(self, sequence: int, number: int, **changes: Any) -> None:
        index = self._index.get(number)
        if index is not None:
            self.rows.put(index, replace(self.rows[index], **changes), sequence)
