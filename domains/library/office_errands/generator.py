"""Random problems: locked rooms, documents to be signed, and people without coffee."""

from __future__ import annotations

import random
from itertools import pairwise

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    CHEAPEST,
    both_ways,
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
    Size("rooms", 5, 2, 50, "rooms"),
    Size("locks", 1, 0, 20, "locked doors with a key each; at most one door for each room but one"),
    Size("people", 2, 1, 30, "people"),
    Size("documents", 2, 0, 30, "documents to be printed, signed and delivered"),
    Size("cups", 1, 1, 20, "cups"),
)


def generate(
    rng: random.Random, rooms: int, locks: int, people: int, documents: int, cups: int
) -> Problem:
    """A problem of those sizes.

    Each room is reached from rooms before it in the list, and the key of a locked door lies in one
    of these, so every room can be entered, and there is a plan.
    """
    room_names = numbered("room", rooms)
    person_names = numbered("person", people)
    document_names = numbered("document", documents)
    cup_names = numbered("cup", cups)
    doors = {f"door{n}": (rng.choice(room_names[:n]), room_names[n]) for n in range(1, rooms)}
    locked = sorted(rng.sample(sorted(doors), min(locks, rooms - 1)))
    keys = {f"{door}-key": door for door in locked}
    before = {door: room_names[:n] for n, door in enumerate(doors, 1)}

    befores = []
    goal: list[Atom] = []
    for document in document_names:
        signers = few(rng, person_names, 1, 2)
        befores += [(a, b, document) for a, b in pairwise(signers)]
        goal.append(Atom("signed", (signers[-1], document)))
        if rng.random() < 0.5:
            goal.append(Atom("has", (rng.choice(person_names), document)))
        else:
            goal.append(Atom("lies-in", (document, rng.choice(room_names))))
    goal += of_each("served", some(rng, person_names, 0.5) or person_names[:1])
    goal += of_each("locked", some(rng, locked, 0.5))
    return Problem(
        name=f"office-errands-{rooms}-{locks}-{people}-{documents}-{cups}",
        domain_name="office-errands",
        objects=objects_of(
            {
                "room": room_names,
                "door": doors,
                "key": keys,
                "hand": ("left", "right"),
                "person": person_names,
                "printer": ("printer",),
                "document": document_names,
                "cup": cup_names,
            }
        ),
        init=(
            *statements(
                "joins", ((d, *way) for d, ends in doors.items() for way in both_ways([ends]))
            ),
            *statements("opens", keys.items()),
            *statements("works-in", placed(rng, person_names, room_names)),
            Atom("printer-in", ("printer", rng.choice(room_names))),
            Atom("coffee-in", (rng.choice(room_names),)),
            *statements("signs-before", befores),
            Atom("robot-in", (room_names[0],)),
            *of_each("locked", locked),
            *of_each("free", ("left", "right")),
            *statements("lies-in", ((key, rng.choice(before[door])) for key, door in keys.items())),
            *statements("lies-in", placed(rng, cup_names, room_names)),
            *of_each("busy", some(rng, person_names, 0.3)),
            *(Atom("out-of-paper", ("printer",)) for _ in range(rng.randint(0, 1))),
        ),
        numbers=costs("walking-seconds", {(door,): rng.randint(5, 40) for door in doors}),
        goal=And(tuple(goal)),
        metric=CHEAPEST,
    )
