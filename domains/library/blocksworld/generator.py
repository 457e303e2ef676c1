"""Random problems: blocks in random towers, to be put into other random towers."""

from __future__ import annotations

import random
from itertools import pairwise

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import numbered, objects_of, of_each
from goalsmith.domains.sizes import Size

SIZES = (Size("blocks", 6, 2, 200, "blocks in all"),)


def generate(rng: random.Random, blocks: int) -> Problem:
    """A problem with that many blocks. Any towers can be made from any others, so it has a plan."""
    names = numbered("b", blocks)
    before = _towers(rng, names)
    after = _towers(rng, names)
    while after == before:
        after = _towers(rng, names)
    tops = of_each("clear", (tower[-1] for tower in before))
    return Problem(
        name=f"blocksworld-{blocks}",
        domain_name="blocksworld",
        objects=objects_of({"block": names}),
        init=(Atom("arm-empty"), *_standing(before), *tops),
        goal=And(tuple(_standing(after))),
    )


def _towers(rng: random.Random, names: list[str]) -> list[list[str]]:
    """Towers, each from its lowest block up, in the order of their lowest blocks' names."""
    towers: list[list[str]] = []
    for name in rng.sample(names, len(names)):
        choice = rng.randrange(len(towers) + 1)
        if choice == len(towers):
            towers.append([name])
        else:
            towers[choice].append(name)
    return sorted(towers)


def _standing(towers: list[list[str]]) -> list[Atom]:
    atoms = []
    for tower in towers:
        atoms.append(Atom("on-table", (tower[0],)))
        atoms += [Atom("on", (upper, lower)) for lower, upper in pairwise(tower)]
    return atoms
