"""Programs in place of an engine's, and whether processes live."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from pathlib import Path


def program(folder: Path, script: str) -> Path:
    """A shell script as a program."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def alive(mark: str) -> list[int]:
    """Processes that have a word among their arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words:
            found.append(int(entry.name))
    return found


PATIENCE = 300.0
"""Seconds until a test gives up. They are seldom waited for, and a busy machine may need many."""


def eventually(happens: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether something happens within some seconds."""
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
