"""Calls to a model kept in a file, and replayed from it without a network.

A file holds one JSON object a line: the SHA-256 of what was asked, what it was in short, and the
reply. Lines are only ever added, under a lock, each in one write and synced: any number of threads
and processes may share a file, and a crash costs the line that was being written and no other. Of
two recordings of one request the later counts.

What a file says is data: it is bounded, every line is checked, and no key for an endpoint is in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from goalsmith.domains.errors import InputError, ModelError
from goalsmith.translate.models.model import Model, Reply, Request

MAX_FILE = 1_000_000_000
"""Bytes that a recording may have."""

MAX_LINE = 2_000_000
"""Bytes that a line may have: those of the longest answer, every character escaped, and more."""

MAX_ABOUT = 120
"""Characters of a request's last message that a recording shows."""

MAX_COUNT = 10**12

_START = b'{"key": "'
"""What every line starts with, so that no other file is taken for a recording and cut."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes two requests the same: their content, in digests where it is long.

    Attributes:
        model: the model's name, as it was asked for.
        messages: the SHA-256 of the conversation.
        grammar: the SHA-256 of the grammar in its canonical notation; None: there was none.
        sample: which of several samples it was.
        temperature: as the request says.
    """

    model: str
    messages: str
    grammar: str | None
    sample: int
    temperature: float | None

    @classmethod
    def of(cls, request: Request, model: str) -> Key:
        """The key of a request to a model."""
        messages = [[m.role, m.content] for m in request.messages]
        return cls(
            model,
            _digest(json.dumps(messages)),
            None if request.grammar is None else _digest(request.grammar.text),
            request.sample,
            None if request.temperature is None else float(request.temperature),
        )

    def digest(self) -> str:
        """The SHA-256 of all of it, in hexadecimal."""
        return _digest(json.dumps(asdict(self), sort_keys=True))

    def differences(self, other: Key) -> tuple[str, ...]:
        """The names of the facts in which another key differs."""
        return tuple(
            f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name)
        )


@dataclass(frozen=True, slots=True)
class Record:
    """One recorded call.

    Attributes:
        key: what was asked.
        about: the end of the request's last message, for people.
        constrains: whether the model could keep to grammars.
        reply: the answer.
    """

    key: Key
    about: str
    constrains: bool
    reply: Reply


class RecordingModel:
    """A model whose calls are recorded.

    The model's own settings (its temperature, the tokens that it allows) are no part of a request:
    keep a file for each.

    Args:
        model: the model that is asked.
        path: the file, made if it is not there, added to if it is.
        reuse: requests that the file holds are answered from it, so a batch that stopped goes on
            where it was; else the model is asked again.
        name: the model's name in keys; by default the one that it is asked for.

    Raises:
        InputError: the file cannot be read or written, or a line of it is no record.
    """

    def __init__(
        self, model: Model, path: Path, *, reuse: bool = False, name: str | None = None
    ) -> None:
        self._model = model
        self._path = path
        self._name = name or _name(model)
        self._lock = threading.Lock()
        self._reuse = reuse
        # What cannot be written, or is no recording, is known before anything is asked.
        _append(path, b"")
        self._records = dict(read_recording(path))

    def __repr__(self) -> str:
        return f"RecordingModel({self._model!r}, {str(self._path)!r})"

    @property
    def constrains(self) -> bool:
        """Whether the model can keep to a request's grammar."""
        return self._model.constrains

    def complete(self, request: Request) -> Reply:
        """The model's answer, recorded before it is returned.

        Raises:
            ModelError: as the model does; failures are not recorded.
            InputError: the file cannot be written.
        """
        key = Key.of(request, self._name)
        if self._reuse:
            with self._lock:
                known = self._records.get(key)
            if known is not None:
                return known.reply
        reply = self._model.complete(request)
        record = Record(key, _about(request), self.constrains, reply)
        _append(self._path, _line(record))
        with self._lock:
            self._records[key] = record
        return reply


class ReplayModel:
    """A model that is a recording: it answers what was recorded, and nothing else.

    Args:
        path: the file.
        name: the name of the recorded model; by default that of the only one in the file.

    Raises:
        InputError: the file cannot be read, a line of it is no record, or it holds no or several
            models and none of them is named.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        records = read_recording(path)
        names = sorted({key.model for key in records})
        if name is None:
            if len(names) != 1:
                found = ", ".join(f"`{n}`" for n in names[:5]) or "none"
                raise InputError(f"{path} should hold one model, or one be named; it has: {found}")
            name = names[0]
        self._path = path
        self._name = name
        self._records = records

    def __repr__(self) -> str:
        return f"ReplayModel({str(self._path)!r}, {self._name!r})"

    @property
    def constrains(self) -> bool:
        """Whether the recorded model could keep to a request's grammar."""
        return any(r.constrains for r in self._records.values() if r.key.model == self._name)

    def complete(self, request: Request) -> Reply:
        """The recorded answer. Raises ModelError if there is none."""
        key = Key.of(request, self._name)
        record = self._records.get(key)
        if record is None:
            raise ModelError(
                f"{self._path} holds no answer to this request{self._nearest(key, request)}; "
                "record it first"
            )
        return record.reply

    def _nearest(self, key: Key, request: Request) -> str:
        """What distinguishes a request from the most similar one that was recorded."""
        if not self._records:
            return ": it is empty"
        near = min(self._records.values(), key=lambda r: len(key.differences(r.key)))
        facts = "; ".join(_difference(name, key, near.key) for name in key.differences(near.key))
        return (
            f" (sample {key.sample}, “{_about(request)}”); the nearest recorded one "
            f"(“{near.about}”) differs in {facts}"
        )


