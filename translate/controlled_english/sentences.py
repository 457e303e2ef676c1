"""Goals in controlled English, with or without a description of the situation before them.

Every word is accounted for, or nothing is read: a wrong goal given as sure would be worse than
none. Where a text also describes the situation, all that it says of it must be so in the task's
initial state. What it leaves out may be so or not.
"""

from __future__ import annotations

from goalsmith.domains.formula import Condition
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.explain import ambiguous, not_understood
from goalsmith.translate.controlled_english.reader import SentenceReader
from goalsmith.translate.controlled_english.sections import divided
from goalsmith.translate.controlled_english.situations import (
    differences,
    read_situation,
    shown,
)
from goalsmith.translate.controlled_english.words import Word, words_of
from goalsmith.translate.rounds import NotTranslatedError

MAX_TEXT = 10_000
"""Characters of a text that is read."""


def read_offline(text: str, task: Task, wording: Wording) -> Condition:
    """The goal that a text in controlled English says.

    Raises:
        NotTranslatedError: words were not understood, or the text has several readings, asks for
            nothing, is too long, or says of the situation what is not so in the initial state.
    """
    words = bounded_words(text)
    sections = divided(words)
    if not sections.situation:
        return read_goal(text, words, task, wording)
    try:
        situation = read_situation(text, sections.situation, task, wording)
    except NotTranslatedError:
        # `I want a on b. The goal is that c is clear.`: what comes first is a wish as well.
        if sections.certain:
            raise
        return read_goal(text, words, task, wording)
    wrong = differences(situation, task, wording)
    if wrong:
        raise NotTranslatedError(
            "the text says of the situation what is not so in the initial state that is given: "
            f"{shown(wrong)}; correct the text, or leave the situation out of it"
        )
    return read_goal(text, sections.goal, task, wording)


def bounded_words(text: str) -> tuple[Word, ...]:
    """The words of a text. Raises NotTranslatedError when it is too long."""
    if len(text) > MAX_TEXT:
        raise NotTranslatedError(
            f"the text has {len(text)} characters; without a model at most {MAX_TEXT} are read"
        )
    return words_of(text)


def read_goal(text: str, words: tuple[Word, ...], task: Task, wording: Wording) -> Condition:
    """The goal that some words of a text say. Raises as `read_offline`."""
    reader = SentenceReader(words, task, wording)
    goals = reader.goals()
    if not goals:
        raise not_understood(text, reader, task, wording)
    if len(goals) > 1:
        raise ambiguous(goals, task, wording)
    return goals[0]
