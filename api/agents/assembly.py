"""A domain and its wording put together from what functions declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from goalsmith.agents.declared import DeclaredAction, DeclaredPredicate
from goalsmith.agents.inference import inferred
from goalsmith.agents.kinds import Kinds
from goalsmith.agents.texts import Part
from goalsmith.agents.uses import Use, forms, uses, words
from goalsmith.domains.checks import check_domain
from goalsmith.domains.diagnostics import Diagnostic, did_you_mean
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import (
    TRUE,
    Assign,
    Condition,
    Effect,
    FunctionTerm,
    Parameter,
    simple_effects,
)
from goalsmith.domains.language import (
    Action,
    Domain,
    Function,
    Object,
    TypeHierarchy,
)
from goalsmith.domains.reader import read_domain
from goalsmith.domains.wording import Phrasing, Wording, default_wording
from goalsmith.domains.wording.defaults import default_deny, default_goals
from goalsmith.domains.wording.table import Table
from goalsmith.domains.writer import write_domain

COST = "total-cost"
"""The function that actions' costs add up to."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A domain made of functions.

    Attributes:
        domain: the domain.
        text: the same in PDDL.
        wording: its English.
        costs: whether its actions have costs.
    """

    domain: Domain
    text: str
    wording: Wording
    costs: bool


def assemble(
    name: str,
    kinds: Kinds,
    constants: Mapping[str, str],
    predicates: Sequence[DeclaredPredicate],
    actions: Sequence[DeclaredAction],
    *,
    infer: bool,
) -> Assembled:
    """The domain of declarations.

    Args:
        name: what it is called.
        kinds: its types.
        constants: objects that its texts may name, with the PDDL type of each.
        predicates: those that are declared.
        actions: its actions.
        infer: whether what is not declared is inferred from its uses.

    Raises:
        PddlError: a text is wrong; all findings at once, with their places.
        InputError: declarations contradict each other, or `goalsmith check` would object.
    """
    types = tuple(kind.type for kind in kinds)
    fixed = {member: kind.type.name for kind in kinds for member, _ in kind.members} | {**constants}
    every = [use for action in actions for use in _uses(action, fixed)]
    known = {p.name.lower() for p in predicates}
    free = [u for u in every if u.name.lower() not in known and u.name.lower() != COST]
    _require_spelled([use for use in free if not use.numeric], predicates)
    if not infer:
        _require_declared([use for use in free if not use.numeric], predicates)
    more, functions = inferred(free, TypeHierarchy(Domain("", types=types)))
    costs = any(a.cost is not None for a in actions) or any(u.name.lower() == COST for u in every)
    named = {w.lower() for a in actions for t in a.texts() for f in forms(t.text) for w in words(f)}
    domain = Domain(
        name,
        (),
        types,
        tuple(Object(c, (kind,)) for c, kind in fixed.items() if c.lower() in named),
        (*(p.predicate for p in predicates), *more),
        (*functions, *([Function(COST)] if costs else [])),
    )
    read = _actions(domain, actions, costs)
    text = _written(replace(domain, actions=read), predicates, actions)
    domain = read_domain(text)
    return Assembled(domain, text, _wording(domain, predicates, actions), costs)


def _uses(action: DeclaredAction, constants: Mapping[str, str]) -> list[Use]:
    scope: dict[str, tuple[str, ...]] = {name.lower(): (kind,) for name, kind in constants.items()}
    scope |= {p.name.lower(): p.types for p in action.parameters}
    return [
        use
        for text in action.texts()
        for use in uses(text.text, scope, action.place, text.part is Part.COST)
    ]


def _require_spelled(free: list[Use], predicates: Sequence[DeclaredPredicate]) -> None:
    """Refuses a predicate that is written as its function in Python, and would be another."""
    written = {p.name.lower(): p for p in predicates}
    for use in free:
        meant = written.get(use.name.lower().replace("_", "-"))
        if meant is not None:
            raise InputError(
                f"{use.place}: `{use.name}` is `{meant.name}` in PDDL, where the names of "
                f"functions have `-` for `_`; it is declared by {meant.place}"
            )


def _require_declared(free: list[Use], predicates: Sequence[DeclaredPredicate]) -> None:
    for use in free:
        hint = did_you_mean(use.name, (p.name for p in predicates), "predicate")
        raise InputError(
            f"{use.place}: the predicate `{use.name}` is not declared: {hint} (with infer=True, "
            "what is not declared is inferred)"
        )


def _actions(domain: Domain, declared: Sequence[DeclaredAction], costs: bool) -> tuple[Action, ...]:
    """The actions as the reader reads their texts; all that is wrong at once."""
    found: list[Diagnostic] = []
    actions: list[Action] = []
    kinds: set[type[PddlError]] = set()
    for each in declared:
        precondition: Condition = TRUE
        effects: tuple[Effect, ...] = ()
        for text in each.texts():
            try:
                condition, change = text.read(domain, each.parameters)
            except PddlError as error:
                found += error.diagnostics
                kinds.add(type(error))
                continue
            precondition = condition if text.part is Part.PRECONDITION else precondition
            effects += change
        if costs and not isinstance(each.cost, str) and not _counted(effects):
            cost = Fraction(1) if each.cost is None else each.cost
            effects += (Assign("increase", FunctionTerm(COST), cost),)
        actions.append(Action(each.name, each.parameters, precondition, effects))
    if found:
        raise (kinds.pop() if len(kinds) == 1 else PddlError)(found)
    return tuple(actions)


def _counted(effects: tuple[Effect, ...]) -> bool:
    changes = (e for e in simple_effects(effects) if isinstance(e, Assign))
    return any(change.target.function.lower() == COST for change in changes)


_REQUIREMENTS = ((":strips",), (":strips", ":typing"), (":adl",))
"""The least of these that is enough is required; `:adl` has all that a text may use but numbers."""


def _written(
    domain: Domain,
    predicates: Sequence[DeclaredPredicate],
    actions: Sequence[DeclaredAction],
) -> str:
    """The domain's text. Raises InputError with what `goalsmith check` finds of weight in it."""
    numeric = any(function.name != COST for function in domain.functions)
    numbers = (":numeric-fluents",) if numeric else (":action-costs",) if domain.functions else ()
    for required in _REQUIREMENTS:
        text = write_domain(replace(domain, requirements=required + numbers))
        findings = check_domain(text, f"domain {domain.name}")
        if not any(f.code == "missing-requirement" for f in findings):
            break
    _require_sound([f for f in findings if f.severity != "note"], predicates, actions)
    return text


