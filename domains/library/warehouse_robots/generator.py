"""Random problems: orders that want items from pods in a warehouse of two aisles."""

from __future__ import annotations

import random
from itertools import pairwise

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    CHEAPEST,
    NO_COST_YET,
    both_ways,
    few,
    matched,
    numbered,
    objects_of,
    of_each,
    placed,
    statements,
)
from goalsmith.domains.sizes import Size

SIZES = (
    Size("robots", 2, 1, 6, "robots, each with a dock"),
    Size("pods", 3, 1, 8, "pods"),
    Size("orders", 2, 1, 30, "orders, all to be completed"),
    Size("items", 3, 1, 50, "kinds of items"),
    Size("columns", 4, 4, 40, "places in each of the two aisles, with storage on both sides"),
    Size("stations", 1, 1, 10, "stations where orders are picked"),
)

LEVELS = ("empty", "low", "half", "full")


def generate(
    rng: random.Random,
    robots: int,
    pods: int,
    orders: int,
    items: int,
    columns: int,
    stations: int,
) -> Problem:
    """A problem of those sizes.

    The two aisles are joined along their whole length, so robots can always make way; there is
    storage for every pod, a dock for every robot, and a pod with each item. So it has a plan.
    """
    upper = numbered("upper", columns)
    lower = numbered("lower", columns)
    aisles = [*upper, *lower]
    ways = [*pairwise(upper), *pairwise(lower)]
    ways += zip(upper, lower, strict=True)
    storage = {f"{aisle}-storage": aisle for aisle in aisles}
    docks = dict(placed(rng, numbered("dock", robots), aisles))
    station_places = dict(placed(rng, numbered("station", stations), aisles))
    ways += [*storage.items(), *docks.items(), *station_places.items()]

    pod_names = numbered("pod", pods)
    robot_names = numbered("robot", robots)
    item_names = numbered("item", items)
    order_names = numbered("order", orders)
    standing = dict(zip(pod_names, rng.sample(sorted(storage), pods), strict=True))
    stocks = matched(rng, pod_names, item_names)
    wants = [(order, item) for order in order_names for item in few(rng, item_names, 1, 2)]
    goal = of_each("complete", order_names)
    if rng.random() < 0.5:
        goal.append(Atom("pod-at", rng.choice(sorted(standing.items()))))
    return Problem(
        name=f"warehouse-robots-{robots}-{pods}-{orders}-{items}-{columns}-{stations}",
        domain_name="warehouse-robots",
        objects=objects_of(
            {
                "aisle": aisles,
                "storage": storage,
                "station": station_places,
                "dock": docks,
                "robot": robot_names,
                "pod": pod_names,
                "item": item_names,
                "order": order_names,
                "level": LEVELS,
            }
        ),
        init=(
            *statements("next-to", both_ways(ways)),
            *statements("stocks", stocks),
            *statements("wants", wants),
            *statements("assigned", placed(rng, order_names, list(station_places))),
            *statements("drains-to", zip(LEVELS[1:], LEVELS, strict=False)),
            Atom("full-charge", (LEVELS[-1],)),
            *statements("robot-at", zip(robot_names, docks, strict=True)),
            *of_each("occupied", docks),
            *statements("battery", placed(rng, robot_names, LEVELS)),
            *statements("pod-at", standing.items()),
            *of_each("covered", standing.values()),
        ),
        numbers=NO_COST_YET,
        goal=And(tuple(goal)),
        metric=CHEAPEST,
    )
