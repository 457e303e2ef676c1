"""A new wish in the middle of a run: what of a goal is kept, dropped and added.

Without a model the wish is controlled English. `also …` and a plain wish add; what cannot hold
together with the new parts, by the laws that every reachable state obeys (mutex groups, relations
without cycles), is dropped, since the newer wish counts.
`no longer …`, `forget that …` drop what follows, which must be part of the goal. `instead …` and
`the new goal is …` put the wish in place of the whole goal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.equivalence.completion import Completer
from goalsmith.domains.formula import And, Condition, conjuncts
from goalsmith.domains.invariants.laws import Laws
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.sentences import read_offline
from goalsmith.translate.rounds import NotTranslatedError
from goalsmith.translate.saying import said

_ADD = re.compile(r"\s*(?:also|additionally|in addition|besides|as well)\b[\s,:]*", re.IGNORECASE)
_DROP = re.compile(
    r"\s*(?:forget(?: about)?(?: it)?(?: that)?|drop(?: the wish)?(?: that)?|never mind(?: that)?"
    r"|(?:i|we|you) no longer (?:want|need)(?: that)?"
    r"|it is no longer (?:needed|wanted|required)(?: that)?|it need not hold(?: that)?)"
    r"(?=[\s,:])[\s,:]*",
    re.IGNORECASE,
)
_REPLACE = re.compile(
    r"\s*(?:instead(?: of (?:that|all that|this))?|rather|the new goal is(?: to| that)?)\b[\s,:]*",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"[\s,]*\binstead\s*[.!]?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Revision:
    """How a goal differs from the one before, part by part."""

    kept: tuple[Condition, ...]
    dropped: tuple[Condition, ...]
    added: tuple[Condition, ...]

    @classmethod
    def between(cls, before: Condition, after: Condition) -> Revision:
        """The parts of one goal beside those of another."""
        old, new = dict.fromkeys(conjuncts(before)), dict.fromkeys(conjuncts(after))
        return cls(
            kept=tuple(part for part in new if part in old),
            dropped=tuple(part for part in old if part not in new),
            added=tuple(part for part in new if part not in old),
        )

    def lines(self, task: Task, wording: Wording) -> tuple[str, ...]:
        """The revision in English, a line for each part that is dropped or added."""
        dropped = [f"no longer: {said(part, task, wording)}" for part in self.dropped]
        return (*dropped, *(f"new: {said(part, task, wording)}" for part in self.added))


def revised_offline(text: str, task: Task, wording: Wording) -> Condition:
    """A task's goal as a wish in controlled English changes it.

    Raises:
        NotTranslatedError: the wish was not understood, or drops what the goal does not ask for, or
            all of it.
    """
    before = tuple(dict.fromkeys(conjuncts(task.problem.goal)))
    if match := _DROP.match(text):
        return _without(before, text[match.end() :], task, wording)
    replaced = _REPLACE.match(text)
    shortened = _INSTEAD.sub("", text)
    if replaced or shortened != text:
        rest = text[replaced.end() :] if replaced else shortened
        return read_offline(rest, task, wording)
    match = _ADD.match(text)
    wish = read_offline(text[match.end() :] if match else text, task, wording)
    new = tuple(conjuncts(wish))
    completer = Completer(Laws(task))
    kept = tuple(p for p in before if p not in new and not _opposed(p, new, completer))
    return _joined((*kept, *new))


def _without(before: tuple[Condition, ...], text: str, task: Task, wording: Wording) -> Condition:
    """A goal without what a text says."""
    unwanted = tuple(conjuncts(read_offline(text, task, wording)))
    strange = [part for part in unwanted if part not in before]
    if strange:
        shown = listed([f"“{said(part, task, wording)}”" for part in strange[:3]])
        goal = listed([f"“{said(part, task, wording)}”" for part in before[:8]])
        raise NotTranslatedError(f"the goal does not ask for {shown}; it asks for {goal}")
    kept = tuple(part for part in before if part not in unwanted)
    if not kept:
        raise NotTranslatedError("nothing of the goal would be left: say what is wanted instead")
    return _joined(kept)


def _opposed(part: Condition, new: tuple[Condition, ...], completer: Completer) -> bool:
    """Whether no state can have a part of a goal together with the new parts."""
    if completer.complete(_joined(new)) is None:
        return False  # the wish contradicts itself: that is said of the new goal
    return completer.complete(_joined((part, *new))) is None


def _joined(parts: tuple[Condition, ...]) -> Condition:
    return parts[0] if len(parts) == 1 else And(parts)
