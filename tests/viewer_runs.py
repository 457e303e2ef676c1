"""Runs in a store, for the tests of the viewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tasks import towers

from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import Budget, Faults, Policy, Run, Simulator, execute
from goalsmith.execute.durable import RunSettings, drive, submit, take
from goalsmith.execute.environment import Environment
from goalsmith.execute.messages import Review
from goalsmith.execute.monitor.monitor import Solver
from goalsmith.execute.simulation.faults import FaultKind
from goalsmith.execute.store import Draft, RunRow, RunStatus, Store
from goalsmith.solve import solve
from goalsmith.solve.solution import Solution

LIFT, LOWER = Step("lift", ("a",)), Step("lower", ("a",))
ON_B = (Step("lift", ("a",)), Step("pile", ("a", "b")))


def put(
    store: Store,
    task: Task,
    *,
    plan: Plan | None = None,
    policy: Policy = Policy.STRICT,
    review: Review = Review.NONE,
    name: str = "",
) -> RunRow:
    """A run that nobody has begun to drive."""
    settings = RunSettings(policy=policy, review=review, budget=Budget(replans=50))
    return submit(store, task, plan or solve(task).plan, settings, name=name)


def driven(
    store: Store,
    run: RunRow,
    task: Task,
    faults: Mapping[int, FaultKind] | None = None,
    *,
    world: Callable[[Task], Environment] | None = None,
    solver: Solver = solve,
    stay: bool = False,
) -> RunRow:
    """A run driven on, in a world with these faults at these acts, until it ends or must wait."""
    faulty = world or (lambda task: Simulator(task, Faults(scripted=faults or {})))
    holding = take(store, run.id)
    assert holding is not None
    with holding as held:
        drive(store, held, world=faulty, solver=solver, stay=stay)
    return store.run(run.id)


def troubled(store: Store) -> RunRow:
    """A tower that is built while one step fails and another has no effect."""
    task = towers("(and (on a b) (on b c))")
    run = put(store, task, name="a tower of a on b on c")
    return driven(store, run, task, {2: FaultKind.EFFECT_LOST, 4: FaultKind.ACTION_FAILS})


def long(store: Store, steps: int = 1000) -> RunRow:
    """A run of so many steps in which ten go otherwise than expected, put in the store at once."""
    task = towers("(on a b)")
    trouble = range(steps // 20, steps, steps // 10)
    faults = {
        act: (FaultKind.ACTION_FAILS, FaultKind.EFFECT_LOST)[act // 50 % 2] for act in trouble
    }
    world = Simulator(task, Faults(scripted=faults))

    def again(now: Task) -> Solution:
        # As long as what is left of the run.
        left = (steps - len(world.happened)) // 2
        held = Atom("hand", ("a",)) in now.problem.init
        plan = (LOWER, LIFT) * left + ON_B[1:] if held else (LIFT, LOWER) * left + ON_B
        return Solution(Outcome.SOLVED, "nobody", plan=Plan(plan))

    plan = Plan((LIFT, LOWER) * (steps // 2) + ON_B)
    # The same states come again and again, in which steps are not to be set aside.
    budget = Budget(replans=50, attempts=100)
    run = execute(task, plan, world, again, budget=budget)
    return kept(store, task, run, f"{steps} steps")


def kept(store: Store, task: Task, ended: Run, name: str = "") -> RunRow:
    """A run that has ended, put in a store at once."""
    drafts: list[Draft] = []
    for entry in ended.journal:
        body = entry.as_dict()
        kind = str(body.pop("event"))
        del body["sequence"]
        drafts.append(Draft(kind, body))
    run = put(store, task, plan=ended.plans[0], name=name)
    lease = store.take_lease(run.id, "a test", 60)
    assert lease is not None
    outcome = ended.outcome.label
    store.append_all(run.id, lease.fence, drafts, status=RunStatus.ENDED, outcome=outcome)
    store.release_lease(lease)
    return store.run(run.id)


def address(folder: Path) -> str:
    """A store in a folder."""
    return f"sqlite:///{folder}/runs.sqlite"
