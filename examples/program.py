"""A program in any language as a world, asked in lines of JSON.

Here it is `robot_program.py`, which knows nothing of goalsmith; the protocol is described in
`goalsmith.execute.environments.process`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from goalsmith import load_task
from goalsmith.execute import execute
from goalsmith.execute.environments import ProcessEnvironment
from goalsmith.solve import solve

HERE = Path(__file__).parent


def main() -> None:
    """Plans the delivery and has the program carry it out."""
    task = load_task(HERE / "courier.pddl", HERE / "delivery.pddl")
    plan = solve(task).plan
    assert plan is not None
    command = [sys.executable, HERE / "robot_program.py"]
    with ProcessEnvironment(task, command, seconds=60.0) as world:
        run = execute(task, plan, world, solve)
    print(f"{run.outcome}: {run.reason}")


if __name__ == "__main__":
    main()
