"""What is true in an agent's world: asked of predicates' functions, and of `sense`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from goalsmith.agents.declared import DeclaredPredicate
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task, TypeHierarchy
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.environment import Observation
from goalsmith.execute.environments.facts import FactReader
from goalsmith.execute.environments.tools import python_name

MAX_CALLS = 100_000
"""Calls of a predicate's function for one observation at most."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A predicate's function and the objects that it is asked about."""

    predicate: DeclaredPredicate
    function: Callable[..., object]
    places: tuple[tuple[str, ...], ...]

    def true(self, values: Mapping[str, object]) -> set[Atom]:
        """The atoms that hold. Raises InputError where the function does not say True or False."""
        names = [python_name(p.name) for p in self.predicate.parameters]
        holding = set()
        for args in product(*self.places):
            given = {name: values[arg] for name, arg in zip(names, args, strict=True)}
            answer = self.function(**given)
            if not isinstance(answer, bool):
                raise InputError(
                    f"{self.predicate.place} should say True or False of {', '.join(args)}, and "
                    f"gave back a {type(answer).__name__}"
                )
            if answer:
                holding.add(Atom(self.predicate.name, args))
        return holding

    def all(self) -> set[Atom]:
        """Every atom that it is asked about."""
        return {Atom(self.predicate.name, args) for args in product(*self.places)}


class Sensing:
    """The `sense` of a world in which some predicates have functions.

    Args:
        task: the domain, the objects, and the facts that never change.
        predicates: those that are declared.
        sense: says the rest; None: there is no rest.
        values: what functions are given for objects.

    Raises:
        InputError: a predicate has too many combinations of objects to be asked about each, or
            nothing says of one that changes whether it holds.
    """

    def __init__(
        self,
        task: Task,
        predicates: Mapping[str, DeclaredPredicate],
        sense: Callable[[], Any] | None,
        values: Mapping[str, object],
    ) -> None:
        self._sense = sense
        self._values = values
        self._facts = FactReader(task)
        hierarchy = TypeHierarchy(task.domain, task.objects)
        self._asked: list[_Asked] = []
        for each in predicates.values():
            if each.function is None:
                continue
            places = tuple(hierarchy.objects_of(p.types) for p in each.parameters)
            if prod(map(len, places)) > MAX_CALLS:
                raise InputError(
                    f"{each.place} would be asked of {prod(map(len, places))} combinations of "
                    "objects at every look: leave out its `-> bool`, and say in `sense` what holds"
                )
            self._asked.append(_Asked(each, each.function, places))
        told = {each.predicate.name for each in self._asked}
        self._fixed = frozenset(a for a in task.problem.init if a.predicate not in told)
        if sense is None:
            _require_told(task, told)

    def __call__(self) -> State | Observation:
        """What is true now.

        Raises:
            InputError: what a function or `sense` says is no observation. Whatever they raise, too.
        """
        return self._joined(None if self._sense is None else self._sense())

    async def awaited(self) -> State | Observation:
        """The same where `sense` is async."""
        seen = None if self._sense is None else self._sense()
        return self._joined(await seen if inspect.isawaitable(seen) else seen)

    def _joined(self, seen: object) -> State | Observation:
        true = {atom for asked in self._asked for atom in asked.true(self._values)}
        if self._sense is None:
            return State(self._fixed | true)
        told = {asked.predicate.name for asked in self._asked}
        match self._facts.read(seen, "`sense`"):
            case State(atoms, numbers):
                rest = frozenset(a for a in atoms if a.predicate not in told)
                return State(rest | true, numbers)
            case Observation(holding, failing, numbers):
                false = {atom for asked in self._asked for atom in asked.all()} - true
                rest = frozenset(a for a in holding if a.predicate not in told)
                others = frozenset(a for a in failing if a.predicate not in told)
                return Observation(rest | true, others | false, numbers)


def _require_told(task: Task, told: set[str]) -> None:
    """Raises InputError if nothing says what holds of something that changes."""
    for predicate in task.domain.predicates:
        if predicate.name in task.domain.changing_predicates() - told:
            raise InputError(
                f"nothing says of what `{predicate.name}` holds, which actions change: declare it "
                "with `@kit.predicate` as a function that returns bool, or give `sense`"
            )
    for function in sorted(Semantics(task).fluent_functions):
        raise InputError(f"nothing says what `{function}` is, which actions change: give `sense`")
