"""Translations evaluated on pairs of text and problem, and the guards of a translation measured."""

from goalsmith.benchmarks.translation.corruptions import CORRUPTIONS, Corruption, Kind
from goalsmith.benchmarks.translation.evaluation import Evaluation, Setup, evaluate
from goalsmith.benchmarks.translation.guard_report import (
    Guarded,
    Requirement,
    guarded,
    requirements,
)
from goalsmith.benchmarks.translation.guards import Case, GuardRun, run_guards
from goalsmith.benchmarks.translation.judging import Judgement, judge
from goalsmith.benchmarks.translation.pairs import Pair, read_pairs
from goalsmith.benchmarks.translation.results import Results, Row
from goalsmith.benchmarks.translation.summary import Calibration, Summary, sum_up
from goalsmith.benchmarks.translation.wordings import Wordings

__all__ = [
    "CORRUPTIONS",
    "Calibration",
    "Case",
    "Corruption",
    "Evaluation",
    "GuardRun",
    "Guarded",
    "Judgement",
    "Kind",
    "Pair",
    "Requirement",
    "Results",
    "Row",
    "Setup",
    "Summary",
    "Wordings",
    "evaluate",
    "guarded",
    "judge",
    "read_pairs",
    "requirements",
    "run_guards",
    "sum_up",
]
