"""The inner end of a process that stays: takes requests, answers them, says what that took."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from goalsmith.benchmarks.peers.cpu import cpu_seconds
from goalsmith.domains.outcome import Outcome

Request: TypeAlias = Mapping[str, Any]
"""The files `domain` and `problem`, and the limits `seconds`, `memory_mb` and `cores`."""

Said: TypeAlias = dict[str, Any]
"""An `outcome` by its label, and `reason`, `plan` and `engine_seconds` as far as there are any."""


def serve(answer: Callable[[Request], Said]) -> None:
    """Answers requests until there are no more; the first argument is the pipe that says so."""
    ready = int(sys.argv[1])
    os.set_inheritable(ready, False)
    os.write(ready, b"\n")
    for line in sys.stdin:
        request = json.loads(line)
        before = cpu_seconds()
        try:
            said = answer(request)
        except MemoryError:
            said = {"outcome": Outcome.OUT_OF_MEMORY.label, "reason": "out of memory"}
        except Exception as error:
            # Whatever a library raises is its failure.
            reason = f"{type(error).__name__}: {error}"
            said = {"outcome": Outcome.ENGINE_FAILED.label, "reason": reason}
        said["cpu_seconds"] = max(0.0, cpu_seconds() - before)
        Path(request["answer"]).write_text(json.dumps(said), encoding="utf-8")
        os.write(ready, b"\n")


def plan_text(steps: object) -> str:
    """Steps, each a sequence of words, as a plan file."""
    return "".join(f"({' '.join(map(str, step))})\n" for step in steps)  # type: ignore[attr-defined]
