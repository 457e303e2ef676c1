"""Our verdict on plans and on seeded mutations of them, beside those of two other validators."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from ipc import QUICK, Instance

from goalsmith.domains.errors import UnsupportedError
from goalsmith.domains.interchange import plan_to_unified_planning, to_unified_planning
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, Step, write_plan
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve import Limits, solve, validate

MUTATIONS = 40
"""Mutated plans for each instance: with 52 instances more than 2,000."""

UNDEFINED_NUMBERS = ("elevators-sat08-strips", "transport-sat08-strips")
"""Domains whose instances leave numbers undefined that no plan needs. PDDL has them undefined;
unified-planning's validator does not take such tasks."""

BY_UNIFIED_PLANNING = 5
"""Of these, how many unified-planning's validator is asked about; it takes up to a second each."""


def mutated(plan: Plan, task: Task, dice: random.Random) -> Plan:
    """The plan with a step dropped, doubled, moved, swapped with another, or replaced."""
    steps = list(plan.steps)
    kind = dice.choice(("drop", "double", "move", "swap", "replace", "replace"))
    at = dice.randrange(len(steps))
    if kind == "drop":
        del steps[at]
    elif kind == "double":
        steps.insert(at, steps[at])
    elif kind == "move":
        steps.insert(dice.randrange(len(steps)), steps.pop(at))
    elif kind == "swap":
        other = dice.randrange(len(steps))
        steps[at], steps[other] = steps[other], steps[at]
    else:
        hierarchy = Semantics(task).hierarchy
        action = task.domain.action(steps[at].action)
        place = dice.randrange(len(action.parameters)) if action.parameters else None
        if place is None:
            steps[at] = dice.choice(steps)
        else:
            args = list(steps[at].args)
            args[place] = dice.choice(hierarchy.objects_of(action.parameters[place].types))
            steps[at] = Step(action.name, tuple(args))
    return Plan(tuple(steps))


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of unified-planning's dependencies
@pytest.mark.parametrize("instance", [Instance(d, n) for d in QUICK for n in (1, 2)], ids=str)
def test_three_validators_agree_on_a_plan_and_its_mutations(data: Path, instance: Instance) -> None:
    import kairos
    import unified_planning.engines
    import unified_planning.shortcuts

    task = instance.load(data)
    solution = solve(task, engine="fast-downward", limits=Limits(seconds=60.0))
    assert solution.plan is not None
    dice = random.Random(str(instance))
    plans = [solution.plan]
    plans += [mutated(solution.plan, task, dice) for _ in range(MUTATIONS)]
    domain = kairos.parse_domain(write_domain(task.domain))
    problem = kairos.parse_problem(write_problem(task.problem), domain)
    verdicts = []
    for plan in plans:
        ours = validate(task, plan).valid
        theirs = kairos.validate(problem, kairos.parse_plan(write_plan(plan))).valid
        assert ours == theirs, write_plan(plan)
        verdicts.append(ours)
    assert verdicts[0]
    if instance.domain in UNDEFINED_NUMBERS:
        return
    try:
        converted = to_unified_planning(task)
    except UnsupportedError:
        return
    unified_planning.shortcuts.get_environment().credits_stream = None
    with unified_planning.engines.SequentialPlanValidator() as validator:
        for plan, ours in list(zip(plans, verdicts, strict=True))[: 1 + BY_UNIFIED_PLANNING]:
            found = validator.validate(converted, plan_to_unified_planning(plan, converted))
            assert (found.status.name == "VALID") == ours, write_plan(plan)
