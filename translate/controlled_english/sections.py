"""A text cut into what it says of the situation and what it asks for.

`As initial conditions I have that …. My goal is to have that …`: a section begins at a cue that
opens a sentence. Words before the first cue are about the situation if a cue of a goal follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goalsmith.translate.controlled_english.asides import (
    GOAL_CUES,
    MARKS,
    SITUATION_CUES,
    STOPS,
    WISHES,
)
from goalsmith.translate.controlled_english.counts import number_of
from goalsmith.translate.controlled_english.words import Word

_HAVING = (("you", "have"), ("i", "have"), ("we", "have"), ("there", "are"), ("there", "is"))


@dataclass(frozen=True, slots=True)
class Sections:
    """The words about the situation and the words about the goal.

    Attributes:
        situation: in the order of the text; none in a text that only asks.
        goal: likewise; none in a text that only describes.
        certain: a cue says that the situation is described. Otherwise only what follows says so,
            and what is taken for a description may be a wish of its own.
    """

    situation: tuple[Word, ...]
    goal: tuple[Word, ...]
    certain: bool


def divided(words: Sequence[Word]) -> Sections:
    """The sections of a text. Without any cue, all of it is about the goal."""
    texts = tuple(w.text for w in words)
    cues: list[tuple[int, bool]] = []
    described = False
    for at in range(len(words)):
        if not _opens(words, at):
            continue
        if _begins(texts, at, GOAL_CUES) or (described and _begins(texts, at, WISHES)):
            cues.append((at, True))
            described = False
        elif _begins(texts, at, SITUATION_CUES) or _counts(texts, at):
            cues.append((at, False))
            described = True
    certain = any(not is_goal for _, is_goal in cues)
    if not cues or cues[0][0] > 0:
        cues.insert(0, (0, not cues or not cues[0][1]))
    situation: list[Word] = []
    goal: list[Word] = []
    ends = [*(start for start, _ in cues[1:]), len(words)]
    for (start, is_goal), end in zip(cues, ends, strict=True):
        (goal if is_goal else situation).extend(words[start:end])
    return Sections(tuple(situation), tuple(goal), certain)


def _opens(words: Sequence[Word], at: int) -> bool:
    """Whether a sentence may begin at a word."""
    while at > 0 and not words[at].new_line and words[at - 1].text in MARKS - STOPS - {","}:
        at -= 1
    return at == 0 or words[at].new_line or words[at - 1].text in STOPS


def _begins(texts: Sequence[str], at: int, phrases: Sequence[tuple[str, ...]]) -> bool:
    return any(tuple(texts[at : at + len(phrase)]) == phrase for phrase in phrases)


def _counts(texts: Sequence[str], at: int) -> bool:
    """Whether a sentence begins with `you have 3`."""
    after = at + 2
    return (
        tuple(texts[at:after]) in _HAVING
        and after < len(texts)
        and number_of(texts[after]) is not None
    )
