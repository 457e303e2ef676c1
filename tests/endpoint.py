"""A real HTTP server on the loopback interface that speaks Chat Completions, for tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Response:
    """What the server does with one request: after `delay` seconds, a status and a body."""

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"
    delay: float = 0.0


def says(text: str | None, model: str = "loopback-1") -> Response:
    """A chat completion with that text."""
    message = {"role": "assistant", "content": text}
    content = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return Response(body=json.dumps(content).encode())


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


@contextmanager
def serving(responses: Sequence[Response]) -> Iterator[Endpoint]:
    """A server that gives the responses in turn, the last one again and again."""
    endpoint = Endpoint("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(length))
            index = min(len(endpoint.requests), len(responses) - 1)
            endpoint.requests.append((self.path, dict(self.headers.items()), body))
            response = responses[index]
            time.sleep(response.delay)
            try:
                self.send_response(response.status)
                self.send_header("content-type", response.content_type)
                self.send_header("content-length", str(len(response.body)))
                # Clients honour this in place of their own back-off, so that tests are quick.
                self.send_header("retry-after-ms", "10")
                self.end_headers()
                self.wfile.write(response.body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client has given up waiting

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
