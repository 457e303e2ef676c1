"""Logs with a time on every line, as Python's logging writes them: `2026-01-31 23:59:59,999 …`."""

from __future__ import annotations

import re
from datetime import datetime

_LINE = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) +\w+ +(.*)$", re.MULTILINE)


def span(log: str, first: str = "", last: str = "") -> float | None:
    """Seconds from the first line with one text to the last line with another.

    None if there are no such lines, or if the clock was put back between them.
    """
    lines = [(match[1], match[2]) for match in _LINE.finditer(log)]
    begins = next((at for at, text in lines if first in text), None)
    ends = next((at for at, text in reversed(lines) if last in text), None)
    if begins is None or ends is None:
        return None
    try:
        seconds = (_time(ends) - _time(begins)).total_seconds()
    except ValueError:
        return None
    return seconds if seconds >= 0 else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(",", "."))
