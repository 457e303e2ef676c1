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
    "revise",
    "approve",
    "reject",
    "cancel",
    "worker",
    "runs",
    "show",
    "view",
    "export",
    "import",
    "worlds",
    "engines",
    "domains",
    "bench",
    "mcp",
)
"""The commands in the order in which they are listed."""

HOMES = {"import": "importing"}
"""The modules, and functions, of commands whose names Python keeps for itself."""


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

    home = HOMES.get(name, name)
    module = import_module(f"goalsmith.commands.{home}")
    whole = typer.Typer(pretty_exceptions_enable=False)
    if hasattr(module, "app"):
        whole.add_typer(module.app, name=name)
    else:
        whole.command(name)(getattr(module, home))
    return get_group(whole).commands[name]
