"""A response's body read within bounds of time and size, as server-sent events or as one JSON text.

Events: https://html.spec.whatwg.org/multipage/server-sent-events.html; of their fields, endpoints
use `data` alone for what is read here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from goalsmith.domains.errors import ModelBusyError, ModelError

MAX_BODY = 50_000_000
"""Bytes that the body of a response may have; a streamed token takes some hundred."""

DONE = "[DONE]"
"""The data of the event that ends a streamed chat completion."""


class Bounds:
    """The bounds on one call, over all its attempts: hooks into the HTTP client that keep them.

    The time is looked at before each attempt and whenever bytes arrive, so a call ends at the
    latest `timeout` seconds after `total_timeout`, and after a wait that the endpoint asked for
    before a further attempt (the client waits for a minute at most).

    Attributes:
        attempts: requests sent so far.
    """

    def __init__(self, place: str, timeout: float, total_timeout: float) -> None:
        self.attempts = 0
        self._place = place
        self._timeout = timeout
        self._total = total_timeout
        self._deadline = time.monotonic() + total_timeout

    def hooks(self) -> dict[str, list[Any]]:
        """The bounds as event hooks of an httpx client."""
        return {"request": [self._before], "response": [self._after]}

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._deadline

    def late(self) -> ModelBusyError:
        """The error once the time is up."""
        return ModelBusyError(
            f"{self._place} had not finished its answer after {self._total:g} s: try again later, "
            "or allow more time in total"
        )

    def _before(self, request: Any) -> None:
        if self.passed:
            raise self.late()
        self.attempts += 1
        left = max(0.001, min(self._timeout, self._deadline - time.monotonic()))
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), left)

    def _after(self, response: Any) -> None:
        # Asked for as it is: what is packed can unpack to a million times its size.
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ModelError(f"{self._place} answered with a packed body, which was not asked for")
        response.stream = _bounded(response, self, self._place)


def _bounded(response: Any, bounds: Bounds, place: str) -> object:
    """A response's stream that ends in an error at the bounds.

    The openai client is built on httpx or on its successor httpx2, as its version goes; what it
    hands over tells which.
    """
    http: Any = import_module(type(response).__module__.partition(".")[0])
    inner = response.stream

    class Bounded(http.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            size = 0
            source = iter(inner)
            while True:
                failure: ModelError | None = None
                try:
                    chunk = next(source)
                except StopIteration:
                    return
                except http.TimeoutException:
                    failure = bounds.late() if bounds.passed else silent(place)
                except http.TransportError:
                    failure = broken_off(place)
                # Raised out here, since the causes hold the request and with it the key.
                if failure is not None:
                    raise failure
                size += len(chunk)
                if size > MAX_BODY:
                    raise ModelError(f"{place} answered with more than {MAX_BODY} bytes")
                if bounds.passed:
                    raise bounds.late()
                yield chunk

        def close(self) -> None:
            inner.close()

    return Bounded()


def silent(place: str) -> ModelBusyError:
    """The error for an answer that stops coming."""
    return ModelBusyError(
        f"{place} fell silent in the middle of its answer: try again later, or allow more time"
    )


def broken_off(place: str) -> ModelBusyError:
    """The error for an answer without its end."""
    return ModelBusyError(f"{place} broke off in the middle of its answer: try again later")


def is_event_stream(content_type: str) -> bool:
    """Whether a body of that type is a stream of events."""
    return content_type.partition(";")[0].strip().lower() == "text/event-stream"


def event_data(chunks: Iterable[bytes]) -> Iterator[str]:
    """The data of each event of a stream. An event that is not finished at the end is dropped."""
    data: list[str] = []
    for line in _lines(chunks):
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a body. They end in LF or CR LF; a lone CR, which nobody sends, ends none."""
    parts: list[bytes] = []
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for end in ended:
            line = b"".join((*parts, end))
            parts = []
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
        parts.append(rest)
    # The last event may lack its empty line where the connection is closed after it.
    yield b"".join(parts).removesuffix(b"\r").decode("utf-8", "replace")
    yield ""


def parsed(text: str | bytes, place: str) -> object:
    """A JSON text from an endpoint. Raises ModelError if it is none."""
    failure: ModelError
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        failure = ModelError(
            f"{place} answered with something that is not JSON: check that the URL is that of a "
            "Chat Completions or Responses endpoint (it often ends in /v1)"
        )
    raise failure
