import sqlite3
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Timer

import pytest

from goalsmith.benchmarks import Key, Result, Store
from goalsmith.benchmarks.results import schema
from goalsmith.benchmarks.results import store as store_module
from goalsmith.benchmarks.results.result import Count
from goalsmith.benchmarks.results.schema import SCHEMA_VERSION
from goalsmith.benchmarks.results.store import APPLICATION_ID
from goalsmith.benchmarks.scores import Improvement
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome

KEY = Key("abc", "race", 60.0, 4096, "kairos-planner 1.0", "0.1.0+123", seed=3)
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
    configuration="mine",
    optimal=True,
    lower_bound=7.5,
    expansions=10,
    evaluations=20,
    generated=30,
    improvements=(Improvement(0.1, 9), Improvement(0.2, 7.5)),
    log="kairos: engine-failed: it crashed: Zürich",
    host="here",
    outside=True,
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
        {"configuration": "kairos"},
        {"seed": 4},
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


def test_what_is_packed_is_left_out_on_request_and_only_then(tmp_path):
    bare = replace(SOLVED, plan=None, log=None, improvements=())
    with Store(tmp_path / "s") as store:
        store.write(SOLVED)
        assert store.results(packed=False) == (bare,)
        assert store.find(KEY) == SOLVED
        store.write(bare)
        assert store.results() == (bare,)


def test_plans_and_logs_take_less_room_than_their_texts(tmp_path):
    plan = "\n".join(f"(move ball{n} rooma roomb left)" for n in range(100_000))
    with Store(tmp_path / "s") as store:
        store.write(replace(SOLVED, plan=plan))
        assert store.find(KEY).plan == plan
    assert (tmp_path / "s").stat().st_size < len(plan) / 3


def test_results_are_counted_by_configuration_domain_and_outcome(tmp_path):
    late = replace(SOLVED, outcome=Outcome.OUT_OF_TIME, cost=None, wall_seconds=60.0)
    with Store(tmp_path / "s") as store:
        for number in range(3):
            store.write(replace(SOLVED, key=replace(KEY, seed=number), cost=number))
        store.write(replace(late, key=replace(KEY, seed=3)))
        store.write(replace(SOLVED, key=replace(KEY, seed=4), configuration="other"))
        assert store.counts() == (
            Count("mine", "gripper", Outcome.SOLVED, 3, 3, 0.75),
            Count("mine", "gripper", Outcome.OUT_OF_TIME, 1, None, 60.0),
            Count("other", "gripper", Outcome.SOLVED, 1, 7.5, 0.25),
        )


def test_a_configuration_is_renamed_wherever_it_is_the_same(tmp_path):
    other = replace(SOLVED, key=replace(KEY, configuration="kairos"), configuration="kairos")
    with Store(tmp_path / "s") as store:
        store.write(SOLVED)
        store.write(other)
        store.name("race", "yours")
        assert store.results() == (replace(SOLVED, configuration="yours"), other)


@pytest.mark.parametrize("damage", [zlib.compress(b"x")[:-3], b"nonsense", zlib.compress(b"\xff")])
def test_a_plan_that_cannot_be_unpacked_is_said_to_be_damaged(tmp_path, damage):
    with Store(tmp_path / "s") as store:
        store.write(SOLVED)
    other = sqlite3.connect(tmp_path / "s")
    other.execute("UPDATE packed SET plan = ?", [damage])
    other.commit()
    other.close()
    with Store(tmp_path / "s") as store:
        with pytest.raises(InputError, match="is damaged"):
            store.results()
        assert len(store.results(packed=False)) == 1


