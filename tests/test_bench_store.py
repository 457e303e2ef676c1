import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Timer

import pytest

from goalsmith.benchmarks import Key, Result, Store
from goalsmith.benchmarks.store import SCHEMA_VERSION
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome

KEY = Key("abc", "", 60.0, 4096, "kairos-planner 1.0", "0.1.0+123")
SOLVED = Result(
    KEY,
    "gripper",
    "p01",
    "/x/domain.pddl",
    "/x/p01.pddl",
    Outcome.SOLVED,
    engine="kairos",
    evidence="found",
    cost=7.5,
    plan_length=2,
    plan="(a)\n(b c)",
    wall_seconds=0.25,
    cpu_seconds=0.125,
    peak_memory_mb=12.5,
    started="2026-01-01T00:00:00+00:00",
)


def test_a_result_comes_back_as_it_was_written(tmp_path):
    nothing = Result(replace(KEY, task_hash="def"), "d", "p", "", "", Outcome.OUT_OF_TIME)
    with Store(tmp_path / "s") as store:
        store.write(SOLVED)
        store.write(nothing)
    with Store(tmp_path / "s") as store:
        assert store.find(KEY) == SOLVED
        assert store.find(nothing.key) == nothing
        assert store.results() == (SOLVED, nothing)


@pytest.mark.parametrize(
    "change",
    [
        {"task_hash": "abd"},
        {"engine_asked": "kairos"},
        {"time_limit": 60.5},
        {"memory_limit": 4095},
        {"engine_versions": "kairos-planner 1.1"},
        {"code_version": "0.1.0+124"},
    ],
)
def test_a_result_is_found_only_under_all_of_its_key(tmp_path, change):
    with Store(tmp_path / "s") as store:
        store.write(SOLVED)
        assert store.find(replace(KEY, **change)) is None


def test_a_result_takes_the_place_of_the_one_before(tmp_path):
    again = replace(SOLVED, cost=3, plan_length=3)
    with Store(tmp_path / "s") as store:
        store.write(SOLVED)
        store.write(again)
        assert store.results() == (again,)


def test_another_connection_sees_a_result_at_once(tmp_path):
    with Store(tmp_path / "s") as writer, Store(tmp_path / "s") as reader:
        assert reader.results() == ()
        writer.write(SOLVED)
        assert reader.results() == (SOLVED,)


@pytest.mark.parametrize("content", [b"hello\n", b"(define (domain d))\n" * 500])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not an SQLite file"):
        Store(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE mail (text TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="not a store"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_of_a_later_version_is_refused(tmp_path):
    path = tmp_path / "s"
    Store(path).close()
    later = sqlite3.connect(path)
    later.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    later.close()
    with pytest.raises(InputError, match="later goalsmith"):
        Store(path)


def test_a_place_where_nothing_can_be_written_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be used"):
        Store(tmp_path / "no" / "such" / "folder")
    with pytest.raises(InputError, match="cannot be used"):
        Store(tmp_path)


def test_a_store_waits_for_a_reader_before_it_turns_on_its_log(tmp_path):
    path = tmp_path / "s"
    Store(path).close()
    reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    reader.execute("PRAGMA journal_mode = DELETE")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM result").fetchall()
    release = Timer(0.3, reader.close)
    release.start()
    with Store(path) as store:
        store.write(SOLVED)
    release.join()
    check = sqlite3.connect(path)
    assert check.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    check.close()


def test_many_may_open_and_write_a_new_store_at_once(tmp_path):
    count = 12

    def use(path, number, barrier):
        barrier.wait(10)
        with Store(path) as store:
            store.write(replace(SOLVED, key=replace(KEY, task_hash=str(number))))

    for round_ in range(20):
        path = tmp_path / f"s{round_}"
        barrier = Barrier(count)
        with ThreadPoolExecutor(count) as executor:
            list(executor.map(lambda n, p=path, b=barrier: use(p, n, b), range(count)))
        with Store(path) as store:
            assert len(store.results()) == count
