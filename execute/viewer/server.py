"""The page of a run, served to this machine's browser alone.

A page on the web can make a browser send requests to this machine, and other people may have
accounts on it. So nothing is answered without the token that is in the URL, nor under another name
than that of this machine (which would be DNS rebinding), and nothing is written for a page of
another origin.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import ClassVar, Final
from urllib.parse import parse_qs, urlsplit

from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.execute.store import StoreError
from goalsmith.execute.store.plain import Plain, decode
from goalsmith.execute.viewer.live import LiveRun
from goalsmith.execute.viewer.page import page, policy

HOST: Final = "127.0.0.1"

MAX_REQUEST: Final = 4 * 1024 * 1024
"""Bytes that the body of a request may have: a plan of some 100,000 steps."""

PATIENCE: Final = 30.0
"""Seconds that a connection may be silent."""

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class ViewServer:
    """Serves the page of a run until it is closed; for a `with` block.

    Args:
        run: the run.
        port: where; 0: any free port.

    Raises:
        InputError: the port is not free, or is none.
    """

    def __init__(self, run: LiveRun, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(32)
        try:
            self._server = _Server((HOST, port), run, self.token)
        except (OSError, OverflowError) as error:
            raise InputError(f"port {port} cannot be used: {error}") from None

    @property
    def url(self) -> str:
        """The address of the page, which opens it to whoever knows it."""
        return f"http://{HOST}:{self._server.port}/{self.token}/"

    def serve(self) -> None:
        """Answers requests until `stop` is called by another thread."""
        self._server.serve_forever(poll_interval=0.2)

    def stop(self) -> None:
        """Makes `serve` return."""
        self._server.shutdown()

    def __enter__(self) -> ViewServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.server_close()


class _Server(ThreadingTCPServer):
    """Not HTTPServer, which asks for the machine's name, and so perhaps a network that is slow."""

    allow_reuse_address = True
    daemon_threads = True
    # A connection that the browser keeps open must not keep the command from ending.
    block_on_close = False

    def __init__(self, address: tuple[str, int], run: LiveRun, token: str) -> None:
        self.run = run
        self.token = token
        super().__init__(address, _Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "goalsmith"
    sys_version = ""
    timeout = PATIENCE
    names: ClassVar[tuple[str, ...]] = (HOST, "localhost")

    def do_GET(self) -> None:
        """Answers with the page, what is new in the run, or a plan's graph."""
        path = self._path()
        if path is None:
            self._refuse(HTTPStatus.FORBIDDEN)
        elif path == "":
            self._answer(self._page)
        elif path == "since":
            self._answer(lambda: self.server.run.data(self._number("sequence")))
        elif path == "stages":
            self._answer(lambda: self.server.run.stages(self._number("version")))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Sends a decision to the run."""
        path = self._path()
        if path is None or self.headers.get("Origin") not in self._origins():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif path != "review":
            self._refuse(HTTPStatus.NOT_FOUND)
        elif self.headers.get_content_type() != "application/json":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        else:
            self._answer(lambda: {"message": self.server.run.send(self._body())})

    def log_message(self, *_: object) -> None:
        """Says nothing: the log would show the token."""

    # What was asked

    def _path(self) -> str | None:
        """What is asked for, if the request is one of ours."""
        if self.headers.get("Host") not in self._hosts():
            return None
        token, slash, path = urlsplit(self.path).path.removeprefix("/").partition("/")
        known = secrets.compare_digest(token.encode(), self.server.token.encode())
        return path if known and slash else None

    def _hosts(self) -> list[str]:
        return [f"{name}:{self.server.port}" for name in self.names]

    def _origins(self) -> list[str]:
        return [f"http://{host}" for host in self._hosts()]

    def _number(self, name: str) -> int:
        values = parse_qs(urlsplit(self.path).query).get(name, [])
        try:
            return int(values[0][:20])
        except (IndexError, ValueError):
            raise InputError(f"`{name}` is to be a number") from None

    def _body(self) -> Plain:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MAX_REQUEST:
            self.close_connection = True
            raise InputError(f"a request has a length, of at most {MAX_REQUEST} bytes")
        try:
            return decode(self.rfile.read(int(length)).decode())
        except ValueError as error:
            raise InputError(f"the request is no JSON: {error}") from None

    # Answers

    def _page(self) -> str:
        return page({**self.server.run.data(), "live": True})

    def _answer(self, ask: Callable[[], str | dict[str, Plain]]) -> None:
        try:
            found = ask()
        except StoreError as error:
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, _json({"error": str(error)}))
        except GoalsmithError as error:
            self._send(HTTPStatus.UNPROCESSABLE_ENTITY, _json({"error": str(error)}))
        except Exception as error:
            # A fault of ours, which the page tells instead of a connection that is cut off.
            said = f"internal error: {type(error).__name__}: {error}"
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, _json({"error": said}))
        else:
            if isinstance(found, str):
                self._send(HTTPStatus.OK, found.encode(), "text/html; charset=utf-8")
            else:
                self._send(HTTPStatus.OK, _json(found))

    def _refuse(self, status: HTTPStatus) -> None:
        # What was sent along stays unread, so that nothing can follow it.
        self.close_connection = True
        self._send(status, _json({"error": status.phrase}))

    def _send(self, status: HTTPStatus, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", f"{policy()}; frame-ancestors 'none'")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _json(data: dict[str, Plain]) -> bytes:
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode()
