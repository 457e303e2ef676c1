"""What a language model is to goalsmith: messages in, one reply out. And a double for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from goalsmith.domains.errors import ModelError

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer. Token counts are what the endpoint says; 0 where it says nothing."""

    text: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Model(Protocol):
    """Anything that answers a conversation."""

    def complete(self, messages: Sequence[Message]) -> Reply:
        """The model's answer to the messages.

        Raises:
            ModelRefusedError: asking again is no use.
            ModelBusyError: it may answer later.
            ModelError: it answered, but not usably.
        """
        ...  # the body of a protocol's method


class ScriptedModel:
    """A test double: it answers with given texts in turn, or with what a function makes of them.

    Attributes:
        requests: the messages of every request so far.
    """

    def __init__(self, answers: Sequence[str] | Callable[[Sequence[Message]], str]) -> None:
        self.requests: list[tuple[Message, ...]] = []
        self._answers = answers

    def complete(self, messages: Sequence[Message]) -> Reply:
        """The next answer. Raises ModelError when the script is exhausted."""
        self.requests.append(tuple(messages))
        if callable(self._answers):
            return Reply(self._answers(messages), "scripted")
        index = len(self.requests) - 1
        if index >= len(self._answers):
            raise ModelError(
                f"the script is exhausted: it holds {len(self._answers)} answers, and this is "
                f"request {index + 1}"
            )
        return Reply(self._answers[index], "scripted")
