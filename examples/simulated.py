"""A simulated world that misbehaves: steps that fail, and things that happen by themselves.

The same seed brings the same trouble, so that what a run makes of it can be looked at again.
"""

from __future__ import annotations

from pathlib import Path

from goalsmith import Faults, Simulator, load_task
from goalsmith.execute import Policy, execute
from goalsmith.solve import solve

HERE = Path(__file__).parent


def main() -> None:
    """Carries the delivery out under each policy, in worlds with the same dice."""
    task = load_task(HERE / "courier.pddl", HERE / "delivery.pddl")
    plan = solve(task).plan
    assert plan is not None
    faults = Faults(
        seed=1,
        action_fails=0.1,  # the step is reported as failed, and nothing changes
        effect_lost=0.1,  # the step is reported as done, and nothing changes
        steps={"put-down": 0.2, "pick-up": 0.1},  # between two acts, things change hands unasked
    )
    for policy in (Policy.STRICT, Policy.RELEVANT):
        world = Simulator(task, faults)
        run = execute(task, plan, world, solve, policy=policy)
        troubles = [each for each in world.happened if each.fault or each.events]
        acts = len(world.happened)
        print(f"{policy}: {acts} acts, {len(troubles)} in which something went wrong")
        print(f"{run.outcome}: {run.reason}; {run.replans} new plans")


if __name__ == "__main__":
    main()
