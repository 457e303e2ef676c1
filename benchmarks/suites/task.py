"""A task of a suite: which texts it is made of, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from goalsmith.domains.reader import load_text

if TYPE_CHECKING:
    from goalsmith.benchmarks.suites.library_problem import LibraryProblem


@dataclass(frozen=True, slots=True)
class BenchmarkTask:
    """A problem with its domain: two files, or what makes their texts.

    Attributes:
        domain_name: the domain's name in its suite.
        name: the problem's.
        domain_path: the domain's file; of a problem that is made, the text that names its domain.
        problem_path: likewise of the problem.
        source: what makes the texts, where there are no files.
    """

    domain_name: str
    name: str
    domain_path: Path
    problem_path: Path
    source: LibraryProblem | None = None

    def load(self) -> tuple[str, str]:
        """The domain's and the problem's text.

        Raises:
            InputError: a file cannot be read.
        """
        if self.source is not None:
            return self.source.texts()
        return load_text(self.domain_path), load_text(self.problem_path)

    def places(self) -> tuple[str, str]:
        """Where the domain's and the problem's text come from, in full."""
        if self.source is not None:
            return as_text(self.domain_path), as_text(self.problem_path)
        return as_text(self.domain_path.absolute()), as_text(self.problem_path.absolute())


Suite: TypeAlias = tuple[BenchmarkTask, ...]
"""Tasks in the order in which they are to be solved."""


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """A sort key under which numbers within names count as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.lower())
    return [(0, int(p), "") if p[0] in "0123456789" else (1, 0, p) for p in parts]


def as_name(name: object) -> str:
    """A path or name as a text that stands in a line: what cannot be printed becomes `?`."""
    return "".join(each if each.isprintable() else "?" for each in as_text(name))


def as_text(name: object) -> str:
    """A path or name as text: bytes in it that are no UTF-8 become question marks."""
    return str(name).encode("utf-8", "replace").decode("utf-8")
