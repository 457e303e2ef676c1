"""Acts that may fail are tried again after a pause, and none may take longer than it should."""

from __future__ import annotations

from pathlib import Path

from goalsmith import Faults, Simulator, load_task
from goalsmith.execute import FaultKind, execute
from goalsmith.execute.environments import ActLimits, LimitedEnvironment
from goalsmith.solve import solve

HERE = Path(__file__).parent


def main() -> None:
    """Carries the delivery out in a simulated world in which the second and third act fail."""
    task = load_task(HERE / "courier.pddl", HERE / "delivery.pddl")
    plan = solve(task).plan
    assert plan is not None
    failing = {2: FaultKind.ACTION_FAILS, 3: FaultKind.ACTION_FAILS}
    simulator = Simulator(task, Faults(scripted=failing))
    world = LimitedEnvironment(
        task,
        simulator,
        ActLimits(seconds=10.0, retries=2, delay=0.01),
        actions={"move": ActLimits(seconds=60.0, retries=3, delay=0.01)},
    )
    run = execute(task, plan, world, solve)
    print(f"{run.outcome}: {run.reason}; {len(simulator.happened)} acts, {run.replans} new plans")


if __name__ == "__main__":
    main()
