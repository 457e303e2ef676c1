"""Random problems: satellites with instruments of several modes, and images that are wanted."""

from __future__ import annotations

import random
from itertools import combinations

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    CHEAPEST,
    costs,
    matched,
    numbered,
    objects_of,
    placed,
    statements,
)
from goalsmith.domains.sizes import Size

SIZES = (
    Size("satellites", 2, 1, 20, "satellites"),
    Size("instruments", 3, 1, 60, "instruments, spread over the satellites"),
    Size("modes", 2, 1, 20, "modes in which images are taken"),
    Size("stars", 2, 1, 30, "stars to calibrate on"),
    Size("targets", 4, 1, 100, "targets, of each of which an image is wanted"),
)


def generate(
    rng: random.Random, satellites: int, instruments: int, modes: int, stars: int, targets: int
) -> Problem:
    """A problem of those sizes.

    Every mode is supported by an instrument that can be calibrated, and a satellite can turn
    anywhere at any time, so it has a plan.
    """
    satellite_names = numbered("satellite", satellites)
    instrument_names = numbered("instrument", instruments)
    mode_names = numbered("mode", modes)
    star_names = numbered("star", stars)
    target_names = numbered("target", targets)
    directions = [*star_names, *target_names]
    supported = matched(rng, instrument_names, mode_names)
    pointing = placed(rng, satellite_names, directions)
    turns: dict[tuple[str, ...], int] = {}
    for first, second in combinations(directions, 2):
        turns[first, second] = turns[second, first] = rng.randint(10, 90)
    goal = statements("imaged", placed(rng, target_names, mode_names))
    if rng.random() < 0.5:
        goal.append(Atom("pointing", (rng.choice(satellite_names), rng.choice(directions))))
    return Problem(
        name=f"satellite-{satellites}-{instruments}-{modes}-{stars}-{targets}",
        domain_name="satellite",
        objects=objects_of(
            {
                "satellite": satellite_names,
                "instrument": instrument_names,
                "mode": mode_names,
                "star": star_names,
                "target": target_names,
            }
        ),
        init=(
            *statements("carries", ((rng.choice(satellite_names), i) for i in instrument_names)),
            *statements("supports", supported),
            *statements("calibrates-on", placed(rng, instrument_names, star_names)),
            *statements("pointing", pointing),
        ),
        numbers=costs("turn-seconds", turns),
        goal=And(tuple(goal)),
        metric=CHEAPEST,
    )
