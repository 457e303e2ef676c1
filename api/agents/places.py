"""Where a function and the PDDL texts in its decorator stand, for errors."""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LONGEST = 200
"""Lines from a decorator's first in which its texts are looked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a function is declared.

    Attributes:
        name: what it is called.
        file: its file, from the working folder if it is in there; empty if unknown.
        line: the line of its first decorator.
        lines: the file's lines up to some way beyond; none if it cannot be read.
        interactive: whether it was typed in, as in a notebook.
    """

    name: str
    file: str = ""
    line: int = 0
    lines: tuple[str, ...] = field(default=(), repr=False)
    interactive: bool = False

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Place:
        """The place of a function; without file and line where Python does not know them."""
        name = getattr(function, "__name__", None) or type(function).__name__
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is None:
            return cls(name)
        lines = linecache.getlines(code.co_filename)[: code.co_firstlineno + LONGEST]
        shown = _shown(code.co_filename)
        return cls(name, shown, code.co_firstlineno, tuple(lines), typed_in(function))

    def __str__(self) -> str:
        where = f" ({self.file}:{self.line})" if self.file else ""
        return f"`{self.name}`{where}"


def typed_in(what: object) -> bool:
    """Whether a function or a class was typed in, as in a notebook, where cells are run again."""
    main = getattr(what, "__module__", None) == "__main__"
    return main and not hasattr(sys.modules["__main__"], "__file__")


def _shown(file: str) -> str:
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (OSError, ValueError):
        return file
