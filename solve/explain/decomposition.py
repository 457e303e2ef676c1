"""A goal taken apart: for each of its parts the steps that serve it and the landmarks before it.

A step serves a part of the goal if causal links lead from it there. One part rests on another if
the step that achieves it needs, directly or not, what the other's achiever provides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goalsmith.domains.formula import Atom, Condition, conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.explain.landmarks import SECONDS, Landmarks, landmarks
from goalsmith.solve.order.causal import CausalOrder, causal_order
from goalsmith.solve.order.support import Support

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True, slots=True)
class Subgoal:
    """A part of the goal.

    Attributes:
        condition: the part: an atom or whatever else the goal is a conjunction of.
        achievers: the steps, counted from 0, that provide what it rests on; none if it held at
            first and still does.
        steps: these and all steps that they need, directly or not, in the order of the plan.
        own: those of the steps that serve no other part.
        landmarks: atoms that any plan must make true on the way, in an order of coming true.
        after: the places, among the sub-goals, of those that it rests on.
    """

    condition: Condition
    achievers: tuple[int, ...]
    steps: tuple[int, ...]
    own: tuple[int, ...]
    landmarks: tuple[Atom, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The sub-goals of a plan's task, in the order in which the plan achieves them.

    Attributes:
        plan: the plan.
        subgoals: the parts of the goal.
        landmarks: those of the whole goal.
        idle: the steps, counted from 0, that serve no part of the goal.
    """

    plan: Plan
    subgoals: tuple[Subgoal, ...]
    landmarks: Landmarks
    idle: tuple[int, ...]

    def graph(self) -> networkx.DiGraph:
        """Sub-goals as vertices, an edge from each to those that rest on it."""
        import networkx

        graph = networkx.DiGraph()
        for index, subgoal in enumerate(self.subgoals):
            graph.add_node(index, condition=subgoal.condition, steps=subgoal.steps)
            graph.add_edges_from((before, index) for before in subgoal.after)
        return graph


def decomposition(
    task: Task, plan: Plan, order: CausalOrder | None = None, seconds: float = SECONDS
) -> Decomposition:
    """The sub-goals of a task, with the steps of a valid plan that serve each.

    Args:
        task: the task.
        plan: a valid plan for it.
        order: the plan's causal links, if they are known.
        seconds: time for the landmarks; without them if it does not suffice.

    Raises:
        InputError: the plan is not valid for the task.
    """
    order = order or causal_order(task, plan)
    semantics = Semantics(task)
    facts = semantics.facts(semantics.initial_state())
    for step in plan:
        semantics.perform(facts, step)
    support = Support(semantics, facts)
    needed = _ancestors(order)
    goal_links = order.needs(None)
    parts = []
    for condition in dict.fromkeys(conjuncts(task.problem.goal)):
        literals, extents = support.of(condition, {})
        rests_on = {*map(str, literals), *(f"all of `{predicate}`" for predicate in extents)}
        providers = {link.provider for link in goal_links if str(link.literal) in rests_on}
        achievers = tuple(sorted(p for p in providers if p is not None))
        steps = set(achievers).union(*(needed[achiever] for achiever in achievers))
        parts.append((condition, achievers, steps))
    parts.sort(key=lambda part: (max(part[1], default=-1), str(part[0])))
    found = landmarks(task, seconds)
    subgoals = []
    for index, (condition, achievers, steps) in enumerate(parts):
        others = [part for place, part in enumerate(parts) if place != index]
        subgoals.append(
            Subgoal(
                condition,
                achievers,
                tuple(sorted(steps)),
                tuple(sorted(steps.difference(*(other for _, _, other in others)))),
                found.before(condition) if isinstance(condition, Atom) else (),
                tuple(
                    place
                    for place, (_, theirs, _) in enumerate(parts)
                    if place != index
                    and theirs
                    and steps.issuperset(theirs)
                    and theirs != achievers
                ),
            )
        )
    serving = set().union(*(steps for _, _, steps in parts))
    idle = tuple(index for index in range(len(plan)) if index not in serving)
    return Decomposition(plan, tuple(subgoals), found, idle)


def _ancestors(order: CausalOrder) -> list[set[int]]:
    """For each step the steps that it needs, directly or not."""
    providers: list[set[int]] = [set() for _ in order.plan]
    for link in order.links:
        if link.provider is not None and link.consumer is not None:
            providers[link.consumer].add(link.provider)
    needed: list[set[int]] = []
    for own in providers:
        needed.append(own.union(*(needed[provider] for provider in own)))
    return needed
