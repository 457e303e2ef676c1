"""Solving a task: engines asked, their answers checked, one validated solution returned."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING

from goalsmith.domains.errors import InputError, PddlError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.aliases import clean, with_aliases
from goalsmith.solve.answer import Answer, Engine, Options, Quality
from goalsmith.solve.engines import engines_to_ask
from goalsmith.solve.kairos.client import Rest
from goalsmith.solve.kairos.engine import Kairos
from goalsmith.solve.kairos.pool import await_worker
from goalsmith.solve.plain_types import with_plain_types
from goalsmith.solve.solution import Limits, OnSolution, Solution, ignored, without_plan
from goalsmith.solve.step_costs import no_step_pays
from goalsmith.solve.validation import validate

if TYPE_CHECKING:
    from goalsmith.solve.cache import Cache

HEAD_START = 0.08
"""Seconds that the first engine has for itself. Kairos solves most small tasks in less, and then
the second engine costs nothing."""

REST = 0.5
"""Seconds that the first engine then leaves to the second where they share one core. LAMA's first
plan for a small task takes less."""

PROOF_BUDGET = 200_000
"""Tuples looked at for a proof of our own that there is no plan: some tenths of a second."""

LONGEST_START = 1.0
"""Seconds that Kairos's process may take to start before the race begins without waiting for it."""


def solve(
    task: Task,
    *,
    engine: str | None = None,
    quality: Quality = "first",
    limits: Limits | None = None,
    cancel: Event | None = None,
    search: str | None = None,
    alias: str | None = None,
    options: Options | None = None,
    seed: int = 0,
    on_solution: OnSolution = ignored,
    cache: Cache | None = None,
) -> Solution:
    """Finds a plan for a task, or says why there is none.

    Without an engine's name, Kairos starts at once and Fast Downward joins if there is no plan
    after a moment; the first plan that passes our validation wins, the other engine is stopped.

    Args:
        task: what to solve.
        engine: to ask just that one: `kairos`, `fast-downward` or the name of one that
            unified-planning has.
        quality: `first` plan found; `anytime`: the best that is found in the time given; `optimal`:
            one proved to be the cheapest, or else the best plan and what no plan costs less than.
        limits: wall time and memory for each engine; for all of them together unless the first plan
            is asked for.
        cancel: set by another thread to stop; the outcome is then INTERRUPTED.
        search: has Fast Downward, and no other engine, run this search, in its own language.
        alias: has Fast Downward run what it knows by this name, such as `seq-sat-lama-2011`.
        options: parameters of the engine, which is one of unified-planning's.
        seed: for chance in the search for better plans.
        on_solution: told of each plan that is better than all before, as it is found and validated.
        cache: where solutions are looked up first and kept; None: nowhere.

    Raises:
        InputError: there is no engine of that name, or no such alias, or a search or options are
            given to an engine that has none.
        UnsupportedError: the engine is not installed, or none is.
        EngineError: which engines unified-planning has could not be found out.
    """
    limits = limits or Limits()
    cancel = cancel or Event()
    engines = _chosen(engine, quality, search, alias, options)
    semantics = Semantics(task)
    if semantics.goal_holds(semantics.initial_state()):
        verdict = validate(task, Plan(), semantics)
        evidence = "the goal already holds; the empty plan reaches it"
        optimal = quality == "optimal" and no_step_pays(task)
        bound = verdict.cost if optimal else None
        return Solution(Outcome.SOLVED, "", evidence, Plan(), verdict.cost, optimal, bound)
    asked = {
        "engines": [each.name for each in engines],
        "quality": quality,
        "search": search,
        "alias": alias,
        "options": dict(options or {}),
        # More time, or other chances, may lead to a better plan.
        "seconds": None if quality == "first" else limits.seconds,
        "seed": seed,
    }
    if cache is not None and (known := cache.get(task, asked)) is not None:
        on_solution(known)
        return known
    alone = engine is not None or search is not None or alias is not None
    if quality != "first" and not alone:
        from goalsmith.solve.anytime.search import find_better

        solution = find_better(task, quality, limits, seed, cancel, on_solution)
    elif quality == "anytime":
        solution = _stream(engines[0], task, limits, cancel, on_solution)
    elif len(engines) == 1:
        solution = checked_answer(engines[0], task, semantics, limits, quality, cancel)
    else:
        solution = _race(engines, task, limits, cancel)
    if solution.solved and quality != "anytime" and (alone or quality == "first"):
        on_solution(solution)
    if cache is not None and not cancel.is_set():
        cache.put(task, asked, solution)
    return solution


def improving_solutions(
    task: Task,
    *,
    engine: str | None = None,
    quality: Quality = "anytime",
    limits: Limits | None = None,
    seed: int = 0,
) -> Iterator[Solution]:
    """Each better plan as it is found, and at last what `solve` returns with the same arguments.

    Leaving the loop stops the search. Raises as `solve` does.
    """
    found: SimpleQueue[Solution | None] = SimpleQueue()
    cancel = Event()

    def search() -> Solution:
        try:
            return solve(
                task,
                engine=engine,
                quality=quality,
                limits=limits,
                cancel=cancel,
                seed=seed,
                on_solution=found.put,
            )
        finally:
            found.put(None)

    with ThreadPoolExecutor(1, "goalsmith-search") as executor:
        last = executor.submit(search)
        try:
            while (solution := found.get()) is not None:
                yield solution
            yield last.result()
        finally:
            cancel.set()


