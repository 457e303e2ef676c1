"""The commands of the command line, one module each, loaded when one is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

NAMES = (
    "demo",
    "translate",
    "solve",
    "validate",
    "explain",
    "order",
    "verify",
    "check",
    "compare",
    "run",
    "resume",
    "approve",
    "reject",
    "cancel",
    "worker",
    "runs",
    "show",
    "view",
    "export",
    "worlds",
    "engines",
    "domains",
    "bench",
)
"""The commands in the order in which they are listed."""


class Commands(Mapping[str, Any]):
    """Typer's commands by name. A command is built when it is looked up, and its module loaded."""

    def __getitem__(self, name: str) -> Any:
        if name not in NAMES:
            raise KeyError(name)
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


@cache
def _command(name: str) -> Any:
    """The command or group of commands of a module: its `app`, or else the function of its name."""
    import typer
    from typer.main import get_group

    module = import_module(f"goalsmith.commands.{name}")
    whole = typer.Typer(pretty_exceptions_enable=False)
    if hasattr(module, "app"):
        whole.add_typer(module.app, name=name)
    else:
        whole.command(name)(getattr(module, name))
    return get_group(whole).commands[name]