def _require_sound(
    found: Sequence[Diagnostic],
    predicates: Sequence[DeclaredPredicate],
    actions: Sequence[DeclaredAction],
) -> None:
    """Raises InputError with findings, if there are any, and whose fault each is."""
    if not found:
        return
    declared: list[DeclaredPredicate | DeclaredAction] = [*predicates, *actions]
    lines = []
    for finding in found:
        lines.append(finding.render())
        lines += [f"  declared by {d.place}" for d in declared if f"`{d.name}`" in finding.message]
    raise InputError("\n".join(lines))


# The wording


def _wording(
    domain: Domain,
    predicates: Sequence[DeclaredPredicate],
    actions: Sequence[DeclaredAction],
) -> Wording:
    default = default_wording(domain)
    phrasings = dict(default.predicates)
    for each in predicates:
        phrasings[each.name] = _phrasing(each, phrasings[each.name])
    steps = dict(default.actions)
    for action in actions:
        if action.say:
            table = Table(str(action.place), "", {"say": action.say})
            steps[action.name] = table.template("say", action.parameters)
    return replace(default, predicates=phrasings, actions=steps)


def _phrasing(declared: DeclaredPredicate, default: Phrasing) -> Phrasing:
    content: dict[str, object] = {"read": list(declared.read)}
    content |= {"say": declared.say} if declared.say else {}
    content |= {"deny": declared.deny} if declared.deny else {}
    content |= {"goal": list(declared.goal)} if declared.goal is not None else {}
    table = Table(str(declared.place), "", content)
    parameters: tuple[Parameter, ...] = declared.parameters
    say = table.full_template("say", parameters) or default.say
    goal = table.full_templates("goal", parameters)
    return Phrasing(
        say,
        table.full_template("deny", parameters) or default_deny(say),
        default_goals(say) if goal is None else goal,
        table.full_templates("read", parameters) or (),
    )
