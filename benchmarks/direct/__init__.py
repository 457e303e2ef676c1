"""Models that plan directly, scored as plans from anywhere are, beside the symbolic pipeline."""

from goalsmith.benchmarks.direct.answers import Fault, read_answer
from goalsmith.benchmarks.direct.asking import Planner, Proposal
from goalsmith.benchmarks.direct.examples import Examples
from goalsmith.benchmarks.direct.prompts import Example, task_messages
from goalsmith.benchmarks.direct.results import Came, Results, Row, Way
from goalsmith.benchmarks.direct.running import ASKED, Run, Setup, run
from goalsmith.benchmarks.direct.summary import Summary, WayComparison, WaySummary, sum_up

__all__ = [
    "ASKED",
    "Came",
    "Example",
    "Examples",
    "Fault",
    "Planner",
    "Proposal",
    "Results",
    "Row",
    "Run",
    "Setup",
    "Summary",
    "Way",
    "WayComparison",
    "WaySummary",
    "read_answer",
    "run",
    "sum_up",
    "task_messages",
]
