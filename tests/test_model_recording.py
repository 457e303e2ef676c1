"""Recordings of calls: replayed without a network, added to by many, and held to be mere data."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from endpoint import says, serving
from processes import PATIENCE

from goalsmith.domains.errors import InputError, ModelError
from goalsmith.translate.grammar.grammar import Field, Grammar, Record, Rule, Word
from goalsmith.translate.models.endpoint import OpenAIModel
from goalsmith.translate.models.model import Message, Reply, Request
from goalsmith.translate.models.recording import (
    MAX_LINE,
    RecordingModel,
    ReplayModel,
    read_recording,
)
from goalsmith.translate.models.scripted import ScriptedModel

KEY = "sk-secret-0123456789"
ASK = Request((Message("system", "be brief"), Message("user", "put a on b")))
GRAMMAR = Grammar("goal", (Rule("g", Record((Field("on", "(on ", Word("a")),), ")")),))


def about(text: str, sample: int = 0) -> Request:
    return Request((Message("user", text),), sample=sample)


def record(path: Path, *requests: Request) -> None:
    """A recording in which each request is answered by its last message and its sample."""
    model = RecordingModel(ScriptedModel(echo), path)
    for request in requests:
        model.complete(request)


def echo(request: Request) -> str:
    return f"{request.messages[-1].content} #{request.sample}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.jsonl"


def test_a_recorded_call_is_replayed_without_a_network(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving([says("(on a b)")]) as endpoint:
        model = OpenAIModel("tiny", endpoint.url, KEY, dialect="llama.cpp", retries=0)
        said = RecordingModel(model, path).complete(replace(ASK, grammar=GRAMMAR))
    assert said == Reply("(on a b)", "loopback-1", 100, 10)
    replay = ReplayModel(path)
    assert replay.constrains
    assert replay.complete(replace(ASK, grammar=GRAMMAR)) == said
    assert KEY not in path.read_text(encoding="utf-8")
    assert KEY not in f"{replay!r} {RecordingModel(model, path)!r}"


def test_equal_requests_have_one_key_and_others_have_others(path: Path) -> None:
    requests = [
        ASK,
        replace(ASK, sample=1),
        replace(ASK, temperature=0.0),
        replace(ASK, temperature=1.0),
        replace(ASK, grammar=GRAMMAR),
        replace(ASK, grammar=Grammar("goal", (*GRAMMAR.rules, Rule("h", Word("b"))))),
        replace(ASK, messages=ASK.messages[1:]),
        replace(ASK, messages=(Message("user", "be brief"), ASK.messages[1])),
        replace(ASK, messages=(Message("system", "be brief\n\nuser: "), ASK.messages[1])),
    ]
    answers = [str(number) for number in range(len(requests))]
    recording = RecordingModel(ScriptedModel(answers), path)
    for request in requests:
        recording.complete(request)
    assert len(read_recording(path)) == len(requests)
    replay = ReplayModel(path)
    assert [replay.complete(request).text for request in requests] == answers
    assert replay.complete(replace(ASK, temperature=0)).text == "2"


def test_of_two_recordings_of_one_request_the_later_counts(path: Path) -> None:
    recording = RecordingModel(ScriptedModel(["old", "new"]), path)
    assert [recording.complete(ASK).text for _ in range(2)] == ["old", "new"]
    assert ReplayModel(path).complete(ASK).text == "new"


def test_what_was_not_recorded_is_an_error_that_says_what_is_nearest(path: Path) -> None:
    record(path, about("put a on b"), about("put c on d", sample=3))
    replay = ReplayModel(path)
    with pytest.raises(ModelError) as caught:
        replay.complete(about("put a on b", sample=2))
    assert "holds no answer" in str(caught.value)
    assert "“put a on b”) differs in its sample (2, recorded 0)" in str(caught.value)
    with pytest.raises(ModelError, match=r"differs in its messages; its grammar \(one"):
        replay.complete(replace(about("put x on y"), grammar=GRAMMAR))


def test_an_empty_recording_says_that_it_is_empty(path: Path) -> None:
    record(path)
    with pytest.raises(ModelError, match="it is empty"):
        ReplayModel(path, "tiny").complete(ASK)


def test_a_batch_that_stopped_goes_on_where_it_was(path: Path) -> None:
    record(path, about("one"), about("two"))
    rest = ScriptedModel(echo)
    resumed = RecordingModel(rest, path, reuse=True)
    texts = [resumed.complete(about(t)).text for t in ("one", "two", "three", "three")]
    assert texts == ["one #0", "two #0", "three #0", "three #0"]
    assert [r.messages[-1].content for r in rest.requests] == ["three"]
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


def test_a_failure_is_not_recorded(path: Path) -> None:
    recording = RecordingModel(ScriptedModel([]), path)
    with pytest.raises(ModelError, match="exhausted"):
        recording.complete(ASK)
    assert not path.read_bytes()


def test_models_are_kept_apart_by_name(path: Path) -> None:
    for name in ("small", "large"):
        RecordingModel(ScriptedModel([name]), path, name=name).complete(ASK)
    assert ReplayModel(path, "large").complete(ASK).text == "large"
    with pytest.raises(InputError, match="it has: `large`, `small`"):
        ReplayModel(path)


@pytest.mark.parametrize("cut", [1, 5, 60, -1])
def test_half_a_last_line_is_dropped_with_no_loss_of_others(path: Path, cut: int) -> None:
    record(path, about("one"), about("two"))
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:cut])
    assert len(read_recording(path)) == 1
    record(path, about("three"))
    replay = ReplayModel(path)
    assert [replay.complete(about(t)).text for t in ("one", "three")] == ["one #0", "three #0"]
    assert len(path.read_bytes().splitlines()) == 2


def test_nothing_is_left_of_half_a_line_that_is_longer_than_the_next(path: Path) -> None:
    record(path, about("x" * 5000))
    path.write_bytes(path.read_bytes()[:-1])
    record(path, about("y"))
    assert ReplayModel(path).complete(about("y")).text == "y #0"
    assert path.read_bytes().count(b"\n") == 1
    assert path.read_bytes().endswith(b"}\n")


def test_a_file_that_became_another_is_not_cut(path: Path) -> None:
    recording = RecordingModel(ScriptedModel(echo), path)
    path.write_bytes(b"my notes")
    with pytest.raises(InputError, match="no recording"):
        recording.complete(ASK)
    assert path.read_bytes() == b"my notes"


def test_many_threads_share_a_file(path: Path) -> None:
    recording = RecordingModel(ScriptedModel(echo), path)
    requests = [about("x" * 5000, sample=n) for n in range(60)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(recording.complete, requests))
    replay = ReplayModel(path)
    assert all(replay.complete(r).text == echo(r) for r in requests)


def test_many_processes_share_a_file(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from goalsmith.translate.models.model import Message, Request\n"
        "from goalsmith.translate.models.recording import RecordingModel\n"
        "from goalsmith.translate.models.scripted import ScriptedModel\n"
        "model = RecordingModel(ScriptedModel(lambda r: 'x' * 9000), Path(sys.argv[1]))\n"
        "for n in range(40):\n"
        "    model.complete(Request((Message('user', sys.argv[2]),), sample=n))\n"
    )
    workers = [
        subprocess.Popen([sys.executable, "-P", "-c", code, str(path), str(number)])
        for number in range(3)
    ]
    assert [worker.wait(PATIENCE) for worker in workers] == [0, 0, 0]
    assert len(read_recording(path)) == 120


def changed(line: bytes, **facts: object) -> bytes:
    said = json.loads(line)
    for name, value in facts.items():
        part, _, field = name.partition("__")
        if field:
            said[part][field] = value
        else:
            said[part] = value
    return json.dumps(said).encode() + b"\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda line: b"\n",
        lambda line: b"not json\n",
        lambda line: b"\xff\xfe\n",
        lambda line: b"[" * 100_000 + b"\n",
        lambda line: b"7\n",
        lambda line: b"{}\n",
        lambda line: changed(line, key="0" * 64),
        lambda line: changed(line, request__sample=1),
        lambda line: changed(line, request__model="other"),
        lambda line: changed(line, request__more=1),
        lambda line: changed(line, request=None),
        lambda line: changed(line, about="\x1b[2J"),
        lambda line: changed(line, about="x" * 1000),
        lambda line: changed(line, constrains="yes"),
        lambda line: changed(line, reply__text=7),
        lambda line: changed(line, reply__model=None),
        lambda line: changed(line, reply__prompt_tokens=-1),
        lambda line: changed(line, reply__completion_tokens=True),
        lambda line: changed(line, reply__more=1),
    ],
)
def test_a_line_that_is_no_record_is_refused_with_its_place(path: Path, change: object) -> None:
    record(path, about("one"), about("two"))
    first, second = path.read_bytes().splitlines(keepends=True)
    assert callable(change)
    path.write_bytes(first + change(second) + first)
    for act in (read_recording, ReplayModel, lambda p: RecordingModel(ScriptedModel([]), p)):
        with pytest.raises(InputError, match=r"calls\.jsonl:2: the line is no recorded call"):
            act(path)


@pytest.mark.parametrize("text", [b"notes", b"notes\nmore notes", b"\n\nnotes"])
def test_another_file_is_neither_read_nor_changed(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(InputError, match="no record"):
        RecordingModel(ScriptedModel([]), path)
    with pytest.raises(InputError, match="no record"):
        ReplayModel(path)
    assert path.read_bytes() == text


def test_files_and_lines_are_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"x" * (MAX_LINE + 5) + b"\n")
    with pytest.raises(InputError, match="more than 2000000 bytes"):
        read_recording(path)
    path.unlink()
    with pytest.raises(ModelError, match="too long to be recorded"):
        RecordingModel(ScriptedModel(["x" * MAX_LINE]), path).complete(ASK)
    record(path, about("one"))
    monkeypatch.setattr("goalsmith.translate.models.recording.MAX_FILE", 300)
    with pytest.raises(InputError, match="more than 300 bytes"):
        read_recording(path)
    with pytest.raises(InputError, match="full"):
        RecordingModel(ScriptedModel([]), path)


def test_a_file_that_cannot_be_used_is_known_before_anything_is_asked(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "calls.jsonl"):
        with pytest.raises(InputError, match="cannot be"):
            RecordingModel(ScriptedModel([]), path)
        with pytest.raises(InputError, match="cannot be"):
            ReplayModel(path)


def test_what_a_recording_shows_of_a_request_is_short_and_printable(path: Path) -> None:
    record(path, about("x" * 500 + " \x1b[2J \ud800 end"))
    (found,) = read_recording(path).values()
    assert found.about.endswith("x \ufffd[2J \ufffd end")
    assert len(found.about) == 121
