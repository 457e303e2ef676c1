"""Scores of planners and plans: those of the competitions, of Downward Lab and of the field.

Every score is a function of plain values, with its source in its docstring; `Scoreboard` takes them
all over many attempts, with confidence intervals, and compares configurations in pairs.
"""

from goalsmith.benchmarks.scores.attempt import Attempt, Improvement, TaskName
from goalsmith.benchmarks.scores.board import SCORES, Comparison, Score, Scoreboard, Standing
from goalsmith.benchmarks.scores.certainty import Interval, Resamples, sign_test, signed_rank_test
from goalsmith.benchmarks.scores.competition import agile, optimal, satisficing
from goalsmith.benchmarks.scores.quality import area, gap, quality_after
from goalsmith.benchmarks.scores.references import Known, known, read_references, uncovered
from goalsmith.benchmarks.scores.runtime import logarithmic, penalised
from goalsmith.benchmarks.scores.stored import attempts_of

__all__ = [
    "SCORES",
    "Attempt",
    "Comparison",
    "Improvement",
    "Interval",
    "Known",
    "Resamples",
    "Score",
    "Scoreboard",
    "Standing",
    "TaskName",
    "agile",
    "area",
    "attempts_of",
    "gap",
    "known",
    "logarithmic",
    "optimal",
    "penalised",
    "quality_after",
    "read_references",
    "satisficing",
    "sign_test",
    "signed_rank_test",
    "uncovered",
]
