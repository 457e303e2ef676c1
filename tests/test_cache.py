"""Solutions kept on disk."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Solution, solve
from goalsmith.solve.cache import Cache, default_file

ASKED = {"quality": "first", "engine": None}


@pytest.fixture(scope="module")
def task() -> Task:
    return bundled("blocksworld").instances[0].task


@pytest.fixture(scope="module")
def solution(task: Task) -> Solution:
    found = solve(task)
    assert found.solved
    return found


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "folder" / "solutions.sqlite")


def change_entries(file: Path, change: Callable[[dict[str, object]], None]) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        for key, content in database.execute("select key, content from solutions").fetchall():
            entry = json.loads(content)
            change(entry)
            row = [json.dumps(entry), key]
            database.execute("update solutions set content = ? where key = ?", row)


def test_a_kept_plan_comes_back_as_it_was(cache: Cache, task: Task, solution: Solution) -> None:
    assert cache.get(task, ASKED) is None
    cache.put(task, ASKED, solution)
    found = cache.get(task, ASKED)
    assert found is not None
    assert (found.plan, found.cost, found.engine) == (solution.plan, solution.cost, solution.engine)
    assert "from the cache" in found.evidence


def test_the_order_of_facts_does_not_matter_but_names_and_questions_do(
    cache: Cache, task: Task, solution: Solution
) -> None:
    cache.put(task, ASKED, solution)
    problem = task.problem
    turned = replace(problem, init=problem.init[::-1], objects=problem.objects[::-1])
    assert cache.get(replace(task, problem=turned), ASKED) is not None
    assert cache.get(task, {**ASKED, "quality": "optimal"}) is None
    other = bundled("blocksworld").instances[1].task
    assert cache.get(other, ASKED) is None


def test_a_proof_that_there_is_no_plan_is_kept(cache: Cache, task: Task) -> None:
    cache.put(task, ASKED, Solution(Outcome.UNSOLVABLE, "some-engine", "it said so"))
    found = cache.get(task, ASKED)
    assert found is not None
    assert found.outcome is Outcome.UNSOLVABLE
    assert "from the cache" in found.evidence


@pytest.mark.parametrize("outcome", [o for o in Outcome if not o.settled])
def test_what_settles_nothing_is_not_kept(cache: Cache, task: Task, outcome: Outcome) -> None:
    cache.put(task, ASKED, Solution(outcome))
    assert cache.get(task, ASKED) is None


def test_bounds_and_claims_are_kept(cache: Cache, task: Task, solution: Solution) -> None:
    proved = replace(solution, optimal=True, lower_bound=Fraction(7, 2))
    cache.put(task, ASKED, proved)
    found = cache.get(task, ASKED)
    assert found is not None
    assert (found.optimal, found.lower_bound) == (True, Fraction(7, 2))


def test_a_kept_plan_that_does_not_hold_is_not_believed(
    tmp_path: Path, task: Task, solution: Solution
) -> None:
    file = tmp_path / "solutions.sqlite"
    cache = Cache(file)
    cache.put(task, ASKED, solution)
    assert solution.plan is not None
    shorter = "\n".join(map(str, solution.plan.steps[:-1]))
    change_entries(file, lambda entry: entry.update(plan=shorter))
    assert cache.get(task, ASKED) is None


FIELDS = ("outcome", "engine", "evidence", "plan", "optimal", "lower_bound")


@pytest.mark.parametrize("field", FIELDS)
def test_a_broken_entry_is_as_good_as_none(
    tmp_path: Path, task: Task, solution: Solution, field: str
) -> None:
    file = tmp_path / "solutions.sqlite"
    cache = Cache(file)
    cache.put(task, ASKED, solution)
    change_entries(file, lambda entry: entry.pop(field))
    assert cache.get(task, ASKED) is None


def test_a_file_that_is_no_database_is_replaced(
    tmp_path: Path, task: Task, solution: Solution
) -> None:
    file = tmp_path / "solutions.sqlite"
    file.write_bytes(b"nothing of the kind " * 500)
    cache = Cache(file)
    assert cache.get(task, ASKED) is None
    cache.put(task, ASKED, solution)
    assert cache.get(task, ASKED) is not None


def test_a_folder_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, task: Task, solution: Solution
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file, not a folder", encoding="utf-8")
    cache = Cache(in_the_way / "solutions.sqlite")
    cache.put(task, ASKED, solution)
    assert cache.get(task, ASKED) is None


def test_the_file_does_not_grow_without_end(tmp_path: Path, task: Task) -> None:
    file = tmp_path / "solutions.sqlite"
    cache = Cache(file, most_bytes=4000)
    for number in range(40):
        cache.put(task, {"number": number}, Solution(Outcome.UNSOLVABLE, "engine", "x" * 500))
    with closing(sqlite3.connect(file)) as database:
        (size,) = database.execute("select sum(length(content)) from solutions").fetchone()
    assert size <= 4000
    assert cache.get(task, {"number": 39}) is not None
    assert cache.get(task, {"number": 5}) is None


def test_what_is_used_stays_longest(tmp_path: Path, task: Task) -> None:
    cache = Cache(tmp_path / "solutions.sqlite", most_bytes=4000)
    for number in range(40):
        cache.put(task, {"number": number}, Solution(Outcome.UNSOLVABLE, "engine", "x" * 500))
        assert cache.get(task, {"number": 0}) is not None


PROCESS = """
import sys
from pathlib import Path
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Solution
from goalsmith.solve.cache import Cache
cache = Cache(Path(sys.argv[1]))
task = bundled("blocksworld").instances[0].task
for number in range(25):
    asked = {"process": sys.argv[2], "number": number}
    cache.put(task, asked, Solution(Outcome.UNSOLVABLE, "engine", "text"))
    assert cache.get(task, asked) is not None
"""


def test_processes_share_a_file(tmp_path: Path, task: Task) -> None:
    file = tmp_path / "solutions.sqlite"
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(file), str(n)]) for n in range(4)
    ]
    assert [process.wait(60) for process in processes] == [0] * 4
    cache = Cache(file)
    for process in range(4):
        for number in range(25):
            assert cache.get(task, {"process": str(process), "number": number}) is not None


def test_the_standard_place_heeds_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_file() == tmp_path / "goalsmith" / "solutions.sqlite"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/path")
    assert default_file().is_absolute()
