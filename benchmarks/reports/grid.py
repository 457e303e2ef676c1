"""What a table of a report is, before it is rendered in a format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table.

    Attributes:
        text: its figure or word.
        detail: what is said beside it, in small.
        mark: stars.
        strong: whether it is the best, or a sum.
        tone: `bad`, `dim` or none.
        value: what the rows are sorted by; None sorts by the text.
        link: the part of the report that it points to.
    """

    text: str
    detail: str = ""
    mark: str = ""
    strong: bool = False
    tone: str = ""
    value: float | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; figures stand on the right, and what is `wide` takes several lines."""

    title: str
    figures: bool = True
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report.

    Attributes:
        name: one word, for links and labels.
        title: what it shows.
        note: how to read it.
        columns: its columns.
        rows: as many cells as there are columns in each.
        sums: how many rows at the end are sums of the others.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: int = 0
