"""The facts and steps that a page names, each told once and then by its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from goalsmith.domains.formula import And, Atom, Condition, Not, instantiate
from goalsmith.domains.language import Domain
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_condition
from goalsmith.execute.store.plain import Plain


@dataclass(slots=True)
class Names:
    """Tables of facts and of steps, which only grow.

    Attributes:
        domain: whose facts and steps they are.
        wording: how they are said in English.
    """

    domain: Domain
    wording: Wording
    _facts: dict[Atom, int] = field(default_factory=dict)
    _steps: dict[Step, int] = field(default_factory=dict)

    @property
    def lengths(self) -> tuple[int, int]:
        """How many facts and how many steps there are."""
        return len(self._facts), len(self._steps)

    def facts(self, atoms: Iterable[Atom]) -> tuple[int, ...]:
        """The places of facts in the table, in the order of the facts' names."""
        return tuple([self._facts.setdefault(atom, len(self._facts)) for atom in sorted(atoms)])

    def step(self, step: Step) -> int:
        """The place of a step in the table."""
        return self._steps.setdefault(step, len(self._steps))

    def plan(self, plan: Plan) -> tuple[int, ...]:
        """The places of a plan's steps."""
        return tuple(map(self.step, plan))

    def say(self, step: Step) -> str:
        """A step in English."""
        return self.wording.step(self.domain, step)

    def facts_from(self, first: int) -> list[Plain]:
        """The table of facts from a place on: PDDL, predicate, English, whether it is fixed."""
        fixed = frozenset(self.domain.static_predicates())
        return [
            [str(a), a.predicate, self.wording.atom(self.domain, a), a.predicate in fixed]
            for a in list(self._facts)[first:]
        ]

    def steps_from(self, first: int) -> list[Plain]:
        """The table of steps from a place on: PDDL and English."""
        return [[str(step), self.say(step)] for step in list(self._steps)[first:]]

    def goal(self, parts: Iterable[Condition]) -> list[Plain]:
        """The parts of a goal: PDDL and English."""
        return [[write_condition(part), self._goal_part(part)] for part in parts]

    def _goal_part(self, part: Condition) -> str:
        match part:
            case Atom():
                return self.wording.atom(self.domain, part)
            case Not(Atom() as atom):
                return self.wording.atom(self.domain, atom, positive=False)
            case _:
                return write_condition(part)


def goal_parts(goal: Condition) -> tuple[Condition, ...]:
    """The parts of a conjunction, as `Semantics.unmet` names them."""
    if isinstance(goal, And):
        return tuple(part for each in goal.parts for part in goal_parts(each))
    return (instantiate(goal, {}),)
