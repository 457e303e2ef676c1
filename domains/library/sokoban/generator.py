"""Random problems: a maze, and boxes pulled away from where they are to be pushed.

A problem is made from its end: the boxes stand on their cells, and a worker who can pull takes them
elsewhere. The pulls, taken backwards, are pushes that solve it.
"""

from __future__ import annotations

import random
from collections import deque

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import objects_of, of_each
from goalsmith.domains.sizes import Size

Cell = tuple[int, int]

SIZES = (
    Size("width", 6, 4, 40, "columns of cells"),
    Size("height", 6, 4, 40, "rows of cells"),
    Size("boxes", 2, 1, 6, "boxes to be pushed to other cells"),
    Size("pulls", 20, 1, 1000, "pulls, each of one cell, that take the boxes away"),
)

STEPS = {"north": (-1, 0), "east": (0, 1), "south": (1, 0), "west": (0, -1)}

WALLS = 0.15
"""The share of the cells that are walled up."""


def generate(rng: random.Random, width: int, height: int, boxes: int, pulls: int) -> Problem:
    """A problem of those sizes, solvable by construction."""
    while True:
        cells = _maze(rng, width, height)
        wanted = frozenset(rng.sample(sorted(cells), boxes))
        worker = rng.choice(sorted(cells - wanted))
        standing = wanted
        for _ in range(pulls):
            choices = _pulls(cells, standing, worker)
            if not choices:
                break
            box, here, worker = rng.choice(choices)
            standing = standing - {box} | {here}
        if standing != wanted:
            break
    names = {cell: f"c{cell[0] + 1}-{cell[1] + 1}" for cell in sorted(cells)}
    return Problem(
        name=f"sokoban-{width}-{height}-{boxes}-{pulls}",
        domain_name="sokoban",
        objects=objects_of({"cell": names.values()}),
        init=(
            *(
                Atom("neighbour", (name, names[_beside(cell, step)], direction))
                for cell, name in names.items()
                for direction, step in STEPS.items()
                if _beside(cell, step) in names
            ),
            Atom("worker-on", (names[worker],)),
            *of_each("box-on", (names[cell] for cell in sorted(standing))),
        ),
        goal=And(tuple(of_each("box-on", (names[cell] for cell in sorted(wanted))))),
    )


def _beside(cell: Cell, step: Cell) -> Cell:
    return cell[0] + step[0], cell[1] + step[1]


def _maze(rng: random.Random, width: int, height: int) -> frozenset[Cell]:
    """The cells without walls. Each can be reached from each."""
    everything = [(row, column) for row in range(height) for column in range(width)]
    cells = set(everything)
    for cell in rng.sample(everything, round(WALLS * len(everything))):
        rest = frozenset(cells - {cell})
        if len(_reached(rest, frozenset(), min(rest))) == len(rest):
            cells.remove(cell)
    return frozenset(cells)


def _reached(cells: frozenset[Cell], boxes: frozenset[Cell], start: Cell) -> set[Cell]:
    """The cells to which a worker can walk."""
    found = {start}
    waiting = deque(found)
    while waiting:
        cell = waiting.popleft()
        for step in STEPS.values():
            beside = _beside(cell, step)
            if beside in cells and beside not in boxes and beside not in found:
                found.add(beside)
                waiting.append(beside)
    return found


def _pulls(
    cells: frozenset[Cell], boxes: frozenset[Cell], worker: Cell
) -> list[tuple[Cell, Cell, Cell]]:
    """The pulls that a worker can make: the box's cell before and after, the worker's after."""
    reached = _reached(cells, boxes, worker)
    found = []
    for box in sorted(boxes):
        for step in STEPS.values():
            here = _beside(box, step)
            behind = _beside(here, step)
            if here in reached and behind in cells and behind not in boxes:
                found.append((box, here, behind))
    return found