VERSION_1 = """
CREATE TABLE result (
    task_hash TEXT NOT NULL, engine_asked TEXT NOT NULL, time_limit REAL NOT NULL,
    memory_limit INTEGER NOT NULL, engine_versions TEXT NOT NULL, code_version TEXT NOT NULL,
    domain TEXT NOT NULL, problem TEXT NOT NULL, domain_path TEXT NOT NULL,
    problem_path TEXT NOT NULL, outcome TEXT NOT NULL, engine TEXT NOT NULL,
    evidence TEXT NOT NULL, cost NUMERIC, plan_length INTEGER, plan TEXT,
    wall_seconds REAL NOT NULL, cpu_seconds REAL, peak_memory_mb REAL, started TEXT NOT NULL,
    PRIMARY KEY (
        task_hash, engine_asked, time_limit, memory_limit, engine_versions, code_version
    )
)
"""
"""The table of stores of version 1, as goalsmith 0.1 made it."""

INSERT_1 = "INSERT INTO result VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"


def _version_1(path):
    old = sqlite3.connect(path)
    old.execute(VERSION_1)
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old.execute("PRAGMA user_version = 1")
    key = ("abc", "", 60.0, 4096, "kairos-planner 1.0", "0.1.0+123")
    solved = ("gripper", "p01", "/x/domain.pddl", "/x/p01.pddl", "solved", "kairos", "found")
    figures = (7.5, 2, "(a)\n(b c)", 0.25, 0.125, 12.5, "2026-01-01T00:00:00+00:00")
    old.execute(INSERT_1, (*key, *solved, *figures))
    failed = ("abc", "kairos", *key[2:], *solved[:4], "engine-failed", "kairos", "it crashed")
    nothing = (None, None, None, 0.5, None, None, "")
    old.execute(INSERT_1, (*failed, *nothing))
    old.commit()
    old.close()


def test_a_store_of_version_1_becomes_one_of_ours_and_nothing_is_lost(tmp_path):
    path = tmp_path / "s"
    _version_1(path)
    key = replace(KEY, seed=0)
    solved = Result(
        *(key, "gripper", "p01", "/x/domain.pddl", "/x/p01.pddl", Outcome.SOLVED),
        *("kairos", "found", 7.5, 2, "(a)\n(b c)", 0.25, 0.125, 12.5),
        started="2026-01-01T00:00:00+00:00",
        configuration="race",
    )
    failed = Result(
        *(replace(key, configuration="kairos"), "gripper", "p01", "/x/domain.pddl"),
        *("/x/p01.pddl", Outcome.ENGINE_FAILED, "kairos", "it crashed"),
        wall_seconds=0.5,
        configuration="kairos",
    )
    for _ in range(2):
        with Store(path) as store:
            assert store.results() == (solved, failed)
            assert store.find(key) == solved
    with Store(path) as store:
        store.write(replace(solved, cost=6))
        assert len(store.results()) == 2


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "s"
    _version_1(path)
    statements = schema.MIGRATIONS[1]
    monkeypatch.setitem(schema.MIGRATIONS, 1, (*statements, "INSERT INTO nowhere"))
    with pytest.raises(InputError, match="cannot be used"):
        Store(path)
    monkeypatch.undo()
    with Store(path) as store:
        assert len(store.results()) == 2


def test_many_may_open_a_store_of_version_1_at_once(tmp_path):
    path = tmp_path / "s"
    _version_1(path)
    barrier = Barrier(8)

    def look(_):
        barrier.wait(10)
        with Store(path) as store:
            return len(store.results())

    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(look, range(8))) == [2] * 8


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


def test_a_store_of_version_2_keeps_all_and_then_a_row_for_each_name(tmp_path, monkeypatch):
    path = tmp_path / "s"
    unique_2 = schema.RESULT_TABLE.replace("seed,\n        domain, problem", "seed")
    write_2 = store_module._WRITE.replace("seed, domain, problem)", "seed)", 1)
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "SCHEMA_VERSION", 2)
        patch.setattr(store_module, "RESULT_TABLE", unique_2)
        patch.setattr(store_module, "_WRITE", write_2)
        patch.setattr(store_module, "MIGRATIONS", {})
        with Store(path) as store:
            store.write(SOLVED)
            store.write(replace(SOLVED, problem="p02", cost=9))
            assert [r.problem for r in store.results()] == ["p01"]
            store.write(replace(SOLVED, key=replace(KEY, seed=4), plan=None, log=None))
            before = store.results()
    for _ in range(2):
        with Store(path) as store:
            assert store.results() == before
    with Store(path) as store:
        store.write(replace(SOLVED, problem="p02"))
        assert store.results() == (*before, replace(SOLVED, problem="p02"))


