"""What the code behind an action gave back, as a report."""

from __future__ import annotations

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import GoalsmithError
from goalsmith.execute.environment import ActionReport, Ending

LONGEST_MESSAGE = 2000
"""Characters kept of a message."""


def claim(answer: object, what: str) -> ActionReport:
    """The report that an answer amounts to.

    Args:
        answer: None (done), a bool (whether it was done), a text (done; the message), or a report.
        what: what answered, for the message.

    Returns:
        The report; a failed one for any other answer.
    """
    if isinstance(answer, ActionReport):
        return answer
    if answer is None or isinstance(answer, bool):
        return ActionReport(answer is not False)
    if isinstance(answer, str):
        return ActionReport(True, printable(answer, LONGEST_MESSAGE))
    return ActionReport(
        False,
        f"{what} gave back a {type(answer).__name__}; None, a bool, a text or an ActionReport is "
        "expected",
    )


def failure(error: Exception) -> ActionReport:
    """The report of a step that raised an exception."""
    return ActionReport(False, printable(error_text(error), LONGEST_MESSAGE), Ending.FAILED)


def error_text(error: Exception) -> str:
    """What an exception says, with its type unless it is one of ours."""
    return str(error) if isinstance(error, GoalsmithError) else f"{type(error).__name__}: {error}"


def refusal(reason: object) -> ActionReport:
    """The report of a step that was not tried."""
    return ActionReport(False, printable(str(reason), LONGEST_MESSAGE), Ending.REFUSED)
