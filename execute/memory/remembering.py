"""Taking what a run has learned into the memory of its world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Task
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.memory.lessons import Lessons, lessons
from goalsmith.execute.memory.memory import (
    MAX_FACTS,
    MAX_GOALS,
    MAX_RUNS,
    MAX_SCOPES,
    MAX_STEPS,
    Fact,
    GoalRecord,
    Memory,
    Scope,
    Source,
    StepRecord,
    Term,
)
from goalsmith.execute.memory.plain import kept, memory_from
from goalsmith.execute.store import Store
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.store.worlds import Kept, Worlds

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def remember(store: Store, run: str) -> bool:
    """Takes what a run in the store has learned into the memory of its world.

    To be called when a run has ended or is left, and as often as one likes: what was taken in
    before is not taken in again.

    Args:
        store: where run and memory are.
        run: the run's whole id.

    Returns:
        Whether there was anything new: a run that names no world, or has not observed it since the
        last time, has nothing to tell.

    Raises:
        InputError: there is no such run, its events are not those of a run of its task, or all
            together is too long to be kept.
        StoreError: the store cannot be used, or an entry of the journal cannot be read.
    """
    world = store.run(run).world
    if not world:
        return False
    worlds = Worlds(store)
    since = memory_from(worlds.get(world), world).runs.get(run, 0)
    rows = store.entries(run)
    if len(rows) <= since:
        return False
    given = store.given(run)
    task = read_task(given.domain_pddl, given.problem_pddl)
    entries = zip(rows, Decoder(task).events(rows), strict=True)
    found = lessons(task, ((row.time, event) for row, event in entries), since)
    if found is None:
        return False
    learned = False

    def change(body: Plain) -> Kept:
        nonlocal learned
        memory = memory_from(body, world)
        # Somebody else may have been quicker.
        learned = memory.runs.get(run, 0) == since
        return kept(merged(memory, found, task, run, len(rows)) if learned else memory)

    worlds.change(world, change)
    return learned


def merged(memory: Memory, found: Lessons, task: Task, run: str, entries: int) -> Memory:
    """A memory with what a run has learned.

    Of the facts, those of the later observation count: a run that looked at its world before that
    was observed last adds none.
    """
    if found.observed >= memory.observed:
        memory = _with_facts(memory, found, task)
    steps = dict(memory.steps)
    for step, record in found.steps.items():
        steps[step] = steps.pop(step, StepRecord()).followed_by(record)
    goals = dict(memory.goals)
    if found.goal is not None:
        before = goals.pop(found.goal, None)
        times = 1 if before is None else before.times + 1
        goals[found.goal] = GoalRecord(times, found.observed, run, found.taken)
    runs = {known: had for known, had in memory.runs.items() if known != run}
    return replace(
        memory,
        steps=_last(steps, MAX_STEPS),
        goals=_last(goals, MAX_GOALS),
        runs=_last(runs | {run: entries}, MAX_RUNS),
    )


def scope_of(semantics: Semantics) -> Scope:
    """What can be learned of a task's world: what no action changes is the task's to say."""
    domain = semantics.task.domain
    changing = domain.changing_predicates() - semantics.derived
    return Scope(
        frozenset((p.name, len(p.parameters)) for p in domain.predicates if p.name in changing),
        frozenset(
            (f.name, len(f.parameters))
            for f in domain.functions
            if f.name in semantics.fluent_functions
        ),
        frozenset(o.name for o in semantics.task.objects),
    )


def _with_facts(memory: Memory, found: Lessons, task: Task) -> Memory:
    """A memory with a state that was observed; what lay outside of what the run saw stays.

    Of a state with more facts than can be kept none is, and nothing is known of what the run saw.
    """
    scope = scope_of(Semantics(task))
    facts: dict[Term, Fact] = {
        term: fact for term, fact in memory.facts.items() if not scope.holds(term)
    }
    seen: dict[Term, Fact] = {
        atom: _fact(memory.facts.get(atom), found, atom)
        for atom in found.state.atoms
        if scope.holds(atom)
    }
    # Events do not tell which numbers were seen.
    source = Source.EXPECTED if found.unseen else Source.SEEN
    for term, value in found.state.numbers:
        if scope.holds(term):
            seen[term] = Fact(value, found.observed, source)
    scopes = tuple(s for s in memory.scopes if not s.within(scope))
    if len(facts) + len(seen) <= MAX_FACTS:
        facts |= seen
        scopes = (*scopes, scope)
    return replace(
        memory,
        domain=task.domain.name,
        observed=found.observed,
        scopes=scopes[-MAX_SCOPES:],
        facts=facts,
    )


def _fact(before: Fact | None, found: Lessons, atom: Atom) -> Fact:
    """What is known of an atom that holds, as far as was seen."""
    if atom not in found.unseen:
        return Fact(True, found.observed)
    known = found.unseen[atom]
    if known is not None:
        return known
    if before is not None and before.value is True:
        return before
    return Fact(True, found.observed, Source.EXPECTED)


def _last(rows: Mapping[_Key, _Value], count: int) -> dict[_Key, _Value]:
    """The rows that were put in last."""
    return dict(list(rows.items())[-count:])
