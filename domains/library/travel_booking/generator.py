"""Random problems: trips to other cities, with flights of which some are sold out or dear."""

from __future__ import annotations

import random
from itertools import product

from goalsmith.domains.formula import And, Atom, Condition, Not
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    CHEAPEST,
    connected,
    costs,
    few,
    numbered,
    objects_of,
    of_each,
    placed,
    some,
    statements,
)
from goalsmith.domains.sizes import Size

SIZES = (
    Size("trips", 2, 1, 20, "trips, each of a traveller of its own"),
    Size("cities", 4, 2, 30, "cities, each with a hotel"),
    Size("flights", 2, 0, 60, "flights more than are needed to reach every city and return"),
    Size("hotels", 1, 0, 60, "hotels more than one in each city"),
    Size("countries", 2, 1, 10, "countries"),
    Size("managers", 1, 1, 10, "managers who approve trips"),
)

LIMIT = 300
"""Euros that a booking may cost without a manager's exception."""


def generate(
    rng: random.Random,
    trips: int,
    cities: int,
    flights: int,
    hotels: int,
    countries: int,
    managers: int,
) -> Problem:
    """A problem of those sizes.

    Flights that are not sold out join all cities both ways, each city has a hotel with rooms, and
    each traveller a manager, so it has a plan.
    """
    trip_names = numbered("trip", trips)
    travellers = numbered("traveller", trips)
    manager_names = numbered("manager", managers)
    city_names = numbered("city", cities)
    country_names = numbered("country", countries)

    ways = connected(rng, city_names, 0)
    routes = {f"flight{n}": way for n, way in enumerate(ways, 1)}
    extra = [f"flight{len(ways) + n}" for n in range(1, flights + 1)]
    for flight in extra:
        first, second = rng.sample(city_names, 2)
        routes[flight] = (first, second)
    lodging = {f"hotel{n}": city for n, city in enumerate(city_names, 1)}
    spare = [f"hotel{cities + n}" for n in range(1, hotels + 1)]
    lodging |= placed(rng, spare, city_names)
    prices = {flight: rng.randint(40, 450) for flight in routes}
    prices |= {hotel: rng.randint(60, 360) for hotel in lodging}

    plans = {trip: few(rng, city_names, 2, 3) for trip in trip_names}
    required = some(rng, product(travellers, country_names), 0.2)
    goal: list[Condition] = [*of_each("confirmed", trip_names)]
    if extra and rng.random() < 0.3:
        goal.append(Not(Atom("booked", (rng.choice(trip_names), rng.choice(extra)))))
    return Problem(
        name=f"travel-booking-{trips}-{cities}-{flights}-{hotels}-{countries}-{managers}",
        domain_name="travel-booking",
        objects=objects_of(
            {
                "traveller": travellers,
                "manager": manager_names,
                "trip": trip_names,
                "city": city_names,
                "country": country_names,
                "flight": routes,
                "hotel": lodging,
            }
        ),
        init=(
            *statements("makes", zip(travellers, trip_names, strict=True)),
            *statements("begins-in", ((trip, plan[0]) for trip, plan in plans.items())),
            *statements("visits", ((trip, c) for trip, plan in plans.items() for c in plan[1:])),
            *statements("in-country", placed(rng, city_names, country_names)),
            *statements("citizen", placed(rng, travellers, country_names)),
            *statements("visa-required", required),
            *statements("manages", ((rng.choice(manager_names), each) for each in travellers)),
            *statements("flies", ((flight, *route) for flight, route in routes.items())),
            *statements("hotel-in", lodging.items()),
            *of_each("sold-out", some(rng, [*extra, *spare], 0.4)),
            *of_each("above-limit", (offer for offer, price in prices.items() if price > LIMIT)),
            *of_each("approved", some(rng, trip_names, 0.3)),
            *of_each("passport-valid", some(rng, travellers, 0.6)),
        ),
        numbers=costs("price", {(offer,): price for offer, price in prices.items()}),
        goal=And(tuple(goal)),
        metric=CHEAPEST,
    )
