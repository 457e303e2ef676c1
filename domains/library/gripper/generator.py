"""Random problems: balls lying in random rooms, each to be brought to a random room."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    numbered,
    objects_of,
    of_each,
    placed,
    statements,
)
from goalsmith.domains.sizes import Size

SIZES = (
    Size("balls", 6, 1, 200, "balls to be brought somewhere"),
    Size("rooms", 3, 2, 50, "rooms"),
    Size("grippers", 2, 1, 10, "grippers of the robot"),
)


def generate(rng: random.Random, balls: int, rooms: int, grippers: int) -> Problem:
    """A problem of those sizes. A ball can be brought anywhere at any time, so it has a plan."""
    room_names = numbered("room", rooms)
    ball_names = numbered("ball", balls)
    gripper_names = numbered("gripper", grippers)
    before = dict(placed(rng, ball_names, room_names))
    after = dict(placed(rng, ball_names, room_names))
    if after == before:
        moved = rng.choice(ball_names)
        after[moved] = rng.choice([room for room in room_names if room != before[moved]])
    return Problem(
        name=f"gripper-{balls}-{rooms}-{grippers}",
        domain_name="gripper",
        objects=objects_of({"room": room_names, "ball": ball_names, "gripper": gripper_names}),
        init=(
            Atom("robot-in", (rng.choice(room_names),)),
            *statements("in", before.items()),
            *of_each("free", gripper_names),
        ),
        goal=And(tuple(statements("in", after.items()))),
    )
