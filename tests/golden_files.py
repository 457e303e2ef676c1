"""The golden files: parts under marks, and near misses as changes that mend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_MARK = re.compile(r"^--- (\w+)\n", re.MULTILINE)


def parts_of(path: Path) -> dict[str, str]:
    """The parts of a golden file by their marks."""
    _, *parts = _MARK.split(path.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def near_misses(examples: Iterable[Path]) -> list[tuple[Path, str, str, str]]:
    """The file, the code, the words and the other words of each near miss."""
    found = []
    for path in examples:
        for line in parts_of(path).get("mended", "").splitlines():
            code, change = line.split(": ", 1)
            words, others = change.split(" => ")
            found.append((path, code, words, others))
    return found
