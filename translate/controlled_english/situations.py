"""Descriptions of a situation in controlled English: which facts they state, which they deny.

`You have 3 blocks. b1 is clear. b2 is a block.`: a text may say how many objects of a kind there
are, what is of which kind, and which atoms hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.formula import Atom, Condition, Not, conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.explain import not_understood
from goalsmith.translate.controlled_english.kinds import Kind, count, kinds_of, membership
from goalsmith.translate.controlled_english.mood import Mood
from goalsmith.translate.controlled_english.reader import SentenceReader
from goalsmith.translate.controlled_english.words import Word
from goalsmith.translate.rounds import NotTranslatedError

MOST_SHOWN = 5
"""Facts that an error names."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a text says of a situation.

    Attributes:
        true: the atoms that hold.
        false: the atoms that do not.
        types: objects, each with a type that it is of.
        not_types: objects, each with a type that it is not of.
        counts: kinds, each with the number of its objects.
    """

    true: tuple[Atom, ...] = ()
    false: tuple[Atom, ...] = ()
    types: tuple[tuple[str, Kind], ...] = ()
    not_types: tuple[tuple[str, Kind], ...] = ()
    counts: tuple[tuple[Kind, int], ...] = ()


def read_situation(text: str, words: tuple[Word, ...], task: Task, wording: Wording) -> Situation:
    """What some words of a text say of the situation of a task's objects.

    Raises:
        NotTranslatedError: words were not understood, or there are several readings, or the words
            contradict themselves.
    """
    reader = SentenceReader(words, task, wording, Mood.SITUATION)
    readings = reader.goals()
    if not readings:
        raise not_understood(text, reader, task, wording, "in what is said of the situation: ")
    kinds = kinds_of(task.domain, wording)
    if len(readings) > 1:
        parts = [list(conjuncts(reading)) for reading in readings[:2]]
        only = [next(p for p in one if p not in two) for one, two in (parts, parts[::-1])]
        ways = [_said(p, task, wording, kinds) for p in only]
        raise NotTranslatedError(
            f"what is said of the situation can be read in several ways: “{ways[0]}”, or "
            f"“{ways[1]}”; say it so that only one is left"
        )
    situation = _sorted(conjuncts(readings[0]), kinds)
    both = sorted(set(situation.true) & set(situation.false))
    if both:
        raise NotTranslatedError(
            "the text says of the situation both that it is so and that it is not so that "
            + _said(both[0], task, wording, kinds)
        )
    return situation


def _sorted(parts: Iterable[Condition], kinds: tuple[Kind, ...]) -> Situation:
    """The parts of a reading by what they are."""
    true: list[Atom] = []
    false: list[Atom] = []
    types: list[tuple[str, Kind]] = []
    not_types: list[tuple[str, Kind]] = []
    counts: list[tuple[Kind, int]] = []
    for part in parts:
        atom = part.part if isinstance(part, Not) else part
        assert isinstance(atom, Atom)
        counted, kind = count(kinds, atom), membership(kinds, atom)
        if counted is not None:
            counts.append((counted, int(atom.args[0])))
        elif kind is not None:
            (not_types if isinstance(part, Not) else types).append((atom.args[0], kind))
        else:
            (false if isinstance(part, Not) else true).append(atom)
    return Situation(tuple(true), tuple(false), tuple(types), tuple(not_types), tuple(counts))


def differences(situation: Situation, task: Task, wording: Wording) -> list[str]:
    """What a text says of a task's situation that is not so in its initial state."""
    semantics = Semantics(task)
    initial = semantics.initial_state()
    kinds = kinds_of(task.domain, wording)
    members = {kind: kind.members(task) for kind in kinds}
    stated: list[Condition] = [*situation.true, *map(Not, situation.false)]
    wrong = [
        _said(part, task, wording, kinds) for part in stated if not semantics.holds(initial, part)
    ]
    wrong += [f"{o} is a {_one(k)}" for o, k in situation.types if o not in members[k]]
    wrong += [f"{o} is not a {_one(k)}" for o, k in situation.not_types if o in members[k]]
    for kind, number in situation.counts:
        there = len(members[kind])
        if there != number:
            wrong.append(f"there are {number} {' '.join(kind.many)}, and not {there}")
    return wrong


def shown(statements: Sequence[str]) -> str:
    """Some statements quoted, the first of many."""
    more = len(statements) - MOST_SHOWN
    quoted = [f"“{statement}”" for statement in statements[:MOST_SHOWN]]
    return listed([*quoted, f"{more} more"] if more > 0 else quoted)


def _said(part: Condition, task: Task, wording: Wording, kinds: tuple[Kind, ...]) -> str:
    positive = not isinstance(part, Not)
    atom = part.part if isinstance(part, Not) else part
    assert isinstance(atom, Atom)
    counted, kind = count(kinds, atom), membership(kinds, atom)
    if counted is not None:
        return f"there are {atom.args[0]} {' '.join(counted.many)}"
    if kind is not None:
        return f"{atom.args[0]} is {'' if positive else 'not '}a {_one(kind)}"
    return wording.atom(task.domain, atom, positive)


def _one(kind: Kind) -> str:
    return " ".join(kind.one)
