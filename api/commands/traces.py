"""Runs of commands as OpenTelemetry spans, sent or written where an option says."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

    from goalsmith.domains.language import Task
    from goalsmith.execute import Entry
    from goalsmith.execute.store import RunRow, Store
    from goalsmith.execute.tracing import RunSpans

CONSOLE = "console"
OTLP = "otlp"

TraceTo = Annotated[
    str | None,
    typer.Option(
        "--trace",
        help="Tell the run as OpenTelemetry spans: to a URL (OTLP over HTTP), to where the "
        "OTEL_… variables say (otlp), as JSON lines to the end of a FILE, or to standard error "
        "(console).",
        metavar="URL|otlp|FILE|console",
    ),
]

_NEEDED = "traces of commands need OpenTelemetry: pip install 'goalsmith[otel]'"


@contextmanager
def tracing(to: str | None) -> Iterator[TracerProvider | None]:
    """What makes spans for a command, and has sent them when the block ends; None: nothing does.

    A trace that does not arrive is told on standard error, and changes nothing else.

    Args:
        to: where the spans go, as the option says.

    Raises:
        InputError: the file cannot be written.
        UnsupportedError: OpenTelemetry is not installed.
    """
    if to is None:
        yield None
        return
    from goalsmith.domains.errors import UnsupportedError

    try:
        from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
    except ImportError:
        raise UnsupportedError(_NEEDED) from None
    # The service's name that the environment gives comes before ours.
    resource = Resource.create({SERVICE_NAME: "goalsmith"}).merge(OTELResourceDetector().detect())
    with ExitStack() as stack:
        stack.enter_context(_troubles())
        processor = _processor(to, stack)
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(processor)
        stack.callback(provider.shutdown)
        yield provider


@contextmanager
def run_spans(to: str | None, workflow: str, run: str = "") -> Iterator[RunSpans | None]:
    """The spans of one run, for a block that a command may also leave by `typer.Exit`.

    Args:
        to: where they go, as the option says; None: nowhere.
        workflow: what such runs are called: the domain's name.
        run: the run's id, if it is known.

    Raises as `tracing` does.
    """
    with tracing(to) as provider:
        if provider is None:
            yield None
            return
        from goalsmith.execute.tracing import RunSpans

        left: typer.Exit | None = None
        with RunSpans(workflow, run=run, provider=provider) as spans:
            try:
                yield spans
            except typer.Exit as exit_:
                left = exit_  # an exit code is no error of the run
        if left is not None:
            raise left


def tell_drive(provider: TracerProvider, store: Store, run: RunRow) -> None:
    """Tells of a drive of a run that is over, from what it has added to the journal.

    Args:
        provider: makes the spans.
        store: where the run is.
        run: the run as it was before the drive.

    Raises:
        InputError: the run cannot be read.
    """
    from goalsmith.domains.reader import read_task
    from goalsmith.execute.journal.decoding import Decoder
    from goalsmith.execute.tracing import RunSpans

    given = store.given(run.id)
    task: Task = read_task(given.domain_pddl, given.problem_pddl)
    rows = store.entries(run.id, run.entries)
    if not rows:
        return
    entries: Sequence[Entry] = Decoder(task).entries(rows)
    # Seconds of a journal go on where the drive before ended, and not while nobody drove the run.
    first = entries[0].seconds
    with RunSpans(task.domain.name, run=run.id, provider=provider, began=rows[0].time) as spans:
        for entry in entries:
            spans(replace(entry, seconds=entry.seconds - first))


def _processor(to: str, stack: ExitStack) -> SpanProcessor:
    """What takes ended spans to where they go."""
    from opentelemetry.sdk.trace.export import (
        BatchSpanProcessor,
        ConsoleSpanExporter,
        SimpleSpanProcessor,
    )

    if to == OTLP or "://" in to:
        from goalsmith.domains.errors import InputError, UnsupportedError

        endpoint = _endpoint(to)
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        except ImportError:
            raise UnsupportedError(_NEEDED) from None
        try:
            return BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint))
        except ValueError as error:
            raise InputError(f"a variable of OpenTelemetry's is wrong: {error}") from None
    file = sys.stderr if to == CONSOLE else stack.enter_context(_opened(Path(to)))
    # Each as it ends, so that a run that is killed leaves what it has done.
    return SimpleSpanProcessor(
        ConsoleSpanExporter(out=file, formatter=lambda span: f"{span.to_json(indent=None)}\n")
    )


def _endpoint(to: str) -> str | None:
    """Where traces are sent; None: where the environment says.

    A URL without a path is the base of all signals, as in the OTLP exporters' specification.

    Raises:
        InputError: it is no URL of the web.
    """
    from urllib.parse import urlsplit

    from goalsmith.domains.errors import InputError

    if to == OTLP:
        return None
    try:
        parts = urlsplit(to)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        # It may have a password, and is not shown.
        raise InputError(
            "--trace takes a URL such as http://localhost:4318, the word otlp or console, or a file"
        )
    return to if parts.path.strip("/") else parts._replace(path="/v1/traces").geturl()


def _opened(path: Path) -> TextIO:
    from goalsmith.domains.errors import InputError

    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None


@contextmanager
def _troubles() -> Iterator[None]:
    """Keeps what OpenTelemetry logs off the terminal, and tells of the last of it in the end."""
    import logging

    from goalsmith import output as out
    from goalsmith.domains.diagnostics import printable

    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record.getMessage())

    logger, handler = logging.getLogger("opentelemetry"), Keep(logging.WARNING)
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
        if kept:
            # Where it did not arrive is not said: a URL may have a password.
            out.remark(f"the trace did not arrive whole: {printable(kept[-1], 200)}")
