"""The tools of an MCP server as a world, over the server's standard input and output.

The Model Context Protocol: https://modelcontextprotocol.io. The package `mcp` speaks it; it belongs
to the extra `mcp` and is imported when the world is entered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO, cast

from goalsmith.domains.diagnostics import did_you_mean, listed, printable
from goalsmith.domains.errors import InputError, UnsupportedError, WorldError
from goalsmith.domains.language import Action, State, Task
from goalsmith.domains.plans import Step
from goalsmith.execute.claims import LONGEST_MESSAGE, failure, refusal
from goalsmith.execute.environment import ActionReport, Attempt, Ending, Observation
from goalsmith.execute.environments.facts import MAX_CHARACTERS, FactReader
from goalsmith.execute.environments.given import command_words, require_actions
from goalsmith.execute.environments.tools import python_name

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import RequestParamsMeta, Tool

START = 120.0
"""Seconds that each answer may take while the server starts and its tools are looked at."""

MAX_PAGES = 100
"""Pages of a server's list of tools that are read at most."""

SHOWN_ERRORS = 1000
"""Bytes shown of what the server wrote last on its standard error."""

KEY = "goalsmith/key"
"""Where an attempt's key is in the metadata of a call."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A tool and its names for the parameters of an action."""

    tool: str
    arguments: tuple[str, ...]


