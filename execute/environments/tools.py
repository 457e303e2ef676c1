"""Python functions as a world: one for each action, and one that says what is true."""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar, overload

from goalsmith.domains.diagnostics import did_you_mean, listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Action, State, Task
from goalsmith.domains.plans import Step
from goalsmith.execute.claims import claim, failure, refusal
from goalsmith.execute.environment import ActionReport, Attempt, Observation
from goalsmith.execute.environments.facts import FactReader

_Function = TypeVar("_Function", bound=Callable[..., Any])

_MARK = "goalsmith_action"
_ATTEMPT = "attempt"

Tools = Iterable[Callable[..., Any]] | Mapping[str, Callable[..., Any]]
"""Functions that know their actions by `tool` or by their names, or given by action."""


@overload
def tool(action: str) -> Callable[[_Function], _Function]: ...
@overload
def tool(action: _Function) -> _Function: ...
def tool(action: Any) -> Any:
    """Says which action of a domain a function carries out.

    `@tool("pick-up")` names it; `@tool` alone, like no decorator at all, takes the function's name
    with `_` as `-`. The function itself is not changed and can be called as before; methods of a
    class are tools once they are bound (`robot.pick_up`).
    """
    if isinstance(action, str):

        def mark(function: _Function) -> _Function:
            vars(function)[_MARK] = action
            return function

        return mark
    return action


def python_name(parameter: str) -> str:
    """The Python name of a PDDL parameter: `?from` is `from_`, `?to-room` is `to_room`."""
    name = re.sub(r"\W", "_", parameter.removeprefix("?"))
    if name[:1].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


class Toolbox:
    """The functions for the actions of a domain, checked to fit them.

    Args:
        task: the task whose actions they carry out.
        tools: one function for each action of the domain.
        asynchronous: whether a function may be `async`.

    Raises:
        InputError: an action has no function or two, a function has no action, or its parameters
            are not those of the action.
    """

    def __init__(self, task: Task, tools: Tools, *, asynchronous: bool = False) -> None:
        self._calls: dict[str, tuple[Callable[..., Any], tuple[str, ...], bool]] = {}
        actions = {a.name.lower(): a for a in task.domain.actions}
        for name, function in _named(tools):
            action = actions.get(name.lower())
            if action is None:
                known = [a.name for a in task.domain.actions]
                raise InputError(
                    f"the tool {_called(function)} is for the action `{name}`, which the domain "
                    f"does not have: {did_you_mean(name, known, 'action')}"
                )
            if action.name in self._calls:
                raise InputError(f"the action `{action.name}` has two tools")
            if not asynchronous and inspect.iscoroutinefunction(function):
                raise InputError(
                    f"the tool {_called(function)} is async: use AsyncToolEnvironment and in_thread"
                )
            self._calls[action.name] = (function, *_fitted(action, function))
        missing = [a.name for a in task.domain.actions if a.name not in self._calls]
        if missing:
            first = task.domain.action(missing[0])
            raise InputError(
                f"no tool is given for {listed([f'`{m}`' for m in missing])}: define "
                f"`def {python_name(first.name.replace('-', '_'))}({_parameters(first)})`"
            )

    def bound(self, step: Step, attempt: Attempt) -> Callable[[], Any]:
        """The step's function with its arguments, to be called.

        Raises:
            InputError: the step is none of the domain.
        """
        found = self._calls.get(step.action)
        if found is None:
            hint = did_you_mean(step.action, self._calls, "action")
            raise InputError(f"unknown action `{step.action}`: {hint}")
        function, names, wants_attempt = found
        if len(names) != len(step.args):
            raise InputError(f"`{step.action}` takes {len(names)} objects, not {len(step.args)}")
        arguments: dict[str, object] = dict(zip(names, step.args, strict=True))
        if wants_attempt:
            arguments[_ATTEMPT] = attempt
        return partial(function, **arguments)


class ToolEnvironment:
    """A world of Python functions.

    A tool gets the step's objects by the names of the action's parameters (see `python_name`), and
    the `Attempt` if it has a parameter `attempt` that is none of the action's. It gives back None
    (done), a bool, a text (done; the message) or an ActionReport. An exception is a failed step.

    Args:
        task: the task whose actions the tools carry out.
        tools: one function for each action of the domain, or a mapping from action to function.
        sense: says what is true: a State, an Observation, or facts as `FactReader` reads them.

    Raises:
        InputError: as `Toolbox`, and if `sense` is async.
    """

    def __init__(self, task: Task, tools: Tools, sense: Callable[[], object]) -> None:
        if inspect.iscoroutinefunction(sense):
            raise InputError("`sense` is async: use AsyncToolEnvironment and in_thread")
        self._tools = Toolbox(task, tools)
        self._sense = sense
        self._facts = FactReader(task)

    def observe(self) -> State | Observation:
        """What `sense` says.

        Raises:
            InputError: it is no observation of the task. Whatever `sense` raises, too.
        """
        return self._facts.read(self._sense(), _called(self._sense))

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Calls the step's tool; refuses a step that is none of the domain."""
        try:
            call = self._tools.bound(step, attempt)
        except InputError as error:
            return refusal(error)
        try:
            return claim(call(), f"the tool of `{step.action}`")
        except Exception as error:
            # A tool is anyone's code; what it raises is a step that failed.
            return failure(error)


def _named(tools: Tools) -> Iterable[tuple[str, Callable[..., Any]]]:
    """Functions with the names of their actions."""
    if isinstance(tools, Mapping):
        yield from tools.items()
        return
    for function in tools:
        if not callable(function):
            raise InputError(f"a tool is a function, not a {type(function).__name__}")
        name = getattr(function, _MARK, None) or getattr(function, "__name__", None)
        if not isinstance(name, str):
            raise InputError(f'the tool {function!r} has no name: mark it with @tool("action")')
        yield name if hasattr(function, _MARK) else name.replace("_", "-"), function


def _fitted(action: Action, function: Callable[..., Any]) -> tuple[tuple[str, ...], bool]:
    """The function's names for the action's parameters, and whether it wants the attempt."""
    where = f"the tool {_called(function)} of `{action.name}`"
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise InputError(f"{where} does not say its parameters: {error}") from None
    kinds = inspect.Parameter
    declared = tuple(signature.parameters.values())
    anything = any(p.kind is kinds.VAR_KEYWORD for p in declared)
    named = (
        p.name for p in declared if p.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)
    )
    by_name = {name.lower(): name for name in named}
    names: list[str] = []
    for parameter in action.parameters:
        wanted = python_name(parameter.name)
        name = by_name.get(wanted.lower(), wanted if anything else None)
        if name is None or name in names:
            raise InputError(
                f"{where} has no parameter for `{parameter.name}`: it should take "
                f"({_parameters(action)})"
            )
        names.append(name)
    wants_attempt = _ATTEMPT in by_name.values() and _ATTEMPT not in names
    given = {*names, _ATTEMPT} if wants_attempt else set(names)
    for each in declared:
        optional = each.default is not each.empty or each.kind in (
            kinds.VAR_KEYWORD,
            kinds.VAR_POSITIONAL,
        )
        if not optional and each.name not in given:
            known = [python_name(p.name) for p in action.parameters]
            raise InputError(
                f"{where} wants `{each.name}`, which the action does not have: "
                f"{did_you_mean(each.name, known, 'parameter')}"
            )
    return tuple(names), wants_attempt


def _parameters(action: Action) -> str:
    return ", ".join(python_name(p.name) for p in action.parameters)


def _called(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", None) or type(function).__name__
    return f"`{name}`"
