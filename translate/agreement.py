"""Several translations of one text: which of them say the same.

What most samples agree on is more often right than any single one (self-consistency; Wang et al.,
ICLR 2023). Here two samples agree if their problems are equivalent, however they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goalsmith.domains.equivalence import compare
from goalsmith.domains.equivalence.verdict import Ground
from goalsmith.domains.language import Task
from goalsmith.translate.attribution import IMPOSSIBLE
from goalsmith.translate.conversation import Attempt


@dataclass(frozen=True, slots=True)
class Group:
    """Attempts that came to the same translation, in the order in which they were made."""

    attempts: tuple[Attempt, ...]

    @property
    def first(self) -> Attempt:
        """The one that stands for the group: the first that the model did not have to insist on."""
        return min(self.attempts, key=lambda attempt: (bool(attempt.doubts), len(attempt.rounds)))

    @property
    def task(self) -> Task:
        """Its translation."""
        task = self.first.task
        assert task is not None  # attempts without one are in no group
        return task


def grouped(attempts: Sequence[Attempt], *, renaming: bool) -> tuple[Group, ...]:
    """Attempts that came to a translation, by what they say; the largest group first.

    `renaming`: objects may have other names. Where equivalence cannot be decided, translations
    count as different: doubt is not agreement. Goals that cannot be reached are equivalent, for no
    state that can be reached meets either; they agree only if they are the same in normal form.
    """
    groups: list[list[Attempt]] = []
    for attempt in attempts:
        if attempt.task is None:
            continue
        for group in groups:
            if _agree(group[0], attempt, renaming):
                group.append(attempt)
                break
        else:
            groups.append([attempt])
    return tuple(sorted((Group(tuple(group)) for group in groups), key=lambda g: -len(g.attempts)))


def _agree(first: Attempt, second: Attempt, renaming: bool) -> bool:
    """Whether two attempts that came to a translation say the same."""
    assert first.task is not None
    assert second.task is not None
    verdict = compare(first.task, second.task, up_to_renaming=renaming)
    vacuous = any(d.code in IMPOSSIBLE for d in (*first.doubts, *second.doubts))
    return verdict.equal and (not vacuous or verdict.ground is Ground.STATED)
