"""A task as rules that only ever add: what its delete relaxation can make true.

An atom may also become false: it may be denied once something that can happen deletes it, or if
it does not hold initially. So negative conditions are reachable or not as positive ones are.
Derived atoms may always be denied, and comparisons of numbers that change always hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from goalsmith.domains.formula import (
    TRUE,
    Add,
    And,
    Assign,
    Atom,
    Compare,
    Condition,
    Delete,
    Effect,
    Exists,
    Forall,
    ForEach,
    Not,
    Or,
    Parameter,
    When,
    conjuncts,
    effect_conditions,
    function_terms_in,
    instantiate,
    positive_form,
    simple_effects,
)
from goalsmith.domains.language import Task

# Relations beside those of the predicates. No name in PDDL has a space.
_DENIED = " (denied)"
_FIRST = " (first)"
_APPLIED = " (applied)"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the condition holds, so do the heads."""

    heads: tuple[Atom, ...]
    condition: Condition
    parameters: tuple[Parameter, ...]


class Relaxation:
    """The rules of a task, and its conditions as they are read there.

    Every variable bound in a condition read by `relaxed` has a name of its own.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        domain = task.domain
        self._fresh = count()
        self._initial = {atom.predicate for atom in task.problem.init}
        self._derived = {rule.predicate for rule in domain.derived}
        effects = [e for a in domain.actions for e in simple_effects(a.effects)]
        self._deleted = {e.atom.predicate for e in effects if isinstance(e, Delete)}
        self._changing = {e.target.function for e in effects if isinstance(e, Assign)}
        conditions = [task.problem.goal, *(rule.condition for rule in domain.derived)]
        for action in domain.actions:
            conditions += action.precondition, *effect_conditions(action.effects)
        self._denied = {p for each in conditions for p in _denied(positive_form(each))}

    def facts(self) -> Iterator[Atom]:
        """What holds initially: atoms, and those that may not be denied until deleted."""
        for atom in self._task.problem.init:
            yield atom
            if atom.predicate in self._denied:
                yield Atom(atom.predicate + _FIRST, atom.args)

    def rules(self) -> Iterator[Rule]:
        """The rules of the task's derived predicates and actions."""
        for rule in self._task.domain.derived:
            head = Atom(rule.predicate, tuple([p.name for p in rule.parameters]))
            yield Rule((head,), self.relaxed(rule.condition), rule.parameters)
        for action in self._task.domain.actions:
            condition = self.relaxed(action.precondition)
            heads = (*self._heads(action.effects), applied(action.name))
            yield Rule(heads, condition, action.parameters)
            yield from self._conditional(condition, action.parameters, action.effects, {})

    def relaxed(self, condition: Condition) -> Condition:
        """A condition in negation normal form, with what may be denied looked up."""
        return self._relaxed(positive_form(condition))

    def _heads(self, effects: tuple[Effect, ...]) -> Iterator[Atom]:
        """What the unconditional effects make true, and what they allow to be denied."""
        for effect in effects:
            match effect:
                case Add(atom):
                    yield atom
                case Delete(Atom(predicate, args)) if predicate in self._denied:
                    yield Atom(predicate + _DENIED, args)

    def _conditional(
        self,
        outer: Condition,
        parameters: tuple[Parameter, ...],
        effects: tuple[Effect, ...],
        names: dict[str, str],
    ) -> Iterator[Rule]:
        """A rule for each group of effects under a condition or a quantifier.

        `names` are the new names of the variables that quantifiers around it bind.
        """
        for effect in effects:
            scope, within, own_names = parameters, outer, names
            match effect:
                case When(condition, inner):
                    within = And((outer, self.relaxed(instantiate(condition, names))))
                case ForEach(bound, inner):
                    apart = self._apart(bound)
                    own_names = {
                        **names,
                        **{p.name: a.name for p, a in zip(bound, apart, strict=True)},
                    }
                    scope = (*parameters, *apart)
                case _:
                    continue
            heads = [
                Atom(h.predicate, tuple([own_names.get(a, a) for a in h.args]))
                for h in self._heads(inner)
            ]
            if heads:
                yield Rule(tuple(heads), within, scope)
            yield from self._conditional(within, scope, inner, own_names)

    def _apart(self, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
        """The parameters under names that occur nowhere else."""
        return tuple(Parameter(f"{p.name} {next(self._fresh)}", p.types) for p in parameters)

    def _relaxed(self, condition: Condition) -> Condition:
        match condition:
            case Not(Atom(predicate, args)):
                return self._denial(predicate, args)
            case And(parts):
                return _conjunction(map(self._relaxed, parts))
            case Or(parts):
                alternatives = tuple(map(self._relaxed, parts))
                return TRUE if TRUE in alternatives else Or(alternatives)
            case Forall(parameters, part) | Exists(parameters, part):
                apart = self._apart(parameters)
                names = {p.name: a.name for p, a in zip(parameters, apart, strict=True)}
                inner = self._relaxed(instantiate(part, names))
                if isinstance(condition, Exists):
                    return Exists(apart, inner)
                return TRUE if inner == TRUE else Forall(apart, inner)
            case Compare() | Not(Compare()):
                changing = any(t.function in self._changing for t in function_terms_in(condition))
                return TRUE if changing else condition
            case _:
                return condition

    def _denial(self, predicate: str, args: tuple[str, ...]) -> Condition:
        """Where an atom may be denied; anywhere if none of the task's conditions ask for that."""
        if (
            predicate in self._derived
            or predicate not in self._initial
            or predicate not in self._denied
        ):
            return TRUE
        first = Not(Atom(predicate + _FIRST, args))
        if predicate not in self._deleted:
            return first
        return Or((first, Atom(predicate + _DENIED, args)))


def applied(action: str) -> Atom:
    """The atom that says that an action is applicable in some way."""
    return Atom(action + _APPLIED)


def _denied(condition: Condition) -> Iterator[str]:
    """The predicates that a condition in negation normal form asks not to hold of something."""
    match condition:
        case Not(Atom(predicate)):
            yield predicate
        case And(parts) | Or(parts):
            for part in parts:
                yield from _denied(part)
        case Forall(_, part) | Exists(_, part):
            yield from _denied(part)


def _conjunction(parts: Iterable[Condition]) -> Condition:
    """The conjunction of parts without those that always hold."""
    kept = tuple(each for part in parts for each in conjuncts(part) if each != TRUE)
    return kept[0] if len(kept) == 1 else And(kept)
