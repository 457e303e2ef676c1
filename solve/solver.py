"""Solving a task: engines asked, their answers checked, one validated solution returned."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError, PddlError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.aliases import with_aliases
from goalsmith.solve.answer import Answer, Engine, Quality
from goalsmith.solve.fast_downward import FastDownward
from goalsmith.solve.kairos import Kairos
from goalsmith.solve.plain_types import with_plain_types
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.validation import validate

ENGINES: dict[str, Engine] = {"kairos": Kairos(), "fast-downward": FastDownward()}
"""The engines by name, in the order in which the race starts them."""

HEAD_START = 0.05
"""Seconds that the first engine has for itself. Kairos solves most small tasks in less, and then
the second engine costs nothing."""

EXPLANATIONS = (
    Outcome.NO_PLAN_FOUND,
    Outcome.OUT_OF_TIME,
    Outcome.OUT_OF_MEMORY,
    Outcome.INVALID_PLAN,
    Outcome.ENGINE_FAILED,
    Outcome.UNSUPPORTED,
    Outcome.INTERRUPTED,
)
"""When no engine settles the task: whose account is given, most telling first."""


def solve(
    task: Task,
    *,
    engine: str | None = None,
    quality: Quality = "first",
    limits: Limits | None = None,
    cancel: Event | None = None,
) -> Solution:
    """Finds a plan for a task, or says why there is none.

    Without an engine's name, Kairos starts at once and Fast Downward joins if there is no plan
    after a moment; the first plan that passes our validation wins, the other engine is stopped.

    Args:
        task: what to solve.
        engine: `kairos` or `fast-downward`, to ask just that one.
        quality: `first` plan found, or `optimal`: proved to be the cheapest.
        limits: wall time and memory for each engine.
        cancel: set by another thread to stop; the outcome is then INTERRUPTED.

    Raises:
        InputError: there is no engine of that name.
        UnsupportedError: the engine is not installed, or none is.
    """
    limits = limits or Limits()
    cancel = cancel or Event()
    semantics = Semantics(task)
    engines = _chosen(engine, quality)
    start = semantics.initial_state()
    if semantics.goal_holds(start):
        verdict = validate(task, Plan(), semantics)
        evidence = "the goal already holds; the empty plan reaches it"
        return Solution(Outcome.SOLVED, "", evidence, Plan(), verdict.cost, quality == "optimal")
    if len(engines) == 1:
        return _checked(engines[0], task, semantics, limits, quality, cancel)
    return _race(engines, task, limits, quality, cancel)


def missing_engines() -> tuple[str, ...]:
    """A sentence for each engine that cannot be used here, with what to do about it."""
    return tuple(reason for each in ENGINES.values() if (reason := each.missing()))


def _chosen(name: str | None, quality: Quality) -> list[Engine]:
    """The engines to ask. Raises as `solve` does."""
    if name is not None:
        engine = ENGINES.get(name)
        if engine is None:
            hint = did_you_mean(name, ENGINES, "engine")
            raise InputError(f"unknown engine `{name}`: {hint}")
        if reason := engine.missing():
            raise UnsupportedError(reason)
        return [engine]
    engines = [e for e in ENGINES.values() if not e.missing()]
    if quality == "optimal":
        engines = [e for e in engines if e.name == "fast-downward"]
    if not engines:
        raise UnsupportedError(f"no engine is available. {'; '.join(missing_engines())}")
    return engines


def _checked(
    engine: Engine,
    task: Task,
    semantics: Semantics,
    limits: Limits,
    quality: Quality,
    cancel: Event,
) -> Solution:
    """An engine's answer, believed as far as it could be checked."""
    aliased = with_aliases(with_plain_types(task))
    try:
        answer = engine.answer(aliased.task, limits, quality, cancel)
    except OSError as error:
        answer = Answer(Outcome.ENGINE_FAILED, f"{engine.name} could not be run: {error}")
    solution = Solution(answer.outcome, engine.name, answer.evidence, statistics=answer.statistics)
    if answer.outcome is not Outcome.SOLVED:
        return solution
    if answer.plan_text is None:
        return replace(
            solution, outcome=Outcome.ENGINE_FAILED, evidence=f"{engine.name} gave no plan"
        )
    try:
        read = read_plan(answer.plan_text, aliased.task, f"<plan of {engine.name}>")
    except PddlError as error:
        evidence = f"{engine.name} gave a plan that is not one of this task: {error.diagnostics[0]}"
        return replace(solution, outcome=Outcome.INVALID_PLAN, evidence=evidence)
    plan = aliased.original(read)
    verdict = validate(task, plan, semantics)
    if verdict.failure is not None:
        evidence = f"{engine.name} gave a wrong plan: {verdict.failure}"
        return replace(solution, outcome=Outcome.INVALID_PLAN, evidence=evidence)
    return replace(
        solution,
        evidence=f"{answer.evidence}; validated by replaying it",
        plan=plan,
        cost=verdict.cost,
        optimal=answer.optimal,
    )


def _race(
    engines: Sequence[Engine],
    task: Task,
    limits: Limits,
    quality: Quality,
    cancel: Event,
) -> Solution:
    """The engines one after the other with a head start, until one settles the task."""
    stop = Event()
    pending: set[Future[Solution]] = set()
    attempts: list[Solution] = []
    waiting = list(engines)
    executor = ThreadPoolExecutor(len(engines), "goalsmith-engine")
    try:
        while waiting or pending:
            if waiting:
                each = waiting.pop(0)
                # Each thread has semantics of its own: they keep the last state that they saw.
                own = Semantics(task)
                pending.add(executor.submit(_checked, each, task, own, limits, quality, stop))
            done, pending = wait(
                pending, HEAD_START if waiting else 0.05, return_when=FIRST_COMPLETED
            )
            attempts += [future.result() for future in done]
            settled = next((a for a in attempts if a.outcome.settled), None)
            if settled is not None:
                return replace(settled, attempts=tuple(attempts))
            if cancel.is_set():
                evidence = "stopped before any engine had answered"
                return Solution(Outcome.INTERRUPTED, evidence=evidence, attempts=tuple(attempts))
    finally:
        stop.set()
        executor.shutdown(wait=True)
    best = min(attempts, key=lambda a: EXPLANATIONS.index(a.outcome))
    evidence = "; ".join(a.evidence for a in attempts)
    return replace(best, evidence=evidence, attempts=tuple(attempts))
