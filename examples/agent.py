"""An agent as a world: each step is handed to it as a task of its own.

`ask` stands for a language model with tools. Any function from a prompt to an answer will do; this
one moves a simulated robot as its prompt says, fails to now and then, and claims success always.
The run goes by what is sensed, and not by what is claimed.
"""

from __future__ import annotations

import re
from pathlib import Path

from goalsmith import Faults, Simulator, Step, load_task
from goalsmith.domains.wording import read_wording
from goalsmith.execute import Attempt, execute
from goalsmith.execute.environments import AgentEnvironment
from goalsmith.solve import solve

HERE = Path(__file__).parent


def main() -> None:
    """Plans the delivery and has the agent carry it out."""
    task = load_task(HERE / "courier.pddl", HERE / "delivery.pddl")
    plan = solve(task).plan
    assert plan is not None
    simulator = Simulator(task, Faults(seed=1, effect_lost=0.3, limit=3))
    asked = 0

    def ask(prompt: str) -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            print(prompt)
        match = re.search(r"The step: \((.+)\)", prompt)
        assert match is not None
        action, *args = match.group(1).split()
        simulator.act(Step(action, tuple(args)), Attempt(f"call {asked}"))
        return "I moved the robot as I was told.\nDONE"

    wording = read_wording((HERE / "courier.toml").read_text(encoding="utf-8"), task.domain)
    world = AgentEnvironment(
        task, ask, simulator.observe, wording=wording, about="You drive a robot in an office."
    )
    run = execute(task, plan, world, solve)
    print(f"{run.outcome}: {run.reason}; {len(plan)} steps planned, {asked} handed over")


if __name__ == "__main__":
    main()
