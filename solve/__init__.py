"""Off-the-shelf planners behind one door: outcomes with evidence, plans validated and ordered."""

from goalsmith.solve.answer import Quality
from goalsmith.solve.solution import Limits, Solution, Statistics
from goalsmith.solve.solver import ENGINES, missing_engines, solve
from goalsmith.solve.validation import Failure, Validation, validate

__all__ = [
    "ENGINES",
    "Failure",
    "Limits",
    "Quality",
    "Solution",
    "Statistics",
    "Validation",
    "missing_engines",
    "solve",
    "validate",
]
