"""The machine that measured, in a line that names neither it nor its owner."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from goalsmith.domains.diagnostics import printable


def machine(cores: int) -> str:
    """The processor, how many of its cores are used, and the operating system."""
    words = [f"{cores} core{'s' if cores != 1 else ''}", _processor(), _memory()]
    words += [f"{platform.system()} {platform.machine()}", f"Python {platform.python_version()}"]
    return ", ".join(word for word in words if word)


def _processor() -> str:
    """The processor's name by proc_cpuinfo(5); elsewhere what Python knows of it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2] for line in text.splitlines() if line.startswith("model name"))
    return printable(next(names, "").strip())


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return ""
    return f"{size / 2**30:.0f} GiB"
