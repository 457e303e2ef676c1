"""How each kind of endpoint is asked to keep to a grammar: one table, one entry per dialect.

All speak OpenAI's Responses or Chat Completions; they differ in the field that bounds the answer's
tokens and in the form of a grammar. Sources, and what was tried: docs/design/0009.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError, ModelRefusedError
from goalsmith.translate.grammar.grammar import Grammar
from goalsmith.translate.grammar.json_form import json_schema
from goalsmith.translate.grammar.text_forms import ebnf, gbnf, lark
from goalsmith.translate.models.access import Access
from goalsmith.translate.models.model import Request

Api = Literal["chat", "responses"]
Body = dict[str, object]

AUTO = "auto"
"""The choice that tells the dialect from the endpoint's address."""

OLLAMA_PORT = 11434

MAX_NAME = 64
"""Characters that OpenAI allows in the name of a tool or of a schema; letters, digits, `_`, `-`."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one kind of endpoint expects of a request.

    Attributes:
        name: what a user chooses it by.
        meaning: which endpoints speak it, for help texts.
        api: the API, and with it the form of a reply.
        limit: the field that bounds the tokens of the answer.
        constraint: a grammar as fields of the request; None: the endpoint takes none.
        answers_json: an answer in a grammar comes as JSON that the grammar turns into its sentence.
    """

    name: str
    meaning: str
    api: Api
    limit: str
    constraint: Callable[[Grammar], Body] | None = None
    answers_json: bool = False

    @property
    def constrains(self) -> bool:
        """Whether endpoints of this dialect can be kept to a grammar."""
        return self.constraint is not None

    def body(
        self,
        request: Request,
        *,
        model: str,
        max_tokens: int,
        temperature: float | None = None,
        stream: bool = True,
    ) -> Body:
        """The JSON body that asks a model for the answer to a request.

        Raises:
            ModelRefusedError: the request has a grammar, and the dialect takes none.
        """
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        body: Body = {"model": model, self.limit: max_tokens}
        if self.api == "responses":
            # Nothing is to be kept by the endpoint for later requests.
            body |= {"input": messages, "store": False}
        else:
            body["messages"] = messages
        if temperature is not None:
            body["temperature"] = temperature
        if stream:
            body["stream"] = True
            if self.api == "chat":
                # Without this, a streamed chat completion says nothing of its tokens.
                body["stream_options"] = {"include_usage": True}
        if request.grammar is not None:
            if self.constraint is None:
                raise ModelRefusedError(
                    f"the dialect `{self.name}` takes no grammar: choose that of the endpoint "
                    f"({', '.join(d.name for d in DIALECTS.values() if d.constrains)}), or ask "
                    "without a grammar"
                )
            body |= self.constraint(request.grammar)
        return body


def parse_dialect(name: str, access: Access) -> Dialect:
    """The dialect of that name; for `auto`, the one that an endpoint's address tells.

    `auto` is `openai-responses` for OpenAI's own endpoint, `ollama` for port 11434 (Ollama's
    default, which nothing else is known to use), and `plain` for all others: the ports of the other
    servers are used by everything.

    Raises:
        InputError: there is no such dialect.
    """
    if name == AUTO:
        if access.is_openai:
            return DIALECTS["openai-responses"]
        return DIALECTS["ollama" if access.port == OLLAMA_PORT else "plain"]
    found = DIALECTS.get(name)
    if found is None:
        hint = did_you_mean(name, CHOICES, "dialect")
        raise InputError(f"there is no dialect `{name[:MAX_NAME]}`: {hint}")
    return found


def _plain_name(grammar: Grammar) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", grammar.name)[:MAX_NAME] or "answer"


def _responses_tool(grammar: Grammar) -> Body:
    name = _plain_name(grammar)
    form = {"type": "grammar", "syntax": "lark", "definition": lark(grammar)}
    return {
        "tools": [{"type": "custom", "name": name, "format": form}],
        "tool_choice": {"type": "custom", "name": name},
        "parallel_tool_calls": False,
    }


def _chat_tool(grammar: Grammar) -> Body:
    name = _plain_name(grammar)
    form = {"type": "grammar", "grammar": {"syntax": "lark", "definition": lark(grammar)}}
    return {
        "tools": [{"type": "custom", "custom": {"name": name, "format": form}}],
        "tool_choice": {"type": "custom", "custom": {"name": name}},
        "parallel_tool_calls": False,
    }


def _vllm(grammar: Grammar) -> Body:
    # vLLM takes Lark as well, but its own conversion of it is a line-by-line approximation in some
    # versions; text with `::=` goes to xgrammar as it is, and to llguidance through its converter.
    return {"structured_outputs": {"grammar": ebnf(grammar)}}


def _llama_cpp(grammar: Grammar) -> Body:
    return {"grammar": gbnf(grammar)}


def _sglang(grammar: Grammar) -> Body:
    return {"ebnf": ebnf(grammar)}


def _json_schema(grammar: Grammar) -> Body:
    schema = {"name": _plain_name(grammar), "schema": json_schema(grammar), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


_ALL = (
    Dialect(
        "openai-responses",
        "OpenAI's Responses API: grammars as Lark, in a custom tool",
        "responses",
        "max_output_tokens",
        _responses_tool,
    ),
    Dialect(
        "openai-chat",
        "OpenAI's Chat Completions: grammars as Lark, in a custom tool",
        "chat",
        "max_completion_tokens",
        _chat_tool,
    ),
    Dialect("vllm", "vLLM from 0.12 on: grammars as EBNF", "chat", "max_tokens", _vllm),
    Dialect("llama.cpp", "llama.cpp's server: grammars as GBNF", "chat", "max_tokens", _llama_cpp),
    Dialect("sglang", "SGLang: grammars as EBNF", "chat", "max_tokens", _sglang),
    Dialect(
        "ollama",
        "Ollama from 0.5 on: grammars as JSON Schema",
        "chat",
        "max_tokens",
        _json_schema,
        answers_json=True,
    ),
    Dialect(
        "json",
        "any endpoint that takes a JSON Schema as response_format",
        "chat",
        "max_tokens",
        _json_schema,
        answers_json=True,
    ),
    Dialect("plain", "any endpoint of Chat Completions, without grammars", "chat", "max_tokens"),
)

DIALECTS = {dialect.name: dialect for dialect in _ALL}
CHOICES = (AUTO, *DIALECTS)
