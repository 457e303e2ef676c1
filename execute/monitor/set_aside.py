"""A task in which some steps may not be planned, since they keep failing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from goalsmith.domains.formula import And, Atom, Condition, Not
from goalsmith.domains.language import Action, Predicate, Task
from goalsmith.domains.plans import Step


def without_steps(task: Task, steps: Collection[Step]) -> Task:
    """The task without some of its steps: a plan of it is one of the task that takes none of them.

    For each of their actions there is a predicate more, which holds initially of the objects of
    those steps, and which the action's precondition denies.
    """
    if not steps:
        return task
    taken = {p.name.lower() for p in task.domain.predicates}
    names: dict[str, str] = {}
    for action in sorted({step.action for step in steps}):
        name = f"set-aside-{action}"
        while name.lower() in taken:
            name += "-x"
        taken.add(name.lower())
        names[action] = name
    domain = replace(
        task.domain,
        requirements=tuple(dict.fromkeys((*task.domain.requirements, ":negative-preconditions"))),
        predicates=(
            *task.domain.predicates,
            *(Predicate(name, task.domain.action(a).parameters) for a, name in names.items()),
        ),
        actions=tuple(_guarded(action, names.get(action.name)) for action in task.domain.actions),
    )
    facts = sorted(Atom(names[step.action], step.args) for step in set(steps))
    problem = replace(task.problem, init=(*task.problem.init, *facts))
    return Task(domain, problem)


def _guarded(action: Action, predicate: str | None) -> Action:
    if predicate is None:
        return action
    guard: Condition = Not(Atom(predicate, tuple(p.name for p in action.parameters)))
    return replace(action, precondition=And((action.precondition, guard)))