def _chosen(
    name: str | None,
    quality: Quality,
    search: str | None,
    alias: str | None,
    options: Options | None,
) -> list[Engine]:
    """The engines to ask. Raises as `solve` does."""
    if search is None and alias is None:
        return engines_to_ask(name, quality, options)
    if options:
        raise InputError("options and a search or an alias cannot be given together")
    from goalsmith.solve.fast_downward.engine import FastDownward

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
    on_plan: Callable[[Plan], object] = lambda _: None,
) -> Solution:
    """An engine's answer, believed as far as it could be checked.

    Plans that come before it go to `on_plan`, unchecked, in the task's own names.
    """
    aliased = with_aliases(with_plain_types(task))

    def passed_on(text: str) -> None:
        with suppress(PddlError, InputError):
            on_plan(aliased.read_plan(text, engine.name))

    try:
        answer = engine.answer(aliased.task, limits, quality, cancel, passed_on)
    except OSError as error:
        answer = Answer(Outcome.ENGINE_FAILED, f"{engine.name} could not be run: {error}")
    evidence = clean(answer.evidence)
    solution = Solution(answer.outcome, engine.name, evidence, statistics=answer.statistics)
    if answer.outcome is not Outcome.SOLVED:
        return solution
    if answer.plan_text is None:
        return replace(
            solution, outcome=Outcome.ENGINE_FAILED, evidence=f"{engine.name} gave no plan"
        )
    try:
        plan = aliased.read_plan(answer.plan_text, engine.name)
    except PddlError as error:
        evidence = f"{engine.name} gave a plan that is not one of this task: {error.diagnostics[0]}"
        return replace(solution, outcome=Outcome.INVALID_PLAN, evidence=evidence)
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


def _stream(
    engine: Engine, task: Task, limits: Limits, cancel: Event, on_solution: OnSolution
) -> Solution:
    """The best plan that one engine finds in the time given."""
    from goalsmith.solve.anytime.incumbent import Incumbent

    incumbent = Incumbent(task, on_solution)
    last = checked_answer(
        engine,
        task,
        Semantics(task),
        limits,
        "anytime",
        cancel,
        lambda plan: incumbent.offer(plan, engine.name),
    )
    if last.plan is not None:
        incumbent.offer(last.plan, engine.name)
    best = incumbent.conclusion()
    return last if best is None else replace(best, statistics=last.statistics, attempts=(last,))


def _race(
    engines: Sequence[Engine],
    task: Task,
    limits: Limits,
    cancel: Event,
) -> Solution:
    """The engines one after the other with a head start, until one settles the task."""
    if engines[0].name == Kairos.name:
        # Else the head start would be over before a new process has begun.
        await_worker(min(LONGEST_START, limits.seconds), cancel)
    stop = Event()
    started: list[Future[Solution]] = []
    waiting = list(engines)
    if _on_one_core(limits) and isinstance(waiting[0], Kairos):
        # On two halves of a core, what the second engine solves at once takes twice as long.
        waiting[0] = Kairos(Rest(HEAD_START, REST))
    executor = ThreadPoolExecutor(len(engines), "goalsmith-engine")
    settled: Solution | None = None
    doubt = True
    try:
        while settled is None and not cancel.is_set():
            if waiting:
                # Each thread has semantics of its own: they keep the last state that they saw.
                own = Semantics(task)
                ask = partial(checked_answer, waiting.pop(0), task, own, limits, "first", stop)
                started.append(executor.submit(ask))
            pending = [future for future in started if not future.done()]
            wait(pending, HEAD_START if waiting else 0.05, return_when=FIRST_COMPLETED)
            answers = [future.result() for future in started if future.done()]
            settled = next((each for each in answers if each.outcome.settled), None)
            if (
                settled is None
                and doubt
                and any(a.outcome is Outcome.NO_PLAN_FOUND for a in answers)
            ):
                doubt = False
                settled = _relaxed_proof(task)
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
    return without_plan(attempts)


def _on_one_core(limits: Limits) -> bool:
    """Whether engines share a core: one that the limits name, or the only one of this process."""
    cores = limits.cores
    if cores is None and sys.platform == "linux":
        cores = frozenset(os.sched_getaffinity(0))
    return cores is not None and len(cores) == 1


def _relaxed_proof(task: Task) -> Solution | None:
    """A proof of our own that there is no plan, for when an engine only claims so; None without."""
    from goalsmith.domains.reachability import Reachability

    if Reachability(task, PROOF_BUDGET).possible(task.problem.goal) is not False:
        return None
    evidence = "the goal is out of reach even if nothing that is true ever became false"
    return Solution(Outcome.UNSOLVABLE, evidence=evidence)
