"""Whole problems in controlled English: objects, initial state and goal.

The text describes the situation and then says what is wanted. What it does not say of the situation
is false; nothing is added to it. So a description is refused where it leaves open what the domain
shows to be needed: of which kind an object is, or where a thing is that always is somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.formula import TRUE, Atom
from goalsmith.domains.language import Domain, Object, Problem, Task, TypeHierarchy
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.introductions import Cast, introduced
from goalsmith.translate.controlled_english.kinds import Kind, declared_types, kinds_of
from goalsmith.translate.controlled_english.sections import divided
from goalsmith.translate.controlled_english.sentences import bounded_words, read_goal
from goalsmith.translate.controlled_english.silences import unsaid
from goalsmith.translate.controlled_english.situations import (
    Situation,
    differences,
    read_situation,
    shown,
)
from goalsmith.translate.rounds import NotTranslatedError

NAME = "described"
"""The name of a problem that is read from a text."""


def read_problem_offline(text: str, domain: Domain, wording: Wording) -> Task:
    """The task that a text in controlled English describes, over a domain.

    Objects are called as the text calls them. The names follow the rules of PDDL; numbers get
    their noun before them.

    Raises:
        NotTranslatedError: words were not understood, or the text has several readings, describes
            no situation or asks for nothing, is too long, contradicts itself, or leaves open what
            the domain needs.
    """
    sections = divided(bounded_words(text))
    if not sections.situation:
        raise NotTranslatedError(
            "the text describes no situation; begin with what is so at first, as in “Initially …”, "
            "and then say what is wanted, as in “My goal is that …”"
        )
    if not sections.goal:
        raise NotTranslatedError(
            "the text asks for nothing; end with what is wanted, as in “My goal is that …”"
        )
    cast = introduced(sections.situation, domain, wording)
    wording = replace(wording, objects={**wording.objects, **cast.called})
    known = [
        Atom(kind.name, (name,))
        for name, kinds in cast.kinds.items()
        for kind in kinds
        if not kind.is_type
    ]
    rough = _task(domain, ((n, _possible(n, cast, domain)) for n in _own(cast, domain)), known)
    situation = read_situation(text, sections.situation, rough, wording)
    _bear_out(cast, situation, domain)
    types = {name: _type(name, cast, situation, domain) for name in _own(cast, domain)}
    init = dict.fromkeys((*known, *situation.true))
    task = _task(domain, ((n, (t,)) for n, t in types.items()), init)
    wrong = differences(situation, task, wording)
    if wrong:
        raise NotTranslatedError(
            f"the text does not agree with itself: it says {shown(wrong)}, but also otherwise"
        )
    _all_said(task, cast, wording)
    return task.with_goal(read_goal(text, sections.goal, task, wording))


def _task(
    domain: Domain, objects: Iterable[tuple[str, tuple[str, ...]]], init: Iterable[Atom]
) -> Task:
    own = tuple(Object(name, types) for name, types in objects)
    return Task(domain, Problem(NAME, domain.name, own, tuple(init), goal=TRUE))


def _own(cast: Cast, domain: Domain) -> list[str]:
    """The objects of a text that are no constants of the domain."""
    constants = {c.name for c in domain.constants}
    return [name for name in cast.kinds if name not in constants]


def _bear_out(cast: Cast, situation: Situation, domain: Domain) -> None:
    """Checks that the reading has the objects and the kinds that there seemed to be."""
    used = {arg for atom in (*situation.true, *situation.false) for arg in atom.args}
    used |= {name for name, _ in (*situation.types, *situation.not_types)} | cast.counted
    for name in _own(cast, domain):
        if name not in used:
            raise NotTranslatedError(f"the text says nothing of {name}, which it seems to name")
    for name, kind in cast.stated:
        if kind.is_type:
            found = (name, kind) in situation.types or kind in cast.kinds[name]
        else:
            found = Atom(kind.name, (name,)) in situation.true or kind in cast.kinds[name]
        if not found:
            raise NotTranslatedError(
                f"it is not clear whether {name} is a {' '.join(kind.one)}: say it in a sentence "
                "of its own"
            )


def _said_types(name: str, cast: Cast, stated: bool = True) -> list[str]:
    kinds = [*cast.kinds[name], *(k for n, k in cast.stated if n == name and stated)]
    return [kind.name for kind in kinds if kind.is_type]


def _possible(name: str, cast: Cast, domain: Domain) -> tuple[str, ...]:
    """The types that an object may have before the text is read."""
    said = _said_types(name, cast)
    hierarchy = TypeHierarchy(domain)
    types = declared_types(domain)
    return tuple(t for t in types if all(s in hierarchy.ancestors(t) for s in said)) or types


def _type(name: str, cast: Cast, situation: Situation, domain: Domain) -> str:
    """The one type that an object can have, by what it is said to be and by where it is used."""
    hierarchy = TypeHierarchy(domain)
    said = [*_said_types(name, cast), *(k.name for n, k in situation.types if n == name)]
    uses = {
        domain.predicate(atom.predicate).parameters[place].types
        for atom in (*situation.true, *situation.false)
        for place, arg in enumerate(atom.args)
        if arg == name
    }
    fitting = [
        t
        for t in declared_types(domain)
        if all(s in hierarchy.ancestors(t) for s in said)
        and all(hierarchy.fits((t,), use) for use in uses)
    ]
    highest = [t for t in fitting if hierarchy.ancestors(t).isdisjoint(set(fitting) - {t})]
    if not fitting:
        raise NotTranslatedError(
            f"nothing in the domain can be all that the text says {name} is or does"
        )
    if len(highest) > 1 or (len(fitting) > 1 and highest[0] not in said):
        choices = listed([f"`{t}`" for t in fitting[:5]], "or")
        raise NotTranslatedError(f"the text does not say what {name} is: {choices}?")
    return highest[0]


def _all_said(task: Task, cast: Cast, wording: Wording) -> None:
    """Checks that nothing is left open that the domain needs."""
    sorts = [kind for kind in kinds_of(task.domain, wording) if not kind.is_type]
    sorts = [kind for kind in sorts if kind.name in wording.kinds] or sorts
    members = {name for kind in sorts for name in kind.members(task)}
    if sorts and not task.domain.types:
        lost = [name for name in _own(cast, task.domain) if name not in members]
        if lost:
            raise NotTranslatedError(
                f"the text does not say what {listed(lost[:5])} {'is' if len(lost) == 1 else 'are'}"
                f": say of each that it is {_choices(sorts)}"
            )
    missing = unsaid(task)
    if missing:
        either = listed([f"“{wording.atom(task.domain, a)}”" for a in missing[0]], "or")
        raise NotTranslatedError(
            f"the description of the situation leaves something out: it says nothing like {either},"
            " and no action could make that so later"
        )


def _choices(kinds: Iterable[Kind]) -> str:
    return listed([f"a {' '.join(kind.one)}" for kind in kinds], "or")
