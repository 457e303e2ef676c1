"""Findings as annotations of GitHub, which shows them beside the lines that they are about.

The form is that of workflow commands, with their escapes:
https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goalsmith.domains.diagnostics import Diagnostic

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def annotation(finding: Diagnostic) -> str:
    """A finding as one line that GitHub turns into an annotation."""
    fields = {"file": finding.source, "title": finding.code}
    if finding.position is not None:
        fields |= {"line": str(finding.position.line), "col": str(finding.position.column)}
    message = finding.message
    if finding.suggestion:
        message = f"{message}\n{finding.suggestion}"
    said = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
    return f"::{LEVELS[finding.severity]} {said}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
