"""Why a plan's steps stand in their order: who provides what to whom.

For every condition of every step, and for the goal, the step or initial fact that provides it: a
causal link (McAllester and Rosenblitt, AAAI 1991), read off the totally ordered plan by taking the
last provider before the consumer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    And,
    Atom,
    Bindings,
    Compare,
    Condition,
    Equal,
    Exists,
    Forall,
    FunctionTerm,
    Imply,
    Not,
    Or,
    effect_conditions,
    free_variables,
    function_terms_in,
    instantiate,
    negation,
    positive_form,
)
from goalsmith.domains.language import DerivedRule, Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.stratify import used_predicates

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True, slots=True)
class Literal:
    """A ground fact that something rests on: an atom that is true or false, or a number."""

    fact: Atom | FunctionTerm
    positive: bool = True

    def __str__(self) -> str:
        return str(self.fact) if self.positive else f"(not {self.fact})"


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
    absence of a derived atom rests on every change to the predicates that its rules use, so it is
    linked to the last such step.

    Raises:
        NotApplicableError: the plan is not valid.
    """
    semantics = Semantics(task)
    facts = semantics.facts(semantics.initial_state())
    support = _Support(task, semantics)
    providers: dict[Literal, int] = {}
    touched: dict[str, int] = {}
    links: list[CausalLink] = []

    def link(condition: Condition, bindings: Bindings, consumer: int | None) -> None:
        literals, predicates = support.of(facts, condition, bindings)
        for literal in sorted(literals, key=lambda x: (not x.positive, str(x.fact))):
            provider = providers.get(literal)
            links.append(CausalLink(provider, literal, consumer))
        for predicate in sorted(predicates):
            if predicate in touched:
                links.append(CausalLink(touched[predicate], Extent(predicate), consumer))

    for index, step in enumerate(plan):
        action = semantics.actions[step.action]
        bindings = semantics.bindings(step)
        link(action.precondition, bindings, index)
        for condition in effect_conditions(action.effects):
            # A conditional effect that takes place rests on its condition, too.
            if not _open(condition, bindings) and semantics.evaluator.holds(
                facts, condition, bindings
            ):
                link(condition, bindings, index)
        changes = semantics.perform(facts, step)
        for ground, positive in changes.atoms():
            providers[Literal(ground, positive)] = index
            touched[ground.predicate] = index
        for term in changes.numbers:
            providers[Literal(term)] = index
    link(task.problem.goal, {}, None)
    return CausalOrder(plan, tuple(dict.fromkeys(links)))


def _open(condition: Condition, bindings: Bindings) -> bool:
    """Whether a condition has variables without an object (those of a universal effect)."""
    return any(v not in bindings for v in free_variables(condition))


class _Support:
    """Which literals make a condition hold: enough of them, not necessarily the fewest."""

    def __init__(self, task: Task, semantics: Semantics) -> None:
        self.evaluator: Evaluator = semantics.evaluator
        self.derived = semantics.derived
        self.rules: dict[str, list[DerivedRule]] = {}
        for rule in task.domain.derived:
            self.rules.setdefault(rule.predicate, []).append(rule)

    def of(
        self, facts: Facts, condition: Condition, bindings: Bindings
    ) -> tuple[frozenset[Literal], frozenset[str]]:
        """The literals, and the predicates whose every atom matters."""
        literals: set[Literal] = set()
        predicates: set[str] = set()
        self._collect(facts, positive_form(condition), bindings, literals, predicates, frozenset())
        return frozenset(literals), frozenset(predicates)

    def _collect(
        self,
        facts: Facts,
        condition: Condition,
        bindings: Bindings,
        literals: set[Literal],
        predicates: set[str],
        open_goals: frozenset[Atom],
    ) -> bool:
        """Adds the support of a condition that holds; False, adding nothing, if there is none.

        `open_goals` are the derived atoms being explained: a derivation must not rest on itself.
        """
        if not self.evaluator.holds(facts, condition, bindings):
            return False
        match condition:
            case Atom():
                return self._atom(facts, condition, bindings, literals, predicates, open_goals)
            case Not(Atom() as atom):
                ground = instantiate(atom, bindings)
                assert isinstance(ground, Atom)
                if atom.predicate in self.derived:
                    predicates.update(self._basic_predicates(atom.predicate))
                else:
                    literals.add(Literal(ground, positive=False))
                return True
            case And(parts):
                return self._all(
                    facts, ((p, bindings) for p in parts), literals, predicates, open_goals
                )
            case Or(parts):
                choices: Iterable[tuple[Condition, Bindings]] = ((p, bindings) for p in parts)
                return self._some(facts, choices, literals, predicates, open_goals)
            case Exists(parameters, part):
                found = self.evaluator.matches(facts, part, bindings, parameters)
                choices = ((part, b) for b in found)
                return self._some(facts, choices, literals, predicates, open_goals)
            case Forall(parameters, part):
                every = self.evaluator.matches(facts, And(), bindings, parameters)
                return self._all(
                    facts, ((part, b) for b in every), literals, predicates, open_goals
                )
            case Compare() | Not(Compare()):
                ground_condition = instantiate(condition, bindings)
                literals.update(Literal(t) for t in function_terms_in(ground_condition))
                return True
            case Equal() | Not(Equal()):
                return True
            case Not(part):
                return self._collect(
                    facts, negation(part), bindings, literals, predicates, open_goals
                )
            case Imply():
                normal = positive_form(condition)
                return self._collect(facts, normal, bindings, literals, predicates, open_goals)

    def _all(
        self,
        facts: Facts,
        parts: Iterable[tuple[Condition, Bindings]],
        literals: set[Literal],
        predicates: set[str],
        open_goals: frozenset[Atom],
    ) -> bool:
        own: tuple[set[Literal], set[str]] = (set(), set())
        for part, bindings in parts:
            if not self._collect(facts, part, bindings, *own, open_goals):
                return False
        literals |= own[0]
        predicates |= own[1]
        return True

    def _some(
        self,
        facts: Facts,
        choices: Iterable[tuple[Condition, Bindings]],
        literals: set[Literal],
        predicates: set[str],
        open_goals: frozenset[Atom],
    ) -> bool:
        return any(
            self._all(facts, [choice], literals, predicates, open_goals) for choice in choices
        )

    def _atom(
        self,
        facts: Facts,
        atom: Atom,
        bindings: Bindings,
        literals: set[Literal],
        predicates: set[str],
        open_goals: frozenset[Atom],
    ) -> bool:
        ground = instantiate(atom, bindings)
        assert isinstance(ground, Atom)
        if ground.predicate not in self.derived:
            literals.add(Literal(ground))
            return True
        if ground in open_goals:
            return False
        within = open_goals | {ground}
        choices: list[tuple[Condition, Bindings]] = [
            (positive_form(rule.condition), self._head_bindings(rule, ground))
            for rule in self.rules[ground.predicate]
        ]
        return self._some(facts, choices, literals, predicates, within)

    @staticmethod
    def _head_bindings(rule: DerivedRule, atom: Atom) -> Bindings:
        names = (p.name for p in rule.parameters)
        return dict(zip(names, atom.args, strict=True))

    def _basic_predicates(self, predicate: str) -> set[str]:
        """The predicates, not derived, that a derived one rests on."""
        seen: set[str] = set()
        waiting = [predicate]
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            for rule in self.rules.get(each, ()):
                waiting.extend(used for used, _ in used_predicates(rule.condition))
        return seen - self.derived
