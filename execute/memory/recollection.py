"""What is remembered of a world, for a run that is to begin in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.divergence import Divergence, compare
from goalsmith.execute.memory.memory import Fact, GoalRecord, Memory, Term
from goalsmith.execute.memory.plain import memory_from
from goalsmith.execute.memory.remembering import scope_of
from goalsmith.execute.observation import take_in
from goalsmith.execute.store import Store
from goalsmith.execute.store.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is remembered of a world, as far as it fits a task.

    It is what to expect and not what is true: a run observes its world before it acts, and where an
    observation is partial, what is remembered counts as stale, as all that is only expected.

    Attributes:
        world: the world's name.
        task: the task with what is remembered in place of what it says itself; the task as it was
            if nothing is.
        changed: in what its initial state differs from the one that the task said.
        facts: what is remembered to hold, with when and how it was known.
        avoid: steps that kept failing, to be planned around where that is possible.
        goals: those that were reached in this world, in PDDL.
        left_out: what does not fit the task, each with its reason, in a sentence.
    """

    world: str
    task: Task
    changed: Divergence = field(default_factory=Divergence)
    facts: Mapping[Term, Fact] = field(default_factory=dict)
    avoid: tuple[Step, ...] = ()
    goals: Mapping[str, GoalRecord] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def recall(store: Store, world: str, task: Task) -> Recollection:
    """What a store remembers of a world, for a task; nothing, of one that it does not know.

    Raises:
        InputError: no world can have such a name.
        StoreError: the store cannot be used, or what it remembers is damaged.
    """
    return recollection(memory_from(Worlds(store).get(world), world), world, task)


def recollection(memory: Memory, world: str, task: Task) -> Recollection:
    """What a memory says about a task."""
    semantics = Semantics(task)
    scope = scope_of(semantics)
    left_out: list[str] = []
    facts: dict[Term, Fact] = {}
    for term, fact in memory.facts.items():
        if fact.value is None or fact.value is False:
            continue
        reason = _misfit(semantics, term)
        if reason is None and not scope.holds(term):
            reason = "no action changes it, so it is the problem's to say"
        if reason is None:
            facts[term] = fact
        else:
            left_out.append(f"{term}: {reason}")
    said = take_in(semantics, semantics.initial_state(), State(frozenset())).state
    kept = (a for a in said.atoms if not (scope.holds(a) and memory.knows(a)))
    numbers = dict(said.numbers)
    numbers.update(
        (term, fact.value)
        for term, fact in facts.items()
        if isinstance(term, FunctionTerm) and isinstance(fact.value, Fraction)
    )
    atoms = frozenset(kept).union(term for term in facts if isinstance(term, Atom))
    state = State(atoms, frozenset(numbers.items()))
    avoid: list[Step] = []
    for step, record in memory.steps.items():
        if record.hopeless:
            try:
                semantics.transition(step)
            except InputError as error:
                left_out.append(f"{step}: {error}")
            else:
                avoid.append(step)
    changed = compare(said, state)
    return Recollection(
        world,
        task.with_state(state) if changed else task,
        changed,
        facts,
        tuple(avoid),
        memory.goals,
        tuple(left_out),
    )


def _misfit(semantics: Semantics, term: Term) -> str | None:
    """Why nothing in the task can be called so; None if it can."""
    if isinstance(term, Atom):
        state = State(frozenset({term}))
    elif term.function not in {f.name for f in semantics.task.domain.functions}:
        return f"the domain declares nothing like {term}"
    else:
        state = State(frozenset(), frozenset({(term, Fraction(0))}))
    try:
        take_in(semantics, state, State(frozenset()))
    except InputError as error:
        return str(error)
    return None
