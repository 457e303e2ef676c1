"""Runs as OpenTelemetry spans."""

from goalsmith.execute.tracing.models import TracedModel
from goalsmith.execute.tracing.spans import RunSpans

__all__ = ["RunSpans", "TracedModel"]
