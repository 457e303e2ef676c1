"""Names that every engine can read.

PDDL texts from real life name things `src/main.py`, `1` or `Zürich`. Fast Downward takes ASCII
only, Kairos letters, digits and a few marks, and neither says so in a standard. A task with other
names is given to engines under aliases, and the steps of a plan are mapped back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, Step, read_plan
from goalsmith.domains.renaming import Renaming

_PLAIN = re.compile(r"\??[A-Za-z][A-Za-z0-9_-]*", re.ASCII)

RESERVED = frozenset({"preference"})
"""Names of predicates and actions that an engine takes for something else: Kairos this one.

No longer than need be: under aliases engines search in another order, and an instance that they
solve at once under its own names can then take them for ever (childsnack does).
"""


@dataclass(frozen=True, slots=True)
class Aliased:
    """A task under aliases, and what its actions and objects are really called."""

    task: Task
    actions: Mapping[str, str]
    objects: Mapping[str, str]

    def original(self, plan: Plan) -> Plan:
        """A plan of the aliased task as a plan of the original one."""
        return Plan(
            tuple(
                Step(
                    self.actions.get(step.action, step.action),
                    tuple(self.objects.get(name, name) for name in step.args),
                )
                for step in plan
            )
        )

    def read_plan(self, text: str, engine: str) -> Plan:
        """An engine's plan for the aliased task as one of the original. Raises as `read_plan`."""
        return self.original(read_plan(clean(text), self.task, f"<plan of {engine}>"))


def clean(text: str) -> str:
    """An engine's text without what cannot be written as UTF-8."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def with_aliases(task: Task) -> Aliased:
    """The task as it is if all its names are plain; else the same under aliases."""
    if _is_plain(task):
        return Aliased(task, {}, {})
    domain = task.domain
    # Letters tell the kinds apart, so that no two names can clash.
    types = {**_numbered((t.name for t in domain.types), "t"), ANY_TYPE: ANY_TYPE}
    objects = _numbered((o.name for o in task.objects), "o")
    actions = _numbered((a.name for a in domain.actions), "a")
    functions = _numbered((f.name for f in domain.functions), "f")
    # Engines know costs by this name.
    functions.update({name: name for name in functions if name.lower() == "total-cost"})
    variables: dict[str, str] = {}
    renaming = Renaming(
        types=types.__getitem__,
        objects=objects.__getitem__,
        predicates=_numbered((p.name for p in domain.predicates), "p").__getitem__,
        functions=functions.__getitem__,
        actions=actions.__getitem__,
        variables=lambda name: variables.setdefault(name, f"?v{len(variables)}"),
    )
    aliased = Task(
        replace(renaming.domain(domain), name="domain"),
        replace(renaming.problem(task.problem), name="problem", domain_name="domain"),
    )
    return Aliased(
        aliased,
        {alias: name for name, alias in actions.items()},
        {alias: name for name, alias in objects.items()},
    )


def _is_plain(task: Task) -> bool:
    domain = task.domain
    heads = [each.name for group in (domain.predicates, domain.functions) for each in group]
    heads += [action.name for action in domain.actions]
    names = [*heads, domain.name or "domain", task.problem.name or "problem"]
    names += [t.name for t in domain.types]
    names += [o.name for o in task.objects]
    names += [p.name for a in domain.actions for p in a.parameters]
    return all(map(_PLAIN.fullmatch, names)) and RESERVED.isdisjoint(h.lower() for h in heads)


def _numbered(names: Iterable[str], letter: str) -> dict[str, str]:
    return {name: f"{letter}{index}" for index, name in enumerate(names)}