def test_tasks_that_are_the_same_but_for_their_names_have_a_row_each(tmp_path):
    texts = tmp_path / "a.pddl", tmp_path / "b.pddl"
    for each in texts:
        each.touch()
    first, second = (
        replace(SOLVED, problem=each.stem, problem_path=str(each), domain_path="d")
        for each in texts
    )
    with Store(tmp_path / "s") as store:
        store.write(first)
        store.place(second)
        store.place(second)
        assert store.results() == (first, second)
        assert store.find(KEY) == first
        # The first was done again; the second takes over what came of it.
        later = replace(first, started="2026-02-02T00:00:00+00:00", cost=3)
        store.write(later)
        again = replace(later, problem="b", problem_path=second.problem_path)
        store.place(again)
        assert store.results() == (later, again)
        # A file that is gone has been moved, and one in its place has been called otherwise.
        texts[0].unlink()
        moved = replace(later, problem="c", problem_path=str(tmp_path / "c.pddl"))
        store.place(moved)
        assert store.results() == (moved, again)
        called = replace(again, domain="other")
        store.place(called)
        assert called in store.results()


def test_what_the_library_makes_is_never_gone(tmp_path):
    first = replace(SOLVED, problem="seed-1", problem_path="library:gripper,seed=1")
    second = replace(SOLVED, problem="seed-2", problem_path="library:gripper,seed=2")
    with Store(tmp_path / "s") as store:
        store.write(first)
        store.place(second)
        assert store.results() == (first, second)


def test_a_store_that_is_only_read_is_left_as_it_is(tmp_path):
    old, empty = tmp_path / "old", tmp_path / "empty"
    _version_1(old)
    empty.touch()
    before = old.read_bytes()
    with Store(old, reading=True) as store:
        assert len(store.results()) == 2
        with pytest.raises(InputError, match="cannot be used"):
            store.write(SOLVED)
    with Store(empty, reading=True) as store:
        assert store.results() == ()
    assert old.read_bytes() == before
    assert empty.read_bytes() == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "old"]


def test_a_store_where_nothing_can_be_written_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a store?#%"
    with Store(path) as store:
        store.write(SOLVED)
    real = sqlite3.connect

    class Stuck(sqlite3.Connection):
        """What SQLite does with a write-ahead log in a folder that cannot be written."""

        def execute(self, *_):
            raise sqlite3.OperationalError("attempt to write a readonly database")

    def connect(place, **options):
        return real(place, **options) if options.get("uri") else real(place, factory=Stuck)

    monkeypatch.setattr(sqlite3, "connect", connect)
    with Store(path, reading=True) as store:
        assert store.results() == (SOLVED,)
    path.with_name(f"{path.name}-wal").touch()
    with pytest.raises(InputError, match="cannot be used"):
        Store(path, reading=True)


def test_costs_of_more_than_64_bits_together_are_counted(tmp_path):
    with Store(tmp_path / "s") as store:
        for seed in range(2):
            store.write(replace(SOLVED, key=replace(KEY, seed=seed), cost=2**63 - 1))
        assert [each.cost for each in store.counts()] == [2.0**64]


def test_an_outcome_that_is_none_is_said_to_be_damage(tmp_path):
    with Store(tmp_path / "s") as store:
        store.write(SOLVED)
        store._connection.execute("UPDATE result SET outcome = 'sovled'")
        with pytest.raises(InputError, match="damaged: it has an outcome 'sovled'"):
            store.results()
        with pytest.raises(InputError, match="damaged"):
            store.counts()
