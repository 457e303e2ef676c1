"""A world of Python functions: one for each action, and one that says what is true.

The robot's hand slips once; the run sees it, plans anew, and delivers all the same.
"""

from __future__ import annotations

from pathlib import Path

from goalsmith import load_task
from goalsmith.execute import execute
from goalsmith.execute.environments import ToolEnvironment, tool
from goalsmith.solve import solve

HERE = Path(__file__).parent


class Robot:
    """What would be a real robot; its methods get the objects by the actions' parameters."""

    def __init__(self) -> None:
        self.room = "hall"
        self.hand: str | None = None
        self.places = {"letter": "hall", "parcel": "lab"}
        self.slippery = True

    def move(self, from_: str, to: str) -> None:
        """Goes to another room; `?from` is `from_`, since Python wants `from` for itself."""
        print(f"  from the {from_} to the {to}")
        self.room = to

    @tool("pick-up")
    def grasp(self, item: str, room: str) -> bool:
        """Takes an item; says whether it got it."""
        if self.slippery:
            self.slippery = False
            print(f"  the {item} slips from the hand in the {room}")
            return False
        print(f"  picks up the {item} in the {room}")
        self.hand = item
        del self.places[item]
        return True

    def put_down(self, item: str, room: str) -> str:
        """Puts the item down; the text goes into the journal."""
        print(f"  puts the {item} down in the {room}")
        self.hand = None
        self.places[item] = room
        return f"the {item} stands in the {room}"

    def sense(self) -> list[str]:
        """What is true, as facts. The doors never change and need not be repeated."""
        hand = f"(holding {self.hand})" if self.hand else "(hand-empty)"
        return [f"(at {self.room})", hand, *(f"(in {i} {r})" for i, r in self.places.items())]


def main() -> None:
    """Plans the delivery and has the robot carry it out."""
    task = load_task(HERE / "courier.pddl", HERE / "delivery.pddl")
    plan = solve(task).plan
    assert plan is not None
    robot = Robot()
    world = ToolEnvironment(task, [robot.move, robot.grasp, robot.put_down], robot.sense)
    run = execute(task, plan, world, solve)
    print(f"{run.outcome}: {run.reason}; {run.replans} new plan")


if __name__ == "__main__":
    main()
