"""Where a condition uses each predicate, and what it asks besides.

When an atom changes, only those instances of a rule matter that use it. They are found from its
place in the rule's condition: the atom binds variables there, and the rest of the condition binds
the others. Conditions are as `apart` gives them: negation stands only before what is not composed
or before `exists`, and no two quantifiers share a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import count

from goalsmith.domains.formula import (
    TRUE,
    And,
    Atom,
    Bindings,
    Compare,
    Condition,
    Exists,
    Forall,
    Not,
    Or,
    Parameter,
    function_terms_in,
    instantiate,
    negation,
    positive_form,
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One use of a predicate in a condition.

    Attributes:
        predicate: the predicate.
        args: the terms; None for a variable that a negated `exists` binds.
        positive: whether the atom is asked to be true.
        path: which part to take of each conjunction and disjunction on the way to it.
    """

    predicate: str
    args: tuple[str | None, ...]
    positive: bool
    path: tuple[int, ...] = ()


def occurrences(condition: Condition, path: tuple[int, ...] = ()) -> Iterator[Occurrence]:
    """Every use of a predicate in a condition."""
    match condition:
        case Atom(predicate, args):
            yield Occurrence(predicate, args, True, path)
        case Not(Atom(predicate, args)):
            yield Occurrence(predicate, args, False, path)
        case And(parts) | Or(parts):
            for index, part in enumerate(parts):
                yield from occurrences(part, (*path, index))
        case Exists(_, part):
            yield from occurrences(part, path)
        case Not(Exists() as part):
            inner = {p.name for p in quantified(part)}
            for use in occurrences(part):
                outer = tuple([None if a in inner else a for a in use.args])
                yield Occurrence(use.predicate, outer, not use.positive, path)


def rest(condition: Condition, path: tuple[int, ...]) -> Condition:
    """What a condition asks besides, where the use at the end of the path holds.

    A negated `exists` around it is asked as a whole: one of its cases says nothing of the others.
    """
    match condition:
        case And(parts):
            first, *further = path
            others = (*parts[:first], *parts[first + 1 :])
            return And((rest(parts[first], tuple(further)), *others))
        case Or(parts):
            first, *further = path
            return rest(parts[first], tuple(further))
        case Exists(parameters, part):
            return Exists(parameters, rest(part, path))
        case Not(Exists()):
            return condition
        case _:
            return TRUE


def weakened(condition: Condition, changing: Set[str]) -> Condition:
    """A condition without what some predicates and numbers say.

    It holds wherever the condition does, whatever the atoms of those predicates and the numbers.
    """
    match condition:
        case Atom(predicate) | Not(Atom(predicate)):
            return condition if predicate not in changing else TRUE
        case Compare() | Not(Compare()):
            return TRUE
        case And(parts):
            kept = tuple([w for w in (weakened(p, changing) for p in parts) if w != TRUE])
            return kept[0] if len(kept) == 1 else And(kept)
        case Or(parts):
            alternatives = tuple([weakened(p, changing) for p in parts])
            return TRUE if TRUE in alternatives else Or(alternatives)
        case Exists(parameters, part):
            inner = weakened(part, changing)
            return TRUE if inner == TRUE else Exists(parameters, inner)
        case Not(Exists() as part):
            settled = all(use.predicate not in changing for use in occurrences(part))
            numeric = any(True for _ in function_terms_in(part))
            return condition if settled and not numeric else TRUE
        case _:
            return condition


def quantified(condition: Condition) -> Iterator[Parameter]:
    """The variables of every quantifier in a condition."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from quantified(part)
        case Exists(parameters, part):
            yield from parameters
            yield from quantified(part)
        case Not(part):
            yield from quantified(part)


def apart(condition: Condition) -> Condition:
    """An equivalent condition with a name of its own for every variable of a quantifier.

    Negation is pushed inwards; `forall` is written as `exists` negated, for it is tested by looking
    for a counterexample.
    """
    return _apart(positive_form(condition), {}, count(1))


def _apart(condition: Condition, names: Bindings, numbers: Iterator[int]) -> Condition:
    match condition:
        case And(parts):
            return And(tuple([_apart(p, names, numbers) for p in parts]))
        case Or(parts):
            return Or(tuple([_apart(p, names, numbers) for p in parts]))
        case Forall(parameters, part):
            return Not(_apart(Exists(parameters, negation(part)), names, numbers))
        case Exists(parameters, part):
            # No name in PDDL has a space.
            new = {p.name: f"{p.name} {next(numbers)}" for p in parameters}
            renamed = tuple([Parameter(new[p.name], p.types, p.position) for p in parameters])
            inner = _apart(part, {**names, **new}, numbers)
            return Exists(renamed, inner)
        case _:
            return instantiate(condition, names) if names else condition
