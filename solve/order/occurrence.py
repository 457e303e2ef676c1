"""What each step of a plan does where it stands, and what it must find to do the same elsewhere.

Conditional effects make what a step does depend on where it stands. A step does the same wherever
its precondition holds, the conditions of the effects that take place hold, and those of the others
do not. The facts that settle all this, and the numbers that its effects read, are what it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from goalsmith.domains.errors import InputError
from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    Add,
    Assign,
    Atom,
    Bindings,
    Condition,
    Delete,
    Effect,
    ForEach,
    FunctionTerm,
    Not,
    When,
    function_terms_in,
    instantiate,
    instantiate_expression,
)
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition
from goalsmith.solve.order.causal import CausalLink, Extent
from goalsmith.solve.order.support import Literal, Support

Need: TypeAlias = Literal | Extent
"""A fact or number, or all atoms of a predicate together."""

MOST_INSTANCES = 200_000
"""Instances of conditional effects looked at in one plan: some ten seconds."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A step at its place in a plan.

    Attributes:
        step: the step.
        needs: what must be so that it is applicable and has these effects, each with the step that
            made it so; of an `Extent`, with none.
        adds: the atoms that it makes true, whether or not they were so before.
        deletes: the atoms that it makes false, likewise.
        numbers: the numbers that it changes, and how: `assigned`, `added to` or `scaled`.
    """

    step: Step
    needs: tuple[CausalLink, ...]
    adds: frozenset[Atom]
    deletes: frozenset[Atom]
    numbers: Mapping[FunctionTerm, str]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The steps of a valid plan at their places.

    Attributes:
        steps: one for each step of the plan.
        goal: what the goal rests on.
        complete: whether `needs` could be computed within MOST_INSTANCES; if not, those of
            conditional effects are missing.
    """

    steps: tuple[Occurrence, ...]
    goal: tuple[CausalLink, ...]
    complete: bool


def occurrences(task: Task, plan: Plan) -> Occurrences:
    """The steps of a valid plan at their places.

    Raises:
        InputError: the plan is not valid for the task.
    """
    semantics = Semantics(task)
    facts = semantics.facts(semantics.initial_state())
    left = MOST_INSTANCES
    providers: dict[Need, int] = {}

    def links(needs: Iterable[Need], consumer: int | None) -> tuple[CausalLink, ...]:
        return tuple([CausalLink(providers.get(need), need, consumer) for need in needs])

    found = []
    for index, step in enumerate(plan):
        transition = semantics.transition(step)
        look = _Look(semantics, facts, left)
        look.need(transition.action.precondition, transition.bindings(step.args))
        look.effects(transition.action.effects, transition.bindings(step.args))
        left = look.left
        adds, deletes = atoms_set(semantics, facts, step)
        needs = links(look.needs, index)
        changes = semantics.perform(facts, step)
        providers.update((Literal(atom, positive), index) for atom, positive in changes.atoms())
        providers.update((Literal(term), index) for term in changes.numbers)
        found.append(Occurrence(step, needs, adds, deletes, changes.kinds))
    goal = task.problem.goal
    if unmet := semantics.unmet(facts, goal):
        said = ", ".join(map(write_condition, unmet))
        raise InputError(f"the plan is not valid: {said} does not hold at its end")
    look = _Look(semantics, facts, left)
    look.need(goal, {})
    return Occurrences(tuple(found), links(look.needs, None), left >= 0)


def atoms_set(
    semantics: Semantics, facts: Facts, step: Step
) -> tuple[frozenset[Atom], frozenset[Atom]]:
    """The atoms that a step adds in given facts, and those that it deletes and does not add.

    Raises:
        InputError: the step is not one of the task.
    """
    transition = semantics.transition(step)
    bindings = transition.bindings(step.args)
    special = ((e, own) for e, own, _ in transition.special_effects(facts, step.args))
    adds: set[Atom] = set()
    deletes: set[Atom] = set()
    for effect, own in [*((e, bindings) for e in transition.action.effects), *special]:
        if isinstance(effect, Add | Delete):
            atom = instantiate(effect.atom, own)
            assert isinstance(atom, Atom)
            (adds if isinstance(effect, Add) else deletes).add(atom)
    return frozenset(adds), frozenset(deletes - adds)


class _Look:
    """Looks at what decides what one step does in the facts before it."""

    def __init__(self, semantics: Semantics, facts: Facts, left: int) -> None:
        self.semantics = semantics
        self.facts = facts
        self.support = Support(semantics, facts)
        self.left = left
        self.needs: dict[Need, None] = {}

    def need(self, condition: Condition, bindings: Bindings) -> None:
        """Notes what a condition that holds rests on; numbers that never change are left out."""
        literals, extents = self.support.of(condition, bindings)
        for literal in literals:
            if isinstance(literal.fact, Atom) or self._changes(literal.fact):
                self.needs[literal] = None
        self.needs.update((Extent(predicate), None) for predicate in extents)

    def effects(self, effects: tuple[Effect, ...], bindings: Bindings) -> None:
        """Notes why these effects take place, and why no others do."""
        for effect in effects:
            match effect:
                case Assign(_, _, value):
                    for term in function_terms_in(instantiate_expression(value, bindings)):
                        if self._changes(term):
                            self.needs[Literal(term)] = None
                case When(condition, inner):
                    if self.semantics.evaluator.holds(self.facts, condition, bindings):
                        self.need(condition, bindings)
                        self.effects(inner, bindings)
                    else:
                        self.need(Not(condition), bindings)
                case ForEach():
                    for within in self._instances(effect, bindings):
                        self.effects(effect.effects, within)

    def _instances(self, effect: ForEach, bindings: Bindings) -> Iterator[Bindings]:
        names = [p.name for p in effect.parameters]
        objects_of = self.semantics.hierarchy.objects_of
        for chosen in product(*(objects_of(p.types) for p in effect.parameters)):
            self.left -= 1
            if self.left < 0:
                return
            yield {**bindings, **dict(zip(names, chosen, strict=True))}

    def _changes(self, term: FunctionTerm) -> bool:
        return term.function in self.semantics.fluent_functions
