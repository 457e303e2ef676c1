"""What sentences are about: what is wanted, or what is so."""

from __future__ import annotations

from enum import Enum


class Mood(Enum):
    """What sentences are about."""

    GOAL = "goal"
    SITUATION = "situation"
