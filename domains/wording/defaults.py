"""Readable English made from names, for what a wording file leaves out.

`(at ?x ?y)` gives `{x} is at {y}`, `(has-key ?x ?y)` gives `{x} has key {y}`, and `(ready)` gives
`ready holds`. All results are templates; see `goalsmith.domains.wording`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from goalsmith.domains.formula import Parameter
from goalsmith.domains.language import Action, Predicate

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""Where an object is filled into a template."""

_VERBS = frozenset(
    {"is", "are", "was", "were", "has", "have", "had", "can", "could", "must", "may", "will"}
    | {"does", "do", "needs", "wants", "contains"}
)
_TAKES_NOT = re.compile(r"\b(?:is|are|was|were|must|may|will|could|(?:has|have|had)(?= been\b))\b")
_OTHER_DENIALS = (
    (re.compile(r"\bcan\b"), "cannot"),
    (re.compile(r"\bhas\b"), "does not have"),
    (re.compile(r"\bhave\b"), "do not have"),
)


def name_words(name: str) -> str:
    """A name as words: `road-map` gives `road map`."""
    return re.sub(r"[-_]+", " ", name).strip().lower() or name


def plural(one: str) -> str:
    """The regular plural of a noun."""
    if re.search(r"[^aeiou]y$", one):
        return f"{one[:-1]}ies"
    return one + ("es" if re.search(r"(?:s|x|z|ch|sh)$", one) else "s")


def placeholders(parameters: Sequence[Parameter]) -> list[str]:
    """One placeholder per parameter: by name where the names differ, else by place."""
    names = [p.name.removeprefix("?") for p in parameters]
    if len({n.lower() for n in names}) < len(names):
        names = [str(place) for place in range(1, len(names) + 1)]
    return [f"{{{name}}}" for name in names]


def default_say(predicate: Predicate) -> str:
    """The statement of a predicate's atoms."""
    words = name_words(predicate.name)
    subject, *others = placeholders(predicate.parameters) or [""]
    if not subject:
        return words if _VERBS & set(words.split()) else f"{words} holds"
    verb = "" if words.split()[0] in _VERBS else "is "
    say = " ".join([f"{subject} {verb}{words}", *others[:1]])
    return " with ".join([say, *others[1:]])


def default_deny(say: str) -> str:
    """The negation of a statement, by a word of its own where its verb has one."""
    match = _TAKES_NOT.search(_blank(say))
    if match:
        return f"{say[: match.end()]} not{say[match.end() :]}"
    for pattern, denied in _OTHER_DENIALS:
        match = pattern.search(_blank(say))
        if match:
            return f"{say[: match.start()]}{denied}{say[match.end() :]}"
    return f"it is not so that {say}"


def default_goals(say: str) -> tuple[str, ...]:
    """The imperatives that ask for a statement of the form `{x} is …`: `get {x} …`."""
    subject, found, rest = say.partition(" is ")
    if not found or PLACEHOLDER.fullmatch(subject) is None:
        return ()
    return (f"get {subject} {rest}", f"make {subject} {rest}")


def default_step(action: Action) -> str:
    """The imperative clause of an action's steps."""
    return " ".join([name_words(action.name), *placeholders(action.parameters)])


def _blank(template: str) -> str:
    """The template with its placeholders blanked out: a parameter may be called `is`."""
    return PLACEHOLDER.sub(lambda match: " " * len(match[0]), template)
