"""The plans of a run as the page is told of them, and what was left out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute.journal.events import Judged, PlanAdopted, PlanEdited, PlanRefused
from goalsmith.execute.journal.place import Place
from goalsmith.execute.journal.revision import compare_plans
from goalsmith.execute.viewer.names import Names
from goalsmith.execute.viewer.side_by_side import plan_rows, skip_rows
from goalsmith.execute.viewer.views import PlanView, Rows, SkipView


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the plan in force, or of the plan given before one is.

    Attributes:
        version: of that plan; 0: no plan is in force.
        places: of the steps that are not over, in it.
        steps: those steps.
        done: how many of its steps are over.
    """

    version: int
    places: Sequence[int]
    steps: Sequence[Step]
    done: int

    @classmethod
    def at(cls, place: Place) -> Left:
        """What is left where a run is in its plans."""
        if place.version:
            places = tuple(place.places)
            return cls(place.version, places, tuple(place.rest), len(place.plan) - len(places))
        steps = place.plans[0].steps if place.plans else ()
        return cls(0, range(len(steps)), steps, 0)


class Received:
    """The versions of the plan.

    Attributes:
        rows: the versions, from the first.
        skips: what was left out of them, from the first time.
        tasks: what each version was received for.
    """

    def __init__(self, names: Names) -> None:
        self.rows = Rows[PlanView]()
        self.skips = Rows[SkipView]()
        self.tasks: list[Task] = []
        self._names = names

    def give(self, sequence: int, at: float, plan: Plan, now: Task) -> None:
        """The plan that the run was given."""
        self._put(sequence, PlanView(1, at, 0, self._names.plan(plan)), now)

    def receive(
        self,
        sequence: int,
        at: float,
        event: PlanAdopted | PlanEdited | PlanRefused,
        left: Left,
        moment: int,
        now: Task,
    ) -> None:
        """A plan was received, or, if it is the first, considered.

        Args:
            sequence: the entry of the journal that tells of it.
            at: when.
            event: what became of it.
            left: what was left of the plan before it.
            moment: the last moment until then.
            now: what it was received for.
        """
        view = PlanView(event.version, at, moment, self._names.plan(event.plan))
        if event.version > 1:
            rows = plan_rows(compare_plans(left.steps, event.plan.steps), left.places)
            view = replace(view, before=left.version or 1, done=left.done, rows=rows)
        match event:
            case PlanRefused(reason=reason):
                view = replace(view, stand="refused", refusal=reason)
            case PlanEdited(replaces=replaces):
                self.review(sequence, replaces, "edited")
                reason = f"a person edited plan {replaces}"
                view = replace(view, stand="adopted", reason=reason, begins=moment)
            case PlanAdopted(reason=reason):
                view = replace(view, stand="adopted", reason=reason, begins=moment)
        self._put(sequence, view, now)

    def review(self, sequence: int, version: int, review: str) -> None:
        """A person is asked about a version, or has decided on it."""
        self._change(sequence, version, review=review)

    def skip(self, sequence: int, at: float, event: Judged, left: Left, moment: int) -> None:
        """Steps of the plan in force are left out."""
        end = sum(place < event.index for place in left.places)
        first = end - len(event.skipped)
        rows = skip_rows(left.places[max(first, 0) :], len(event.skipped))
        done = left.done + first
        view = SkipView(left.version, at, moment, event.reason, rows, done)
        self.skips.add(view, sequence)

    def _put(self, sequence: int, view: PlanView, now: Task) -> None:
        if view.version > len(self.rows):
            self.rows.add(view, sequence)
            self.tasks.append(now)
        else:
            self.rows.put(view.version - 1, view, sequence)
            self.tasks[view.version - 1] = now

    def _change(self, sequence: int, version: int, **changes: Any) -> None:
        if 1 <= version <= len(self.rows):
            plan = replace(self.rows[version - 1], **changes)
            self.rows.put(version - 1, plan, sequence)