class McpEnvironment:
    """An MCP server's tools as actions; an asynchronous world, for `in_thread`.

    A tool gets the step's objects as texts, by the names of the action's parameters (`from` or
    `from_` for `?from`). A step is done unless the tool's result is an error, or false, or a
    mapping with `succeeded` false. Each call has the attempt's key in its metadata, under KEY.

    What is true comes from a tool without arguments or a resource: facts in PDDL, as `FactReader`
    reads them, as structured content or as text: JSON, or one fact to a line.

    The server ends with the block; if this process is killed, it should by the end of its input.

    Args:
        task: the task whose actions the tools carry out.
        command: the server and its arguments; no shell reads them.
        state: the tool that says what is true, or the URI of a resource (it has a `://`).
        tools: tools by action, for actions that are not called like their tool (with `_` as `-`).
        seconds: how long each answer may take.
        folder: where the server runs; by default where this process does.
        variables: environment variables of the server, beside the few harmless ones that `mcp`
            passes on.

    Raises:
        InputError: there is no command or no time, or `tools` names an action that the domain does
            not have.
    """

    def __init__(
        self,
        task: Task,
        command: Sequence[str | Path],
        state: str,
        tools: Mapping[str, str] | None = None,
        *,
        seconds: float = 60.0,
        folder: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        words = command_words(command, '["python", "server.py"]')
        if not seconds > 0:
            raise InputError(f"a server needs more than 0 seconds to answer, not {seconds}")
        require_actions(task, tools or (), "a tool is given for")
        self._task = task
        self._facts = FactReader(task)
        self._command = words
        self._state = state
        self._tools = dict(tools or {})
        self._seconds = seconds
        self._folder = folder
        self._variables = dict(variables) if variables is not None else None
        self._calls: dict[str, _Call] = {}
        self._stack: AsyncExitStack | None = None
        self._client: Client | None = None
        self._errors: TextIO | None = None

    async def __aenter__(self) -> McpEnvironment:
        """Starts the server and looks at its tools.

        Raises:
            UnsupportedError: the package `mcp` is not installed.
            InputError: the server cannot be started, or its tools do not fit the actions.
            WorldError: the server does not answer as it should.
        """
        try:
            from mcp import Client, StdioServerParameters, stdio_client
        except ImportError:
            raise UnsupportedError(
                "MCP servers need the package `mcp`, version 2 or later: "
                "pip install 'goalsmith[mcp]'"
            ) from None
        program, *arguments = self._command
        server = StdioServerParameters(
            command=program, args=arguments, env=self._variables, cwd=self._folder
        )
        stack = AsyncExitStack()
        self._errors = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - the stack closes it
        stack.enter_context(self._errors)
        try:
            transport = stdio_client(server, errlog=self._errors)
            # What a server says of its state is not to be kept.
            client = Client(transport, read_timeout_seconds=START, cache=None)
            self._client = await stack.enter_async_context(client)
            self._calls = self._fit(await self._listed_tools(self._client))
        except InputError:
            await stack.aclose()
            raise
        except OSError as error:
            await stack.aclose()
            raise InputError(f"the MCP server `{program}` cannot be started: {error}") from None
        except Exception as error:
            said = self._said()
            await stack.aclose()
            raise WorldError(
                f"the MCP server `{program}` does not answer as it should: {_why(error)}{said}"
            ) from error
        except BaseException:
            await stack.aclose()
            raise
        self._stack = stack
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        stack, self._stack, self._client = self._stack, None, None
        if stack is not None:
            await stack.aclose()

    async def observe(self) -> State | Observation:
        """What the server says is true.

        Raises:
            WorldError: the server is gone or late, or its answer is an error.
            InputError: what it says are no facts of the task.
        """
        import asyncio

        client = self._running()
        try:
            async with asyncio.timeout(self._seconds):
                if "://" in self._state:
                    contents = (await client.read_resource(self._state)).contents
                    seen = _parsed("\n".join(getattr(part, "text", "") for part in contents))
                else:
                    result = await client.call_tool(self._state, {})
                    if result.is_error:
                        raise WorldError(f"`{self._state}` failed: {_message(result.content)}")
                    seen = _content(result.structured_content, result.content)
        except WorldError:
            raise
        except Exception as error:
            late = isinstance(error, TimeoutError)
            why = f"no answer within {self._seconds:g} s" if late else _why(error)
            raise WorldError(f"`{self._state}` cannot be asked: {why}{self._said()}") from error
        return self._facts.read(seen, f"`{self._state}`")

    async def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Calls the step's tool; TIMED_OUT if there is no answer in time."""
        from mcp import MCPError
        from mcp.types import REQUEST_TIMEOUT

        client = self._running()
        call = self._calls.get(step.action)
        if call is None or len(call.arguments) != len(step.args):
            return refusal(f"{step} is no step of the domain")
        arguments = dict(zip(call.arguments, step.args, strict=True))
        try:
            meta = cast("RequestParamsMeta", {KEY: attempt.key})
            result = await client.call_tool(call.tool, arguments, self._seconds, meta=meta)
        except MCPError as error:
            if error.code != REQUEST_TIMEOUT:
                return failure(error)
            message = f"no answer within {self._seconds:g} s; it may still have its effects"
            return ActionReport(False, message, Ending.TIMED_OUT)
        message = _message(result.content)
        said = _unwrapped(result.structured_content)
        if isinstance(said, Mapping):
            message = printable(str(said.get("message", message)), LONGEST_MESSAGE)
            said = said.get("succeeded")
        return ActionReport(not result.is_error and said is not False, message)

    def _running(self) -> Client:
        if self._client is None:
            raise WorldError("the MCP server is not running: use the environment with `in_thread`")
        return self._client

    def _said(self) -> str:
        """What the server wrote last on its standard error, for a message."""
        if self._errors is None or self._errors.closed:
            return ""
        # The text's own buffers know nothing of what the server wrote through the descriptor.
        descriptor = self._errors.fileno()
        size = os.fstat(descriptor).st_size
        said = os.pread(descriptor, SHOWN_ERRORS, max(0, size - SHOWN_ERRORS))
        text = printable(said.decode(errors="replace").strip(), SHOWN_ERRORS)
        return f"; it said last: {text}" if text else ""

    @staticmethod
    async def _listed_tools(client: Client) -> dict[str, Tool]:
        """The server's tools by name."""
        tools: dict[str, Tool] = {}
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await client.list_tools(cursor=cursor)
            tools.update((t.name, t) for t in page.tools)
            cursor = page.next_cursor
            if not cursor:
                break
        return tools

    def _fit(self, tools: Mapping[str, Tool]) -> dict[str, _Call]:
        """The tool of every action. Raises InputError where one is missing or does not fit."""
        if "://" not in self._state and self._state not in tools:
            hint = did_you_mean(self._state, tools, "tool")
            raise InputError(f"the server has no tool `{self._state}` that says the state: {hint}")
        return {a.name: self._fitted(a, tools) for a in self._task.domain.actions}

    def _fitted(self, action: Action, tools: Mapping[str, Tool]) -> _Call:
        given = self._tools.get(action.name)
        names = [given] if given else [action.name, action.name.replace("-", "_")]
        tool = next((tools[n] for n in names if n in tools), None)
        if tool is None:
            hint = did_you_mean(names[-1], tools, "tool")
            raise InputError(f"the server has no tool for the action `{action.name}`: {hint}")
        schema: Mapping[str, Any] = tool.input_schema
        properties = {name.lower(): name for name in schema.get("properties") or {}}
        arguments: list[str] = []
        for parameter in action.parameters:
            plain = parameter.name.removeprefix("?")
            names = [plain.lower(), python_name(plain).lower()]
            argument = next((properties[n] for n in names if n in properties), None)
            if argument is None or argument in arguments:
                hint = did_you_mean(plain, properties.values(), "argument")
                raise InputError(
                    f"the tool `{tool.name}` of `{action.name}` has no argument for "
                    f"`{parameter.name}`: {hint}"
                )
            arguments.append(argument)
        more = [f"`{r}`" for r in schema.get("required") or () if r not in arguments]
        if more:
            raise InputError(
                f"the tool `{tool.name}` wants {listed(more)}, which the action `{action.name}` "
                "does not have"
            )
        return _Call(tool.name, tuple(arguments))


def _unwrapped(structured: object) -> object:
    """Structured content; servers wrap what is no object as `{"result": …}`."""
    if isinstance(structured, Mapping) and set(structured) == {"result"}:
        return structured["result"]
    return structured


def _content(structured: object, content: Sequence[object]) -> object:
    """What a tool's result says: its structured content, or else its text."""
    if structured is not None:
        said = _unwrapped(structured)
        return _parsed(said) if isinstance(said, str) else said
    return _parsed("\n".join(getattr(part, "text", "") for part in content))


def _parsed(text: str) -> object:
    """Facts in a text: JSON, or one to a line."""
    if len(text) > MAX_CHARACTERS:
        raise WorldError(f"the server said more than {MAX_CHARACTERS} characters")
    if text.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise WorldError(f"the server's JSON cannot be read: {error}") from None
    return [line for line in text.splitlines() if line.strip()]


def _message(content: Sequence[object]) -> str:
    """The texts of a result, for a person."""
    texts = (text for part in content if isinstance(text := getattr(part, "text", None), str))
    return printable(" ".join(texts), LONGEST_MESSAGE)


def _why(error: BaseException) -> str:
    """The first cause in groups of exceptions, which anyio makes."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return printable(f"{type(error).__name__}: {error}")
