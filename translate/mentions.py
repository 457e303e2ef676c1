"""Objects that a text names, beside those that a goal is about.

A doubt, never an error: a text may describe the situation as well, and may mean objects without
naming them.
"""

from __future__ import annotations

from collections.abc import Sequence

from goalsmith.domains.diagnostics import Diagnostic, listed
from goalsmith.domains.formula import (
    And,
    Condition,
    Exists,
    Forall,
    Imply,
    Not,
    Or,
    atoms_in,
)
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.nouns import name_forms, nouns_of
from goalsmith.translate.controlled_english.phrases import ARTICLES
from goalsmith.translate.controlled_english.words import words_of

MAX_NAMED = 8
"""Objects that one finding names."""

_COLLECTIVE = frozenset(
    {"all", "any", "both", "each", "every", "everything", "neither", "no", "none", "nothing"}
    | {"other", "others", "rest", "them", "they", "it", "he", "she"}
)
"""Words by which a text means objects that it does not name."""

_GOAL = "goal"
_AMBIGUOUS = ARTICLES | {"i"}
"""Words of English that are also usual names of objects."""


def doubts(
    text: str, task: Task, wording: Wording, *, described: bool = False
) -> tuple[Diagnostic, ...]:
    """Objects that a text names and its goal lacks, and the reverse.

    Where a text says `goal`, only what follows counts as named: what stands before describes the
    situation. `described`: it does so in any case, so without that word no object counts as
    forgotten. The reverse is not asked of a text that means objects by `all`, `the blocks` and the
    like, or that names none.
    """
    words = [w.text for w in words_of(text)]
    start = words.index(_GOAL) if _GOAL in words else 0
    last = _last_mentions(words, task)
    # `a` is more often an article than a name.
    named = {n for n, at in last.items() if at >= start and n.lower() not in _AMBIGUOUS}
    about = _objects_of(task.problem.goal) & {o.name for o in task.objects}
    quantified = _has_quantifier(task.problem.goal)
    found = []
    forgotten = [o.name for o in task.objects if o.name in named - about]
    told_apart = _GOAL in words or not described
    if forgotten and told_apart and not quantified:
        found.append(
            Diagnostic(
                "object-forgotten",
                f"the text names {_some(forgotten)}, of which the goal says nothing",
                "warning",
                suggestion="say what should hold of it, unless the goal is not about it",
            )
        )
    unnamed = [o.name for o in task.objects if o.name in about and o.name not in last]
    if unnamed and named and not _means_more(words, task, wording):
        found.append(
            Diagnostic(
                "object-not-mentioned",
                f"the goal says something of {_some(unnamed)}, which the text does not name",
                "warning",
                suggestion="leave it out, unless the text means it by other words",
            )
        )
    return tuple(found)


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMED
    rest = [f"{more} more"] if more > 0 else []
    return listed([f"`{name}`" for name in names[:MAX_NAMED]] + rest)


def _last_mentions(words: Sequence[str], task: Task) -> dict[str, int]:
    """The objects whose names occur in a text, each with the word at which it is named last."""
    forms: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for each in task.objects:
        for form in name_forms(each.name):
            forms.setdefault(form[0], []).append((form, each.name))
    return {
        name: at
        for at, word in enumerate(words)
        for form, name in forms.get(word, ())
        if tuple(words[at : at + len(form)]) == form
    }


def _means_more(words: Sequence[str], task: Task, wording: Wording) -> bool:
    """Whether a text means objects that it does not name: all of a kind, or some by a noun."""
    if not _COLLECTIVE.isdisjoint(words):
        return True
    nouns = {form for noun in nouns_of(task, wording) for form in (noun.many, noun.one)}
    at = range(len(words))
    return any(tuple(words[i : i + len(form)]) == form for form in nouns for i in at)


def _objects_of(condition: Condition) -> set[str]:
    return {term for atom in atoms_in(condition) for term in atom.args}


def _has_quantifier(condition: Condition) -> bool:
    match condition:
        case Forall() | Exists():
            return True
        case And(parts) | Or(parts):
            return any(map(_has_quantifier, parts))
        case Not(part):
            return _has_quantifier(part)
        case Imply(premise, conclusion):
            return _has_quantifier(premise) or _has_quantifier(conclusion)
        case _:
            return False
