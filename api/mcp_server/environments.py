"""The worlds that runs act in, as the server's owner declares them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from goalsmith.domains.formula import TRUE
from goalsmith.domains.language import Task
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.execute.environments import (
    ActLimits,
    LimitedEnvironment,
    McpEnvironment,
    ProcessEnvironment,
    in_thread,
)
from goalsmith.world import World

if TYPE_CHECKING:
    from goalsmith.execute import Environment
    from goalsmith.execute.durable import Simulated


class Approval(StrEnum):
    """Who may approve plans."""

    CLIENT = "client"
    """Also the clients of the server."""
    OWNER = "owner"
    """Its owner alone, for whom every plan waits."""


class Sort(StrEnum):
    """What an environment is, as configurations say it."""

    SIMULATOR = "simulator"
    PROGRAM = "program"
    MCP = "mcp"


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated world, one for each run; it is kept in the store of runs."""

    simulated: Simulated


@dataclass(frozen=True, slots=True)
class Program:
    """A program that speaks lines of JSON; see `ProcessEnvironment`.

    It is started anew for each drive of a run, so the world should not end with it.

    Attributes:
        command: the program and its arguments.
        folder: where it runs.
        seconds: how long an answer may take.
        variables: environment variables beside those of this process.
        acts: how often an act that failed is tried again.
    """

    command: tuple[str, ...]
    folder: Path
    seconds: float = 60.0
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    acts: ActLimits = field(default_factory=ActLimits)

    def environment(self, task: Task) -> ProcessEnvironment:
        """The program as the world of a task, to be entered. Raises InputError where unfit."""
        return ProcessEnvironment(
            task,
            self.command,
            seconds=self.seconds,
            folder=self.folder,
            variables={**os.environ, **self.variables},
        )

    @contextmanager
    def entered(self, task: Task) -> Iterator[Environment]:
        """The world for as long as the block lasts. Raises as the environment does."""
        with self.environment(task) as world:
            yield LimitedEnvironment(task, world, self.acts)


@dataclass(frozen=True, slots=True)
class ToolServer:
    """The tools of another MCP server; see `McpEnvironment`.

    It is started anew for each drive of a run, so the world should not end with it.

    Attributes:
        command: the server and its arguments.
        folder: where it runs.
        state: the tool or the resource that says what is true.
        tools: tools by action, where they are called otherwise.
        seconds: how long an answer may take.
        variables: environment variables beside the few that are passed on anyway.
        acts: how often an act that failed is tried again.
    """

    command: tuple[str, ...]
    folder: Path
    state: str
    tools: Mapping[str, str] = field(default_factory=dict, hash=False)
    seconds: float = 60.0
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    acts: ActLimits = field(default_factory=ActLimits)

    def environment(self, task: Task) -> McpEnvironment:
        """The server as the world of a task, to be entered. Raises InputError where unfit."""
        return McpEnvironment(
            task,
            self.command,
            self.state,
            self.tools,
            seconds=self.seconds,
            folder=self.folder,
            variables=self.variables,
        )

    @contextmanager
    def entered(self, task: Task) -> Iterator[Environment]:
        """The world for as long as the block lasts. Raises as the environment does."""
        with in_thread(self.environment(task)) as world:
            yield LimitedEnvironment(task, world, self.acts)


Kind: TypeAlias = Simulation | Program | ToolServer


@dataclass(frozen=True, slots=True)
class Configured:
    """A world by the name that clients choose it by.

    Attributes:
        name: its name.
        kind: what it is, and how it is entered.
        about: what clients are told of it.
        world: the domain that it belongs to; None: any bundled one.
        problems: the only ones that runs in it may have, but for their goals; none: clients give
            them.
        approval: who may approve plans.
        shared: whether several runs may act in it at the same time.
    """

    name: str
    kind: Kind
    about: str = ""
    world: World | None = None
    problems: tuple[Task, ...] = ()
    approval: Approval = Approval.CLIENT
    shared: bool = False

    def admits(self, task: Task) -> bool:
        """Whether a run may have this task here; what its goal is does not matter.

        It might when the run was started, but the configuration may be another by now.
        """
        if self.world is not None and write_domain(task.domain) != write_domain(self.world.domain):
            return False
        return not self.problems or _but_for_the_goal(task) in map(_but_for_the_goal, self.problems)

    @property
    def sort(self) -> Sort:
        """What it is."""
        match self.kind:
            case Simulation():
                return Sort.SIMULATOR
            case Program():
                return Sort.PROGRAM
            case ToolServer():
                return Sort.MCP


def _but_for_the_goal(task: Task) -> str:
    return write_problem(task.with_goal(TRUE).problem)
