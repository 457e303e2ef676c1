"""What came of a goal: what is meant to be done, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from goalsmith.domains.formula import conjuncts
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    StateMatched,
    StepBegun,
    StepReported,
)
from goalsmith.execute.monitor.monitor import Run
from goalsmith.translate.saying import said

MOST_LINES = 40
"""Steps that a text lists at most."""

MOST_PARTS = 6
"""Facts of a difference that are told at most."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A goal as it was understood, and the plan for it.

    Attributes:
        goal: as it was given.
        goal_pddl: in PDDL.
        said: in English again, for the person to check.
        task: the goal, from the state that the world was in.
        outcome: SOLVED, or why there is no plan.
        evidence: the sentence that supports it.
        plan: the validated plan; None without one.
        steps: the plan's steps in words.
    """

    goal: str
    goal_pddl: str
    said: str
    task: Task
    outcome: Outcome
    evidence: str
    plan: Plan | None
    steps: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"Goal: {self.said}"]
        if self.plan is None:
            return "\n".join([*lines, f"No plan ({self.outcome}): {self.evidence}"])
        if not self.steps:
            return "\n".join([*lines, "Nothing is to be done: it holds already."])
        return "\n".join([*lines, *_numbered(self.steps)])


@dataclass(frozen=True, slots=True)
class Account:
    """What came of a goal.

    Attributes:
        proposal: the goal, and the first plan for it.
        outcome: REACHED, or why not: an outcome of the run, or, where there was no plan, that of
            the planner.
        reason: the same in a sentence.
        done: the steps that took effect as expected, in words and in order.
        wrong: the steps that did not, each with what is known about it.
        unmet: the parts of the goal that do not hold in the last state seen, in words.
        run: the run; None where there was no plan.
        run_id: the run's name in the store; empty without one.
    """

    proposal: Proposal
    outcome: Outcome
    reason: str
    done: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    run: Run | None = field(default=None, repr=False)
    run_id: str = ""

    @property
    def reached(self) -> bool:
        """Whether the goal holds in the last state seen."""
        return self.outcome is Outcome.REACHED

    def __str__(self) -> str:
        lines = [f"Goal: {self.proposal.said}", f"Outcome: {self.outcome}: {self.reason}"]
        for title, parts in (
            ("Done", _numbered(self.done)),
            ("Went wrong", _listed(self.wrong)),
            ("Not so in the end", _listed(self.unmet)),
        ):
            if parts:
                lines += [f"{title}:", *parts]
        return "\n".join(lines)


def account(
    proposal: Proposal, run: Run, events: Iterable[Event], wording: Wording, run_id: str = ""
) -> Account:
    """The account of a run.

    Args:
        proposal: what was to be done.
        run: how it ended.
        events: all of the run's, from the first.
        wording: the domain's English.
        run_id: its name in the store.
    """
    task = proposal.task
    done, wrong = told(events, task, wording)
    unmet: list[str] = []
    if run.final_state is not None:
        semantics = Semantics(task)
        unmet = [
            said(part, task, wording)
            for part in conjuncts(task.problem.goal)
            if not semantics.holds(run.final_state, part)
        ]
    return Account(
        proposal, run.outcome, run.reason, tuple(done), tuple(wrong), tuple(unmet), run, run_id
    )


def told(events: Iterable[Event], task: Task, wording: Wording) -> tuple[list[str], list[str]]:
    """The steps that took effect as expected, and those that did not with what is known of it."""
    domain = task.domain
    done: list[str] = []
    wrong: list[str] = []
    under_way: dict[int, str] = {}
    reports: dict[int, StepReported] = {}
    for event in events:
        match event:
            case StepBegun(number=number, step=step):
                under_way[number] = wording.step(domain, step)
            case StepReported(number=number):
                reports[number] = event
            case StateMatched(number=number) if number in under_way:
                words = under_way.pop(number)
                message = reports[number].message if number in reports else ""
                done.append(f"{words} ({message})" if message else words)
            case DivergenceSeen(number=number, divergence=divergence):
                seen = _seen(divergence, domain, wording)
                words = under_way.pop(number, "")
                report = reports.get(number)
                if words and report is not None and not report.succeeded:
                    wrong.append(f"{words}: {report.message or 'it failed'}")
                elif words:
                    wrong.append(f"{words}: afterwards {seen}")
                else:
                    wrong.append(f"before the next step: {seen}")
    for number, words in under_way.items():
        report = reports.get(number)
        wrong.append(f"{words}: {report.message if report else ''} (nobody saw what came of it)")
    return done, wrong


def _seen(divergence: Divergence, domain: Domain, wording: Wording) -> str:
    parts = [
        *(wording.atom(domain, atom, False) for atom in sorted(divergence.missing)),
        *(wording.atom(domain, atom) for atom in sorted(divergence.unexpected)),
        *map(str, divergence.changed),
    ]
    more = [f"and {len(parts) - MOST_PARTS} more"] if len(parts) > MOST_PARTS else []
    return "; ".join([*parts[:MOST_PARTS], *more])


def _numbered(lines: tuple[str, ...]) -> list[str]:
    width = len(str(len(lines)))
    return _bounded([f"{n:>{width + 2}}. {line}" for n, line in enumerate(lines, 1)])


def _listed(lines: tuple[str, ...]) -> list[str]:
    return _bounded([f"  - {line}" for line in lines])


def _bounded(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return lines if more <= 0 else [*lines[:MOST_LINES], f"  … and {more} more"]
