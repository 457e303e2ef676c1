"""Solutions kept on disk, so that a task is not solved twice.

An entry's key is the hash of the task's canonical form (names matter, order does not) and of what
was asked for. A kept plan is replayed before it is believed again; what cannot be checked, such as
a proof that there is no plan, is given with the word that it comes from the cache. The file may be
shared by several processes, grows no larger than a limit, and is never needed: whatever is wrong
with it, the task is just solved again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from goalsmith.domains.canonical import task_hash
from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import read_plan, write_plan
from goalsmith.solve.solution import Solution
from goalsmith.solve.validation import validate

VERSION = 1
"""Of what an entry means; those of other versions are not looked at."""

MOST_BYTES = 64 * 2**20
"""Bytes that all entries may have together; those longest unused go first."""

PATIENCE = 2.0
"""Seconds to wait for another process that writes."""

_TABLE = """create table if not exists solutions (
    key text primary key, used real not null, content text not null) without rowid"""

_EVICT = """delete from solutions where key in (
    select key from (
        select key, sum(length(content)) over (order by used desc, key) as total from solutions)
    where total > ?)"""


def default_file() -> Path:
    """Where solutions are kept: in the user's folder for caches (XDG Base Directory 0.8)."""
    folder = os.environ.get("XDG_CACHE_HOME", "")
    # The standard has relative paths ignored.
    base = Path(folder) if folder and Path(folder).is_absolute() else Path.home() / ".cache"
    return base / "goalsmith" / "solutions.sqlite"


class Cache:
    """Solutions in a file.

    Args:
        file: made when first needed, as is its folder; by default `default_file()`.
        most_bytes: what all entries may take together.
    """

    def __init__(self, file: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._file = file or default_file()
        self._most_bytes = most_bytes

    def get(self, task: Task, asked: Mapping[str, object]) -> Solution | None:
        """What is kept for a task and what was asked for; None if nothing that holds is."""
        key = _key(task, asked)
        row = None
        with self._forgiving(), self._open() as database:
            row = database.execute("select content from solutions where key = ?", [key]).fetchone()
            if row is not None:
                database.execute("update solutions set used = ? where key = ?", [time.time(), key])
        return _solution(task, row[0]) if row is not None else None

    def put(self, task: Task, asked: Mapping[str, object], solution: Solution) -> None:
        """Keeps a solution, if it settles the task."""
        if not solution.outcome.settled:
            return
        content = json.dumps(
            {
                "outcome": solution.outcome.label,
                "engine": solution.engine,
                "evidence": solution.evidence,
                "plan": None if solution.plan is None else write_plan(solution.plan),
                "optimal": solution.optimal,
                "lower_bound": None if solution.lower_bound is None else str(solution.lower_bound),
            }
        )
        row = [_key(task, asked), time.time(), content]
        with self._forgiving(), self._open() as database:
            database.execute("insert or replace into solutions values (?, ?, ?)", row)
            database.execute(_EVICT, [self._most_bytes])

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        """Lets errors go. A file that is no database, or a broken one, is removed."""
        try:
            yield
        except sqlite3.OperationalError:
            # Locked, read-only, or the disk is full.
            pass
        except sqlite3.DatabaseError:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
        except OSError:
            pass

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database, for one transaction."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=PATIENCE)) as database:
            # To wait for the disk takes longer than a small task, and is for nothing: what a crash
            # of the machine has broken is removed.
            database.execute("pragma synchronous = off")
            database.execute("pragma journal_mode = wal")
            with database:
                database.execute(_TABLE)
                yield database


def _key(task: Task, asked: Mapping[str, object]) -> str:
    content = json.dumps([VERSION, task_hash(task), dict(sorted(asked.items()))])
    return hashlib.sha256(content.encode()).hexdigest()


def _solution(task: Task, content: str) -> Solution | None:
    """What an entry says, as far as it holds for the task."""
    try:
        entry: dict[str, Any] = json.loads(content)
        outcome = next(o for o in Outcome if o.label == entry["outcome"])
        bound = entry["lower_bound"]
        solution = Solution(
            outcome,
            str(entry["engine"]),
            f"{entry['evidence']} (from the cache)",
            optimal=bool(entry["optimal"]),
            lower_bound=None if bound is None else Fraction(bound),
        )
        if outcome is not Outcome.SOLVED:
            return solution if outcome.settled else None
        plan = read_plan(entry["plan"], task, "<cache>")
        verdict = validate(task, plan)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, GoalsmithError):
        return None
    return replace(solution, plan=plan, cost=verdict.cost) if verdict.valid else None
