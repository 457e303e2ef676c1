"""What is raised where the world behind an environment lets us down."""

from __future__ import annotations

from goalsmith.domains.errors import GoalsmithError


class WorldError(GoalsmithError):
    """A program, a server or a thread behind an environment is gone, or what it says is no answer.

    From `act` it counts as a failed step, from `observe` it ends a run.
    """
