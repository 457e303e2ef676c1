"""Random problems: packages at random places of several cities, each to be delivered elsewhere."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import numbered, objects_of, statements
from goalsmith.domains.sizes import Size

SIZES = (
    Size("packages", 4, 1, 200, "packages to be delivered"),
    Size("cities", 2, 1, 50, "cities, each with an airport and a truck"),
    Size("places", 3, 2, 50, "places in each city, the airport included"),
    Size("aeroplanes", 1, 1, 50, "aeroplanes"),
)


def generate(
    rng: random.Random, packages: int, cities: int, places: int, aeroplanes: int
) -> Problem:
    """A problem of those sizes. Each city has an airport and a truck, so it has a plan."""
    city_names = numbered("city", cities)
    airports = {city: f"{city}-airport" for city in city_names}
    others = {city: [f"{city}-place{n}" for n in range(1, places)] for city in city_names}
    trucks = {city: f"{city}-truck" for city in city_names}
    planes = numbered("aeroplane", aeroplanes)
    package_names = numbered("package", packages)
    places_of = {city: [airports[city], *others[city]] for city in city_names}
    everywhere = [place for city in city_names for place in places_of[city]]

    before = {}
    after = {}
    for package in package_names:
        before[package], after[package] = rng.sample(everywhere, 2)
    vehicles = {trucks[city]: rng.choice(places_of[city]) for city in city_names}
    vehicles |= {plane: airports[rng.choice(city_names)] for plane in planes}

    groups = {
        "city": city_names,
        "airport": airports.values(),
        "place": [place for city in city_names for place in others[city]],
        "truck": trucks.values(),
        "aeroplane": planes,
        "package": package_names,
    }
    return Problem(
        name=f"logistics-{packages}-{cities}-{places}-{aeroplanes}",
        domain_name="logistics",
        objects=objects_of(groups),
        init=(
            *statements("in-city", ((p, city) for city in city_names for p in places_of[city])),
            *statements("at", vehicles.items()),
            *statements("at", before.items()),
        ),
        goal=And(tuple(statements("at", after.items()))),
    )
