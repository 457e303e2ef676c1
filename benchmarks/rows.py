"""A file of rows that are kept as they come: one JSON object a line (https://jsonlines.org).

A row is found again by its key. Each is written at once and synced, so that a crash loses what was
under way and nothing that was finished.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from dataclasses import asdict, fields
from enum import StrEnum
from pathlib import Path
from types import NoneType, TracebackType
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, get_args, get_type_hints

from goalsmith.domains.diagnostics import MAX_SENTENCE
from goalsmith.domains.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    class Keyed(DataclassInstance, Protocol):
        """A dataclass whose first field is its key.

        Its other fields are texts, numbers that are not negative, booleans or `StrEnum`s; each may
        be None as well.
        """

        @property
        def key(self) -> str:
            """What the row is found by."""
            ...


MAX_FILE = 1_000_000_000
"""Bytes that a file may have."""

MAX_LINE = 100_000
"""Bytes that a line may have; a row takes less than a tenth."""

_START = b'{"key": "'
"""What every line starts with, so that no other file is taken for one of rows, and cut."""

T = TypeVar("T", bound="Keyed")


class RowFile(Generic[T]):
    """A file of rows, made where there is none; to be used by one process at a time, and closed.

    Args:
        path: where it is.
        kind: the dataclass that its rows are values of.

    Raises:
        InputError: the file cannot be used, is used by another process, or a line of it is no row.
    """

    def __init__(self, path: str | Path, kind: type[T]) -> None:
        self.path = Path(path)
        self._kind = kind
        self._types = {
            name: frozenset(get_args(hint) or (hint,))
            for name, hint in get_type_hints(kind).items()
            if name in {f.name for f in fields(kind)}
        }
        try:
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(f"{path} cannot be used: {error.strerror}") from None
        try:
            self._lock()
            self._rows = self._read()
        except BaseException:
            self.close()
            raise

    def find(self, key: str) -> T | None:
        """The row under a key, if there is one."""
        return self._rows.get(key)

    def add(self, row: T) -> None:
        """Writes a row, which is safe when this returns.

        Raises:
            InputError: the file cannot be written.
        """
        line = json.dumps(asdict(row)).encode("ascii") + b"\n"
        try:
            while line:
                line = line[os.write(self._handle, line) :]
            os.fsync(self._handle)
        except OSError as error:
            raise InputError(f"{self.path} cannot be written: {error.strerror}") from None
        self._rows[row.key] = row

    def close(self) -> None:
        """Closes the file, and lets others use it."""
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{self.path} is used by another process: wait for it") from None
        except OSError as error:
            raise InputError(f"{self.path} cannot be locked: {error.strerror}") from None

    def _read(self) -> dict[str, T]:
        """The rows; half a line at the end, which a crash leaves, is cut off."""
        rows = {}
        end = 0
        try:
            if os.fstat(self._handle).st_size > MAX_FILE:
                raise InputError(f"{self.path} has more than {MAX_FILE} bytes")
            with os.fdopen(os.dup(self._handle), "rb") as file:
                for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), 1):
                    if not line.endswith(b"\n") and len(line) < MAX_LINE and _starts_right(line):
                        os.ftruncate(self._handle, end)
                        break
                    row = self._row(line)
                    if row is None:
                        raise InputError(f"{self.path}:{number}: the line is no row of results")
                    rows[row.key] = row
                    end += len(line)
            os.lseek(self._handle, 0, os.SEEK_END)
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror}") from None
        return rows

    def _row(self, line: bytes) -> T | None:
        """The row in a line; None if there is none."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict) or list(said) != list(self._types):
            return None
        try:
            return self._kind(
                **{name: _value(each, self._types[name]) for name, each in said.items()}
            )
        except _NoValueError:
            return None


class _NoValueError(Exception):
    """What a line has for a field is no value of it."""


def _starts_right(line: bytes) -> bool:
    return line.startswith(_START) or _START.startswith(line)


def _value(said: object, kinds: frozenset[Any]) -> object:
    """What was said, as a value of a field of these types, within what such a field may hold."""
    if said is None and NoneType in kinds:
        return None
    if isinstance(said, bool):
        if bool in kinds:
            return said
    elif isinstance(said, int | float):
        number = float in kinds or (int in kinds and isinstance(said, int))
        if number and 0 <= said <= sys.float_info.max:
            return said
    elif isinstance(said, str):
        for kind in kinds:
            if issubclass(kind, StrEnum) and said in kind._value2member_map_:
                return kind(said)
        if str in kinds and len(said) <= MAX_SENTENCE and said.isprintable():
            return said
    raise _NoValueError
