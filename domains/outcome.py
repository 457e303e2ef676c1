"""How an undertaking of goalsmith can end: one table for every engine, verb and command.

An outcome is data. Its row says what it is called, which exit code a command ends with, whether it
settles the question, and what it means in a sentence. The codes below 30 that concern search follow
the exit codes of Fast Downward's driver (https://www.fast-downward.org/latest/documentation/exit-codes/).
"""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """One row per ending: name on paper, exit code, whether it settles the question, meaning."""

    SOLVED = ("solved", 0, True, "a plan was found and validated")
    REACHED = ("reached", 0, True, "the run ended in its goal")
    YES = ("yes", 0, True, "the answer is yes")
    NO = ("no", 1, True, "the answer is no")
    USAGE = ("usage", 2, False, "the command was used wrongly")
    CANNOT_SAY = ("cannot-say", 3, False, "the question could not be decided")
    UNSOLVABLE = ("unsolvable", 10, True, "it is proved that no plan exists")
    NO_PLAN_FOUND = ("no-plan-found", 12, False, "no plan was found, and none is proved impossible")
    OUT_OF_MEMORY = ("out-of-memory", 20, False, "the memory limit was reached")
    OUT_OF_TIME = ("out-of-time", 21, False, "the time limit was reached")
    BAD_INPUT = ("bad-input", 30, False, "the input has errors")
    UNSUPPORTED = ("unsupported", 31, False, "the input uses something that is not supported")
    ENGINE_FAILED = ("engine-failed", 40, False, "the engine failed")
    INVALID_PLAN = ("invalid-plan", 41, False, "the engine's plan is wrong and was refused")
    TRANSLATION_FAILED = ("translation-failed", 50, False, "the text could not be translated")
    QUESTION = ("question", 51, False, "a question needs an answer")
    ENDED_SHORT = ("ended-short", 60, False, "the run ended short of its goal")
    REJECTED = ("rejected", 61, False, "the reviewer rejected the plan")
    INTERRUPTED = ("interrupted", 130, False, "interrupted")

    def __init__(self, label: str, exit_code: int, settled: bool, meaning: str) -> None:
        self.label = label
        self.exit_code = exit_code
        self.settled = settled
        self.meaning = meaning

    def __str__(self) -> str:
        return self.label
