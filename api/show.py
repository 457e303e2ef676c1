"""A run as it happens, told to a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from goalsmith import render
from goalsmith.domains.writer import write_condition
from goalsmith.execute import (
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
)
from goalsmith.execute.events import (
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

if TYPE_CHECKING:
    from goalsmith.domains.plans import Step
    from goalsmith.world import World


class Narrator:
    """Prints each event of a run; give its `tell` to the monitor."""

    def __init__(self, console: Console, world: World) -> None:
        self.console = console
        self.world = world
        self._step: StepBegun | None = None

    def tell(self, entry: Entry) -> None:
        """Prints an event, if there is something to say about it."""
        for part in self._words(entry):
            self.console.print(part)

    def _words(self, entry: Entry) -> list[RenderableType]:
        match entry.event:
            case StepBegun() as begun:
                self._step = begun
                return []
            case StepReported(succeeded=True):
                return []
            case StepReported(message=message):
                return [self._line("✗", "red", f" — failed: {message}")]
            case StateMatched():
                return [self._line("✓", "green", "")] if self._step else []
            case DivergenceSeen(number=number, divergence=divergence):
                where = "the world is not as expected" + (" at the start" if number == 0 else "")
                line = (
                    self._line("!", "yellow", f" — {where}:")
                    if number and self._step
                    else Text(f"  ! {where}:", style="yellow")
                )
                return [line, render.divergence_lines(divergence, self.world)]
            case Judged(verdict=Verdict.AGAIN):
                return [Text("    taken again: the plan still leads to the goal", style="cyan")]
            case Judged(verdict=Verdict.GO_ON):
                return [Text("    it goes on: the rest leads to the goal", style="cyan")]
            case Judged(verdict=Verdict.SKIP, skipped=skipped):
                return [Text(f"    needless now, skipped: {self._said(skipped)}", style="cyan")]
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
                shown = Text(f"new plan: {self._said(plan.steps)}", style="cyan")
                return [Padding(shown, (0, 0, 0, 4))]
            case PlanRefused(reason=reason, version=version) if version > 1:
                return [Text(f"    plan refused: {reason}", style="red")]
            case RunResumed(reason=reason):
                self._step = None  # what is observed next, no step told here led to
                return [Text(f"  … gone on with: {reason}", style="cyan")]
            case StepNotTaken(step=step):
                return [Text(f"    it did not happen: {self._said((step,))}", style="cyan")]
            case ReviewAsked(version=version):
                return [Text(f"  ? plan {version} waits for review", style="yellow")]
            case PlanApproved(version=version):
                return [Text(f"  ✓ plan {version} was approved", style="green")]
            case PlanRejected(version=version):
                return [Text(f"  ✗ plan {version} was rejected", style="red")]
            case PlanEdited(plan=plan):
                return [Text(f"  ✎ edited: {self._said(plan.steps)}", style="cyan")]
            case GoalChanged(goal=goal):
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

    def _said(self, steps: Sequence[Step]) -> str:
        """Steps in English, the first few of many."""
        said = [self.world.wording.step(self.world.domain, step) for step in steps[:6]]
        more = f" … {len(steps) - 6} more" if len(steps) > 6 else ""
        return " → ".join(said) + more

    def _line(self, sign: str, style: str, words: str) -> Text:
        assert self._step is not None
        said = self.world.wording.step(self.world.domain, self._step.step)
        text = Text("  ")
        text.append(f"{sign} ", style=style)
        text.append(f"{self._step.number:>2} ", style="dim")
        text.append(said)
        text.append(words, style=style)
        return text


def run_fields(run: Run) -> dict[str, object]:
    """A run as plain data."""
    return {
        "reason": run.reason,
        "steps": [str(step) for step in run.steps],
        "replans": run.replans,
        "plans": [[str(step) for step in plan] for plan in run.plans],
        "journal": [entry.as_dict() for entry in run.journal],
    }
