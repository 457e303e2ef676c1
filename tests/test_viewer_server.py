"""The page is served to who has its address, from this machine, and to nobody else."""

from __future__ import annotations

import json
import os
import signal
import socket
import webbrowser
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from tasks import towers
from test_cli import Terminal, goalsmith
from viewer_runs import address, driven, put, troubled

from goalsmith import commands
from goalsmith.domains.errors import InputError
from goalsmith.execute.messages import Review
from goalsmith.execute.store import Store, open_store
from goalsmith.execute.viewer import LiveRun, ViewServer
from goalsmith.execute.viewer.server import MAX_REQUEST

__all__ = ["goalsmith"]  # the fixture

TOWER = towers("(and (on a b) (on b c))")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(address(tmp_path)) as opened:
        yield opened


class Browser:
    """Sends requests to a server, as a browser would or would not."""

    def __init__(self, server: ViewServer) -> None:
        parts = urlsplit(server.url)
        self.host = parts.netloc
        self.path = parts.path
        self.status = 0
        self.headers: Mapping[str, str] = {}

    def get(self, what: str = "", **headers: str) -> str:
        return self.ask("GET", self.path + what, None, headers)

    def post(self, what: str, said: object, **headers: str) -> str:
        usual = {"Origin": f"http://{self.host}", "Content-Type": "application/json"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", self.path + what, json.dumps(said).encode(), {**usual, **given})

    def ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> str:
        connection = HTTPConnection(self.host, timeout=60)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                if value:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response: HTTPResponse = connection.getresponse()
            self.status, self.headers = response.status, dict(response.headers)
            return response.read().decode()
        finally:
            connection.close()


@pytest.fixture
def browser(store: Store) -> Iterator[Browser]:
    """A browser before the page of a run that waits for a person."""
    run = put(store, TOWER, review=Review.PLAN)
    driven(store, run, TOWER)
    with ViewServer(LiveRun(store, run.id)) as server:
        thread = Thread(target=server.serve)
        thread.start()
        yield Browser(server)
        server.stop()
        thread.join()


def test_the_page_and_what_is_new_in_the_run_are_served(browser: Browser) -> None:
    html = browser.get()
    assert browser.status == 200
    assert html.startswith("<!doctype html>")
    data = json.loads(browser.get("since?sequence=-1"))
    assert data["run"]["status"] == "waiting"
    assert json.loads(browser.get(f"since?sequence={data['sequence']}"))["items"] == []
    assert json.loads(browser.get("stages?version=1"))["stages"]


def test_every_answer_forbids_what_the_page_does_not_need(browser: Browser) -> None:
    for what in ("", "since?sequence=-1", "nothing"):
        browser.get(what)
        policy = browser.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert browser.headers["X-Content-Type-Options"] == "nosniff"
        assert browser.headers["Cache-Control"] == "no-store"
        assert browser.headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in browser.headers


def test_without_the_token_nothing_is_answered(browser: Browser) -> None:
    token = browser.path.strip("/")
    assert len(token) > 40
    for path in (
        "/",
        "/since?sequence=-1",
        f"/{token[:-1]}/",
        f"/{token}",
        f"/x/{token}/",
        "/%C3%A9/",
    ):
        answer = browser.ask("GET", path, None, {})
        assert (browser.status, token in answer) == (403, False), path
    browser.ask("POST", "/review", b"{}", {"Origin": f"http://{browser.host}"})
    assert browser.status == 403


def test_each_server_has_a_token_of_its_own(store: Store) -> None:
    run = LiveRun(store, put(store, TOWER).id)
    with ViewServer(run) as one, ViewServer(run) as other:
        assert one.token != other.token


def test_a_name_that_is_not_this_machine_is_refused(browser: Browser) -> None:
    port = browser.host.partition(":")[2]
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"0.0.0.0:{port}"):
        browser.get(Host=host)
        assert browser.status == 403, host
    browser.get(Host=f"localhost:{port}")
    assert browser.status == 200


def test_only_the_page_itself_may_answer_for_a_person(browser: Browser, store: Store) -> None:
    approve = {"kind": "approve", "version": 1}
    for origin in ("http://evil.example", "null", "", f"https://{browser.host}"):
        browser.post("review", approve, Origin=origin)
        assert browser.status == 403, origin
    browser.post("review", approve, Content_Type="text/plain")
    assert browser.status == 415
    browser.get("review")
    assert browser.status == 404
    [run] = store.runs()
    assert store.messages(run.id) == ()
    assert json.loads(browser.post("review", approve)) == {"message": 1}
    assert [row.kind for row in store.messages(run.id)] == ["approve"]


def test_what_makes_no_sense_is_refused_with_a_reason(browser: Browser) -> None:
    for what in ("since", "since?sequence=x", "stages?version=9", f"stages?version={'9' * 30}"):
        assert "error" in json.loads(browser.get(what))
        assert browser.status == 422, what
    wrong = {"kind": "edit", "version": 1, "plan": "(lift a)"}
    assert "does not lead to the goal" in json.loads(browser.post("review", wrong))["error"]
    browser.post("review", {}, Content_Length=str(MAX_REQUEST + 1))
    assert browser.status == 422
    browser.post("review", {}, Content_Length="-5")
    assert browser.status == 422


def test_a_store_that_is_gone_is_told_to_the_page(browser: Browser, store: Store) -> None:
    store.close()
    assert json.loads(browser.get("since?sequence=0"))["error"]
    assert browser.status == 503


def test_a_port_that_is_taken_is_an_error_in_words(store: Store) -> None:
    run = LiveRun(store, put(store, TOWER).id)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=str(port)):
            ViewServer(run, port)


# The command


@pytest.fixture
def terminal(goalsmith: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    if "view" not in commands.NAMES:
        monkeypatch.setattr(commands, "NAMES", (*commands.NAMES, "view"))
    return goalsmith


def test_a_run_is_written_as_one_file(terminal: Terminal, store: Store) -> None:
    run = troubled(store)
    url = address(terminal.folder)
    result = terminal("view", run.id[:8], "--store", url, "--html", "run.html")
    assert result.code == 0
    html = (terminal.folder / "run.html").read_text(encoding="utf-8")
    assert '"live":false' in html
    assert "a tower of a on b on c" in html
    again = terminal("view", run.id[:8], "--store", url, "--html", "no/such/folder/run.html")
    assert again.code == 30
    assert terminal("view", "ffff", "--store", url).code == 30


def test_a_page_is_served_until_it_is_interrupted(
    terminal: Terminal, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def visit(url: str) -> None:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.request("GET", urlsplit(url).path)
        seen.append(connection.getresponse().read().decode())
        connection.close()
        os.kill(os.getpid(), signal.SIGINT)

    def opened(url: str) -> bool:
        Thread(target=visit, args=[url]).start()
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    result = terminal("view", troubled(store).id, "--store", address(terminal.folder))
    assert result.code == 0
    assert result.out.startswith("http://127.0.0.1:")
    assert '"live":true' in seen[0]
