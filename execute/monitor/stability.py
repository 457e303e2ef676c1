"""New plans that keep much of the old one, at little or no more cost.

People have read the old plan, and others may rely on it. So the solver's plan is compared with
plans in which a part of the old one stands as it was: a short way to where the end of the old plan
takes over, or the old plan as far as it goes and a way on from there. Which ends are worth a try
is estimated by what they need (the regression of the goal through them; Waldinger, 1977) and is
missing. The estimate may be wrong, as for conditional effects; each candidate is replayed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Add, And, Atom, Condition, Delete, Not, conjuncts, instantiate
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.journal.revision import distance
from goalsmith.execute.monitor.situation import task_from
from goalsmith.solve.validation import validate

MOST_TRIES = 4
"""How often the solver is asked for a way to an end of the old plan."""

MOST_SECONDS = 5.0
"""Wall time after which no further way is asked for."""

LONGEST = 1000
"""Steps of the old plan's rest that are looked at, counted from its end."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan that leads to the goal, its cost by the metric, and its distance from the old one."""

    plan: Plan
    cost: Fraction
    distance: int


def most_stable(
    task: Task,
    old: Sequence[Step],
    plan: Plan,
    factor: float,
    ask: Callable[[Task], Plan | None],
    avoided: Collection[Step] = (),
) -> Candidate | None:
    """Of the solver's plan and others, the one that is nearest to the old.

    Args:
        task: what is wanted from here.
        old: the steps that are left of the old plan.
        plan: the solver's plan for the task.
        factor: by what factor a plan may cost more than the solver's; at least 1.
        ask: a plan for another task with the same domain and objects; None if there is none.
        avoided: steps that a plan must not take.

    Returns:
        The nearest; of several, a cheapest. None if the solver's plan does not lead to the goal, or
        costs cannot be compared: the metric has no value, or more of it is better.
    """
    semantics = Semantics(task)
    metric = task.problem.metric
    if metric is not None and metric.direction == "maximize":
        return None
    best = _candidate(semantics, old, plan)
    if best is None:
        return None
    most = best.cost * Fraction(factor)
    end = time.monotonic() + MOST_SECONDS
    for other in _others(semantics, old, ask, avoided):
        found = _candidate(semantics, old, other)
        if (
            found is not None
            and found.cost <= most
            and not set(avoided).intersection(found.plan.steps)
            and (found.distance, found.cost) < (best.distance, best.cost)
        ):
            best = found
        if not best.distance or time.monotonic() >= end:
            break
    return best


def _candidate(semantics: Semantics, old: Sequence[Step], plan: Plan) -> Candidate | None:
    validation = validate(semantics.task, plan, semantics)
    if validation.cost is None:
        return None
    return Candidate(plan, validation.cost, distance(old, plan))


def _others(
    semantics: Semantics,
    old: Sequence[Step],
    ask: Callable[[Task], Plan | None],
    avoided: Collection[Step],
) -> Iterator[Plan]:
    """Plans with parts of the old one, the likeliest to be near it first."""
    longer = _old_and_on(semantics, old, ask)
    if longer is not None:
        yield longer
    rest = old[-LONGEST:]
    scores: list[tuple[int, int, int]] = []
    held: dict[Condition, bool] = {}
    facts = semantics.facts(semantics.initial_state())
    for start, needed in _needs(semantics, rest):
        for part in needed:
            if part not in held:
                held[part] = not semantics.unmet(facts, part)
        missing = sum(not held[part] for part in needed)
        if rest[start] in avoided:
            break  # so does every longer end
        scores.append((start + missing, start, missing))
    likeliest = sorted(scores)[:MOST_TRIES]
    chosen = {start for _, start, _ in likeliest}
    wanted = {start: And(tuple(n)) for start, n in _needs(semantics, rest) if start in chosen}
    for _, start, missing in likeliest:
        way = ask(semantics.task.with_goal(wanted[start])) if missing else Plan()
        if way is not None:
            yield Plan((*way.steps, *rest[start:]))


def _old_and_on(
    semantics: Semantics, old: Sequence[Step], ask: Callable[[Task], Plan | None]
) -> Plan | None:
    """The old plan as far as it can be carried out, and from there on to the goal."""
    facts = semantics.facts(semantics.initial_state())
    taken: list[Step] = []
    for step in old:
        try:
            semantics.perform(facts, step)
        except InputError:
            break
        taken.append(step)
    if not taken:
        return None
    if not semantics.unmet(facts, semantics.task.problem.goal):
        return Plan(tuple(taken))
    on = ask(task_from(semantics, semantics.state(facts)))
    return None if on is None else Plan((*taken, *on.steps))


def _needs(semantics: Semantics, steps: Sequence[Step]) -> Iterator[tuple[int, list[Condition]]]:
    """What should hold before each end of some steps, from the shortest end.

    Exact for literals that no rule derives and effects without conditions. Of other conditions,
    only those of an end's first step are told. Stops at an end that undoes what it needs.
    """
    needed: dict[Condition, None] = dict.fromkeys(
        filter(_is_literal(semantics), conjuncts(semantics.task.problem.goal))
    )
    for start in range(len(steps) - 1, -1, -1):
        step = steps[start]
        try:
            bindings = semantics.bindings(step)
        except InputError:
            return
        action = semantics.actions[step.action]
        made: dict[Condition, bool] = {}
        for effect in action.effects:
            if isinstance(effect, Delete):
                made.setdefault(instantiate(effect.atom, bindings), False)
        for effect in action.effects:
            if isinstance(effect, Add):
                made[instantiate(effect.atom, bindings)] = True
        for part in list(needed):
            atom = part.part if isinstance(part, Not) else part
            if atom in made:
                if made[atom] is isinstance(part, Not):
                    return
                del needed[part]
        parts = list(conjuncts(instantiate(action.precondition, bindings)))
        literal = _is_literal(semantics)
        needed.update(dict.fromkeys(filter(literal, parts)))
        yield start, [*needed, *(part for part in parts if not literal(part))]


def _is_literal(semantics: Semantics) -> Callable[[Condition], bool]:
    """Whether a condition is an atom or the negation of one, and no rule derives it."""

    def is_literal(part: Condition) -> bool:
        atom = part.part if isinstance(part, Not) else part
        return isinstance(atom, Atom) and atom.predicate not in semantics.derived

    return is_literal
