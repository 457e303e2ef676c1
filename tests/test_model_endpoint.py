"""The client of endpoints: what it sends in each dialect, and every way an endpoint can fail."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from endpoint import (
    Response,
    completes,
    events,
    fails,
    responds,
    says,
    serving,
    spoken,
    streams,
    tool_call,
    whole,
)
from processes import PATIENCE

from goalsmith.domains.errors import InputError, ModelBusyError, ModelError, ModelRefusedError
from goalsmith.translate.grammar.grammar import Field, Grammar, Record, Rule, Word
from goalsmith.translate.grammar.json_form import json_schema
from goalsmith.translate.grammar.text_forms import ebnf, gbnf, lark
from goalsmith.translate.models.access import Access
from goalsmith.translate.models.dialects import CHOICES, DIALECTS, parse_dialect
from goalsmith.translate.models.endpoint import OpenAIModel
from goalsmith.translate.models.model import Message, Request

KEY = "sk-secret-0123456789"
ASK = Request((Message("system", "be brief"), Message("user", "hello")))
MESSAGES = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]
GRAMMAR = Grammar("goal", (Rule("g", Record((Field("on", "(on ", Word("a")),), ")")),))
IN_GRAMMAR = replace(ASK, grammar=GRAMMAR)
CHAT = [name for name, dialect in DIALECTS.items() if dialect.api == "chat"]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach, or depend on, an endpoint or a proxy of this machine's user."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def model(url: str, **options: Any) -> OpenAIModel:
    settings = {"timeout": PATIENCE, "retries": 0, **options}
    return OpenAIModel("tiny", url, KEY, **settings)


def assert_without_key(error: BaseException) -> None:
    """The key is nowhere in an error, nor in what a traceback shows of its causes."""
    assert KEY not in f"{error} {error!r} {error.__dict__}"
    assert error.__cause__ is None
    assert error.__context__ is None


# What is sent


def custom_tool(**form: object) -> dict[str, object]:
    return {
        "tools": [{"type": "custom", **form}],
        "tool_choice": {"type": "custom", "name": "goal"},
        "parallel_tool_calls": False,
    }


SCHEMA = {
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "goal", "schema": json_schema(GRAMMAR), "strict": True},
    }
}
LARK = {"syntax": "lark", "definition": lark(GRAMMAR)}
LIMITED = {"max_tokens": 8192}
IN_CHAT = {
    "tools": [
        {
            "type": "custom",
            "custom": {"name": "goal", "format": {"type": "grammar", "grammar": LARK}},
        }
    ],
    "tool_choice": {"type": "custom", "custom": {"name": "goal"}},
    "parallel_tool_calls": False,
}
FORMS: dict[str, dict[str, object]] = {
    "openai-responses": {
        "max_output_tokens": 8192,
        **custom_tool(name="goal", format={"type": "grammar", **LARK}),
    },
    "openai-chat": {"max_completion_tokens": 8192, **IN_CHAT},
    "vllm": {**LIMITED, "structured_outputs": {"grammar": ebnf(GRAMMAR)}},
    "llama.cpp": {**LIMITED, "grammar": gbnf(GRAMMAR)},
    "sglang": {**LIMITED, "ebnf": ebnf(GRAMMAR)},
    "ollama": {**LIMITED, **SCHEMA},
    "json": {**LIMITED, **SCHEMA},
}
IN_TOOL = {"tool_calls": [{"index": 0, "type": "custom", "custom": {"input": "(on a)"}}]}
ANSWERS: dict[str, dict[str, Any]] = {
    "openai-chat": {"content": None, **IN_TOOL},
    "ollama": {"content": '{"on": "a"}'},
    "json": {"content": '{"on": "a"}'},
}


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("dialect", FORMS)
def test_a_grammar_is_sent_in_the_form_of_the_dialect_and_its_sentence_comes_back(
    dialect: str, stream: bool
) -> None:
    responses = dialect == "openai-responses"
    if responses:
        found = responds({"type": "reasoning", "summary": []}, tool_call("(on a)"))
        done = {"type": "response.completed", "response": found}
        delta = {"type": "response.custom_tool_call_input.delta", "delta": "(on a)"}
        answer = events({"type": "response.created"}, delta, done) if stream else whole(found)
    else:
        message = {"role": "assistant", **ANSWERS.get(dialect, {"content": "(on a)"})}
        answer = streams(message) if stream else completes(message)
    with serving([answer]) as endpoint:
        asked = model(endpoint.url, dialect=dialect, stream=stream)
        reply = asked.complete(IN_GRAMMAR)
    assert asked.constrains
    assert reply.text == "(on a)"
    assert reply.model == ("loopback-2" if responses else "loopback-1")
    counts = (reply.prompt_tokens, reply.completion_tokens)
    assert counts == ((200, 20) if responses else (100, 10))
    streaming: dict[str, object] = {"stream": True} if stream else {}
    if responses:
        asking: dict[str, object] = {"input": MESSAGES, "store": False}
    else:
        asking = {"messages": MESSAGES}
        if stream:
            streaming["stream_options"] = {"include_usage": True}
    assert endpoint.body() == {"model": "tiny", **asking, **FORMS[dialect], **streaming}
    assert endpoint.requests[0][0] == ("/v1/responses" if responses else "/v1/chat/completions")
    assert endpoint.header("authorization") == f"Bearer {KEY}"


@pytest.mark.parametrize("dialect", CHAT)
def test_without_a_grammar_all_chat_dialects_differ_only_in_the_bound(dialect: str) -> None:
    with serving([streams({"content": "he"}, {"content": "llo"})]) as endpoint:
        reply = model(endpoint.url, dialect=dialect, max_tokens=7, temperature=0.5).complete(ASK)
    assert (reply.text, reply.prompt_tokens, reply.completion_tokens) == ("hello", 100, 10)
    bound = "max_completion_tokens" if dialect == "openai-chat" else "max_tokens"
    assert endpoint.body() == {
        "model": "tiny",
        "messages": MESSAGES,
        bound: 7,
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_response_without_a_grammar_is_its_message() -> None:
    said = responds(spoken("hello"))
    with serving([events({"type": "response.completed", "response": said})]) as endpoint:
        assert model(endpoint.url, dialect="openai-responses").complete(ASK).text == "hello"
    assert set(endpoint.body()) == {"model", "input", "store", "stream", "max_output_tokens"}


def test_the_temperature_of_a_request_goes_before_that_of_the_model() -> None:
    with serving([says("hi")]) as endpoint:
        model(endpoint.url, temperature=0.5).complete(replace(ASK, temperature=0.0))
    assert endpoint.body()["temperature"] == 0.0


def test_a_dialect_without_grammars_refuses_one_before_anything_is_sent() -> None:
    with serving([says("hi")]) as endpoint:
        asked = model(endpoint.url, dialect="plain")
        assert not asked.constrains
        with pytest.raises(ModelRefusedError, match="takes no grammar"):
            asked.complete(IN_GRAMMAR)
    assert not endpoint.requests


def test_an_answer_that_keeps_not_to_the_schema_is_handed_on_as_it_is() -> None:
    with serving([says("I would say (on a)")]) as endpoint:
        reply = model(endpoint.url, dialect="json").complete(IN_GRAMMAR)
    assert reply.text == "I would say (on a)"


def test_the_name_of_a_grammar_is_made_one_that_endpoints_take() -> None:
    with serving([says("(on a)")]) as endpoint:
        odd = replace(ASK, grammar=Grammar("gøal of " + "x" * 80, GRAMMAR.rules))
        model(endpoint.url, dialect="json").complete(odd)
    name = endpoint.body()["response_format"]["json_schema"]["name"]
    assert name == "g_al_of_" + "x" * 56


@pytest.mark.parametrize(
    ("url", "dialect"),
    [
        (None, "openai-responses"),
        ("https://api.openai.com/v1", "openai-responses"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://localhost:8000/v1", "plain"),
        ("https://example.org/v1", "plain"),
    ],
)
def test_the_dialect_is_told_from_the_address(url: str | None, dialect: str) -> None:
    assert parse_dialect("auto", Access(url, KEY)).name == dialect


def test_an_unknown_dialect_is_refused_with_the_nearest() -> None:
    assert set(CHOICES) == {"auto", "plain", *FORMS}
    with pytest.raises(InputError, match=r"did you mean `llama\.cpp`"):
        OpenAIModel("tiny", "http://localhost/v1", dialect="llamacpp")


# Streams


def test_progress_is_told_while_the_answer_comes() -> None:
    told: list[int] = []
    answer = streams({"reasoning_content": "hm"}, {"content": "(on "}, {"content": "a)"})
    with serving([answer]) as endpoint:
        model(endpoint.url, on_progress=told.append).complete(ASK)
    assert told == [2, 6, 8]


def test_an_answer_torn_anywhere_between_packets_is_put_together() -> None:
    answer = streams({"content": "grün "}, {"content": "and 塔 \u2028 end"})
    with serving([replace(answer, pieces=len(answer.body))]) as endpoint:
        assert model(endpoint.url).complete(ASK).text == "grün and 塔 \u2028 end"


@pytest.mark.parametrize("finish", ["stop", None])
def test_a_stream_may_lack_one_of_its_two_ends(finish: str | None) -> None:
    with serving([streams({"content": "hi"}, finish=finish, done=finish is None)]) as endpoint:
        assert model(endpoint.url).complete(ASK).text == "hi"


@pytest.mark.parametrize("dialect", ["plain", "openai-responses"])
def test_a_stream_without_an_end_broke_off(dialect: str) -> None:
    begun = (
        streams({"content": "hi"}, finish=None, done=False)
        if dialect == "plain"
        else events({"type": "response.output_text.delta", "delta": "hi"})
    )
    with (
        serving([begun]) as endpoint,
        pytest.raises(ModelBusyError, match="broke off") as caught,
    ):
        model(endpoint.url, dialect=dialect).complete(ASK)
    assert_without_key(caught.value)


@pytest.mark.parametrize("answer", [streams({"content": "hi"}), says("hi")])
def test_a_connection_that_is_lost_broke_off(answer: Response) -> None:
    lost = serving([replace(answer, missing=10, body=answer.body[:60])])
    with lost as endpoint, pytest.raises(ModelBusyError, match="broke off") as caught:
        model(endpoint.url).complete(ASK)
    assert_without_key(caught.value)


@pytest.mark.parametrize("status", [200, 400])
def test_an_endpoint_that_drips_is_bounded_in_total(status: int) -> None:
    drips = Response(status, b" " * 60, pieces=60, pause=0.05)
    # What is read to its end, after 3 s, is no answer or a refusal.
    with (
        serving([drips]) as endpoint,
        pytest.raises(ModelBusyError, match=r"not finished .* after 0\.3 s") as caught,
    ):
        model(endpoint.url, total_timeout=0.3).complete(ASK)
    assert_without_key(caught.value)


def test_attempts_end_when_the_time_in_total_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr("goalsmith.translate.models.streaming.time", clock)

    def fail(*_: object) -> Response:
        now[0] += 200.0
        return fails(500)

    with (
        serving(fail) as endpoint,
        pytest.raises(ModelBusyError, match=r"after 300 s"),
    ):
        model(endpoint.url, total_timeout=300.0, retries=20).complete(ASK)
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("status", [200, 400])
def test_a_body_without_end_is_cut(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalsmith.translate.models.streaming.MAX_BODY", 1000)
    with (
        serving([Response(status, b" " * 100_000)]) as endpoint,
        pytest.raises(ModelError, match="more than 1000 bytes") as caught,
    ):
        model(endpoint.url).complete(ASK)
    assert_without_key(caught.value)


def test_a_packed_body_is_refused() -> None:
    packed = replace(says("hi"), headers=(("content-encoding", "gzip"),))
    with serving([packed]) as endpoint, pytest.raises(ModelError, match="packed"):
        model(endpoint.url).complete(ASK)
    assert endpoint.header("accept-encoding") == "identity"


# Answers that are none


CUT = responds(tool_call("(on"), status="incomplete", reason="max_output_tokens")
FILTERED = responds(status="incomplete", reason="content_filter")
FAILED = responds(status="failed", reason="out of memory")
NO = {"type": "message", "content": [{"type": "refusal", "refusal": "I will not."}]}


@pytest.mark.parametrize(
    ("dialect", "answer", "kind", "message"),
    [
        ("plain", completes({"content": "(on"}, "length"), ModelError, "cut off at 8192 tokens"),
        ("plain", streams({"content": "(on"}, finish="length"), ModelError, "cut off at 8192"),
        ("openai-responses", whole(CUT), ModelError, "cut off at 8192 tokens"),
        (
            "openai-responses",
            events({"type": "response.incomplete", "response": CUT}),
            ModelError,
            "cut off at 8192 tokens",
        ),
        ("plain", completes({"content": ""}, "content_filter"), ModelError, "content filter"),
        ("openai-responses", whole(FILTERED), ModelError, "content filter"),
        (
            "openai-responses",
            events({"type": "response.failed", "response": FAILED}),
            ModelBusyError,
            "out of memory",
        ),
        (
            "openai-responses",
            events({"type": "error", "code": "x", "message": "no memory"}),
            ModelBusyError,
            "no memory",
        ),
        ("plain", events({"error": {"message": "no memory"}}), ModelBusyError, "no memory"),
        ("plain", streams({"refusal": "I will "}, {"refusal": "not."}), ModelError, "I will not"),
        ("openai-responses", whole(responds(NO)), ModelError, r"empty answer .*I will not"),
        ("openai-responses", whole(responds()), ModelError, "empty answer"),
        ("openai-responses", whole({"choices": []}), ModelError, "no response"),
        ("plain", says(""), ModelError, "empty answer"),
        ("plain", says("  \n"), ModelError, "empty answer"),
        ("plain", says(None), ModelError, "empty answer"),
        ("plain", says("x" * 100_001), ModelError, "more than 100000 characters"),
        ("plain", streams({"content": "x" * 100_001}), ModelError, "more than 100000 characters"),
        ("plain", Response(body=b'{"choices": []}'), ModelError, "without any choices"),
        ("plain", Response(body=b'{"choices": [7]}'), ModelError, "without any choices"),
        ("plain", Response(body=b"[1, 2]"), ModelError, "without any choices"),
        ("plain", Response(body=b"{}"), ModelError, "without any choices"),
        ("plain", events(), ModelError, "without any choices"),
        ("plain", events(7, [None], {"choices": [{"delta": 7}]}), ModelError, "any choices"),
        ("plain", Response(body=b"not json"), ModelError, "not JSON"),
        (
            "plain",
            Response(body=b"<html>hello</html>", content_type="text/html"),
            ModelError,
            "not JSON",
        ),
        ("plain", Response(body=b"\xff\xfe\x00"), ModelError, "not JSON"),
        ("plain", Response(body=b"[" * 100_000), ModelError, "not JSON"),
        ("plain", Response(body=b""), ModelError, "not JSON"),
        (
            "plain",
            Response(body=b"data: {\n\n", content_type="text/event-stream"),
            ModelError,
            "not JSON",
        ),
    ],
)
def test_an_unusable_answer_is_a_model_error(
    dialect: str, answer: Response, kind: type[ModelError], message: str
) -> None:
    with serving([answer]) as endpoint, pytest.raises(ModelError, match=message) as caught:
        model(endpoint.url, dialect=dialect).complete(ASK)
    assert type(caught.value) is kind
    assert_without_key(caught.value)


@pytest.mark.parametrize("count", ['"many"', "true", "-1", "1.5", "1e99", "null", "9" * 30])
def test_odd_token_counts_and_names_do_no_harm(count: str) -> None:
    body = (
        r'{"choices": [{"message": {"content": "hi \ud800"}}], "model": "\u001b[2J",'
        f'"usage": {{"prompt_tokens": 5, "completion_tokens": {count}}}}}'
    )
    with serving([Response(body=body.encode())]) as endpoint:
        reply = model(endpoint.url).complete(ASK)
    assert (reply.text, reply.model) == ("hi ?", "tiny")
    assert (reply.prompt_tokens, reply.completion_tokens) == (0, 0)


def test_a_text_that_cannot_be_sent_is_refused() -> None:
    with serving([says("hi")]) as endpoint, pytest.raises(ModelRefusedError, match="surrogates"):
        model(endpoint.url).complete(Request((Message("user", "\ud800"),)))
    assert not endpoint.requests


# Refusals and failures


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (400, ModelRefusedError, "chat model"),
        (401, ModelRefusedError, "OPENAI_API_KEY"),
        (403, ModelRefusedError, "no access"),
        (404, ModelRefusedError, "no model `tiny`"),
        (422, ModelRefusedError, "the dialect `plain`"),
        (429, ModelBusyError, "too many requests"),
        (500, ModelBusyError, "try again later"),
        (503, ModelBusyError, "try again later"),
    ],
)
def test_a_refusing_status_is_told_apart_from_a_passing_one(
    status: int, kind: type[ModelError], advice: str
) -> None:
    refusing = serving([fails(status, f"your key {KEY} is the reason")])
    with refusing as endpoint, pytest.raises(kind) as caught:
        model(endpoint.url, retries=1).complete(ASK)
    assert type(caught.value) is kind
    assert len(endpoint.requests) == (2 if kind is ModelBusyError else 1)
    message = str(caught.value)
    assert f"answered {status}" in message
    assert advice in message
    assert "is the reason" in message
    assert_without_key(caught.value)


def test_no_half_of_a_key_is_left_where_a_reason_is_cut() -> None:
    refusing = serving([fails(400, "x" * 290 + KEY)])
    with refusing as endpoint, pytest.raises(ModelRefusedError) as caught:
        model(endpoint.url).complete(ASK)
    assert KEY[:6] not in str(caught.value)


def test_a_failure_that_passes_is_retried() -> None:
    with serving([fails(429), fails(500), says("well")]) as endpoint:
        assert model(endpoint.url, retries=2).complete(ASK).text == "well"
    assert len(endpoint.requests) == 3


def test_silence_ends_in_a_busy_error_after_the_time_out() -> None:
    over = Event()

    def wait(*_: object) -> Response:
        over.wait(PATIENCE)
        return Response()

    with serving(wait) as endpoint:
        try:
            with pytest.raises(ModelBusyError, match=r"within 0\.1 s") as caught:
                model(endpoint.url, timeout=0.1).complete(ASK)
        finally:
            over.set()
    assert_without_key(caught.value)


def test_silence_in_the_middle_ends_in_a_busy_error() -> None:
    def begin(listening: socket.socket) -> None:
        with listening.accept()[0] as connection:
            assert connection.recv(2**16)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")
            # It is the client that hangs up.
            while connection.recv(2**16):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE)
        answering = Thread(target=begin, args=[listening])
        answering.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        with pytest.raises(ModelBusyError, match="silent") as caught:
            model(url, timeout=2.0).complete(ASK)
        answering.join()
    assert_without_key(caught.value)


def test_a_refused_connection_ends_in_a_busy_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        url = f"http://user:password@127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(ModelBusyError, match="cannot be reached") as caught:
            model(url).complete(ASK)
    assert "password" not in str(caught.value)
    assert_without_key(caught.value)


# Keys


def test_a_local_endpoint_needs_no_key() -> None:
    with serving([says("hi")]) as endpoint:
        assert OpenAIModel("tiny", endpoint.url).complete(ASK).text == "hi"


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving([says("hi")]) as endpoint:
        chosen = OpenAIModel("tiny", endpoint.url)
        chosen.complete(ASK)
    assert endpoint.header("authorization") == f"Bearer {KEY}"
    assert KEY not in f"{chosen!r} {vars(chosen)!r}"


def test_a_password_in_the_url_is_sent_as_such_and_shown_nowhere() -> None:
    with serving([says("hi")]) as endpoint:
        url = endpoint.url.replace("//", "//me:pass%20word@")
        asked = OpenAIModel("tiny", url)
        asked.complete(ASK)
    assert endpoint.header("authorization") == "Basic bWU6cGFzcyB3b3Jk"
    assert "pass" not in f"{asked!r} {asked.place} {vars(asked)!r}"


def test_an_answer_that_repeats_the_key_is_blotted() -> None:
    with serving([says(f"your key is {KEY}", model=KEY)]) as endpoint:
        reply = model(endpoint.url).complete(ASK)
    assert (reply.text, reply.model) == ("your key is [key]", "[key]")


@pytest.mark.parametrize("answer", [says("hi"), fails(401), fails(500), streams({"content": "x"})])
def test_no_log_at_any_level_holds_a_key_or_a_password(
    answer: Response, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "openai")
    with serving([answer]) as endpoint:
        for user in ("", "me:pass-word@"):
            asked = model(endpoint.url.replace("//", f"//{user}"), retries=1)
            if answer.status == 200:
                asked.complete(ASK)
            else:
                with pytest.raises(ModelError):
                    asked.complete(ASK)
    assert any(r.name.startswith("openai") for r in caplog.records)
    shown = f"{caplog.text} {[r.args for r in caplog.records]}"
    assert KEY not in shown
    assert "pass-word" not in shown
    assert "bWU6cGFzcy13b3Jk" not in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "m"}, "set OPENAI_API_KEY"),
        ({"model": " ", "api_key": KEY}, "no model is named"),
        ({"model": "m", "api_key": f"{KEY}\nx"}, "no key has"),
        ({"model": "m", "api_key": f"{KEY}é"}, "no key has"),
        ({"model": "m", "base_url": "localhost:11434"}, "URL"),
        ({"model": "m", "base_url": "ftp://x/v1"}, "URL"),
        ({"model": "m", "base_url": "http://[x/v1"}, "URL"),
        ({"model": "m", "base_url": f"http://x/v1?key={KEY}"}, "URL"),
        ({"model": "m", "api_key": KEY, "timeout": 0.0}, "time-out"),
        ({"model": "m", "api_key": KEY, "timeout": float("nan")}, "time-out"),
        ({"model": "m", "api_key": KEY, "total_timeout": -1.0}, "time-out"),
        ({"model": "m", "api_key": KEY, "retries": -1}, "retries"),
        ({"model": "m", "api_key": KEY, "max_tokens": 0}, "tokens"),
        ({"model": "m", "api_key": KEY, "temperature": float("nan")}, "temperature"),
    ],
)
def test_what_cannot_work_is_refused_at_once(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ModelRefusedError, match=message) as caught:
        OpenAIModel(**arguments)  # type: ignore[arg-type]
    assert KEY not in str(caught.value)
