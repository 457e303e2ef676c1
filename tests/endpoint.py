"""A real HTTP server on the loopback interface that speaks OpenAI's APIs, for tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Response:
    """What the server does with one request.

    After `delay` seconds it sends the head, then the body in `pieces` with `pause` seconds between.
    It claims `missing` bytes more than it sends before it hangs up.
    """

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"
    delay: float = 0.0
    pieces: int = 1
    pause: float = 0.0
    missing: int = 0
    headers: tuple[tuple[str, str], ...] = ()


def says(text: str | None, model: str = "loopback-1") -> Response:
    """A whole chat completion with that text."""
    return completes({"role": "assistant", "content": text}, model=model)


def completes(message: dict[str, Any], finish: str = "stop", model: str = "loopback-1") -> Response:
    """A whole chat completion with that message."""
    content = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 10,
            "total_tokens": 110,
            "prompt_tokens_details": {"cached_tokens": 40},
        },
    }
    return Response(body=json.dumps(content).encode())


def streams(*deltas: dict[str, Any], finish: str | None = "stop", done: bool = True) -> Response:
    """A chat completion in pieces; `done`: with the end that a stream has."""
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "loopback-1"}
    pieces: list[object] = [
        {**chunk, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas
    ]
    if finish is not None:
        choice = {"index": 0, "delta": {}, "finish_reason": finish}
        pieces.append({**chunk, "choices": [choice]})
    if done:
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        pieces.append({**chunk, "choices": [], "usage": usage})
    return events(*pieces, done=done)


def responds(
    *output: dict[str, Any], status: str = "completed", reason: str | None = None
) -> dict[str, Any]:
    """A whole response of the Responses API, as its JSON object."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "status": status,
        "error": {"code": "server_error", "message": reason} if status == "failed" else None,
        "incomplete_details": {"reason": reason} if status == "incomplete" else None,
        "model": "loopback-2",
        "output": list(output),
        "usage": {
            "input_tokens": 200,
            "input_tokens_details": {"cached_tokens": 50},
            "output_tokens": 20,
            "output_tokens_details": {"reasoning_tokens": 5},
            "total_tokens": 220,
        },
    }


def tool_call(text: str) -> dict[str, Any]:
    """An item of a response: the call of a custom tool with that input."""
    return {"type": "custom_tool_call", "call_id": "call_1", "name": "goal", "input": text}


def spoken(text: str) -> dict[str, Any]:
    """An item of a response: a message of that text."""
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "role": "assistant", "content": [part]}


def whole(content: object) -> Response:
    """A JSON body."""
    return Response(body=json.dumps(content).encode())


def events(*pieces: object, done: bool = False) -> Response:
    """A stream of events, each with a JSON text."""
    data = [json.dumps(piece) for piece in pieces] + (["[DONE]"] if done else [])
    body = "".join(f"event: message\r\ndata: {d}\r\n\r\n" for d in data)
    return Response(body=body.encode(), content_type="text/event-stream; charset=utf-8")


def fails(status: int, message: str = "this is why") -> Response:
    """An error as OpenAI's endpoint words it."""
    return Response(status, json.dumps({"error": {"message": message, "code": None}}).encode())


@dataclass
class Endpoint:
    """The server's address, and the requests that it got: path, headers and parsed body."""

    url: str
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def messages(self, index: int) -> list[dict[str, str]]:
        """The messages of a request."""
        found: list[dict[str, str]] = self.requests[index][2]["messages"]
        return found

    def body(self, index: int = 0) -> dict[str, Any]:
        """The body of a request."""
        return self.requests[index][2]

    def header(self, name: str, index: int = 0) -> str | None:
        """A header of a request."""
        headers = {key.lower(): value for key, value in self.requests[index][1].items()}
        return headers.get(name.lower())


@contextmanager
def serving(
    responses: Sequence[Response] | Callable[[str, dict[str, Any]], Response],
) -> Iterator[Endpoint]:
    """A server that gives the responses in turn, the last one again and again.

    Or those of a function of a request's path and body.
    """
    endpoint = Endpoint("")
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(length))
            with lock:
                index = len(endpoint.requests)
                endpoint.requests.append((self.path, dict(self.headers.items()), body))
            if callable(responses):
                response = responses(self.path, body)
            else:
                response = responses[min(index, len(responses) - 1)]
            time.sleep(response.delay)
            # The client may have given up waiting.
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(response)

        def _send(self, response: Response) -> None:
            self.send_response(response.status)
            self.send_header("content-type", response.content_type)
            self.send_header("content-length", str(len(response.body) + response.missing))
            # Clients honour this in place of their own back-off, so that tests are quick.
            self.send_header("retry-after-ms", "10")
            for name, value in response.headers:
                self.send_header(name, value)
            self.end_headers()
            size = -(-len(response.body) // response.pieces)
            for start in range(0, len(response.body), max(1, size)):
                time.sleep(response.pause)
                self.wfile.write(response.body[start : start + size])
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
