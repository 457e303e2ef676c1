"""A right translation, and how a model would write it or something near it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from goalsmith.benchmarks.translation.evaluation import EvaluatedMode
from goalsmith.domains.formula import And, Atom, Condition, conjuncts
from goalsmith.domains.language import Object, Problem, Task, TypeHierarchy
from goalsmith.domains.writer import write_condition, write_problem

TRIES = 200
"""Random atoms looked at for one that serves a purpose."""


@dataclass(frozen=True, slots=True)
class Place:
    """An atom among the parts of a goal."""

    index: int
    atom: Atom


class Gold:
    """The right translation of a text, in one mode."""

    def __init__(self, task: Task, mode: EvaluatedMode) -> None:
        self.task = task
        self.mode = mode
        self.parts = tuple(conjuncts(task.problem.goal))
        self._hierarchy = TypeHierarchy(task.domain, task.objects)

    def bare(self, problem: Problem | None = None) -> str:
        """The answer without a fence: a problem, by default the right one; or just its goal."""
        problem = problem or self.task.problem
        if self.mode == "problem":
            return write_problem(problem).rstrip()
        return write_condition(problem.goal)

    def answer(self, problem: Problem | None = None) -> str:
        """The answer in a fenced block."""
        return fenced(self.bare(problem))

    def with_goal(self, parts: Sequence[Condition]) -> str:
        """The answer with other parts of the goal."""
        goal = parts[0] if len(parts) == 1 else And(tuple(parts))
        return self.answer(replace(self.task.problem, goal=goal))

    def with_part(self, index: int, part: Condition) -> str:
        """The answer with another part in the place of one."""
        return self.with_goal((*self.parts[:index], part, *self.parts[index + 1 :]))

    def with_init(self, init: Sequence[Atom]) -> str:
        """The answer with other initial facts."""
        return self.answer(replace(self.task.problem, init=tuple(init)))

    def places(self, dice: Random) -> Iterator[Place]:
        """The atoms among the goal's parts, in random order."""
        found = [Place(i, part) for i, part in enumerate(self.parts) if isinstance(part, Atom)]
        dice.shuffle(found)
        return iter(found)

    def unused(self, name: str, dice: Random) -> str:
        """A name like another that nothing has: one of its characters is doubled."""
        at = dice.randrange(len(name))
        taken = {o.name.lower() for o in self.task.objects}
        taken |= {p.name.lower() for p in self.task.domain.predicates}
        changed = name[: at + 1] + name[at:]
        while changed.lower() in taken:
            changed = changed[: at + 1] + changed[at:]
        return changed

    def fits(self, atom: Atom) -> bool:
        """Whether the objects of an atom are of the types that its predicate asks for."""
        types = {o.name: o.types for o in self.task.objects}
        parameters = self.task.domain.predicate(atom.predicate).parameters
        return len(atom.args) == len(parameters) and all(
            self._hierarchy.fits(types[arg], parameter.types)
            for arg, parameter in zip(atom.args, parameters, strict=True)
        )

    def objects(self, types: tuple[str, ...]) -> tuple[str, ...]:
        """The names of the objects of some types."""
        return self._hierarchy.objects_of(types)

    def random_atoms(self, dice: Random) -> Iterator[Atom]:
        """Some atoms of predicates that actions change, over objects of the right types."""
        changing = self.task.domain.changing_predicates()
        choices = []
        for predicate in self.task.domain.predicates:
            columns = [self.objects(p.types) for p in predicate.parameters]
            if predicate.name in changing and all(columns):
                choices.append((predicate.name, columns))
        if not choices:
            return
        for _ in range(TRIES):
            name, columns = dice.choice(choices)
            yield Atom(name, tuple(dice.choice(column) for column in columns))

    def another_object(self, name: str, dice: Random, *, fitting: tuple[str, ...]) -> str | None:
        """An object other than one, of some types, if there is one."""
        others = [o for o in self.objects(fitting) if o != name]
        return dice.choice(others) if others else None

    def misfit(self, types: tuple[str, ...], dice: Random) -> Object | None:
        """An object that is of none of some types, if there is one."""
        fitting = set(self.objects(types))
        others = [o for o in self.task.objects if o.name not in fitting]
        return dice.choice(others) if others else None


def fenced(text: str) -> str:
    """A text in a fenced block."""
    return f"```pddl\n{text}\n```\n"
