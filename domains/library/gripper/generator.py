"""Random problems: balls lying in random rooms, each to be brought to a random room."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Object, Problem
from goalsmith.domains.sizes import Size

SIZES = (
    Size("balls", 6, 1, 200, "balls to be brought somewhere"),
    Size("rooms", 3, 2, 50, "rooms"),
    Size("grippers", 2, 1, 10, "grippers of the robot"),
)


def generate(rng: random.Random, balls: int, rooms: int, grippers: int) -> Problem:
    """A problem of those sizes. A ball can be brought anywhere at any time, so it has a plan."""
    room_names = [f"room{number}" for number in range(1, rooms + 1)]
    ball_names = [f"ball{number}" for number in range(1, balls + 1)]
    gripper_names = [f"gripper{number}" for number in range(1, grippers + 1)]
    before = {ball: rng.choice(room_names) for ball in ball_names}
    after = {ball: rng.choice(room_names) for ball in ball_names}
    if after == before:
        moved = rng.choice(ball_names)
        after[moved] = rng.choice([room for room in room_names if room != before[moved]])
    return Problem(
        name=f"gripper-{balls}-{rooms}-{grippers}",
        domain_name="gripper",
        objects=(
            *(Object(name, ("room",)) for name in room_names),
            *(Object(name, ("ball",)) for name in ball_names),
            *(Object(name, ("gripper",)) for name in gripper_names),
        ),
        init=(
            Atom("robot-in", (rng.choice(room_names),)),
            *(Atom("in", place) for place in before.items()),
            *(Atom("free", (name,)) for name in gripper_names),
        ),
        goal=And(tuple(Atom("in", place) for place in after.items())),
    )
