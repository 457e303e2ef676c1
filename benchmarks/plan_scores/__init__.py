"""Plans from anywhere, matched to the tasks of a suite and scored."""

from goalsmith.benchmarks.plan_scores.matching import PlanFile, find_plans
from goalsmith.benchmarks.plan_scores.scoring import (
    PlanScore,
    PlanScorer,
    Verdict,
    against_references,
)
from goalsmith.benchmarks.plan_scores.summary import PlanSummary, sum_up

__all__ = [
    "PlanFile",
    "PlanScore",
    "PlanScorer",
    "PlanSummary",
    "Verdict",
    "against_references",
    "find_plans",
    "sum_up",
]
