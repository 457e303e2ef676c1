"""The files of a report, each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from goalsmith.benchmarks.reports.columns import parquet, spreadsheet
from goalsmith.benchmarks.reports.latex import latex
from goalsmith.benchmarks.reports.markdown import markdown
from goalsmith.benchmarks.reports.page import page
from goalsmith.benchmarks.reports.values import ReportData
from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError

FORMATS: dict[str, tuple[str, Callable[[ReportData], str | bytes]]] = {
    "html": ("report.html", page),
    "md": ("report.md", markdown),
    "csv": ("results.csv", spreadsheet),
    "tex": ("report.tex", latex),
    "parquet": ("results.parquet", parquet),
}
"""For each format the file, and what makes its contents."""


def write_report(
    report: ReportData, folder: str | Path, formats: Iterable[str] = tuple(FORMATS)
) -> tuple[Path, ...]:
    """Writes a report in some formats into a folder, which is made if need be; the files.

    Nothing is written before all of them are made.

    Raises:
        InputError: there is no such format, or a file cannot be written.
        UnsupportedError: a package that a format needs is not installed.
    """
    wanted = tuple(dict.fromkeys(formats))
    for each in wanted:
        if each not in FORMATS:
            raise InputError(
                f"there is no format `{each}`: " + did_you_mean(each, FORMATS, "format")
            )
    contents = {name: make(report) for name, make in map(FORMATS.__getitem__, wanted)}
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {target} cannot be made: {error.strerror}") from None
    files = []
    for name, content in contents.items():
        _write(target / name, content if isinstance(content, bytes) else content.encode())
        files.append(target / name)
    return tuple(files)


def _write(path: Path, content: bytes) -> None:
    """Writes a file beside its place, and then puts it there."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            umask = os.umask(0)
            os.umask(umask)
            Path(name).chmod(0o666 & ~umask)
            Path(name).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None
