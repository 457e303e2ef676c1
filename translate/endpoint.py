"""A language model behind any endpoint that speaks OpenAI's Chat Completions.

https://platform.openai.com/docs/api-reference/chat; Ollama, vLLM and llama.cpp speak it too. The
`openai` client retries what may pass (429, 5xx, time-outs, refused connections) with back-off.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from goalsmith.domains.errors import ModelBusyError, ModelError, ModelRefusedError
from goalsmith.translate.model import Message, Reply

MAX_ANSWER = 100_000
"""Characters that an answer may have; a goal has some hundred."""

MAX_BODY = 10_000_000
"""Bytes that the body of a response may have."""

MAX_REASON = 300
"""Characters of the endpoint's own explanation that an error repeats."""

MAX_RETRIES = 20
MAX_TIMEOUT = 3600.0

_PLACEHOLDER_KEY = "no-key"
_BUSY = frozenset({408, 409, 425, 429})


class OpenAIModel:
    """A model of an OpenAI-compatible endpoint.

    Args:
        model: the model's name, as the endpoint knows it.
        base_url: the endpoint, such as `http://localhost:11434/v1`; by default OPENAI_BASE_URL,
            else OpenAI's own.
        api_key: by default OPENAI_API_KEY. An endpoint given by its URL may do without.
        timeout: seconds of silence after which a request counts as failed.
        retries: how often a request that failed for a passing reason is repeated.

    Raises:
        ModelRefusedError: there is no key, or the key, the URL or a number cannot be right.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 60.0,
        retries: int = 2,
    ) -> None:
        if not model.strip():
            raise ModelRefusedError("no model is named: give the name that the endpoint knows")
        if not (math.isfinite(timeout) and 0 < timeout <= MAX_TIMEOUT):
            raise ModelRefusedError(f"the time-out must be above 0 and at most {MAX_TIMEOUT:g} s")
        if not 0 <= retries <= MAX_RETRIES:
            raise ModelRefusedError(f"the retries must be from 0 to {MAX_RETRIES}")
        self.model = model
        self.timeout = timeout
        self.retries = retries
        self._base_url = _checked_url(base_url or os.environ.get("OPENAI_BASE_URL") or None)
        self._key = _checked_key(
            api_key or os.environ.get("OPENAI_API_KEY") or "", self._base_url is not None
        )

    def __repr__(self) -> str:
        return f"OpenAIModel({self.model!r}, {self.place!r})"

    @property
    def place(self) -> str:
        """The endpoint for messages: without a password or a query that its URL may hold."""
        if self._base_url is None:
            return "OpenAI's endpoint"
        parts = urlsplit(self._base_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def complete(self, messages: Sequence[Message]) -> Reply:
        """The model's answer to the messages.

        Raises:
            ModelRefusedError: the key, the model's name or the request is refused.
            ModelBusyError: the endpoint is busy, failing, silent or not there, after all retries.
            ModelError: its answer is empty, too long, or no chat completion.
        """
        import openai

        try:
            # One client per request: nothing stays open, and threads share nothing.
            with openai.OpenAI(
                api_key=self._key,
                base_url=self._base_url,
                timeout=self.timeout,
                max_retries=self.retries,
            ) as client:
                response = client.chat.completions.with_raw_response.create(
                    model=self.model,
                    messages=[_as_param(m) for m in messages],  # type: ignore[misc]
                )
                body = response.content
        # The causes are cut off: their requests hold the key.
        except openai.APITimeoutError:
            raise ModelBusyError(
                f"{self.place} gave no answer within {self.timeout:g} s{self._tried()}: try again "
                "later, or allow more time"
            ) from None
        except openai.APIConnectionError:
            raise ModelBusyError(
                f"{self.place} cannot be reached{self._tried()}: check that it is running, the URL "
                "and the network"
            ) from None
        except openai.APIStatusError as error:
            raise self._status_error(error) from None
        except openai.OpenAIError as error:
            raise ModelError(self._clean(f"the request to {self.place} failed: {error}")) from None
        return self._reply(body)

    def _tried(self) -> str:
        return f" ({self.retries + 1} attempts)" if self.retries else ""

    def _status_error(self, error: object) -> ModelError:
        """The error for a refusing status: what happened, and what to do about it."""
        status = getattr(error, "status_code", 0)
        said = self._reason(getattr(error, "body", None))
        head = f"{self.place} answered {status}"
        if status == 429:
            return ModelBusyError(
                f"{head}, too many requests{self._tried()}: try again later, or check the "
                f"account's limits{said}"
            )
        if status in _BUSY or status >= 500:
            return ModelBusyError(f"{head}, it is failing{self._tried()}: try again later{said}")
        if status == 401:
            advice = "the key is refused: set OPENAI_API_KEY to a valid key"
        elif status == 403:
            advice = f"the key has no access to the model `{self.model}`: use another of either"
        elif status == 404:
            advice = f"there is no model `{self.model}`, or the URL is wrong: check both"
        else:
            advice = f"the request is refused: check that `{self.model}` is a chat model"
        return ModelRefusedError(f"{head}, {advice}{said}")

    def _reason(self, body: object) -> str:
        """What the endpoint says about its refusal, shortened, for the end of a message."""
        message = body.get("message") if isinstance(body, dict) else body
        if not isinstance(message, str) or not message.strip():
            return ""
        message = self._clean(" ".join(message.split()))
        shown = message if len(message) <= MAX_REASON else message[:MAX_REASON] + "…"
        return f" (it says: {shown})"

    def _clean(self, message: str) -> str:
        return message.replace(self._key, "[key]")

    def _reply(self, body: bytes) -> Reply:
        """The reply in a response's body."""
        if len(body) > MAX_BODY:
            raise ModelError(f"{self.place} answered with more than {MAX_BODY} bytes")
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            raise ModelError(
                f"{self.place} answered with something that is not JSON: check that the URL is "
                "that of a Chat Completions endpoint (it often ends in /v1)"
            ) from None
        choices = content.get("choices") if isinstance(content, dict) else None
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        if not isinstance(message, dict):
            raise ModelError(
                f"{self.place} answered without any choices: check that the URL is that of a Chat "
                "Completions endpoint"
            )
        text = message.get("content")
        if not isinstance(text, str) or not text.strip():
            refusal = message.get("refusal")
            raise ModelError(
                f"the model `{self.model}` gave an empty answer{self._reason(refusal)}: try again, "
                "or use another model"
            )
        if len(text) > MAX_ANSWER:
            raise ModelError(
                f"the model `{self.model}` answered with more than {MAX_ANSWER} characters: try "
                "again, or use another model"
            )
        name = content.get("model")
        usage = content.get("usage")
        return Reply(
            text,
            name if isinstance(name, str) and name else self.model,
            _count(usage, "prompt_tokens"),
            _count(usage, "completion_tokens"),
        )


def _as_param(message: Message) -> dict[str, str]:
    return {"role": message.role, "content": message.content}


def _count(usage: object, key: str) -> int:
    value = usage.get(key) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and value >= 0 else 0


def _checked_url(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise ModelRefusedError(
            "the endpoint's URL is not one: give it as in http://localhost:11434/v1"
        )
    return url


def _checked_key(key: str, placeholder: bool) -> str:
    key = key.strip()
    if not key:
        if not placeholder:
            raise ModelRefusedError(
                "there is no key for OpenAI's endpoint: set OPENAI_API_KEY, or give the URL of an "
                "endpoint that needs none"
            )
        return _PLACEHOLDER_KEY
    # It goes into a header; a client's complaint about it would show it.
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ModelRefusedError("the key holds characters that no key has: check OPENAI_API_KEY")
    return key
