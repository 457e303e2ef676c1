"""Off-the-shelf planners behind one door: outcomes with evidence, plans validated and ordered."""

from goalsmith.solve.answer import Quality
from goalsmith.solve.engines import ENGINES, EngineInfo, all_engines, missing_engines
from goalsmith.solve.solution import Limits, Solution, Statistics
from goalsmith.solve.solver import improving_solutions, solve
from goalsmith.solve.validation import Failure, Validation, validate

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
