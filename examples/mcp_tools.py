"""The tools of an MCP server as a world; needs the package `mcp` (the extra `goalsmith[mcp]`).

Here the server is `mcp_server.py`, started over stdio.
"""

from __future__ import annotations

import sys
from pathlib import Path

from goalsmith import load_task
from goalsmith.execute import execute
from goalsmith.execute.environments import McpEnvironment, in_thread
from goalsmith.solve import solve

HERE = Path(__file__).parent


def main() -> None:
    """Plans the delivery and has the server's tools carry it out."""
    task = load_task(HERE / "courier.pddl", HERE / "delivery.pddl")
    plan = solve(task).plan
    assert plan is not None
    world = McpEnvironment(
        task,
        [sys.executable, HERE / "mcp_server.py"],
        state="look",
        # `pick_up` and `put_down` are found by their names.
        tools={"move": "drive"},
    )
    with in_thread(world) as environment:
        run = execute(task, plan, environment, solve)
    print(f"{run.outcome}: {run.reason}")


if __name__ == "__main__":
    main()
