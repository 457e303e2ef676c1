"""What a description of a situation leaves out, as far as the domain shows it.

A ball is in a room or in a gripper, and no action brings one somewhere that was nowhere before. A
situation that says nothing of where a ball is does not say that it is nowhere: it was forgotten.
Such sets of atoms are the invariants of the domain (see `goalsmith.domains.invariants.mutexes`): of
an instance of which no atom holds at first, none ever does.
"""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.domains.formula import Add, Atom, conjuncts, simple_effects
from goalsmith.domains.invariants.families import Invariant
from goalsmith.domains.invariants.mutexes import mutex_groups
from goalsmith.domains.language import Action, Task, TypeHierarchy


def unsaid(task: Task) -> tuple[tuple[Atom, ...], ...]:
    """Sets of atoms of which one should hold at first, and none does; one set for each gap.

    Looked at are sets that belong to one object or to none, where some action would make an atom of
    the set true for an object of that kind. Of the places that may be any object, one is chosen.
    """
    hierarchy = TypeHierarchy(task.domain, task.objects)
    found: dict[tuple[Atom, ...], None] = {}
    for invariant in mutex_groups(task.domain):
        if len(invariant.parts[0].places) > 1:
            continue
        weights = invariant.weights(task.problem.init)
        for key in dict.fromkeys(_keys(invariant, task, hierarchy)):
            if not weights[key]:
                atoms = _atoms(invariant, key, task, hierarchy)
                if atoms:
                    found[atoms] = None
    return tuple(found)


def _keys(invariant: Invariant, task: Task, hierarchy: TypeHierarchy) -> Iterator[tuple[str, ...]]:
    """The instances of which some action makes an atom true, types and kinds considered."""
    for action in task.domain.actions:
        for effect in simple_effects(action.effects):
            part = invariant.part(effect.atom.predicate) if isinstance(effect, Add) else None
            if part is None or not isinstance(effect, Add):
                continue
            terms = part.key(effect.atom.args)
            if not terms:
                yield ()
            for term in terms:
                for name in _objects(term, action, task, hierarchy):
                    yield (name,)


def _objects(term: str, action: Action, task: Task, hierarchy: TypeHierarchy) -> list[str]:
    """The objects that a term of an action may be."""
    parameter = next((p for p in action.parameters if p.name == term), None)
    if parameter is None:
        return []  # a constant, or a variable of an effect: nothing is claimed of it
    static = set(task.domain.static_predicates())
    needed = [
        part.predicate
        for part in conjuncts(action.precondition)
        if isinstance(part, Atom) and part.args == (term,) and part.predicate in static
    ]
    init = set(task.problem.init)
    return [
        name
        for name in hierarchy.objects_of(parameter.types)
        if all(Atom(predicate, (name,)) in init for predicate in needed)
    ]


def _atoms(
    invariant: Invariant, key: tuple[str, ...], task: Task, hierarchy: TypeHierarchy
) -> tuple[Atom, ...]:
    """An atom for each part of an instance, as an example."""
    found = []
    for part in invariant.parts:
        parameters = task.domain.predicate(part.predicate).parameters
        args = [""] * len(parameters)
        for place, name in zip(part.places, key, strict=True):
            args[place] = name
        if part.counted is not None:
            fitting = hierarchy.objects_of(parameters[part.counted].types)
            others = [name for name in fitting if name not in key]
            if not others:
                continue
            args[part.counted] = others[0]
        found.append(Atom(part.predicate, tuple(args)))
    return tuple(found)
