"""What plans are worth, whoever made them: valid or not, how good, and how far from a valid one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from threading import Event

from goalsmith.benchmarks.plan_scores.matching import PlanFile
from goalsmith.benchmarks.scores import TaskName, gap, satisficing
from goalsmith.benchmarks.scores.references import NO_REFERENCES
from goalsmith.benchmarks.suites.suite import BenchmarkTask, as_text
from goalsmith.domains.errors import InputError, PddlError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Step, read_plan
from goalsmith.domains.reader import load_text, read_domain, read_problem
from goalsmith.domains.semantics import Semantics
from goalsmith.solve import Limits, Solution, solve, validate
from goalsmith.solve.improvement.elimination import Lifted, without_needless_steps
from goalsmith.solve.order.partial_order import partial_order

NEEDLESS_SECONDS = 5.0
"""Seconds for the search for needless steps, which takes the square of the plan's length."""


UNENDED = f"needless steps were looked for during {NEEDLESS_SECONDS:g} s; there may be more"


class Verdict(StrEnum):
    """What a plan file turned out to be."""

    VALID = "valid"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    NO_TASK = "no-task"


@dataclass(frozen=True, slots=True)
class PlanScore:
    """What a plan is worth. What does not apply, or is not known, is None.

    Attributes:
        file: where the plan is.
        domain: the domain's name in the suite; empty if it is unclear which task the plan is for.
        problem: likewise the problem's name.
        verdict: what the file turned out to be.
        reason: the first step that cannot be carried out, or why the file is not a plan.
        length: steps.
        cost: under the task's metric; without one, the number of steps.
        reference: the cost of the best plan known.
        score: the reference divided by the cost, as in the competitions' satisficing tracks; 0 for
            what is not valid; None where it is unclear which task it is for.
        bound: it is proved that no plan costs less.
        gap: what could still be saved at most, as a share of the cost.
        makespan: stages of the plan's partial order, if a step takes as long as any other.
        needless: steps that can be left out of a valid plan, together.
        prefix: steps of an invalid plan that can be carried out, up to the first that cannot.
        to_goal: steps of a plan that was found from there to the goal; there may be shorter ones.
        remark: why there is no such plan, or what else is to be known of the figures.
    """

    file: str
    domain: str
    problem: str
    verdict: Verdict
    reason: str = ""
    length: int | None = None
    cost: Fraction | None = None
    reference: float | None = None
    score: float | None = None
    bound: Fraction | None = None
    gap: float | None = None
    makespan: int | None = None
    needless: int | None = None
    prefix: int | None = None
    to_goal: int | None = None
    remark: str = ""

    @property
    def task(self) -> TaskName:
        """What the plan is for."""
        return self.domain, self.problem

    @property
    def needless_share(self) -> float | None:
        """The needless steps as a share of all; None if they are not known."""
        if self.needless is None or self.length is None:
            return None
        return self.needless / self.length if self.length else 0.0


