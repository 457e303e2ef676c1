"""Benchmarks: suites found in folders, solved in batches, kept in a store, summed up by domain."""

from goalsmith.benchmarks.batch import Batch, run_batch
from goalsmith.benchmarks.configurations import RACE, Configuration
from goalsmith.benchmarks.report import DomainSummary, Report, sum_up
from goalsmith.benchmarks.results import Results
from goalsmith.benchmarks.store import Key, Result, Store
from goalsmith.benchmarks.suite import BenchmarkTask, FoundSuite, Suite, find_suite, find_tasks

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
