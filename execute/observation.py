"""Taking in what an environment says is true, as a state of the task."""

from __future__ import annotations

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Parameter
from goalsmith.domains.language import State
from goalsmith.domains.semantics import Semantics


def take_in(semantics: Semantics, seen: State, known: State) -> State:
    """The state that was seen, without what follows from it or only counts.

    Derived atoms, and numbers that never change or only count costs, are dropped, so that states
    from elsewhere compare with those that the semantics predict.

    Args:
        semantics: of the task that the state should belong to.
        seen: what an environment returned.
        known: a state of the task; what both share is not checked again.

    Raises:
        InputError: it names what the task does not have, or is not a State at all.

    """
    if not isinstance(seen, State):
        raise InputError(f"an observation should be a State, not a {type(seen).__name__}")
    state = State(
        frozenset(a for a in seen.atoms if a.predicate not in semantics.derived),
        frozenset(n for n in seen.numbers if n[0].function in semantics.fluent_functions),
    )
    predicates = {p.name: p.parameters for p in semantics.task.domain.predicates}
    for atom in sorted(state.atoms - known.atoms):
        _check(semantics, str(atom), predicates.get(atom.predicate), atom.args)
    functions = {f.name: f.parameters for f in semantics.task.domain.functions}
    for term, _ in state.numbers - known.numbers:
        _check(semantics, str(term), functions.get(term.function), term.args)
    return state


def _check(
    semantics: Semantics,
    shown: str,
    parameters: tuple[Parameter, ...] | None,
    args: tuple[str, ...],
) -> None:
    if parameters is None:
        raise InputError(f"the domain declares nothing like {shown}")
    if len(args) != len(parameters):
        raise InputError(f"{shown} has {len(args)} objects instead of {len(parameters)}")
    for name, parameter in zip(args, parameters, strict=True):
        if name not in semantics.evaluator.members(parameter.types):
            wanted = listed(parameter.types, "or")
            raise InputError(f"`{name}` in {shown} is not an object of type {wanted}")
