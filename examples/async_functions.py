"""A world of `async` functions, on an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from goalsmith import load_task
from goalsmith.execute import execute
from goalsmith.execute.environments import AsyncToolEnvironment, in_thread
from goalsmith.solve import solve

HERE = Path(__file__).parent


class Warehouse:
    """What would be a service that is asked over the network."""

    def __init__(self) -> None:
        self.facts = {"(at hall)", "(hand-empty)", "(in letter hall)", "(in parcel lab)"}

    async def change(self, gone: list[str], come: list[str]) -> None:
        """Waits for the service, which then has other facts."""
        await asyncio.sleep(0.01)
        self.facts = self.facts.difference(gone) | set(come)

    async def move(self, from_: str, to: str) -> None:
        """Sends the robot to another room."""
        await self.change([f"(at {from_})"], [f"(at {to})"])

    async def pick_up(self, item: str, room: str) -> None:
        """Has an item picked up."""
        await self.change([f"(in {item} {room})", "(hand-empty)"], [f"(holding {item})"])

    async def put_down(self, item: str, room: str) -> None:
        """Has an item put down."""
        await self.change([f"(holding {item})"], [f"(in {item} {room})", "(hand-empty)"])

    async def sense(self) -> list[str]:
        """What is true, as facts."""
        await asyncio.sleep(0.01)
        return sorted(self.facts)


def main() -> None:
    """Plans the delivery and has the service carry it out."""
    task = load_task(HERE / "courier.pddl", HERE / "delivery.pddl")
    plan = solve(task).plan
    assert plan is not None
    it = Warehouse()
    world = AsyncToolEnvironment(task, [it.move, it.pick_up, it.put_down], it.sense)
    with in_thread(world) as environment:
        run = execute(task, plan, environment, solve)
    print(f"{run.outcome}: {run.reason}")


if __name__ == "__main__":
    main()
