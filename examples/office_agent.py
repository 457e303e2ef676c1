"""An agent with eight tools runs an errand in an office where three things go wrong.

The tools are plain functions, and say what they need and what they change. Planning, watching and
planning anew are goalsmith's: the printer jams, a door turns out to be locked, and somebody takes
the mug away, and in the end everybody has what was asked for.
"""

from __future__ import annotations

from goalsmith.agents import Proposal, Toolkit


class Room(str):
    """Where the robot can be."""


class Person(str):
    """Who gets things."""


class Thing(str):
    """What the robot can carry, one at a time."""


class Document(Thing):
    """What can be printed."""


class Mug(Thing):
    """What can be filled."""


class Key(Thing):
    """What opens a room."""


# The office: what would be sensors and a database.

DESKS = {"anna": "lounge", "bert": "lab"}
OPENS = {"brass-key": "lab"}
robot = {"room": "hall", "hand": ""}
places = {"blue-mug": "kitchen", "brass-key": "hall"}
owners: dict[str, str] = {}
printed: set[str] = set()
full: set[str] = set()
closed: set[str] = set()
trouble = {"jam", "lock", "colleague"}
printer = {"jammed": False}

kit = Toolkit("office", infer=False)


# What can be so. The functions are asked after every step.


@kit.predicate(goal=["send the robot to {room}"])
def robot_in(room: Room) -> bool:
    """The robot is in {room}."""
    return robot["room"] == room


@kit.predicate
def hand_free() -> bool:
    """The robot's hand is free."""
    return not robot["hand"]


@kit.predicate
def holds(thing: Thing) -> bool:
    """The robot holds {thing}."""
    return robot["hand"] == thing


@kit.predicate(goal=["bring {thing} to {room}"], read=["{thing} is in {room}"])
def lies_in(thing: Thing, room: Room) -> bool:
    """{thing} lies in {room}."""
    return places.get(thing) == room


@kit.predicate(goal=["give {thing} to {person}", "hand {thing} to {person}"])
def has(person: Person, thing: Thing) -> bool:
    """{person} has {thing}."""
    return owners.get(thing) == person


@kit.predicate
def locked(room: Room) -> bool:
    """{room} is locked."""
    return room in closed


@kit.predicate
def jammed() -> bool:
    """The printer is jammed."""
    return printer["jammed"]


@kit.predicate(goal=["print {document}"])
def is_printed(document: Document) -> bool:
    """{document} is printed."""
    return document in printed


@kit.predicate(goal=["fill {mug}"])
def is_full(mug: Mug) -> bool:
    """{mug} is full."""
    return mug in full


@kit.predicate
def works_in(person: Person, room: Room) -> bool:
    """{person} works in {room}."""
    return DESKS[person] == room


@kit.predicate
def opens(key: Key, room: Room) -> bool:
    """{key} opens {room}."""
    return OPENS[key] == room


# What can be done.


@kit.action(
    precondition="(and (robot-in ?from) (not (locked ?to)))",
    effect="(and (not (robot-in ?from)) (robot-in ?to))",
    cost=10,
)
def walk(from_: Room, to: Room) -> None:
    """Walk from {from_} to {to}."""
    if robot["room"] != from_:
        raise RuntimeError(f"the robot is not in the {from_}")
    if to == "lab" and "lock" in trouble:
        trouble.remove("lock")
        closed.add(to)
    if to in closed:
        raise PermissionError(f"the door of the {to} is locked")
    robot["room"] = to
    if to == "kitchen" and "colleague" in trouble:
        trouble.remove("colleague")
        places["blue-mug"] = "lounge"


@kit.action(
    precondition="(and (locked ?room) (holds ?key) (opens ?key ?room))",
    effect="(not (locked ?room))",
)
def unlock(room: Room, key: Key) -> None:
    """Unlock {room} with {key}."""
    if OPENS[key] == room:
        closed.discard(room)


@kit.action(
    precondition="(and (robot-in ?room) (lies-in ?thing ?room) (hand-free))",
    effect="(and (holds ?thing) (not (lies-in ?thing ?room)) (not (hand-free)))",
)
def pick_up(thing: Thing, room: Room) -> None:
    """Pick up {thing} in {room}."""
    if places.get(thing) == room:
        del places[thing]
        robot["hand"] = thing


@kit.action(
    precondition="(and (robot-in ?room) (holds ?thing))",
    effect="(and (lies-in ?thing ?room) (not (holds ?thing)) (hand-free))",
)
def put_down(thing: Thing, room: Room) -> None:
    """Put {thing} down in {room}."""
    places[thing] = room
    robot["hand"] = ""


@kit.action(
    precondition="(and (robot-in hall) (hand-free) (not (jammed)) (not (is-printed ?document)))",
    effect="(and (is-printed ?document) (holds ?document) (not (hand-free)))",
    cost=20,
)
def print_out(document: Document) -> str:
    """Print {document} and take it."""
    if "jam" in trouble:
        trouble.remove("jam")
        printer["jammed"] = True
        raise RuntimeError("paper jam in tray 2")
    printed.add(document)
    robot["hand"] = document
    return "12 pages"


@kit.action(precondition="(and (robot-in hall) (jammed))", effect="(not (jammed))", cost=5)
def clear_printer() -> None:
    """Clear the printer."""
    printer["jammed"] = False


@kit.action(
    precondition="(and (robot-in kitchen) (holds ?mug) (not (is-full ?mug)))",
    effect="(is-full ?mug)",
    cost=30,
)
def fill(mug: Mug) -> dict[str, int]:
    """Fill {mug} with coffee."""
    full.add(mug)
    return {"millilitres": 250}


@kit.action(
    precondition="""(and (holds ?thing)
                         (exists (?r - room) (and (works-in ?person ?r) (robot-in ?r))))""",
    effect="(and (has ?person ?thing) (not (holds ?thing)) (hand-free))",
)
def hand_over(thing: Thing, person: Person) -> None:
    """Hand {thing} to {person}."""
    owners[thing] = person
    robot["hand"] = ""


kit.constants(Room, "hall", "kitchen")


def confirmed(proposal: Proposal) -> bool:
    """Where a person would be asked; here the plan is only shown."""
    print(proposal)
    return True


def main() -> None:
    """Understands the errand, says it back, plans it, and carries it through."""
    agent = kit.agent(
        objects={
            Room: ["lounge", "lab"],
            Person: list(DESKS),
            Document: ["report"],
            Mug: ["blue-mug"],
            Key: list(OPENS),
        },
        offline=True,
    )
    goal = "give the report to bert, and anna has the blue mug, and the blue mug is full"
    account = agent.achieve(goal, approve=confirmed)
    print(account)
    print(f"{account.outcome}, with {account.run.replans if account.run else 0} new plans")


if __name__ == "__main__":
    main()
