"""`--trace`: runs of commands as OpenTelemetry spans, in a file, on a terminal, over HTTP."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from endpoint import says, serving
from test_cli import Terminal, goalsmith

from goalsmith.execute.store import open_store

__all__ = ["goalsmith"]  # the fixture

RUN = ("run", "put blue on red", "--domain", "blocksworld", "--offline")


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runs.sqlite"


@pytest.fixture
def file(goalsmith: Terminal) -> Path:
    return goalsmith.folder / "spans.jsonl"


def spans(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def whole(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The span of the run, if all others are in it and in one trace."""
    [root] = [span for span in found if span["name"].startswith("invoke_workflow")]
    assert root["parent_id"] is None
    parents = {span["context"]["span_id"] for span in found}
    assert all(span["parent_id"] in parents for span in found if span is not root)
    assert len({span["context"]["trace_id"] for span in found}) == 1
    for span in found:
        assert root["start_time"] <= span["start_time"] <= span["end_time"] <= root["end_time"]
    return root


def test_a_run_is_traced_into_a_file_with_its_first_plan(
    goalsmith: Terminal, store: str, file: Path
) -> None:
    result = goalsmith(*RUN, "--store", store, "--trace", file, "--json")
    run = result.json["run"]
    assert isinstance(run, dict)
    found = spans(file.read_text(encoding="utf-8"))
    root = whole(found)
    assert root["attributes"]["goalsmith.run.id"] == run["id"]
    assert root["attributes"]["goalsmith.outcome"] == "reached"
    assert root["resource"]["attributes"]["service.name"] == "goalsmith"
    steps = [s["attributes"]["goalsmith.step.text"] for s in found if "execute_tool" in s["name"]]
    assert steps == run["steps"]
    assert [span["name"] for span in found].count("plan") == 1


