"""What a run of Fast Downward leaves behind: figures in its logs, last words, and plans."""

from __future__ import annotations

import re
from pathlib import Path

from goalsmith.solve.programs.process import Ended
from goalsmith.solve.solution import Statistics

LONGEST_PLAN = 2**26
"""Bytes of a plan at most."""

_PLAN_COST = re.compile(r"^; cost = (\d+) ", re.MULTILINE)

_COUNTS = {
    "expanded": re.compile(r"Expanded (\d+) state"),
    "evaluated": re.compile(r"Evaluated (\d+) state"),
    "generated": re.compile(r"Generated (\d+) state"),
}
_HEURISTIC = re.compile(r"Initial heuristic value for (?:ff|lmcut|blind): (\d+)")
_PEAK_MEMORY = re.compile(r"[Pp]eak memory: (\d+) KB")
_SEARCH_TIME = re.compile(r"Search time: ([\d.]+)s")


def last_plan(folder: Path, whole: bool) -> str | None:
    """The last plan in a folder, the best of several: they are `plan`, or `plan.1` and so on.

    Args:
        folder: where the search ran.
        whole: leave out a plan that was still being written; its last line states its cost.
    """
    plans = [p for p in folder.glob("plan*") if re.fullmatch(r"plan(\.\d+)?", p.name)]
    for path in sorted(plans, key=lambda p: int(p.suffix[1:] or 0), reverse=True):
        text = _plan(path)
        if text is not None and (not whole or _PLAN_COST.search(text)):
            return text
    return None


def plan_cost(text: str) -> int | None:
    """What a plan says that it costs; None if it does not say so."""
    said = _PLAN_COST.search(text)
    return int(said[1]) if said else None


def complete_plan(path: Path) -> str | None:
    """The plan in a file; None if there is none, or it is still being written."""
    text = _plan(path)
    return None if text is None or _PLAN_COST.search(text) is None else text


def _plan(path: Path) -> str | None:
    if not path.is_file() or path.stat().st_size > LONGEST_PLAN:
        return None
    return path.read_text(encoding="utf-8", errors="replace")


def last_line(ended: Ended) -> str:
    """The last line that a program wrote, of its errors if there are any."""
    # The last words on a search that cannot be read say no more than that.
    text = ended.errors.replace("Usage error occurred.", "").strip() or ended.output.strip()
    lines = text.splitlines()
    return lines[-1].strip()[:200] if lines else ""


def failure(ended: Ended) -> str:
    """A failed program's exit code and the last line that it wrote."""
    said = last_line(ended)
    said = f": {said}" if said else ""
    if "MemoryError" in ended.errors or "bad_alloc" in ended.errors:
        said += " (out of memory)"
    return f"Fast Downward failed with exit code {ended.exit_code}{said}"


def statistics_of(ended: Ended, translator_seconds: float | None) -> Statistics:
    """The figures in a log. Of a search that goes on to better plans the last, which are sums."""
    counts = {
        name: int(found[-1])
        for name, pattern in _COUNTS.items()
        if (found := pattern.findall(ended.output))
    }
    heuristic = _HEURISTIC.search(ended.output)
    search = _SEARCH_TIME.findall(ended.output)
    return Statistics(
        expanded=counts.get("expanded"),
        evaluated=counts.get("evaluated"),
        generated=counts.get("generated"),
        initial_heuristic=int(heuristic[1]) if heuristic else None,
        translator_seconds=translator_seconds,
        search_seconds=float(search[-1]) if search else None,
    )


def peak_memory_mb(ended: Ended) -> float | None:
    """The most memory in MiB that a program, or one of several, says it had."""
    said = [int(kilobytes) / 1024 for kilobytes in _PEAK_MEMORY.findall(ended.output)]
    return max(said, default=None)
