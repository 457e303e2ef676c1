"""Random problems: crates in random stacks at several places, to be put into other stacks."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

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
    Size("crates", 4, 1, 100, "crates"),
    Size("places", 3, 1, 30, "places, each with a hoist"),
    Size("pallets", 1, 1, 10, "pallets at each place"),
    Size("trucks", 1, 1, 20, "trucks"),
)


def generate(rng: random.Random, crates: int, places: int, pallets: int, trucks: int) -> Problem:
    """A problem of those sizes. Any stacks can be made from any others, so it has a plan."""
    place_names = numbered("place", places)
    crate_names = numbered("crate", crates)
    truck_names = numbered("truck", trucks)
    place_of = {f"{p}-pallet{n}": p for p in place_names for n in range(1, pallets + 1)}
    hoists = {f"{place}-hoist": place for place in place_names}
    before = _stacks(rng, crate_names, list(place_of))
    after = _stacks(rng, crate_names, list(place_of))
    # A crate alone on the only pallet can only be asked for in a truck.
    if len(place_of) == 1 and crates == 1:
        goal = [Atom("in", (crate_names[0], rng.choice(truck_names)))]
    else:
        while after == before:
            after = _stacks(rng, crate_names, list(place_of))
        goal = _standing(after)
    return Problem(
        name=f"depots-{crates}-{places}-{pallets}-{trucks}",
        domain_name="depots",
        objects=objects_of(
            {
                "place": place_names,
                "hoist": hoists,
                "truck": truck_names,
                "pallet": place_of,
                "crate": crate_names,
            }
        ),
        init=(
            *statements("at", hoists.items()),
            *statements("at", placed(rng, truck_names, place_names)),
            *statements("at", place_of.items()),
            *(
                Atom("at", (crate, place_of[pallet]))
                for pallet, stack in before.items()
                for crate in stack
            ),
            *_standing(before),
            *of_each("clear", ([pallet, *stack][-1] for pallet, stack in before.items())),
            *of_each("available", hoists),
        ),
        goal=And(tuple(goal)),
    )


def _stacks(
    rng: random.Random, crates: Sequence[str], pallets: Sequence[str]
) -> dict[str, list[str]]:
    """The crates of each pallet, from the lowest up."""
    stacks: dict[str, list[str]] = {pallet: [] for pallet in pallets}
    for crate in rng.sample(crates, len(crates)):
        stacks[rng.choice(pallets)].append(crate)
    return stacks


def _standing(stacks: Mapping[str, Sequence[str]]) -> list[Atom]:
    return [
        Atom("on", (crate, below))
        for pallet, stack in stacks.items()
        for crate, below in zip(stack, [pallet, *stack], strict=False)
    ]
