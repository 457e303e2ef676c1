"""An agent's functions as the tools of an environment."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from goalsmith.agents.declared import DeclaredAction
from goalsmith.agents.sensing import Sensing
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.language import Task
from goalsmith.execute.claims import LONGEST_MESSAGE
from goalsmith.execute.environment import ActionReport, Environment
from goalsmith.execute.environments.asynchronous import AsyncToolEnvironment, in_thread
from goalsmith.execute.environments.limited import LimitedEnvironment
from goalsmith.execute.environments.tools import ToolEnvironment


@contextmanager
def world(
    task: Task,
    actions: Mapping[str, DeclaredAction],
    sensing: Sensing,
    values: Mapping[str, object],
    *,
    asynchronous: bool,
) -> Iterator[Environment]:
    """The world in which functions carry steps out.

    Args:
        task: whose actions they are.
        actions: the functions, by action.
        sensing: what is true.
        values: what functions are given for objects.
        asynchronous: whether any of the functions is async; they are run by an event loop in a
            thread of its own.
    """
    limits = {name: each.limits for name, each in actions.items() if each.limits is not None}

    def limited(environment: Environment) -> Environment:
        return LimitedEnvironment(task, environment, actions=limits) if limits else environment

    if not asynchronous:
        tools = {name: _called(each.function, values) for name, each in actions.items()}
        yield limited(ToolEnvironment(task, tools, sensing))
        return
    awaited = {name: _awaited(each.function, values) for name, each in actions.items()}
    with in_thread(AsyncToolEnvironment(task, awaited, sensing.awaited)) as environment:
        yield limited(environment)


def is_async(function: Callable[..., Any] | None) -> bool:
    """Whether calling a function gives something to be awaited."""
    call = getattr(type(function), "__call__", None)  # noqa: B004 - an object's own is looked at
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def _called(function: Callable[..., Any], values: Mapping[str, object]) -> Callable[..., object]:
    """The function, given the values of objects for their names."""

    @functools.wraps(function)
    def call(**arguments: object) -> object:
        return _answer(function(**_valued(arguments, values)))

    return call


def _awaited(function: Callable[..., Any], values: Mapping[str, object]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(**arguments: object) -> object:
        answer = function(**_valued(arguments, values))
        return _answer(await answer if inspect.isawaitable(answer) else answer)

    return call


def _valued(arguments: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: values.get(given, given) if isinstance(given, str) else given
        for name, given in arguments.items()
    }


def _answer(answer: object) -> object:
    """What a tool gives back. Whatever is no claim is taken as a message: tools return anything."""
    if answer is None or isinstance(answer, bool | str | ActionReport):
        return answer
    return printable(str(answer), LONGEST_MESSAGE)
