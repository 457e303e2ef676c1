"""unified-planning: its PDDL reader and its OneshotPlanner, with Fast Downward."""

from __future__ import annotations

from goalsmith.benchmarks.peers.fast_downward import PACKAGES
from goalsmith.benchmarks.peers.peer import Source
from goalsmith.benchmarks.peers.service import Service

UNIFIED_PLANNING = Service(
    "unified-planning",
    "`PDDLReader` and `OneshotPlanner(name='fast-downward')` in a process that stays, from the "
    "files to the plan",
    Source(("unified-planning", *PACKAGES)),
    "goalsmith.benchmarks.peers.workers.unified_planning",
    ("fast-downward",),
)
