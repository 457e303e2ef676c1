"""Off-the-shelf planners behind one door: outcomes with evidence, plans validated and ordered.

Everything below is loaded where it is first used: the workers in which engines run are modules of
this package too, and they need nothing of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goalsmith.solve.answer import Quality
    from goalsmith.solve.engines import ENGINES, EngineInfo, all_engines, missing_engines
    from goalsmith.solve.solution import Limits, Solution, Statistics
    from goalsmith.solve.solver import improving_solutions, solve
    from goalsmith.solve.validation import Failure, Validation, validate

_HOMES = {
    "ENGINES": "engines",
    "EngineInfo": "engines",
    "Failure": "validation",
    "Limits": "solution",
    "Quality": "answer",
    "Solution": "solution",
    "Statistics": "solution",
    "Validation": "validation",
    "all_engines": "engines",
    "improving_solutions": "solver",
    "missing_engines": "engines",
    "solve": "solver",
    "validate": "validation",
}

__all__ = [
    "ENGINES",
    "EngineInfo",
    "Failure",
    "Limits",
    "Quality",
    "Solution",
    "Statistics",
    "Validation",
    "all_engines",
    "improving_solutions",
    "missing_engines",
    "solve",
    "validate",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'goalsmith.solve' has no attribute {name!r}")
    value = getattr(import_module(f"goalsmith.solve.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
