"""Solving a task: engines asked, their answers checked, one validated solution returned."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event

from goalsmith.domains.errors import InputError, PddlError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.aliases import with_aliases
from goalsmith.solve.answer import Answer, Engine, Quality
from goalsmith.solve.engines import engines_to_ask
from goalsmith.solve.fast_downward import FastDownward
from goalsmith.solve.plain_types import with_plain_types
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.validation import validate

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
    search: str | None = None,
    alias: str | None = None,
) -> Solution:
    """Finds a plan for a task, or says why there is none.

    Without an engine's name, Kairos starts at once and Fast Downward joins if there is no plan
    after a moment; the first plan that passes our validation wins, the other engine is stopped.

    Args:
        task: what to solve.
        engine: to ask just that one: `kairos`, `fast-downward` or the name of one that
            unified-planning has.
        quality: `first` plan found, or `optimal`: proved to be the cheapest.
        limits: wall time and memory for each engine.
        cancel: set by another thread to stop; the outcome is then INTERRUPTED.
        search: has Fast Downward, and no other engine, run this search, in its own language.
        alias: has Fast Downward run what it knows by this name, such as `seq-sat-lama-2011`.

    Raises:
        InputError: there is no engine of that name, or no such alias, or a search is given to
            another engine.
        UnsupportedError: the engine is not installed, or none is.
        EngineError: which engines unified-planning has could not be found out.
    """
    limits = limits or Limits()
    cancel = cancel or Event()
    semantics = Semantics(task)
    engines = _chosen(engine, quality, search, alias)
    start = semantics.initial_state()
    if semantics.goal_holds(start):
        verdict = validate(task, Plan(), semantics)
        evidence = "the goal already holds; the empty plan reaches it"
        return Solution(Outcome.SOLVED, "", evidence, Plan(), verdict.cost, quality == "optimal")
    if len(engines) == 1:
        return checked_answer(engines[0], task, semantics, limits, quality, cancel)
    return _race(engines, task, limits, quality, cancel)


def _chosen(
    name: str | None, quality: Quality, search: str | None, alias: str | None
) -> list[Engine]:
    """The engines to ask. Raises as `solve` does."""
    if search is None and alias is None:
        return engines_to_ask(name, quality)
    own = FastDownward(search, alias)
    if name not in (None, own.name):
        raise InputError(f"searches and aliases are for {own.name}, not for `{name}`")
    if reason := own.missing():
        raise UnsupportedError(reason)
    return [own]


def checked_answer(
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
    evidence = _clean(answer.evidence)
    solution = Solution(answer.outcome, engine.name, evidence, statistics=answer.statistics)
    if answer.outcome is not Outcome.SOLVED:
        return solution
    if answer.plan_text is None:
        return replace(
            solution, outcome=Outcome.ENGINE_FAILED, evidence=f"{engine.name} gave no plan"
        )
    try:
        read = read_plan(_clean(answer.plan_text), aliased.task, f"<plan of {engine.name}>")
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
        evidence=f"{evidence}; validated by replaying it",
        plan=plan,
        cost=verdict.cost,
        optimal=answer.optimal,
    )


def _clean(text: str) -> str:
    """An engine's text without what cannot be written as UTF-8."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _race(
    engines: Sequence[Engine],
    task: Task,
    limits: Limits,
    quality: Quality,
    cancel: Event,
) -> Solution:
    """The engines one after the other with a head start, until one settles the task."""
    stop = Event()
    started: list[Future[Solution]] = []
    waiting = list(engines)
    executor = ThreadPoolExecutor(len(engines), "goalsmith-engine")
    settled: Solution | None = None
    try:
        while settled is None and not cancel.is_set():
            if waiting:
                # Each thread has semantics of its own: they keep the last state that they saw.
                own = Semantics(task)
                ask = (waiting.pop(0), task, own, limits, quality, stop)
                started.append(executor.submit(checked_answer, *ask))
            pending = [future for future in started if not future.done()]
            wait(pending, HEAD_START if waiting else 0.05, return_when=FIRST_COMPLETED)
            answers = [future.result() for future in started if future.done()]
            settled = next((each for each in answers if each.outcome.settled), None)
            if not waiting and len(answers) == len(started):
                break
    finally:
        stop.set()
        executor.shutdown(wait=True)
    # Those that were stopped tell what they had used.
    attempts = tuple(future.result() for future in started)
    if settled is not None:
        return replace(settled, attempts=attempts)
    if cancel.is_set():
        evidence = "stopped before any engine had answered"
        return Solution(Outcome.INTERRUPTED, evidence=evidence, attempts=attempts)
    best = min(attempts, key=lambda a: EXPLANATIONS.index(a.outcome))
    evidence = "; ".join(a.evidence for a in attempts)
    return replace(best, evidence=evidence, attempts=attempts)
