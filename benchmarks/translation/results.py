"""Rows of an evaluation, and the file that keeps them: one JSON object a line, added as they come.

A row is found again by what was translated, how, and by which code. Each is written at once and
synced, so that a crash loses what was under way and nothing that was finished.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import get_type_hints

from goalsmith.domains.diagnostics import MAX_SENTENCE
from goalsmith.domains.errors import InputError
from goalsmith.translate.attribution import Failure

MAX_FILE = 1_000_000_000
"""Bytes that a file may have."""

MAX_LINE = 100_000
"""Bytes that a line may have; a row takes less than a tenth."""

_START = b'{"key": "'
"""What every line starts with, so that no other file is taken for one of rows, and cut."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one pair.

    Attributes:
        key: SHA-256 of what was translated, how, and by which code.
        id: the pair's name.
        source: where it is from, as its domain and its style; may be empty.
        domain: the domain's name there.
        style: how its text is written.
        parseable: an answer could be parsed.
        well_typed: and all its names exist and are where they may be.
        solvable: there is a plan for it; None: not known, or there is no single translation.
        equivalent: it says what the gold problem says; None: as before.
        plan_valid: its plan achieves the gold problem; None: there is no plan to ask about.
        failure: the one thing that is wrong; None: nothing.
        code: the code of the finding that shows it; empty if nothing is wrong.
        reason: why, in a sentence.
        question: a question was asked back.
        leading_right: of several samples, whether the translation that most came to is right; None
            where one was made, or none.
        rounds: answers of the sample that was taken, or that failed last; 0 offline.
        prompt_tokens: of all requests, as far as the endpoint counts them.
        completion_tokens: of all answers, likewise.
        cost: their price; None without prices.
        seconds: wall time of the translation.
        confidence: the share of samples that came to the leading translation; None if not several
            were made.
    """

    key: str
    id: str
    source: str
    domain: str
    style: str
    parseable: bool = False
    well_typed: bool = False
    solvable: bool | None = None
    equivalent: bool | None = False
    plan_valid: bool | None = None
    failure: Failure | None = None
    code: str = ""
    reason: str = ""
    question: bool = False
    leading_right: bool | None = None
    rounds: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    confidence: float | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.failure is None


_TYPES = get_type_hints(Row)
_NAMES = tuple(f.name for f in fields(Row))


class Results:
    """A file of rows, made where there is none; to be used by one process at a time, and closed.

    Raises:
        InputError: the file cannot be used, is used by another process, or a line of it is no row.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
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

    def find(self, key: str) -> Row | None:
        """The row under a key, if there is one."""
        return self._rows.get(key)

    def add(self, row: Row) -> None:
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

    def __enter__(self) -> Results:
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

    def _read(self) -> dict[str, Row]:
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
                    row = _row(line)
                    if row is None:
                        raise InputError(f"{self.path}:{number}: the line is no row of results")
                    rows[row.key] = row
                    end += len(line)
            os.lseek(self._handle, 0, os.SEEK_END)
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror}") from None
        return rows


def _starts_right(line: bytes) -> bool:
    return line.startswith(_START) or _START.startswith(line)


def _row(line: bytes) -> Row | None:
    """The row in a line; None if there is none."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or tuple(said) != _NAMES:
        return None
    try:
        said["failure"] = None if said["failure"] is None else Failure(said["failure"])
    except ValueError:
        return None
    if not all(_fits(value, _TYPES[name]) for name, value in said.items()):
        return None
    return Row(**said)


def _fits(value: object, kind: object) -> bool:
    """Whether a value is of a field's type, and within what such a field may hold."""
    if isinstance(value, bool):
        return kind in (bool, bool | None)
    if isinstance(value, int | float):
        number = kind in (float, float | None) or (kind is int and isinstance(value, int))
        return number and math.isfinite(value) and value >= 0
    if isinstance(value, str) and not isinstance(value, Failure):
        return kind is str and len(value) <= MAX_SENTENCE and value.isprintable()
    return isinstance(value, kind)  # type: ignore[arg-type] # a type, or a union of some
