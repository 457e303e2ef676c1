"""Worlds to carry plans out in: Python functions, programs, MCP servers, agents."""

from goalsmith.domains.errors import WorldError
from goalsmith.execute.environments.agent import AgentEnvironment
from goalsmith.execute.environments.asynchronous import (
    AsyncEnvironment,
    AsyncToolEnvironment,
    ThreadedEnvironment,
    in_thread,
)
from goalsmith.execute.environments.facts import FactReader
from goalsmith.execute.environments.limited import ActLimits, LimitedEnvironment
from goalsmith.execute.environments.mcp import McpEnvironment
from goalsmith.execute.environments.process import ProcessEnvironment
from goalsmith.execute.environments.tools import ToolEnvironment, tool

__all__ = [
    "ActLimits",
    "AgentEnvironment",
    "AsyncEnvironment",
    "AsyncToolEnvironment",
    "FactReader",
    "LimitedEnvironment",
    "McpEnvironment",
    "ProcessEnvironment",
    "ThreadedEnvironment",
    "ToolEnvironment",
    "WorldError",
    "in_thread",
    "tool",
]
