"""A person's changes to what is remembered of a world."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Final, Literal

from goalsmith.domains.diagnostics import did_you_mean, printable
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.execute.memory.memory import Fact, Memory, Source, Term, signature
from goalsmith.execute.memory.plain import kept, memory_from, words_of
from goalsmith.execute.store import Store
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.store.worlds import Kept, Worlds

MAX_TEXT: Final = 10_000
"""Characters that a person's fact may have."""

_NUMBER: Final = re.compile(
    r"\(\s*=\s*(?P<term>\([^()]*\))\s+(?P<value>-?[0-9]{1,100}(?:\.[0-9]{1,100})?)\s*\)"
)


def memory_of(store: Store, world: str) -> Memory:
    """What is remembered of a world.

    Raises:
        InputError: nothing is; the message names the worlds that are known.
        StoreError: the store cannot be used, or what it remembers is damaged.
    """
    worlds = Worlds(store)
    body = worlds.get(world)
    if body is None:
        raise _unknown(worlds, world)
    return memory_from(body, world)


def set_fact(store: Store, world: str, text: str, holds: bool = True) -> str:
    """Says what holds in a world, or does not, until a run observes it.

    Args:
        store: where it is remembered.
        world: a world that it knows.
        text: an atom, `(on a b)`, or a number, `(= (fuel truck) 3)`, of predicates, functions and
            objects that a run in this world has had.
        holds: whether the atom holds.

    Returns:
        The fact as it is remembered.

    Raises:
        InputError: there is no such world, or nothing in it is called so.
        StoreError: the store cannot be used.
    """
    told: list[str] = []

    def change(memory: Memory) -> Memory:
        value: bool | Fraction = holds
        number = _NUMBER.fullmatch(_bounded(text))
        if number is None:
            term: Term = _atom(memory, text)
        elif holds:
            term = FunctionTerm(*_named(memory, _words(number["term"]), "function"))
            value = Fraction(number["value"])
        else:
            raise InputError("a number is not true or false: give the value that it has")
        told.append(str(term) if number is None else f"(= {term} {number['value']})")
        facts = {**memory.facts, term: Fact(value, time.time(), Source.TOLD)}
        return replace(memory, facts=facts)

    _change(store, world, change)
    return told[-1]


def forget(store: Store, world: str, what: str | None = None) -> tuple[str, ...]:
    """Forgets all of a world, or what is remembered of an atom, a number or a step in it.

    Of a forgotten atom what a problem says stands, until a run observes it again.

    Args:
        store: where it is remembered.
        world: a world that it knows.
        what: an atom, a function with its objects, or a step; None: everything.

    Returns:
        What was forgotten: the world's name, or one or two of these.

    Raises:
        InputError: there is no such world, or nothing of the kind is remembered of it.
        StoreError: the store cannot be used.
    """
    worlds = Worlds(store)
    if what is None:
        if not worlds.remove(world):
            raise _unknown(worlds, world)
        return (world,)
    gone: list[str] = []

    def change(memory: Memory) -> Memory:
        gone.clear()
        words = tuple(map(str.lower, _words(what)))
        facts: dict[Term, Fact] = dict(memory.facts)
        found = [term for term in facts if _said(signature(term)[0], term.args) == words]
        for term in found or _atoms_of(memory, what):
            if memory.knows(term):
                facts[term] = Fact(None, time.time(), Source.TOLD)
                gone.append(str(term))
        steps = {s: r for s, r in memory.steps.items() if _said(s.action, s.args) != words}
        gone.extend(str(step) for step in memory.steps if step not in steps)
        if not gone:
            names = [str(term) for term, fact in facts.items() if fact.value is not None]
            hint = did_you_mean(f"({' '.join(words)})", [*names, *map(str, memory.steps)], "fact")
            raise InputError(f"nothing is remembered of {printable(what, 80)}: {hint}")
        return replace(memory, facts=facts, steps=steps)

    _change(store, world, change)
    return tuple(gone)


def _change(store: Store, world: str, change: Callable[[Memory], Memory]) -> None:
    worlds = Worlds(store)

    def changed(body: Plain) -> Kept:
        if body is None:
            raise InputError(f"the world `{printable(world, 80)}` was forgotten meanwhile")
        return kept(change(memory_from(body, world)))

    if worlds.get(world) is None:
        raise _unknown(worlds, world)
    worlds.change(world, changed)


def _unknown(worlds: Worlds, world: str) -> InputError:
    names = [row.name for row in worlds.every()]
    hint = did_you_mean(world, names, "world") if names else "the store remembers none"
    return InputError(f"nothing is remembered of a world `{printable(world, 80)}`: {hint}")


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise InputError(f"a fact has at most {MAX_TEXT} characters, not {len(text)}")
    return text.strip()


def _words(text: str) -> tuple[str, ...]:
    """The words of an atom or step, whose parentheses a shell's user may leave out."""
    text = _bounded(text)
    words = words_of(text if text.startswith("(") else f"({text})")
    if words is None:
        raise InputError(
            f"an atom or a step is expected, such as `(on a b)`, not `{printable(text, 80)}`"
        )
    return words


def _atom(memory: Memory, text: str) -> Atom:
    return Atom(*_named(memory, _words(text), "predicate"))


def _named(
    memory: Memory, words: tuple[str, ...], kind: Literal["predicate", "function"]
) -> tuple[str, tuple[str, ...]]:
    """A name and its objects as they are spelled in a world."""
    signatures: dict[str, int] = {}
    objects: set[str] = set()
    for scope in memory.scopes:
        signatures.update(scope.predicates if kind == "predicate" else scope.functions)
        objects |= scope.objects
    name = _known(words[0], signatures, kind, " that actions change")
    if len(words) - 1 != signatures[name]:
        raise InputError(f"`{name}` takes {signatures[name]} objects, not {len(words) - 1}")
    return name, tuple(_known(word, objects, "object") for word in words[1:])


def _known(name: str, names: Iterable[str], kind: str, which: str = "") -> str:
    """A name as a world spells it. Raises InputError if it has none such."""
    found = {known.lower(): known for known in sorted(names)}
    if name.lower() not in found:
        hint = did_you_mean(name, found.values(), kind)
        said = f"`{printable(name, 80)}`{which}"
        raise InputError(f"no {kind} {said} is known of this world: {hint}")
    return found[name.lower()]


def _said(name: str, args: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(str.lower, (name, *args)))


def _atoms_of(memory: Memory, text: str) -> tuple[Atom, ...]:
    """The atom of that name that is known not to hold, if there can be one."""
    try:
        return (_atom(memory, text),)
    except InputError:
        return ()
