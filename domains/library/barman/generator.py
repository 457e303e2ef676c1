"""Random problems: recipes, and drinks that are wanted in glasses."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    CHEAPEST,
    NO_COST_YET,
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
    Size("orders", 2, 1, 30, "glasses of a drink that are wanted"),
    Size("cocktails", 3, 1, 30, "cocktails, each with a recipe of its own"),
    Size("ingredients", 4, 3, 30, "ingredients, each with a tap"),
    Size("spare", 1, 0, 20, "glasses more than are wanted"),
)


def generate(
    rng: random.Random, orders: int, cocktails: int, ingredients: int, spare: int
) -> Problem:
    """A problem of those sizes. Each order has a glass, and there are two hands: it has a plan."""
    ingredient_names = numbered("ingredient", ingredients)
    cocktail_names = numbered("cocktail", cocktails)
    glass_names = numbered("glass", orders + spare)
    recipes = {cocktail: few(rng, ingredient_names, 2, 3) for cocktail in cocktail_names}
    used = some(rng, glass_names, 0.3)
    wanted = placed(rng, glass_names[:orders], cocktail_names)
    return Problem(
        name=f"barman-{orders}-{cocktails}-{ingredients}-{spare}",
        domain_name="barman",
        objects=objects_of(
            {
                "hand": ("left", "right"),
                "shaker": ("shaker",),
                "glass": glass_names,
                "ingredient": ingredient_names,
                "cocktail": cocktail_names,
            }
        ),
        init=(
            *statements("part-of", ((i, c) for c, parts in recipes.items() for i in parts)),
            *of_each("free", ("left", "right")),
            *of_each("on-bar", ["shaker", *glass_names]),
            *of_each("clean", (e for e in ["shaker", *glass_names] if e not in used)),
            *statements("contains", placed(rng, used, ingredient_names)),
        ),
        numbers=NO_COST_YET,
        goal=And(tuple(statements("contains", wanted))),
        metric=CHEAPEST,
    )
