"""One sample of a model's translation: an answer, and repairs until nothing is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.equivalence import compare
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.language import Task
from goalsmith.translate import prompt
from goalsmith.translate.asking import Asking
from goalsmith.translate.checks import Checks, errors
from goalsmith.translate.grammar.grammar import Grammar
from goalsmith.translate.models.model import Message, Model, Reply, Request
from goalsmith.translate.modes import Mode
from goalsmith.translate.rounds import Round


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sample came to.

    Attributes:
        rounds: the model's answers with their findings, in order; at least one.
        task: the translation; None if the last answer still has errors.
        doubts: findings about it that the model insisted on.
        model: the model's name, as the endpoint says it.
        prompt_tokens: of all requests, as far as the endpoint counts them.
        completion_tokens: of all answers, likewise.
    """

    rounds: tuple[Round, ...]
    task: Task | None
    doubts: tuple[Diagnostic, ...]
    model: str
    prompt_tokens: int
    completion_tokens: int


def converse(
    text: str, mode: Mode, model: Model, asking: Asking, checks: Checks, sample: int = 0
) -> Attempt:
    """Asks for a translation, and hands back what is wrong with it until nothing is.

    Raises:
        ModelError: the endpoint gave no usable answer.
        InputError: a grammar is insisted on that the endpoint cannot keep to.
    """
    return _Conversation(text, mode, model, asking, checks, sample).attempt()


class _Conversation:
    def __init__(
        self, text: str, mode: Mode, model: Model, asking: Asking, checks: Checks, sample: int
    ) -> None:
        self._text = text
        self._mode = mode
        self._model = model
        self._asking = asking
        self._checks = checks
        self._sample = sample
        self._grammar = _grammar(mode, model, asking)
        self._replies: list[Reply] = []

    def attempt(self) -> Attempt:
        messages = self._mode.messages(self._text)
        start = self._closed(messages)
        rounds: list[Round] = []
        doubted: Task | None = None
        for number in range(self._asking.max_rounds):
            thoughts = self._thoughts(messages) if self._asking.reason_first else ""
            answer = self._answer(messages, thoughts)
            task: Task | None = None
            findings: tuple[Diagnostic, ...]
            try:
                task, findings = self._mode.read(answer, self._text, self._checks)
            except PddlError as error:
                wrong = findings = error.diagnostics
            else:
                wrong = errors(findings)
            rounds.append(Round(answer, findings, thoughts))
            if task is not None and not wrong:
                is_last = number == self._asking.max_rounds - 1
                if not findings or is_last or self._insists(doubted, task):
                    return self._ended(rounds, task, findings)
                doubted = task
            # Only the last answer goes back: a model that sees all its mistakes repeats them.
            repair = prompt.repair_messages(answer, wrong, findings, self._mode.wanted)
            messages = (*start, *repair)
        return self._ended(rounds, None, ())

    def _insists(self, doubted: Task | None, task: Task) -> bool:
        """Whether an answer is what was doubted before."""
        if doubted is None:
            return False
        return compare(doubted, task, up_to_renaming=self._mode.renaming).equal

    def _thoughts(self, messages: tuple[Message, ...]) -> str:
        return self._asked(Request(prompt.reasoning_first(messages), sample=self._sample))

    def _answer(self, messages: tuple[Message, ...], thoughts: str) -> str:
        if thoughts:
            messages = prompt.after_reasoning(prompt.reasoning_first(messages), thoughts)
        return self._asked(Request(self._closed(messages), self._grammar, self._sample))

    def _closed(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        constrained = self._grammar is not None
        return prompt.closed(messages, self._mode.wanted, constrained=constrained)

    def _asked(self, request: Request) -> str:
        reply = self._model.complete(request)
        self._replies.append(reply)
        return reply.text

    def _ended(
        self, rounds: list[Round], task: Task | None, doubts: tuple[Diagnostic, ...]
    ) -> Attempt:
        sent = sum(reply.prompt_tokens for reply in self._replies)
        received = sum(reply.completion_tokens for reply in self._replies)
        return Attempt(tuple(rounds), task, doubts, self._replies[-1].model, sent, received)


def _grammar(mode: Mode, model: Model, asking: Asking) -> Grammar | None:
    """The grammar that answers are kept to, if any."""
    if asking.grammar == "off" or (asking.grammar == "auto" and not model.constrains):
        return None
    if not model.constrains:
        raise InputError(
            "this endpoint cannot keep answers to a grammar: name a dialect that can, or leave "
            "the grammar to `auto`"
        )
    return mode.grammar()
