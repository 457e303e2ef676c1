"""What endpoints say: the answer in a chat completion or a response, whole or in pieces.

A reply that comes whole is read as if it came in one piece, so that each API has one reader.
Chat Completions: https://platform.openai.com/docs/api-reference/chat-streaming; Responses:
https://platform.openai.com/docs/api-reference/responses-streaming. How Chat Completions streams the
input of a custom tool is documented nowhere; the form read here is the one reported in
https://github.com/openai/openai-openapi/issues/576.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from goalsmith.translate.models.dialects import Api

End = Literal["whole", "cut", "withheld", "failed"]
"""How an answer ended: as the model wished, at the bound on its tokens, by a filter, by a fault."""

MAX_COUNT = 10**12
"""Tokens above which a count is taken for nonsense."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the endpoint counts them."""

    prompt: int
    completion: int
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply says.

    Attributes:
        text: the answer: the input of a tool call if there is one, else the message.
        end: how it ended; None: the reply broke off.
        reason: the endpoint's or the model's own words on a refusal or a fault.
        model: the model's name as the endpoint says it.
        usage: None: the endpoint does not say.
    """

    text: str
    end: End | None
    reason: str = ""
    model: str = ""
    usage: Usage | None = None


class Reader(Protocol):
    """Reads a reply piece by piece."""

    found: bool
    """Whether anything so far was a piece of such a reply."""

    def feed(self, piece: object) -> int:
        """Takes in the next piece; the characters that the model has said in it."""
        ...  # the body of a protocol's method

    def answer(self) -> Answer:
        """The answer, after the last piece."""
        ...  # the body of a protocol's method


def reader(api: Api) -> Reader:
    """A new reader for the replies of an API."""
    return ChatReader() if api == "chat" else ResponseReader()


class ChatReader:
    """Reads a chat completion, or its chunks."""

    def __init__(self) -> None:
        self.found = False
        self._text: list[str] = []
        self._tool: list[str] = []
        self._refusal: list[str] = []
        self._end: End | None = None
        self._reason = ""
        self._model = ""
        self._usage: Usage | None = None

    def feed(self, piece: object) -> int:
        """Takes in a chunk, or a whole completion; the characters that the model has said in it."""
        chunk = _fields(piece)
        self._model = self._model or _text(chunk.get("model"))
        self._usage = _usage(chunk.get("usage"), "prompt_tokens", "completion_tokens") or (
            self._usage
        )
        if chunk.get("error") and self._end is None:
            self.found = True
            self._end, self._reason = "failed", _said(chunk["error"])
        choice = _first(chunk.get("choices"))
        message = choice.get("delta")
        if not isinstance(message, dict):
            message = choice.get("message")
            if not isinstance(message, dict):
                return 0
            self._end = self._end or "whole"  # it is a whole completion, whether it says so or not
        self.found = True
        call = _fields(_first(message.get("tool_calls")).get("custom"))
        said = _text(message.get("content"))
        given = _text(call.get("input"))
        self._text.append(said)
        self._tool.append(given)
        self._refusal.append(_text(message.get("refusal")))
        reason = choice.get("finish_reason")
        if isinstance(reason, str):
            self._end = _CHAT_ENDS.get(reason, "whole")
        # Models that reason aloud do so beside the answer: vLLM and others in these fields.
        aloud = message.get("reasoning_content") or message.get("reasoning")
        return len(said) + len(given) + len(_text(aloud))

    def answer(self) -> Answer:
        """The answer, after the last chunk."""
        return Answer(
            "".join(self._tool) or "".join(self._text),
            self._end,
            self._reason or "".join(self._refusal),
            self._model,
            self._usage,
        )


_CHAT_ENDS: Mapping[str, End] = {"length": "cut", "content_filter": "withheld"}


class ResponseReader:
    """Reads a response of the Responses API, or its events."""

    def __init__(self) -> None:
        self.found = False
        self._fault: str | None = None
        self._response: Mapping[str, object] | None = None

    def feed(self, piece: object) -> int:
        """Takes in an event, or a whole response; the characters that the model has said in it."""
        event = _fields(piece)
        if event.get("object") == "response":
            self.found = True
            self._response = event
            return 0
        kind = _text(event.get("type"))
        if kind in {"response.completed", "response.incomplete", "response.failed"}:
            self.found = True
            self._response = _fields(event.get("response"))
        elif kind == "error" or (not kind and event.get("error")):
            self.found = True
            self._fault = _said(event.get("error") or event)
        elif kind.startswith("response."):
            self.found = True
            if kind.endswith(".delta"):
                return len(_text(event.get("delta")))
        return 0

    def answer(self) -> Answer:
        """The answer, after the last event."""
        if self._response is None:
            if self._fault is not None:
                return Answer("", "failed", self._fault)
            return Answer("", None)
        response = self._response
        texts: list[str] = []
        inputs: list[str] = []
        refusals: list[str] = []
        for item in map(_fields, _list(response.get("output"))):
            if item.get("type") == "custom_tool_call":
                inputs.append(_text(item.get("input")))
            elif item.get("type") == "message":
                for part in map(_fields, _list(item.get("content"))):
                    texts.append(_text(part.get("text")))
                    refusals.append(_text(part.get("refusal")))
        end: End = "whole"
        reason = "".join(refusals)
        if response.get("status") == "failed":
            end, reason = "failed", _said(response.get("error"))
        elif response.get("status") == "incomplete":
            why = _fields(response.get("incomplete_details")).get("reason")
            end = "withheld" if why == "content_filter" else "cut"
        return Answer(
            inputs[0] if inputs else "".join(texts),
            end,
            reason,
            _text(response.get("model")),
            _usage(response.get("usage"), "input_tokens", "output_tokens"),
        )


def _usage(said: object, prompt: str, completion: str) -> Usage | None:
    usage = _fields(said)
    sent, received = _count(usage.get(prompt)), _count(usage.get(completion))
    if sent is None or received is None:
        return None
    cached = _count(_fields(usage.get(f"{prompt}_details")).get("cached_tokens")) or 0
    return Usage(sent, received, min(cached, sent))


def _count(value: object) -> int | None:
    # A bool is an int to Python, but no count.
    return value if type(value) is int and 0 <= value <= MAX_COUNT else None


def _said(error: object) -> str:
    return _text(_fields(error).get("message")) or _text(error)


def _fields(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _first(value: object) -> Mapping[str, object]:
    return _fields(_list(value)[0]) if _list(value) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
