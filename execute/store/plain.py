"""Plain data: what a store keeps as JSON (RFC 8259), and the bounds of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from goalsmith.domains.errors import InputError

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
"""Data that JSON can hold."""

MAX_BODY: Final = 16 * 1024 * 1024
"""Characters that one value may take as JSON; a state of 200,000 atoms takes about a quarter."""

MAX_TEXT: Final = 16 * 1024 * 1024
"""Characters that a domain, a problem or a plan may have."""

MAX_NAME: Final = 200
"""Characters that a name may have."""

_KIND = re.compile(r"[a-z][a-z0-9-]{0,63}")


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number of JSON")


# `json.loads` and `json.dumps` make new ones at every call that has options.
_DECODER = json.JSONDecoder(parse_constant=_refuse)
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def encode(value: Plain, what: str) -> str:
    """A value as JSON in ASCII, which every database stores and returns unchanged.

    Raises:
        InputError: it is not plain data (NaN and infinities are not), or is too long.
    """
    try:
        text = _ENCODER.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{what} is not plain data that JSON can hold: {error}") from None
    if len(text) > MAX_BODY:
        raise InputError(f"{what} takes {len(text)} characters as JSON; at most {MAX_BODY} may be")
    return text


def decode(text: str) -> Plain:
    """The value that a JSON text holds. Raises ValueError if it holds none."""
    try:
        value: Plain = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def decode_all(texts: Sequence[str]) -> list[Plain] | None:
    """The values that JSON texts hold, in half the time of one by one; None if one holds none."""
    try:
        values = decode(f"[{','.join(texts)}]")
    except ValueError:
        return None
    # A text such as `1,2` is two values, and no text by itself.
    return values if isinstance(values, list) and len(values) == len(texts) else None


def checked_text(text: str, what: str, most: int) -> str:
    """A text, if every database can store it.

    Raises:
        InputError: it is too long, or has a character that is no text: NUL or half a character.
    """
    if len(text) > most:
        raise InputError(f"{what} has {len(text)} characters; at most {most} may be")
    if "\0" in text:
        raise InputError(f"{what} has a NUL character at {text.index(chr(0))}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{what} has half a character at {error.start}: {error.reason}") from None
    return text


def checked_kind(kind: str, what: str) -> str:
    """The kind of an entry or a message, if it is a word such as `step-begun`."""
    if not _KIND.fullmatch(kind):
        raise InputError(
            f"the kind of {what} must be at most 64 of a–z, 0–9 and `-`, starting with a letter, "
            f"not {kind[:80]!r}"
        )
    return kind