def _difference(name: str, asked: Key, recorded: Key) -> str:
    if name == "messages":
        return "its messages"
    if name == "grammar" and asked.grammar is not None and recorded.grammar is not None:
        return "its grammar"
    values = [getattr(key, name) for key in (asked, recorded)]
    if name == "grammar":
        values = ["none" if v is None else "one" for v in values]
    return f"its {name} ({values[0]}, recorded {values[1]})"


def read_recording(path: Path) -> Mapping[Key, Record]:
    """The records of a file, the last of each key. A last line without its end is left out.

    Raises:
        InputError: the file cannot be read, is too long, or a line of it is no record.
    """
    records: dict[Key, Record] = {}
    if path.exists() and not path.is_file():
        raise InputError(f"{path} cannot be read: it is no file")
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE:
                raise InputError(f"{path} is no recording: it has more than {MAX_FILE} bytes")
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if not line.endswith(b"\n"):
                    if len(line) > MAX_LINE:
                        raise InputError(
                            f"{path}:{number}: the line has more than {MAX_LINE} bytes"
                        )
                    if not _starts_right(line):
                        raise InputError(f"{path}:{number}: the line is no recorded call")
                    break  # half a line: its writer crashed, or is writing it
                record = _record(line)
                if record is None:
                    raise InputError(
                        f"{path}:{number}: the line is no recorded call, or was changed: remove it"
                    )
                records[record.key] = record
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    return records


def _record(line: bytes) -> Record | None:
    """The record in a line; None if there is none."""
    with suppress(ValueError, RecursionError, KeyError, TypeError):
        said = json.loads(line)
        key = Key(**said["request"])
        reply = Reply(**said["reply"])
        record = Record(key, said["about"], said["constrains"], reply)
        counts = (reply.prompt_tokens, reply.completion_tokens)
        if (
            all(isinstance(text, str) for text in (key.model, key.messages, record.about))
            # Both are shown on terminals, where other characters do things.
            and key.model.isprintable()
            and record.about.isprintable()
            and len(record.about) <= MAX_ABOUT + 1
            and (key.grammar is None or isinstance(key.grammar, str))
            and (key.temperature is None or type(key.temperature) is float)
            and type(key.sample) is int
            and type(record.constrains) is bool
            and isinstance(reply.text, str)
            and isinstance(reply.model, str)
            and all(type(count) is int and 0 <= count <= MAX_COUNT for count in counts)
            and said["key"] == key.digest()
        ):
            return record
    return None


def _line(record: Record) -> bytes:
    said = {
        "key": record.key.digest(),
        "request": asdict(record.key),
        "about": record.about,
        "constrains": record.constrains,
        "reply": asdict(record.reply),
    }
    line = json.dumps(said).encode("ascii") + b"\n"
    if len(line) > MAX_LINE:
        raise ModelError(f"the answer is too long to be recorded: it takes over {MAX_LINE} bytes")
    return line


def _append(path: Path, line: bytes) -> None:
    """Adds a line at the end of a file, in the place of half a line if there is one."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Held until the file is closed; each call opens it anew, so threads exclude each other.
            fcntl.flock(handle, fcntl.LOCK_EX)
            end = _end_of_lines(handle)
            if end is None:
                raise InputError(f"{path} is no recording of calls: give another file")
            if end + len(line) > MAX_FILE:
                raise InputError(f"{path} is full: it would have more than {MAX_FILE} bytes")
            if not line:
                return
            os.ftruncate(handle, end)
            left = memoryview(line)
            while left:
                done = os.pwrite(handle, left, end)
                end += done
                left = left[done:]
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None


def _end_of_lines(handle: int) -> int | None:
    """The place behind the last whole line; None if what follows is no half of a record."""
    size = os.fstat(handle).st_size
    start = max(0, size - MAX_LINE)
    tail = os.pread(handle, size - start, start)
    end = tail.rfind(b"\n") + 1
    if (end == 0 and start > 0) or not _starts_right(tail[end:]):
        return None
    return start + end


def _starts_right(line: bytes) -> bool:
    """Whether a line that is not finished starts as all lines do."""
    return line.startswith(_START) or _START.startswith(line)


def _name(model: Model) -> str:
    name = getattr(model, "model", None)
    return name if isinstance(name, str) and name else type(model).__name__


def _about(request: Request) -> str:
    words = " ".join(request.messages[-1].content.split()) if request.messages else ""
    words = words if len(words) <= MAX_ABOUT else "…" + words[-MAX_ABOUT:]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
