"""What came of a goal: what is meant to be done, and what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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
    StepNotTaken,
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
            ("Went wrong", _listed(gathered(self.wrong))),
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
    story = told(events, task, wording)
    wrong = [*story.wrong, *(f"{each} (nobody saw what came of it)" for each in story.under_way)]
    unmet: list[str] = []
    if run.final_state is not None:
        semantics = Semantics(task)
        unmet = [
            said(part, task, wording)
            for part in conjuncts(task.problem.goal)
            if not semantics.holds(run.final_state, part)
        ]
    return Account(
        proposal, run.outcome, run.reason, story.done, tuple(wrong), tuple(unmet), run, run_id
    )


@dataclass(frozen=True, slots=True)
class Story:
    """What became of the steps of a run, in words.

    Attributes:
        done: those that took effect as expected.
        wrong: those that did not, each with what is known of it.
        under_way: those of which it has not been seen what came.
    """

    done: tuple[str, ...]
    wrong: tuple[str, ...]
    under_way: tuple[str, ...]


def told(events: Iterable[Event], task: Task, wording: Wording) -> Story:
    """What became of the steps of a run, as its events have it."""
    domain = task.domain
    done: list[str] = []
    wrong: list[str] = []
    under_way: dict[int, str] = {}
    reports: dict[int, StepReported] = {}
    for event in events:
        match event:
            case StepBegun(number=number, step=step):
                under_way[number] = wording.step(domain, step)
            case StepNotTaken(number=number):
                under_way.pop(number, None)
            case StepReported(number=number):
                reports[number] = event
            case StateMatched(number=number) if number in under_way:
                words = under_way.pop(number)
                message = reports[number].message if number in reports else ""
                done.append(_remarked(words, message))
            case DivergenceSeen(number=number, divergence=divergence):
                seen = _seen(divergence, domain, wording)
                words = under_way.pop(number, "")
                report = reports.get(number)
                if words and report is not None and not report.succeeded:
                    wrong.append(f"{words}: {report.message or 'it failed'}")
                elif words:
                    message = report.message if report is not None else ""
                    wrong.append(f"{_remarked(words, message)}: afterwards {seen}")
                else:
                    wrong.append(f"before the next step: {seen}")
    said = {number: report.message for number, report in reports.items() if report.message}
    left = (f"{words}: {said[n]}" if n in said else words for n, words in under_way.items())
    return Story(tuple(done), tuple(wrong), tuple(left))


def gathered(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of which equal ones are said once, with how often."""
    times = Counter(lines)
    return tuple(f"{line} ({n} times)" if n > 1 else line for line, n in times.items())


def _remarked(words: str, message: str) -> str:
    """A step with what its function said; a remark of goalsmith's own is in parentheses already."""
    if not message:
        return words
    return f"{words} {message}" if message.startswith("(") else f"{words} ({message})"


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
