"""A run as it happens, told to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from goalsmith import render
from goalsmith.domains.errors import InputError
from goalsmith.domains.writer import write_condition
from goalsmith.execute import (
    Change,
    DivergenceSeen,
    Entry,
    Judged,
    PlanAdopted,
    PlanRefused,
    ReplanBegun,
    Replanned,
    Run,
    RunEnded,
    StateMatched,
    StepBegun,
    StepReported,
    StepSetAside,
    StepsTakenBack,
    Verdict,
    compare_plans,
)
from goalsmith.execute.journal.events import (
    GoalChanged,
    MessageRefused,
    PlanApproved,
    PlanEdited,
    PlanRejected,
    ReviewAsked,
    RunResumed,
    StepNotTaken,
    StopAsked,
)
from goalsmith.execute.journal.place import Place

if TYPE_CHECKING:
    from goalsmith.domains.plans import Plan, Step
    from goalsmith.world import World

FEW: Final = 3
"""Steps that a line names of a revision; of more, it tells only how many they are."""


class Narrator:
    """Prints each event of a run; give its `tell` to the monitor.

    Steps are told when they end, each by its number, so that those that were under way at the same
    time can be told apart.
    """

    def __init__(self, console: Console, world: World) -> None:
        self.console = console
        self.world = world
        self._under_way: dict[int, StepBegun] = {}
        # The first step that went otherwise than expected, and is not judged yet.
        self._troubled: int | None = None
        # Where the run is in its plans; None where its beginning was not told here.
        self._place: Place | None = Place()

    def hear(self, entries: Iterable[Entry]) -> None:
        """Takes into account what happened before, of which nothing is printed."""
        for entry in entries:
            self._follow(entry)

    def tell(self, entry: Entry) -> None:
        """Prints an event, if there is something to say about it."""
        for part in self._words(entry):
            self.console.print(part)
        self._follow(entry)

    def _follow(self, entry: Entry) -> None:
        if self._place is not None:
            try:
                self._place.take(entry.event)
            except InputError:
                self._place = None  # only a part of the run is told here

    def _words(self, entry: Entry) -> list[RenderableType]:
        match entry.event:
            case StepBegun(number=number) as begun:
                self._under_way[number] = begun
                return []
            case StepReported(succeeded=True):
                return []
            case StepReported(number=number, message=message):
                self._is_trouble(number)
                return self._step(number, "✗", "red", f" — failed: {message}")
            case StateMatched(number=number):
                matched = self._step(number, "✓", "green")
                self._under_way.pop(number, None)
                return matched
            case DivergenceSeen(number=number, divergence=divergence):
                self._is_trouble(number)
                where = "the world is not as expected" + (" at the start" if number == 0 else "")
                general: list[RenderableType] = [Text(f"  ! {where}:", style="yellow")]
                told = self._step(number, "!", "yellow", f" — {where}:") or general
                self._under_way.pop(number, None)
                return [*told, render.divergence_lines(divergence, self.world)]
            case Judged() as judged:
                return self._verdict(judged)
            case StepSetAside(step=step, attempts=attempts):
                said = self._said((step,))
                return [Text(f"    set aside after {attempts} attempts: {said}", style="yellow")]
            case StepsTakenBack(steps=steps):
                return [Text(f"    no way around: {self._said(steps)}", style="yellow")]
            case ReplanBegun():
                return []
            case Replanned(number=number, outcome=outcome, engine=engine):
                by = f" by {engine}" if engine else ""
                style = "cyan" if outcome.exit_code == 0 else "red"
                return [Text(f"  ↻ replanned{by} ({number}): {outcome}", style=style)]
            case PlanAdopted(version=version, plan=plan) if version > 1:
                return self._revision(version, plan)
            case PlanRefused(reason=reason, version=version) if version > 1:
                return [Text(f"    plan refused: {reason}", style="red")]
            case RunResumed(reason=reason):
                return [Text(f"  … gone on with: {reason}", style="cyan")]
            case StepNotTaken(number=number, step=step):
                self._under_way.pop(number, None)
                return [Text(f"    it did not happen: {self._said((step,))}", style="cyan")]
            case ReviewAsked(version=version):
                return [Text(f"  ? plan {version} waits for review", style="yellow")]
            case PlanApproved(version=version):
                return [Text(f"  ✓ plan {version} was approved", style="green")]
            case PlanRejected(version=version):
                return [Text(f"  ✗ plan {version} was rejected", style="red")]
            case PlanEdited(version=version, plan=plan):
                edited = Text("  ✎ edited by a person", style="cyan")
                return [edited, *self._revision(version, plan)]
            case GoalChanged(goal=goal):
                self._troubled = None  # the next verdict is about this
                return [Text(f"  ↻ the goal is now {write_condition(goal)}", style="cyan")]
            case MessageRefused(reason=reason):
                return [Text(f"  ! a message was refused: {reason}", style="yellow")]
            case StopAsked(reason=reason):
                why = f": {reason}" if reason else ""
                return [Text(f"  ■ asked to stop{why}", style="yellow")]
            case RunEnded(outcome=outcome, reason=reason):
                return [Text(f"{outcome}: {reason}", style=render.outcome_style(outcome))]
            case _:
                return []

    def _revision(self, version: int, plan: Plan) -> list[RenderableType]:
        """What becomes of the steps that were left of the plan before, in a line."""
        place = self._place
        if place is None or not place.plans:
            shown = Text(f"plan {version}: {self._said(plan.steps)}", style="cyan")
            return [Padding(shown, (0, 0, 0, 4))]
        left = place.rest if place.version else place.plans[0].steps
        lines = compare_plans(left, plan.steps)
        changed = [line for line in lines if line.change is not Change.KEPT]
        told = []
        for change in Change:
            steps = [line.step for line in lines if line.change is change]
            if steps:
                named = change is not Change.KEPT and len(changed) <= FEW
                told.append(f"{change} {len(steps)}" + f" ({self._said(steps)})" * named)
        shown = Text(f"plan {version}: {', '.join(told) or 'nothing is left to do'}", style="cyan")
        return [Padding(shown, (0, 0, 0, 4))]

    def _said(self, steps: Sequence[Step]) -> str:
        """Steps in English, the first few of many."""
        said = [self.world.wording.step(self.world.domain, step) for step in steps[:6]]
        more = f" … {len(steps) - 6} more" if len(steps) > 6 else ""
        return " → ".join(said) + more

    def _step(self, number: int, sign: str, style: str, words: str = "") -> list[RenderableType]:
        """The line of a step under way; none, if its beginning was not told here."""
        begun = self._under_way.get(number)
        if begun is None:
            return []
        text = Text("  ")
        text.append(f"{sign} ", style=style)
        text.append(f"{number:>2} ", style="dim")
        text.append(self._said((begun.step,)))
        text.append(words, style=style)
        return [text]

    def _is_trouble(self, number: int) -> None:
        if self._troubled is None and number in self._under_way:
            self._troubled = number

    def _verdict(self, judged: Judged) -> list[RenderableType]:
        """A verdict, and on which step it is where others have ended after that."""
        number, self._troubled = self._troubled, None
        step = "" if number is None else f"step {number} "
        match judged.verdict:
            case Verdict.AGAIN:
                words = f"{step}taken again: the plan still leads to the goal"
            case Verdict.GO_ON:
                after = "" if number is None else f" after step {number}"
                words = f"it goes on{after}: the rest leads to the goal"
            case Verdict.SKIP:
                words = f"needless now, skipped: {self._said(judged.skipped)}"
            case _:
                return []
        return [Text(f"    {words}", style="cyan")]


def run_fields(run: Run) -> dict[str, object]:
    """A run as plain data."""
    return {
        "reason": run.reason,
        "steps": [str(step) for step in run.steps],
        "replans": run.replans,
        "plans": [[str(step) for step in plan] for plan in run.plans],
        "journal": [entry.as_dict() for entry in run.journal],
    }
