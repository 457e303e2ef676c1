"""Random problems: samples and images that are wanted from a map of sites."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    connected,
    matched,
    numbered,
    objects_of,
    of_each,
    placed,
    some,
    statements,
)
from goalsmith.domains.sizes import Size

SIZES = (
    Size("rovers", 2, 1, 20, "rovers, each with a camera"),
    Size("sites", 5, 2, 100, "sites"),
    Size("targets", 2, 1, 50, "targets of images, of each of which one is wanted"),
    Size("filters", 2, 1, 10, "filters of the cameras"),
    Size("samples", 3, 1, 100, "places where rock or soil lies, all to be reported"),
)

MATERIALS = ("rock", "soil")


def generate(
    rng: random.Random, rovers: int, sites: int, targets: int, filters: int, samples: int
) -> Problem:
    """A problem of those sizes.

    Each rover can drive between all sites, both ways; each material has a rover equipped for it,
    each filter a camera; each target is visible from somewhere, and somewhere is a link. So it has
    a plan.
    """
    rover_names = numbered("rover", rovers)
    site_names = numbered("site", sites)
    target_names = numbered("target", targets)
    filter_names = numbered("filter", filters)
    cameras = {f"camera{number}": rover for number, rover in enumerate(rover_names, 1)}

    passable = [
        (rover, *way) for rover in rover_names for way in connected(rng, site_names, sites // 3)
    ]
    lying = sorted(
        rng.sample([(m, s) for m in MATERIALS for s in site_names], min(samples, 2 * sites))
    )
    equipped = matched(rng, rover_names, MATERIALS)
    fitted = matched(rng, list(cameras), filter_names)
    visible = {
        (target, site)
        for target in target_names
        for site in rng.sample(site_names, rng.randint(1, min(3, sites)))
    }
    linked = sorted(rng.sample(site_names, max(1, sites // 4)))
    return Problem(
        name=f"rovers-{rovers}-{sites}-{targets}-{filters}-{samples}",
        domain_name="rovers",
        objects=objects_of(
            {
                "rover": rover_names,
                "site": site_names,
                "target": target_names,
                "camera": cameras,
                "filter": filter_names,
            }
        ),
        init=(
            *statements("passable", passable),
            *statements("lies-at", lying),
            *statements("equipped", equipped),
            *statements("mounted", cameras.items()),
            *statements("fitted", fitted),
            *statements("calibrates-on", placed(rng, cameras, target_names)),
            *statements("visible", sorted(visible)),
            *of_each("linked", linked),
            *statements("at", placed(rng, rover_names, site_names)),
            *of_each("full", some(rng, rover_names, 0.3)),
        ),
        goal=And(
            (
                *statements("sample-reported", lying),
                *statements("image-sent", placed(rng, target_names, filter_names)),
            )
        ),
    )
