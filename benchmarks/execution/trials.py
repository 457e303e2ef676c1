"""What is tried: a plan, a world that misbehaves, and a way of going on; and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from goalsmith.benchmarks.execution.worlds import Trouble
from goalsmith.benchmarks.provenance import engine_versions, sources_digest
from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import EngineError, InputError
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled
from goalsmith.domains.plans import Plan
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.execute.policies import Policy
from goalsmith.solve import Limits as SolverLimits
from goalsmith.solve import solve

DEFAULT_DOMAINS = (
    "barman/p2",
    "blocksworld/p3",
    "depots/p2",
    "gripper/p3",
    "logistics/p2",
    "office-errands/p2",
    "rovers/p3",
    "satellite/p3",
    "software-release/p2",
    "sokoban/p2",
)
"""Instances with plans of some 20 to 50 steps."""

_PACKAGES = (
    "goalsmith.domains",
    "goalsmith.solve",
    "goalsmith.execute",
    "goalsmith.benchmarks.execution",
)
"""What has a part in a trial."""


class Method(StrEnum):
    """How a plan is carried through: by one of the monitor's policies, or by the baseline."""

    STRICT = Policy.STRICT.value
    RELEVANT = Policy.RELEVANT.value
    EVERY_STEP = Policy.EVERY_STEP.value
    NEVER = Policy.NEVER.value
    REPEAT = "repeat"
    """Each step is repeated until it works, and no planner is asked."""


class Standing(StrEnum):
    """How a trial ended."""

    REACHED = "reached"
    UNREACHABLE = "unreachable"
    """The goal does not hold, and it is proved that no plan leads there any more."""
    GIVEN_UP = "given-up"
    """The goal does not hold, and a plan leads there from the last state."""
    UNKNOWN = "unknown"
    """The goal does not hold, and whether any plan leads there was not found out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a trial may use.

    Attributes:
        steps: the acts of a run, for each step of its plan.
        more_steps: and so many besides.
        seconds: wall time for one answer of the solver.
    """

    steps: int = 10
    more_steps: int = 100
    seconds: float = 60.0

    def acts(self, plan: Plan) -> int:
        """The acts that a run of a plan may take, and the replans."""
        return self.steps * len(plan) + self.more_steps


@dataclass(frozen=True, slots=True)
class Scenario:
    """A task and the plan that every trial of it begins with.

    Attributes:
        domain: the domain's name in the library.
        instance: that of its instance.
        task: the task.
        plan: leads from its initial state to its goal.
        digest: SHA-256 of the task and the plan.
    """

    domain: str
    instance: str
    task: Task = field(repr=False)
    plan: Plan = field(repr=False)
    digest: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trial:
    """One plan to be carried out in one world in one way.

    Attributes:
        scenario: the task and the plan.
        seed: of the world's dice.
        rate: how likely something is to go wrong at an act.
        method: how the plan is carried through.
        kinds: what can go wrong.
        limits: what may be used.
        stability: by what factor a new plan may cost more in order to keep more of the old one, as
            `goalsmith.execute.monitor.monitor.execute` has it; None: no plan is changed for that.
    """

    scenario: Scenario
    seed: int
    rate: float
    method: Method
    kinds: tuple[Trouble, ...] = tuple(Trouble)
    limits: Limits = Limits()
    stability: float | None = None

    @property
    def key(self) -> str:
        """SHA-256 of all that the result depends on: what is tried, and by which code."""
        world = (self.seed, float(self.rate), sorted(self.kinds), self.limits)
        way = (self.method.value, None if self.stability is None else float(self.stability))
        parts = (self.scenario.digest, world, way, _code_digest())
        return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a trial. Times are wall seconds.

    Attributes:
        key: that of the trial.
        domain, instance, seed, rate, method: what was tried.
        kinds: what could go wrong, with spaces between.
        stability: as in the trial.
        standing: how it ended.
        reason: the same in a sentence.
        plan_length: the steps of the plan given.
        troubles: how often something went wrong.
        executed: the steps that the world was asked to take.
        replans: how often the solver was asked.
        replan_seconds: how long it took to answer, all answers together.
        slowest_replan: the longest of these times.
        revisions: how often a plan took the place of another.
        old_steps: the steps that were left of the plans replaced, all together.
        new_steps: the steps of the plans in their place.
        kept_steps: the steps that were in both.
        seconds: the whole run.
    """

    key: str
    domain: str
    instance: str
    seed: int
    rate: float
    method: Method
    kinds: str
    stability: float | None
    standing: Standing
    reason: str
    plan_length: int
    troubles: int = 0
    executed: int = 0
    replans: int = 0
    replan_seconds: float = 0.0
    slowest_replan: float = 0.0
    revisions: int = 0
    old_steps: int = 0
    new_steps: int = 0
    kept_steps: int = 0
    seconds: float = 0.0


def scenario(name: str, seconds: float = Limits().seconds) -> Scenario:
    """The scenario of a domain's instance.

    Args:
        name: a domain of the library and its instance, as `logistics/p2`; without an instance, the
            one in `DEFAULT_DOMAINS`.
        seconds: wall time in which a plan is to be found.

    Raises:
        InputError: there is no such domain or instance.
        EngineError: no plan was found.
        UnsupportedError: no engine is installed.
    """
    domain, _, instance = name.partition("/")
    if not instance:
        instance = _usual_instance(domain)
    task = bundled(domain).instance(instance).task
    limits = SolverLimits(seconds)
    # One engine gives the same plan every time; a race may not.
    solution = solve(task, engine="kairos", limits=limits)
    if solution.plan is None:
        solution = solve(task, limits=limits)
    if solution.plan is None:
        raise EngineError(f"there is no plan for {name} ({solution.outcome}): {solution.evidence}")
    texts = (write_domain(task.domain), write_problem(task.problem), str(solution.plan))
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return Scenario(domain, instance, task, solution.plan, digest)


def _usual_instance(domain: str) -> str:
    for each in DEFAULT_DOMAINS:
        name, _, instance = each.partition("/")
        if name == domain:
            return instance
    known = listed([f"`{domain}/{each.name}`" for each in bundled(domain).instances], "or")
    raise InputError(f"say which instance of {domain} is meant: {known}")


def trials(
    scenarios: Iterable[Scenario],
    seeds: Iterable[int],
    rates: Iterable[float],
    methods: Iterable[Method],
    *,
    kinds: tuple[Trouble, ...] = tuple(Trouble),
    limits: Limits | None = None,
    stability: float | None = None,
) -> Iterator[Trial]:
    """Every combination, seed by seed, so that what is done first is of all scenarios."""
    limits = limits or Limits()
    scenarios, rates, methods = tuple(scenarios), tuple(rates), tuple(methods)
    for seed in seeds:
        for each in scenarios:
            for rate in rates:
                for method in methods:
                    yield Trial(each, seed, rate, method, kinds, limits, stability)


@cache
def _code_digest() -> str:
    """SHA-256 of the sources and the engines that have a part in a trial."""
    parts = (engine_versions(None), sources_digest(*_PACKAGES))
    return hashlib.sha256(repr(parts).encode()).hexdigest()
