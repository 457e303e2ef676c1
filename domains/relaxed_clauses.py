"""Rules cut into small clauses, so that a new atom is joined with little.

A disjunction becomes a clause for each alternative. Heads that need different variables come apart.
Parts of a condition that share no variables but those of the heads do not concern each other: such
a component gets a relation of its own, of what it leaves of the heads' variables (Helmert, "Concise
finite-domain representations for PDDL planning tasks", Artificial Intelligence 173, 2009, section
6, splits rules likewise).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import TypeAlias

from goalsmith.domains.formula import (
    And,
    Atom,
    Condition,
    Exists,
    Or,
    Parameter,
    atoms_in,
    free_variables,
)
from goalsmith.domains.relaxed_joins import Clause
from goalsmith.domains.relaxed_links import Members
from goalsmith.domains.relaxed_rules import Rule

MAX_ALTERNATIVES = 8
"""Alternatives that the disjunctions of a condition are split into; beyond, they are tested."""

MAX_PARAMETERS = 50
"""Variables of quantifiers that are taken out of them, roughly; beyond, quantifiers are tested."""

MAX_PARTS = 50
"""Parts of a clause that may each be the one that is new; a longer clause is read again."""

_COMPONENT = " (component)"
"""The name of each component's relation, after its number. No name in PDDL has a space."""

_Key: TypeAlias = tuple[tuple[Condition, ...], tuple[tuple[str, frozenset[str]], ...]]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which a condition may hold: all parts, for some choice of the parameters."""

    parts: tuple[Condition, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    def __add__(self, other: _Way) -> _Way:
        return _Way(self.parts + other.parts, self.parameters + other.parameters)


def clauses(rules: Iterable[Rule], members: Members) -> tuple[Clause, ...]:
    """Clauses that say together what the rules say."""
    found: list[Clause] = []
    components: dict[_Key, Clause] = {}
    for rule in rules:
        bodies = alternatives(rule.condition, rule.parameters, members)
        for heads in _groups(rule.heads):
            for body in bodies:
                found.append(_cut(Clause(heads, body.parts, body.members), components))
    return (*found, *components.values())


def alternatives(
    condition: Condition, parameters: tuple[Parameter, ...], members: Members
) -> tuple[Clause, ...]:
    """Clauses without heads, of which one holds where the condition does."""
    found = []
    for way in _ways(condition):
        bound = {p.name: members(p.types) for p in (*parameters, *way.parameters)}
        found.append(Clause((), way.parts, bound))
    return tuple(found)


def seeds(
    clause: Clause, growing: Set[str], members: Members
) -> Iterator[tuple[Atom, Clause | None]]:
    """Each atom of a clause whose relation may grow, and the clause that is left without it.

    None in its place where the clause must be read again as a whole, as a very long one is.
    """
    if len(clause.parts) > MAX_PARTS:
        for part in clause.parts:
            yield from ((atom, None) for atom in atoms_in(part) if atom.predicate in growing)
        return
    for index, part in enumerate(clause.parts):
        rest = (*clause.parts[:index], *clause.parts[index + 1 :])
        choices = part.parts if isinstance(part, Or) else (part,)
        for body in (each for choice in choices for each in alternatives(choice, (), members)):
            for place, each in enumerate(body.parts):
                for atom in atoms_in(each):
                    if atom.predicate not in growing:
                        continue
                    if atom is not each:
                        yield atom, None
                        continue
                    others = (*body.parts[:place], *body.parts[place + 1 :], *rest)
                    yield atom, Clause(clause.heads, others, {**clause.members, **body.members})


def _ways(condition: Condition) -> tuple[_Way, ...]:
    """The ways in which a condition may hold. Together they are equivalent to it."""
    match condition:
        case And(parts):
            found: tuple[_Way, ...] = (_Way(),)
            plain: list[Condition] = []
            for part in parts:
                ways = _ways(part)
                if len(ways) == 1 and not ways[0].parameters:
                    plain += ways[0].parts
                elif len(found) * len(ways) > MAX_ALTERNATIVES or (
                    len(found[0].parameters) + len(ways[0].parameters) > MAX_PARAMETERS
                ):
                    plain.append(part)
                else:
                    found = tuple(one + other for one in found for other in ways)
            return tuple(_Way(tuple(plain)) + way for way in found)
        case Or(parts) if _selects(condition):
            ways = tuple(way for part in parts for way in _ways(part))
            return ways if len(ways) <= MAX_ALTERNATIVES else (_Way((condition,)),)
        case Exists(parameters, part):
            return tuple(_Way((), parameters) + way for way in _ways(part))
        case _:
            return (_Way((condition,)),)


def _selects(part: Condition) -> bool:
    """Whether a part binds its variables by the atoms that it needs.

    What only excludes objects is better tested once they are chosen: following each of its
    alternatives would double the work with every such part.
    """
    match part:
        case Atom():
            return True
        case And(parts):
            return any(map(_selects, parts)) or not parts
        case Or(parts):
            return all(map(_selects, parts))
        case Exists(_, inner):
            return _selects(inner)
        case _:
            return not free_variables(part)


def _groups(heads: tuple[Atom, ...]) -> Iterator[tuple[Atom, ...]]:
    """The heads, together where one has all variables of the others."""
    groups: list[tuple[frozenset[str], list[Atom]]] = []
    for head in sorted(heads, key=lambda h: len(free_variables(h)), reverse=True):
        variables = free_variables(head)
        own = next((group for widest, group in groups if variables <= widest), None)
        if own is None:
            groups.append((variables, [head]))
        else:
            own.append(head)
    return (tuple(group) for _, group in groups)


def _cut(clause: Clause, components: dict[_Key, Clause]) -> Clause:
    """The clause with an atom in place of each component that does without some head's variable."""
    outer = frozenset().union(*map(free_variables, clause.heads))
    kept: list[Condition] = []
    for parts in _components(clause.parts, outer):
        variables = frozenset().union(*map(free_variables, parts))
        bound = frozenset().union(*(free_variables(p) for p in parts if isinstance(p, Atom)))
        if variables <= outer or outer <= variables or bound < variables:
            kept += parts
            continue
        args = tuple(sorted(variables & outer))
        members = {v: clause.members[v] for v in sorted(variables)}
        key = (parts, (*members.items(), *((a, frozenset()) for a in args)))
        if key not in components:
            head = Atom(f"{len(components)}{_COMPONENT}", args)
            components[key] = Clause((head,), parts, members)
        kept += components[key].heads
    return Clause(clause.heads, tuple(kept), clause.members)


def _components(
    parts: tuple[Condition, ...], outer: frozenset[str]
) -> tuple[tuple[Condition, ...], ...]:
    """The parts in groups that share no variables but the outer ones."""
    groups: list[tuple[set[str], list[Condition]]] = []
    for part in parts:
        inner = set(free_variables(part) - outer)
        together = [part]
        apart = []
        for group in groups:
            if group[0] & inner:
                inner |= group[0]
                together = group[1] + together
            else:
                apart.append(group)
        groups = [*apart, (inner, together)]
    return tuple(tuple(together) for _, together in groups)
