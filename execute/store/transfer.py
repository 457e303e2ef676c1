"""A run as a file of JSON lines, and back.

The first line says what the file is and holds the run and what it was given; then each line holds
one entry of the journal or one message, in order; then, where the run acted in a simulated world,
what that is like now, and each act in it; the last line counts them, so that a file that was cut
short is known. Leases stay behind.

Files of version 1 hold no simulated world: a run that comes from one goes on in a world where
nothing was done yet.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError, StoreError
from goalsmith.execute.store import runs, simulations
from goalsmith.execute.store.plain import (
    Plain,
    checked_kind,
    decode,
)
from goalsmith.execute.store.rows import (
    ActRow,
    EntryRow,
    Given,
    MessageRow,
    RunRow,
    RunStatus,
    SimulationRow,
)
from goalsmith.execute.store.runs import ID
from goalsmith.execute.store.store import Store

FORMAT: Final = "goalsmith-run"
VERSION: Final = 2

_WITHOUT_WORLDS: Final = 1
"""The version that held no simulated worlds."""

MAX_LINE: Final = 128 * 1024 * 1024
"""Bytes that a line may have; the first holds the domain, the problem and the plan."""

MAX_FILE: Final = 256 * 1024 * 1024
"""Bytes that a file may have; a journal of 10,000 steps takes some ten million."""

PAGE: Final = 1000
"""Entries that are read from a store at a time, so that its other users need not wait."""

_Types: TypeAlias = dict[str, tuple[type, ...]]

_TEXT, _NUMBER, _WHOLE, _ANY = (str,), (int, float), (int,), (object,)
_RUN: Final[_Types] = {
    "id": _TEXT,
    "name": _TEXT,
    "created": _NUMBER,
    "changed": _NUMBER,
    "status": _TEXT,
    "outcome": _TEXT,
    "world": _TEXT,
}
_GIVEN: Final[_Types] = {
    "domain_pddl": _TEXT,
    "problem_pddl": _TEXT,
    "plan": (str, type(None)),
    "settings": (dict,),
}
_ENTRY: Final[_Types] = {"sequence": _WHOLE, "time": _NUMBER, "kind": _TEXT, "body": _ANY}
_MESSAGE: Final[_Types] = {
    "number": _WHOLE,
    "time": _NUMBER,
    "kind": _TEXT,
    "body": _ANY,
    "taken_at_sequence": (int, type(None)),
}
_SIMULATION: Final[_Types] = {"acts": _WHOLE, "snapshot": (dict,)}
_ACT: Final[_Types] = {
    "key": _TEXT,
    "number": _WHOLE,
    "time": _NUMBER,
    "step": _TEXT,
    "report": (dict,),
    "asked": _WHOLE,
}

_EXPECTED: Final = "an entry, a message, a simulated world, an act in it or the end"


@dataclass(slots=True)
class _Contents:
    """What the lines of a file hold after the first."""

    entries: list[EntryRow] = field(default_factory=list)
    messages: list[MessageRow] = field(default_factory=list)
    world: SimulationRow | None = None
    acts: list[ActRow] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def counts(self, version: int) -> dict[str, int]:
        """What the last line counts."""
        counts = {"entries": len(self.entries), "messages": len(self.messages)}
        return counts if version == _WITHOUT_WORLDS else {**counts, "acts": len(self.acts)}


def export_run(store: Store, run: str, file: BinaryIO) -> None:
    """Writes a run, as it is when this begins, to a file.

    Raises:
        InputError: there is no such run.
        StoreError: the store cannot be read, or the run was removed meanwhile.
    """
    # In one transaction, so that the world is not ahead of the journal by more than what is under
    # way: of a world, only what it is like now is known.
    with store.database.reading() as transaction:
        row = runs.find(transaction, run)
        world = simulations.find(transaction, row.id, 0)
        acts = simulations.acts(transaction, row.id) if world is not None else ()
    messages = store.messages(row.id)
    head = {
        "format": FORMAT,
        "version": VERSION,
        "run": {name: getattr(row, name) for name in _RUN},
        "given": asdict(store.given(row.id)),
    }
    _write(file, head)
    for since in range(0, row.entries, PAGE):
        page = store.entries(row.id, since, min(PAGE, row.entries - since))
        for entry in page:
            _write(file, {"entry": {name: getattr(entry, name) for name in _ENTRY}})
    for message in messages:
        taken = message.taken_at_sequence
        if taken is not None and taken >= row.entries:
            # It was taken after this began.
            message = replace(message, taken_at_sequence=None)  # noqa: PLW2901 - corrected in place
        _write(file, {"message": {name: getattr(message, name) for name in _MESSAGE}})
    if world is not None:
        _write(file, {"simulation": {name: getattr(world, name) for name in _SIMULATION}})
    for act in acts:
        _write(file, {"act": {name: getattr(act, name) for name in _ACT}})
    counts = {"entries": row.entries, "messages": len(messages), "acts": len(acts)}
    _write(file, {"end": counts})


def import_run(store: Store, file: BinaryIO) -> RunRow:
    """Puts a run in a store as `export_run` wrote it; one that had not ended is paused.

    It keeps its id. Somebody else may still drive the run in the store that it is from, so here
    nobody goes on with it unasked.

    Raises:
        InputError: the file is not such a run, and why; or the store has the run already.
    """
    lines = _lines(file)
    number, head = next(lines, (1, None))
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InputError("the file is not a run that goalsmith exported")
    version = head.get("version")
    if type(version) is not int or not _WITHOUT_WORLDS <= version <= VERSION:
        raise InputError(
            f"the file has version {str(version)[:20]} of the format, and this goalsmith reads "
            f"{_WITHOUT_WORLDS} to {VERSION}"
        )
    row = _run(_record(head.get("run"), _RUN, number), number)
    given = Given(**_record(head.get("given"), _GIVEN, number))
    found = _Contents()
    for number, line in lines:
        if not isinstance(line, dict) or len(line) != 1:
            _wrong(number, _EXPECTED)
        ((what, value),) = line.items()
        if what == "end":
            counts = found.counts(version)
            if _record(value, dict.fromkeys(counts, _WHOLE), number) != counts:
                said = listed([f"{count} {name}" for name, count in counts.items()])
                _wrong(number, f"{said} counted")
            if found.world is not None and found.world.acts != len(found.acts):
                _wrong(number, f"{found.world.acts} acts in the simulated world")
            break
        _take(found, what, value, number, version)
    else:
        raise InputError(f"the file was cut short after line {number}: its end is missing")
    if next(lines, None) is not None:
        _wrong(number + 1, "nothing after the end")
    store.add_run(row, given, found.entries, found.messages, found.world, found.acts)
    return store.run(row.id)


def _take(found: _Contents, what: str, value: Plain, number: int, version: int) -> None:
    """Takes what a line between the first and the last holds, if it is what may come there."""
    if what == "entry":
        entry = EntryRow(**_record(value, _ENTRY, number))
        if entry.sequence != len(found.entries):
            _wrong(number, f"entry {len(found.entries)}")
        checked_kind(entry.kind, f"the entry of line {number}")
        found.entries.append(entry)
    elif what == "message":
        message = MessageRow(**_record(value, _MESSAGE, number))
        taken = message.taken_at_sequence
        if message.number != len(found.messages) + 1:
            _wrong(number, f"message {len(found.messages) + 1}")
        if taken is not None and not 0 <= taken < len(found.entries):
            _wrong(number, "a message that was taken at an entry above it")
        checked_kind(message.kind, f"the message of line {number}")
        found.messages.append(message)
    elif what == "simulation" and version > _WITHOUT_WORLDS:
        world = SimulationRow(**_record(value, _SIMULATION, number))
        if found.world is not None or world.acts < 1:
            _wrong(number, "one simulated world, with acts")
        found.world = world
    elif what == "act" and found.world is not None:
        act = ActRow(**_record(value, _ACT, number))
        if act.number != len(found.acts) + 1:
            _wrong(number, f"act {len(found.acts) + 1}")
        if act.asked < 1 or act.key in found.keys:
            _wrong(number, "an act that was asked for, and no other by its key")
        found.keys.add(act.key)
        found.acts.append(act)
    else:
        _wrong(number, _EXPECTED)


def _write(file: BinaryIO, value: dict[str, Any]) -> None:
    line = json.dumps(value, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    if len(line) > MAX_LINE:
        raise StoreError(f"a line of the run would have {len(line)} bytes; {MAX_LINE} may be")
    file.write(line)


def _lines(file: BinaryIO) -> Iterator[tuple[int, Plain]]:
    """The lines of a file, each a JSON value, with their numbers."""
    number = read = 0
    while line := file.readline(MAX_LINE + 1):
        number, read = number + 1, read + len(line)
        if len(line) > MAX_LINE or read > MAX_FILE:
            raise InputError(
                f"line {number} of the file is too long, or the file is: at most {MAX_LINE} and "
                f"{MAX_FILE} bytes may be"
            )
        try:
            yield number, decode(line.decode())
        except ValueError:
            _wrong(number, "JSON")


def _record(value: Plain, types: _Types, number: int) -> dict[str, Any]:
    """A JSON object that has these names, and under each a value of one of these types."""
    if not isinstance(value, dict) or value.keys() != types.keys():
        _wrong(number, f"an object of {', '.join(types)}")
    for name, allowed in types.items():
        found = value[name]
        fits = isinstance(found, allowed) and (object in allowed or not isinstance(found, bool))
        if not fits or (float in allowed and not _is_time(found)):
            _wrong(number, f"a proper `{name}`")
    return value


def _is_time(value: object) -> bool:
    # What is later than the year 10,000 is no time, and no date either.
    return isinstance(value, (int, float)) and math.isfinite(value) and 0 <= value < 2.5e11


def _run(record: dict[str, Any], number: int) -> RunRow:
    if not ID.fullmatch(record["id"]):
        _wrong(number, "an id of 16 hexadecimal digits")
    try:
        status = RunStatus(record["status"])
    except ValueError:
        _wrong(number, f"a status among {', '.join(RunStatus)}")
    return RunRow(
        id=record["id"],
        name=record["name"],
        created=float(record["created"]),
        changed=float(record["changed"]),
        status=status if status is RunStatus.ENDED else RunStatus.PAUSED,
        outcome=record["outcome"],
        world=record["world"],
        cancel_requested=False,
        entries=0,
        owner="",
    )


def _wrong(number: int, expected: str) -> NoReturn:
    raise InputError(f"line {number} of the file is not as exported: expected {expected}")
