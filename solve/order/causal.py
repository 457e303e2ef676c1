"""Why a plan's steps stand in their order: who provides what to whom.

For every condition of every step, and for the goal, the step or initial fact that provides it: a
causal link (McAllester and Rosenblitt, AAAI 1991), read off the totally ordered plan by taking the
last step before the consumer that made it so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import (
    Assign,
    Bindings,
    Condition,
    FunctionTerm,
    function_terms_in,
    instantiate_expression,
)
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition
from goalsmith.solve.order.support import Literal, Support

if TYPE_CHECKING:
    import networkx

__all__ = ["CausalLink", "CausalOrder", "Extent", "Literal", "causal_order"]


@dataclass(frozen=True, slots=True)
class Extent:
    """All atoms of a predicate together: what the absence of a derived atom rests on."""

    predicate: str

    def __str__(self) -> str:
        return f"all of `{self.predicate}`"


@dataclass(frozen=True, slots=True)
class CausalLink:
    """`provider` makes `literal` so for `consumer`.

    Steps count from 0. The provider is None where the initial state provides; the consumer is None
    where it is the goal.
    """

    provider: int | None
    literal: Literal | Extent
    consumer: int | None


@dataclass(frozen=True, slots=True)
class CausalOrder:
    """The causal links of a plan, in the order of their consumers; those of the goal come last."""

    plan: Plan
    links: tuple[CausalLink, ...]

    def needs(self, step: int | None) -> tuple[CausalLink, ...]:
        """What a step (None: the goal) rests on, and who provides it."""
        return tuple(link for link in self.links if link.consumer == step)

    def graph(self) -> networkx.DiGraph:
        """Steps as vertices, an edge from each provider to its consumer; both carry labels."""
        import networkx

        graph = networkx.DiGraph()
        for index, step in enumerate(self.plan):
            graph.add_node(index, step=str(step))
        for link in self.links:
            if link.provider is None or link.consumer is None:
                continue
            known = graph.get_edge_data(link.provider, link.consumer, {"literals": ()})
            literals = (*known["literals"], str(link.literal))
            graph.add_edge(link.provider, link.consumer, literals=literals)
        return graph


def causal_order(task: Task, plan: Plan) -> CausalOrder:
    """The causal links of a valid plan.

    A condition with a choice (`or`, `exists`) is linked by the first way in which it holds. The
    absence of a derived atom rests on every change to the predicates that its rules use, so each
    step that made one is a provider. A number that a step changes rests on what it was before, and
    on the numbers that are read for it.

    Raises:
        InputError: the plan is not valid for the task.
    """
    linker = _Linker(Semantics(task))
    for index, step in enumerate(plan):
        linker.step(index, step)
    linker.goal()
    return CausalOrder(plan, tuple(dict.fromkeys(linker.links)))


class _Linker:
    """Goes through a plan and notes, for each step, who provided what it rests on."""

    def __init__(self, semantics: Semantics) -> None:
        self.semantics = semantics
        self.facts = semantics.facts(semantics.initial_state())
        self.links: list[CausalLink] = []
        self.providers: dict[Literal, int] = {}
        self.changed: dict[str, list[int]] = {}

    def step(self, index: int, step: Step) -> None:
        """Links a step and takes it."""
        transition = self.semantics.transition(step)
        bindings = transition.bindings(step.args)
        support = Support(self.semantics, self.facts)
        self.link(support, transition.action.precondition, bindings, index)
        for effect, own, reasons in transition.special_effects(self.facts, step.args):
            for condition, within in reasons:
                self.link(support, condition, within, index)
            if isinstance(effect, Assign):
                self.link_numbers(effect, own, index)
        changes = self.semantics.perform(self.facts, step)
        for atom, positive in changes.atoms():
            self.providers[Literal(atom, positive)] = index
            steps = self.changed.setdefault(atom.predicate, [])
            if index not in steps[-1:]:
                steps.append(index)
        for term in changes.numbers:
            self.providers[Literal(term)] = index

    def goal(self) -> None:
        """Links the goal."""
        goal = self.semantics.task.problem.goal
        if unmet := self.semantics.unmet(self.facts, goal):
            said = ", ".join(map(write_condition, unmet))
            raise InputError(f"the plan is not valid: {said} does not hold at its end")
        self.link(Support(self.semantics, self.facts), goal, {}, None)

    def link(
        self, support: Support, condition: Condition, bindings: Bindings, consumer: int | None
    ) -> None:
        """Links what a condition rests on."""
        literals, extents = support.of(condition, bindings)
        for literal in literals:
            self.links.append(CausalLink(self.providers.get(literal), literal, consumer))
        for predicate in extents:
            for provider in self.changed.get(predicate, ()):
                self.links.append(CausalLink(provider, Extent(predicate), consumer))

    def link_numbers(self, effect: Assign, bindings: Bindings, consumer: int) -> None:
        """Links the numbers that a change of a number reads; those that only count costs, not."""
        if effect.target.function in self.semantics.counters:
            return
        terms = list(function_terms_in(instantiate_expression(effect.value, bindings)))
        if effect.operator != "assign":
            target = instantiate_expression(effect.target, bindings)
            assert isinstance(target, FunctionTerm)
            terms.append(target)
        for term in terms:
            literal = Literal(term)
            self.links.append(CausalLink(self.providers.get(literal), literal, consumer))
