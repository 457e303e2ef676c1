"""What runs learned about named worlds: kept, used by later runs, shown, edited and forgotten."""

from goalsmith.execute.memory.avoiding import avoiding
from goalsmith.execute.memory.editing import forget, memory_of, set_fact
from goalsmith.execute.memory.memory import Fact, GoalRecord, Memory, Source, StepRecord
from goalsmith.execute.memory.recollection import Recollection, recall
from goalsmith.execute.memory.remembering import remember
from goalsmith.execute.store.worlds import WorldRow, Worlds

__all__ = [
    "Fact",
    "GoalRecord",
    "Memory",
    "Recollection",
    "Source",
    "StepRecord",
    "WorldRow",
    "Worlds",
    "avoiding",
    "forget",
    "memory_of",
    "recall",
    "remember",
    "set_fact",
]