class PlanScorer:
    """Looks at plans one by one.

    Args:
        engine: the one engine to ask for what is solved; without it they race.
        limits: wall time and memory for that, for each plan.
        prove: have the tasks of valid plans solved for the cheapest plan, which takes that time.
        cancel: set by another thread to stop.
    """

    def __init__(
        self,
        *,
        engine: str | None = None,
        limits: Limits | None = None,
        prove: bool = False,
        cancel: Event | None = None,
    ) -> None:
        self._engine = engine
        self._limits = limits or Limits()
        self._prove = prove
        self._cancel = cancel or Event()
        self._read: tuple[BenchmarkTask, Task] | None = None
        self._proofs: dict[TaskName, Solution] = {}

    @property
    def costs_found(self) -> dict[TaskName, Fraction]:
        """What the plans cost that were found in looking for the cheapest."""
        return {task: found.cost for task, found in self._proofs.items() if found.cost is not None}

    def score(self, plan_file: PlanFile) -> PlanScore:
        """What a plan is worth, as far as can be said without other plans for the task.

        Raises:
            InputError: there is no engine of that name.
            UnsupportedError: the engine is not installed, or none is.
        """
        file, entry = as_text(plan_file.path), plan_file.task
        if entry is None:
            return PlanScore(file, "", "", Verdict.NO_TASK, plan_file.reason)
        blank = PlanScore(file, entry.domain_name, entry.name, Verdict.UNREADABLE, score=0.0)
        try:
            task = self._task(entry)
        except (InputError, UnsupportedError) as error:
            return replace(
                blank, verdict=Verdict.NO_TASK, reason=f"its task: {first_of(error)}", score=None
            )
        try:
            plan = read_plan(load_text(plan_file.path), task, file)
        except InputError as error:
            return replace(blank, reason=first_of(error))
        semantics = Semantics(task)
        verdict = validate(task, plan, semantics)
        read = replace(blank, length=len(plan))
        if verdict.failure is not None:
            reason, prefix = str(verdict.failure), verdict.failure.index
            broken = replace(read, verdict=Verdict.INVALID, reason=reason, prefix=prefix)
            return self._with_distance(broken, task, plan.steps[:prefix], semantics)
        needed, ended = _needed(semantics, plan.steps)
        valid = replace(
            read,
            verdict=Verdict.VALID,
            cost=verdict.cost,
            score=None,
            makespan=len(partial_order(task, plan).stages),
            needless=len(plan) - len(needed),
            remark="" if ended else UNENDED,
        )
        return self._with_bound(valid, task) if self._prove else valid

    def _task(self, entry: BenchmarkTask) -> Task:
        """The task, read once for all of its plans that follow one another."""
        if self._read is None or self._read[0] != entry:
            texts, places = entry.load(), entry.places()
            domain = read_domain(texts[0], places[0])
            self._read = entry, Task(domain, read_problem(texts[1], domain, places[1]))
        return self._read[1]

    def _with_distance(
        self, score: PlanScore, task: Task, prefix: Sequence[Step], semantics: Semantics
    ) -> PlanScore:
        """The score of an invalid plan with the way to the goal from where it breaks off."""
        facts = semantics.facts(semantics.initial_state())
        for step in prefix:
            semantics.perform(facts, step)
        there = task.with_state(semantics.state(facts))
        found = solve(there, engine=self._engine, limits=self._limits, cancel=self._cancel)
        if found.plan is not None:
            return replace(score, to_goal=len(_needed(Semantics(there), found.plan.steps)[0]))
        if found.outcome is Outcome.UNSOLVABLE:
            return replace(score, remark="from there, no plan reaches the goal")
        return replace(score, remark=f"{found.outcome}: {found.evidence}")

    def _with_bound(self, score: PlanScore, task: Task) -> PlanScore:
        if score.task not in self._proofs:
            self._proofs[score.task] = solve(
                task,
                engine=self._engine,
                quality="optimal",
                limits=self._limits,
                cancel=self._cancel,
            )
        return replace(score, bound=self._proofs[score.task].lower_bound)


def _needed(semantics: Semantics, steps: Sequence[Step]) -> tuple[list[Step], bool]:
    """The steps of a valid plan without those that it does not need, as far as there is time.

    Also whether there was time enough to find them all.
    """
    deadline = time.monotonic() + NEEDLESS_SECONDS
    asked_late = False

    def late() -> bool:
        nonlocal asked_late
        asked_late = time.monotonic() > deadline
        return asked_late

    return without_needless_steps(Lifted(semantics), steps, late), not asked_late


def against_references(
    scores: Iterable[PlanScore],
    references: Mapping[TaskName, float] = NO_REFERENCES,
    found: Mapping[TaskName, Fraction] | None = None,
    *,
    official: bool = False,
) -> tuple[PlanScore, ...]:
    """The scores with the best costs known: of references, of what was `found`, of all the plans.

    With `official`, a reference counts even where a better plan is known, so that a score may be
    above 1, as by the rules of the competition.
    """
    rows = tuple(scores)
    best: dict[TaskName, float] = {task: float(cost) for task, cost in (found or {}).items()}
    for row in rows:
        if row.cost is not None:
            best[row.task] = min(float(row.cost), best.get(row.task, float(row.cost)))
    for task, cost in references.items():
        best[task] = cost if official else min(cost, best.get(task, cost))
    return tuple(_compared(row, best.get(row.task)) for row in rows)


def _compared(row: PlanScore, best: float | None) -> PlanScore:
    known = replace(row, reference=best)
    if row.cost is None:
        return known
    cost, bound = float(row.cost), row.bound
    return replace(
        known,
        score=satisficing(cost, best),
        gap=None if bound is None else gap(cost, float(bound)),
    )


def first_of(error: InputError | UnsupportedError) -> str:
    """The first thing that an error has to say, in one line."""
    if not isinstance(error, PddlError) or not error.diagnostics:
        return " ".join(str(error).split())
    first, *others = error.diagnostics
    where = f"line {first.position.line}: " if first.position else ""
    hint = f" ({first.suggestion})" if first.suggestion else ""
    more = f"; and {len(others)} more" if others else ""
    return f"{where}{first.message}{hint}{more}"