def test_calls_to_a_model_are_in_the_trace(
    goalsmith: Terminal, store: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with serving([says("(on blue red)")]) as server:
        model = ("--model", "loopback-1", "--base-url", server.url)
        words = ("run", "blue onto red, please", "--domain", "blocksworld", *model)
        assert goalsmith(*words, "--store", store, "--trace", file).code == 0
    found = spans(file.read_text(encoding="utf-8"))
    whole(found)
    [chat] = [span for span in found if span["name"] == "chat loopback-1"]
    assert chat["kind"] == "SpanKind.CLIENT"


def test_a_run_that_is_gone_on_with_is_traced_after_what_the_file_had(
    goalsmith: Terminal, store: str, file: Path
) -> None:
    waiting = goalsmith(*RUN, "--approve", "--store", store, "--trace", file)
    assert waiting.code == 51
    before = spans(file.read_text(encoding="utf-8"))
    run = whole(before)["attributes"]["goalsmith.run.id"]
    goalsmith("approve", run, "--store", store)
    assert goalsmith("resume", "--store", store, "--trace", file).code == 0
    after = spans(file.read_text(encoding="utf-8"))
    assert after[: len(before)] == before
    root = whole(after[len(before) :])
    assert root["attributes"]["goalsmith.run.id"] == run
    assert root["attributes"]["goalsmith.outcome"] == "reached"


def test_a_worker_traces_each_drive(goalsmith: Terminal, store: str, file: Path) -> None:
    for flags in ((), ("--approve",), ("--faults", "3")):
        assert goalsmith(*RUN, *flags, "--detach", "--store", store).code == 0
    work = ("worker", "--idle-exit", "0", "--store", store, "--trace", file)
    assert goalsmith(*work).code == 0
    with open_store(store) as opened:
        rows = {row.id: row for row in opened.runs()}
        [waiting] = [row.id for row in rows.values() if row.status == "waiting"]
    goalsmith("approve", waiting, "--store", store)
    assert goalsmith(*work).code == 0
    by_trace: dict[str, list[dict[str, Any]]] = {}
    for span in spans(file.read_text(encoding="utf-8")):
        by_trace.setdefault(span["context"]["trace_id"], []).append(span)
    drives = [whole(found)["attributes"] for found in by_trace.values()]
    assert sorted(drive["goalsmith.run.id"] for drive in drives) == sorted([*rows, waiting])
    ends = [drive.get("goalsmith.outcome") for drive in drives]
    assert sorted(map(str, ends)) == ["None", "reached", "reached", "reached"]
    with open_store(store) as opened:
        for found in by_trace.values():
            run = whole(found)["attributes"]["goalsmith.run.id"]
            acts = [span for span in found if span["name"].startswith("execute_tool")]
            kinds = [entry.kind for entry in opened.entries(run)]
            assert len(acts) in (0, kinds.count("step-begun"))


def test_spans_are_shown_on_standard_error(goalsmith: Terminal, store: str) -> None:
    result = goalsmith(*RUN, "--store", store, "--trace", "console")
    assert whole(spans(result.err))["name"] == "invoke_workflow blocksworld"
    assert "invoke_workflow" not in result.out


def test_a_run_without_a_plan_is_traced_and_ends_as_it_would(
    goalsmith: Terminal, store: str, file: Path
) -> None:
    problem = goalsmith.file(
        "problem.pddl",
        "(define (problem p) (:domain blocksworld) (:objects a b - block) (:init (arm-empty) "
        "(on-table a) (clear a) (on-table b) (clear b)) (:goal (and (on a b) (on b a))))",
    )
    words = ("run", "--domain", "blocksworld", "--problem", problem, "--store", store)
    assert goalsmith(*words, "--trace", file).code == goalsmith(*words).code == 10
    found = spans(file.read_text(encoding="utf-8"))
    [plan] = [span for span in found if span["name"] == "plan"]
    assert plan["attributes"]["goalsmith.outcome"] == "unsolvable"
    assert whole(found)["status"]["status_code"] == "UNSET"


@contextmanager
def collector(status: int = 200) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server that takes traces, or refuses them, with what it was sent."""
    received: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            received.append((self.path, self.rfile.read(length)))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://me:secret@127.0.0.1:{server.server_port}", received
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("base", "path"), [("", "/v1/traces"), ("/", "/v1/traces"), ("/in/v2", "/in/v2")]
)
def test_spans_are_sent_to_a_url(goalsmith: Terminal, store: str, base: str, path: str) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with collector() as (url, received):
        result = goalsmith(*RUN, "--store", store, "--trace", f"{url}{base}")
    assert result.code == 0
    assert "did not arrive" not in result.err
    [(where, body)] = received
    assert where == path
    request = ExportTraceServiceRequest.FromString(body)
    names = [s.name for r in request.resource_spans for c in r.scope_spans for s in c.spans]
    assert "invoke_workflow blocksworld" in names
    assert sum(name.startswith("execute_tool") for name in names) == 6


def test_spans_are_sent_where_the_environment_says(
    goalsmith: Terminal, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    with collector() as (url, received):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"{url}/base")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "crane-three")
        assert goalsmith(*RUN, "--store", store, "--trace", "otlp").code == 0
    [(where, body)] = received
    assert where == "/base/v1/traces"
    assert b"crane-three" in body


def test_a_trace_that_does_not_arrive_is_told_without_its_password(
    goalsmith: Terminal, store: str
) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    with collector(400) as (url, _):
        result = goalsmith(*RUN, "--store", store, "--trace", url)
    assert result.code == 0
    assert "the trace did not arrive whole" in result.err
    assert "secret" not in result.err
    assert len(result.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("ftp://x/y", "--trace takes a URL such as http://"),
        ("http://", "--trace takes a URL"),
        ("http://[::1", "--trace takes a URL"),
        ("http://me:secret@h:99999", "--trace takes a URL"),
        ("missing/folder/spans.jsonl", "spans.jsonl cannot be written"),
        (".", "cannot be written"),
    ],
)
def test_a_place_that_cannot_be_is_told_before_anything_is_done(
    goalsmith: Terminal, store: str, to: str, message: str
) -> None:
    result = goalsmith(*RUN, "--store", store, "--trace", to)
    assert result.code == 30
    assert message in result.err
    assert "secret" not in result.err
    with open_store(store) as opened:
        assert opened.runs() == ()


@pytest.mark.parametrize(
    ("module", "to"),
    [
        ("opentelemetry.sdk.trace", "spans.jsonl"),
        ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "http://localhost:1"),
    ],
)
def test_what_is_not_installed_is_named(
    goalsmith: Terminal, store: str, monkeypatch: pytest.MonkeyPatch, module: str, to: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    result = goalsmith(*RUN, "--store", store, "--trace", to)
    assert result.code == 31
    assert "pip install 'goalsmith[otel]'" in result.err
