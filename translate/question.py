"""What is asked back when translations of a text do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import TranslationError
from goalsmith.domains.formula import Condition, conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.wording import Wording
from goalsmith.translate.saying import said

if TYPE_CHECKING:
    from goalsmith.translate.translation import Translation

MAX_OPTIONS = 4
"""Translations among which is asked at most; the most frequent ones."""

MAX_PARTS = 4
"""Parts of a translation that an option says at most."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the translations among which is asked.

    Attributes:
        said: what only this one says, in English.
        translation: the translation; its confidence is the share of samples that came to it.
    """

    said: str
    translation: Translation

    @property
    def share(self) -> str:
        """How many of the samples came to it, for a person."""
        samples = self.translation.samples
        agreed = round((self.translation.confidence or 0.0) * samples)
        return f"{agreed} of {samples} translations"


@dataclass(frozen=True, slots=True)
class Question:
    """Too few samples agree: a question to the person.

    Attributes:
        text: what was translated.
        question: in English.
        options: what may be meant, the most frequent first.
    """

    text: str
    question: str
    options: tuple[Option, ...]

    def chosen(self, reply: str) -> Translation | None:
        """The option that a reply names, by its number or its words; None if it says more."""
        reply = " ".join(reply.lower().split()).rstrip(".")
        for number, option in enumerate(self.options, 1):
            if reply in {str(number), f"({number})", option.said.lower()}:
                return option.translation
        return None

    def with_reply(self, reply: str) -> str:
        """The text to translate anew, with the question and the reply to it."""
        return f"{self.text}\n\n(On the question “{self.question}” the answer is: {reply})"


class UnclearError(TranslationError):
    """Too few translations of a text agree; `question` says what has to be settled."""

    outcome = Outcome.QUESTION

    def __init__(self, question: Question) -> None:
        lines = [
            f"  {number}. {option.said} ({option.share})"
            for number, option in enumerate(question.options, 1)
        ]
        super().__init__("\n".join([question.question, *lines]))
        self.question = question


def question(text: str, translations: Sequence[Translation], wording: Wording) -> Question:
    """The question that tells translations apart, the most frequent first."""
    tasks = [t.task for t in translations]
    own = [_own(task, tasks) for task in tasks]
    options = tuple(
        Option(_option(parts, task, wording), translation)
        for parts, task, translation in zip(own, tasks, translations, strict=True)
    )
    asked = _asked([option.said for option in options])
    return Question(text, asked, options)


@dataclass(frozen=True, slots=True)
class _Part:
    """Something that a problem says: of its goal, or else of its initial state."""

    condition: Condition
    of_goal: bool = True


def _parts(task: Task) -> tuple[_Part, ...]:
    goal = tuple(_Part(c) for c in conjuncts(task.problem.goal))
    return (*goal, *(_Part(atom, of_goal=False) for atom in task.problem.init))


def _own(task: Task, tasks: Sequence[Task]) -> list[_Part]:
    """What a task says and not all of the tasks do; what it alone says comes first."""
    others = [set(_parts(other)) for other in tasks if other is not task]
    mine = [part for part in _parts(task) if not all(part in other for other in others)]
    return sorted(mine, key=lambda part: sum(part in other for other in others))


def _option(parts: Sequence[_Part], task: Task, wording: Wording) -> str:
    if not parts:
        return "nothing more than what the others say"
    sentences = []
    for part in parts[:MAX_PARTS]:
        sentence = said(part.condition, task, wording)
        sentences.append(sentence if part.of_goal else f"at first {sentence}")
    more = len(parts) - MAX_PARTS
    return listed(sentences + ([f"{more} more"] if more > 0 else []))


def _asked(options: Sequence[str]) -> str:
    """One question over the options.

    `p2 is at basel` and `p2 is at bern` share how they begin: "Should p2 be at basel or at bern?"
    """
    if len(options) == 1:
        return f"Is this all that is meant: {options[0]}?"
    begin = _common_words(options)
    head, verb, middle = f" {begin} ".partition(" is ")
    if verb:
        rests = [f"{middle}{option[len(begin) :].lstrip()}".strip() for option in options]
        if all(rests) and not any(" and " in rest or "," in rest for rest in rests):
            return f"Should {head.strip()} be {listed(rests, 'or')}?"
    return f"What is meant: {'; or '.join(options)}?"


def _common_words(options: Sequence[str]) -> str:
    """The words with which all options begin."""
    columns = zip(*(option.split(" ") for option in options), strict=False)
    same = takewhile(lambda words: len(set(words)) == 1, columns)
    return " ".join(words[0] for words in same)
