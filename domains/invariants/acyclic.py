"""Relations that never have a cycle, such as `on` in a world of blocks.

A binary predicate is seen as arcs from its first argument to its second. If no arc leads into s,
then a new arc from s to another object closes no cycle; likewise if none leads out of its end. So
a relation without a cycle never gets one if every step that adds an arc provably is of that kind.
The proof uses mutex groups: `(holding ?x)` excludes every `(on ?z ?x)`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from goalsmith.domains.effort import Effort, SpentError
from goalsmith.domains.formula import Atom, Equal, Not
from goalsmith.domains.invariants.families import Invariant, possible
from goalsmith.domains.invariants.knowledge import Knowledge, Schema
from goalsmith.domains.invariants.mutexes import BUDGET, mutex_groups
from goalsmith.domains.language import Domain, State


@dataclass(frozen=True, slots=True)
class Acyclic:
    """A predicate whose arcs never form a cycle.

    This is so in tasks in whose initial state they form none, and in which no instance of the
    invariants `needs` has a weight above 1.
    """

    predicate: str
    needs: tuple[Invariant, ...]

    def holds_in(self, state: State) -> bool:
        """Whether the conditions are met in an initial state; then no cycle is ever reached."""
        arcs = [a.args for a in state.atoms if a.predicate == self.predicate]
        return not has_cycle(arcs) and all(
            weight <= 1 for needed in self.needs for weight in needed.weights(state.atoms).values()
        )


@lru_cache(maxsize=64)
def acyclic_relations(domain: Domain) -> tuple[Acyclic, ...]:
    """The binary predicates of a domain that are proved never to have a cycle.

    At most BUDGET literals are looked at; what is not proved by then is left out.
    """
    # Small ones first: they are more likely to have weight 1 in an initial state.
    invariants = sorted(mutex_groups(domain), key=lambda i: len(i.parts))
    effort = Effort(BUDGET)
    schemas = [Schema(action, effort) for action in domain.actions]
    derived = {rule.predicate for rule in domain.derived}
    found = []
    for predicate in domain.predicates:
        if len(predicate.parameters) != 2 or predicate.name in derived:
            continue
        adders = [s for s in schemas if any(e.atom.predicate == predicate.name for e in s.adds)]
        needs: set[Invariant] = set()
        try:
            harmless = all(_harmless(s, predicate.name, invariants, needs) for s in adders)
        except SpentError:
            break
        if adders and harmless:
            found.append(Acyclic(predicate.name, tuple(i for i in invariants if i in needs)))
    return tuple(found)


def has_cycle(arcs: Iterable[tuple[str, ...]]) -> bool:
    """Whether arcs, as pairs of objects, form a cycle: what is left when sources are removed."""
    outgoing: dict[str, list[str]] = {}
    incoming: dict[str, int] = {}
    for start, end in arcs:
        outgoing.setdefault(start, []).append(end)
        incoming[end] = incoming.get(end, 0) + 1
    free = [start for start in outgoing if not incoming.get(start)]
    while free:
        for end in outgoing.pop(free.pop(), ()):
            incoming[end] -= 1
            if not incoming[end]:
                free.append(end)
    return bool(outgoing) and any(incoming.values())


def _harmless(
    schema: Schema, predicate: str, invariants: Collection[Invariant], needs: set[Invariant]
) -> bool:
    """Whether a step closes no cycle; adds the invariants used to `needs`."""
    adds = [e for e in schema.adds if e.atom.predicate == predicate]
    if len(adds) > 1 or adds[0].variables:
        return False
    start, end = adds[0].atom.args
    for before in schema.before(adds[0], also=[Not(adds[0].atom)]):
        loop = before.with_also([Equal(start, end)])
        into, out_of = Atom(predicate, ("? any", start)), Atom(predicate, (end, "? any"))
        reasons = (
            _impossible(before, invariants),
            _excluding(before, into, invariants) or _excluding(before, out_of, invariants),
            None if not loop.consistent else _impossible(loop, invariants),
        )
        if reasons[0] is not None:
            needs.add(reasons[0])
        elif reasons[1] is None or (loop.consistent and reasons[2] is None):
            return False
        else:
            needs.update(r for r in reasons if r is not None)
    return True


def _impossible(before: Knowledge, invariants: Iterable[Invariant]) -> Invariant | None:
    """An invariant of which an instance has more than one atom for certain."""
    for invariant in invariants:
        for atom in before.true():
            part = invariant.part(atom.predicate)
            if part is not None and not possible(invariant, part.key(atom.args), before):
                return invariant
    return None


def _excluding(before: Knowledge, atom: Atom, invariants: Iterable[Invariant]) -> Invariant | None:
    """An invariant by which an atom that holds excludes one of another predicate."""
    for invariant in invariants:
        own = invariant.part(atom.predicate)
        if own is None:
            continue
        key = own.key(atom.args)
        for other in before.true():
            part = invariant.part(other.predicate)
            if part not in (None, own) and before.all_same(part.key(other.args), key):
                return invariant
    return None
