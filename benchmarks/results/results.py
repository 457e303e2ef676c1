"""The results of stores, for notebooks: as rows, as scores, as a frame of polars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from goalsmith.benchmarks.results.places import told_apart, under_one_name
from goalsmith.benchmarks.results.result import Key, Result
from goalsmith.benchmarks.results.store import Store
from goalsmith.benchmarks.results.summary import cost_text
from goalsmith.benchmarks.scores import Attempt, Scoreboard, TaskName, attempts_of
from goalsmith.benchmarks.scores.references import NO_REFERENCES
from goalsmith.domains.errors import InputError, UnsupportedError

if TYPE_CHECKING:
    import polars

MOST_SHOWN = 50
"""Rows that a notebook shows."""

_ELSEWHERE = ("key", "configuration")

_RUN = attrgetter(
    *("domain", "problem", "domain_path", "problem_path"),
    *(f"key.{f.name}" for f in fields(Key) if f.name != "task_hash"),
)
"""Where a task is, and how it was solved, whatever its texts."""

_DONE = attrgetter("key", "domain", "problem", "host", "started")
"""What tells a run from others, wherever its row is kept."""

_SHOWN = ("configuration", "domain", "problem", "outcome", "cost", "steps", "seconds", "evidence")


@dataclass(frozen=True, slots=True)
class Results:
    """Results in the order in which they were written; a notebook shows them as a table."""

    rows: tuple[Result, ...]

    @classmethod
    def open(cls, *paths: str | Path, packed: bool = True) -> Results:
        """The results in stores, but for those of tasks whose files were changed since.

        Different tasks of one name, as of two collections, are told apart by their folders.

        Args:
            paths: the stores.
            packed: whether plans, logs and improvements are wanted; without them it is quicker.

        Raises:
            InputError: there is no such file, or it is not a store.
        """
        rows: dict[object, Result] = {}
        for path in paths:
            if not Path(path).is_file():
                raise InputError(f"there is no store {path}: `bench run --store FILE` makes one")
            with Store(path, reading=True) as store:
                # Of a store and a copy of it, each run counts once.
                rows |= {_DONE(row): row for row in store.results(packed=packed)}
        return cls(_standing(told_apart(under_one_name(tuple(rows.values())))))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Result]:
        return iter(self.rows)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The results as scores need them."""
        return attempts_of(self.rows)

    def scoreboard(
        self, references: Mapping[TaskName, float] = NO_REFERENCES, *, official: bool = False
    ) -> Scoreboard:
        """Their scores; see `Scoreboard` for the arguments."""
        return Scoreboard(self.attempts, references, official=official)

    def records(self) -> list[dict[str, object]]:
        """The rows as flat dictionaries, each with the name of its configuration.

        What the configuration is, is `asked`; `improvements` are pairs of seconds and cost.
        """
        return [
            _record(row, attempt) for row, attempt in zip(self.rows, self.attempts, strict=True)
        ]

    def frame(self) -> polars.DataFrame:
        """The rows as a frame of polars (https://pola.rs).

        Raises:
            UnsupportedError: polars is not installed.
        """
        try:
            import polars
        except ModuleNotFoundError:
            raise UnsupportedError(
                "a frame needs polars: pip install 'goalsmith[bench]'; `records` does without"
            ) from None
        records = self.records()
        # Costs are whole in some rows and not in others.
        kinds = {"cost": polars.Float64, "lower_bound": polars.Float64}
        return polars.DataFrame(records, infer_schema_length=None, schema_overrides=kinds)

    def _repr_html_(self) -> str:
        """The first rows as a table."""
        head = "".join(f"<th>{title}</th>" for title in _SHOWN)
        pairs = zip(self.rows[:MOST_SHOWN], self.attempts, strict=False)
        body = "".join(f"<tr>{_cells(row, attempt)}</tr>" for row, attempt in pairs)
        left = len(self.rows) - MOST_SHOWN
        more = f"<p>and {left} more</p>" if left > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _standing(rows: Sequence[Result]) -> tuple[Result, ...]:
    """The rows without those of other texts in the same place: of these, the last count."""
    runs = list(map(_RUN, rows))
    newest: dict[object, Result] = {}
    for run, row in zip(runs, rows, strict=True):
        if row.started >= newest.setdefault(run, row).started:
            newest[run] = row
    pairs = zip(runs, rows, strict=True)
    return tuple(row for run, row in pairs if row.key.task_hash == newest[run].key.task_hash)


def _record(row: Result, attempt: Attempt) -> dict[str, object]:
    key = {f.name: getattr(row.key, f.name) for f in fields(Key)}
    asked = {"configuration": attempt.configuration, "asked": key.pop("configuration")}
    rest = {f.name: getattr(row, f.name) for f in fields(Result) if f.name not in _ELSEWHERE}
    pairs = [(float(each.seconds), float(each.cost)) for each in row.improvements]
    return asked | key | rest | {"outcome": row.outcome.label, "improvements": pairs}


def _cells(row: Result, attempt: Attempt) -> str:
    steps = "–" if row.plan_length is None else str(row.plan_length)
    said = (attempt.configuration, row.domain, row.problem, row.outcome.label)
    figures = (cost_text(row.cost), steps, f"{row.wall_seconds:.2f}")
    return "".join(f"<td>{escape(cell)}</td>" for cell in (*said, *figures, row.evidence))
