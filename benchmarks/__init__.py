"""Benchmarks: suites found in folders, solved in batches, kept in a store, summed up by domain."""

from goalsmith.benchmarks.batches.batch import Batch, run_batch
from goalsmith.benchmarks.configurations import RACE, Configuration
from goalsmith.benchmarks.results.result import Key, Result
from goalsmith.benchmarks.results.results import Results
from goalsmith.benchmarks.results.store import Store
from goalsmith.benchmarks.results.summary import DomainSummary, Report, sum_up
from goalsmith.benchmarks.suites.suite import (
    BenchmarkTask,
    FoundSuite,
    Suite,
    find_suite,
    find_tasks,
)

__all__ = [
    "RACE",
    "Batch",
    "BenchmarkTask",
    "Configuration",
    "DomainSummary",
    "FoundSuite",
    "Key",
    "Report",
    "Result",
    "Results",
    "Store",
    "Suite",
    "find_suite",
    "find_tasks",
    "run_batch",
    "sum_up",
]
