"""Plans carried out in worlds that misbehave, to see what each way of going on is worth."""

from goalsmith.benchmarks.execution.metrics import Metrics, measure
from goalsmith.benchmarks.execution.repeating import Repeated, repeat
from goalsmith.benchmarks.execution.running import Trials, run_trial, run_trials
from goalsmith.benchmarks.execution.summary import Requirement, Summary, sum_up
from goalsmith.benchmarks.execution.trials import (
    DEFAULT_DOMAINS,
    Limits,
    Method,
    Row,
    Scenario,
    Standing,
    Trial,
    scenario,
    trials,
)
from goalsmith.benchmarks.execution.worlds import Trouble, faults_at

__all__ = [
    "DEFAULT_DOMAINS",
    "Limits",
    "Method",
    "Metrics",
    "Repeated",
    "Requirement",
    "Row",
    "Scenario",
    "Standing",
    "Summary",
    "Trial",
    "Trials",
    "Trouble",
    "faults_at",
    "measure",
    "repeat",
    "run_trial",
    "run_trials",
    "scenario",
    "sum_up",
    "trials",
]
