"""What a language model is to goalsmith: a request in, one reply out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from goalsmith.translate.grammar.grammar import Grammar

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked.

    Attributes:
        messages: the conversation so far.
        grammar: what the reply's text must be a sentence of; None: free text.
        sample: which of several samples of one conversation this belongs to, from 0. Equal requests
            have equal replies in a recording, so samples are told apart by it.
        temperature: how freely the model chooses its words, from 0; None: the endpoint's default.
    """

    messages: tuple[Message, ...]
    grammar: Grammar | None = None
    sample: int = 0
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer. Token counts are what the endpoint says; 0 where it says nothing.

    The text that answers a request with a grammar is a sentence of that grammar as far as the
    endpoint keeps to it: readers check it all the same.
    """

    text: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Model(Protocol):
    """Anything that answers a conversation."""

    @property
    def constrains(self) -> bool:
        """Whether it can keep to a request's grammar; without, requests must carry none."""
        ...  # the body of a protocol's property

    def complete(self, request: Request) -> Reply:
        """The model's answer to a request.

        Raises:
            ModelRefusedError: asking again is no use.
            ModelBusyError: it may answer later.
            ModelError: it answered, but not usably.
        """
        ...  # the body of a protocol's method
