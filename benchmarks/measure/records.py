"""Measurements in a file of JSON lines, so that a long run can be split and goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Records:
    """Rows that were measured, those of earlier runs included.

    Args:
        path: where rows are kept; None: in memory only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.rows: list[dict[str, Any]] = []
        if path is None or not path.exists():
            return
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            try:
                self.rows.append(json.loads(line))
            except ValueError:
                # A run that was killed may have left half a line.
                continue
        if text and not text.endswith("\n"):
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")

    def find(self, **key: object) -> dict[str, Any] | None:
        """The last row with these values; None if there is none."""
        matching = (r for r in reversed(self.rows) if all(r.get(k) == v for k, v in key.items()))
        return next(matching, None)

    def add(self, row: dict[str, Any]) -> None:
        """Keeps a row, on disk at once."""
        self.rows.append(row)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
