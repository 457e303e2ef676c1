"""What a batch's job came to, and what it is found again by."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.benchmarks.scores.attempt import Improvement
from goalsmith.domains.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Key:
    """What a result is a result of.

    Attributes:
        task_hash: SHA-256 of the domain's and the problem's text.
        configuration: how it was to be solved: `Configuration.canonical`.
        time_limit: wall seconds for each engine.
        memory_limit: MiB for each engine.
        engine_versions: the installed engines with their versions.
        code_version: the version of goalsmith.
        seed: for chance.
    """

    task_hash: str
    configuration: str
    time_limit: float
    memory_limit: int
    engine_versions: str
    code_version: str
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """How solving a benchmark's task ended.

    Attributes:
        key: what was solved, how, and by which code.
        domain: the domain's name in its suite.
        problem: the problem's name.
        domain_path: the file that the domain was read from, or what it was made by.
        problem_path: likewise of the problem.
        outcome: how it ended.
        engine: the engine that the answer comes from; empty when none was needed.
        evidence: the sentence that supports the outcome.
        cost: the plan's cost; None without a plan.
        plan_length: its number of steps.
        plan: the validated plan, one `(action object …)` to a line.
        wall_seconds: from reading the task to the validated answer.
        cpu_seconds: of all engines that took part, as far as they say.
        peak_memory_mb: likewise, in MiB.
        started: when the task was begun, as ISO 8601 in UTC.
        configuration: the name of the configuration.
        optimal: whether it is claimed that no plan is cheaper; None without a plan.
        lower_bound: it is proved that no plan costs less; None if nothing is.
        expansions: states that the engine expanded, if it says; likewise the next two.
        evaluations: states that it evaluated.
        generated: states that it generated.
        improvements: better and better plans, as they were found.
        log: what the engines said where something went wrong; None where nothing did.
        host: the name of the machine.
        outside: it failed for a reason outside the task and the engine, such as a full disk.
    """

    key: Key
    domain: str
    problem: str
    domain_path: str
    problem_path: str
    outcome: Outcome
    engine: str = ""
    evidence: str = ""
    cost: int | float | None = None
    plan_length: int | None = None
    plan: str | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_memory_mb: float | None = None
    started: str = ""
    configuration: str = ""
    optimal: bool | None = None
    lower_bound: int | float | None = None
    expansions: int | None = None
    evaluations: int | None = None
    generated: int | None = None
    improvements: tuple[Improvement, ...] = ()
    log: str | None = None
    host: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many results of a configuration in a domain ended in one way.

    Attributes:
        configuration: its name.
        domain: the domain's name in its suite.
        outcome: how they ended.
        results: how many there are.
        cost: the sum of their plans' costs; None without a plan.
        wall_seconds: the sum of their times.
    """

    configuration: str
    domain: str
    outcome: Outcome
    results: int
    cost: int | float | None
    wall_seconds: float
