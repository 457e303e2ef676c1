"""Real domains: read, solve with each engine, validate by our replay and by Kairos's validator."""

from __future__ import annotations

from pathlib import Path

import pytest
from ipc import QUICK, SLOW, Instance

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, write_plan
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve import Limits, solve, validate
from goalsmith.solve.order.causal import causal_order


def kairos_accepts(task: Task, plan: Plan) -> bool:
    """The verdict of Kairos's own validator, which shares no code with ours."""
    import kairos

    domain = kairos.parse_domain(write_domain(task.domain))
    problem = kairos.parse_problem(write_problem(task.problem), domain)
    return bool(kairos.validate(problem, kairos.parse_plan(write_plan(plan))).valid)


def check(task: Task, engine: str | None, seconds: float) -> Outcome:
    solution = solve(task, engine=engine, limits=Limits(seconds=seconds))
    if solution.plan is not None:
        verdict = validate(task, solution.plan)
        assert verdict.valid
        assert verdict.cost == solution.cost
        assert kairos_accepts(task, solution.plan)
        links = causal_order(task, solution.plan).links
        assert all(
            link.provider is None or link.consumer is None or link.provider < link.consumer
            for link in links
        )
    return solution.outcome


@pytest.mark.parametrize("engine", ["kairos", "fast-downward"])
@pytest.mark.parametrize("instance", [Instance(d, n) for d in QUICK for n in (1, 2)], ids=str)
def test_each_engine_solves_and_both_validators_agree(
    data: Path, instance: Instance, engine: str
) -> None:
    assert check(instance.load(data), engine, 60.0) is Outcome.SOLVED


@pytest.mark.long
@pytest.mark.parametrize("engine", ["kairos", "fast-downward", None])
@pytest.mark.parametrize("instance", [Instance(d, n) for d in SLOW for n in (1, 2)], ids=str)
def test_hard_instances_are_solved_or_end_at_the_time_limit(
    data: Path, instance: Instance, engine: str | None
) -> None:
    outcome = check(instance.load(data), engine, 10.0)
    assert outcome in (Outcome.SOLVED, Outcome.OUT_OF_TIME)
