"""Reading TOML with errors that tell the place."""

from __future__ import annotations

import re
import tomllib

from goalsmith.domains.errors import InputError

MAX_TEXT = 1_000_000
"""Characters that a TOML text may have."""

_PLACE = re.compile(r"(?P<message>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|.*)\)")


def parse_toml(text: str, name: str) -> dict[str, object]:
    """What a TOML text holds.

    Raises InputError with the place when it is not TOML, is too long or is nested too deeply.
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"{name} is too long: more than {MAX_TEXT} characters")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        # The only form in which Python 3.11 tells the place; 3.14 has it as attributes, too.
        match = _PLACE.fullmatch(str(error))
        message, line, column = match.groups() if match else (str(error), None, None)
        *before, last = text.split("\n")
        place = f"{line or len(before) + 1}:{column or len(last) + 1}"
        raise InputError(f"{name}:{place}: this is not TOML: {message}") from None
    except RecursionError:
        raise InputError(f"{name}: this is nested too deeply") from None
