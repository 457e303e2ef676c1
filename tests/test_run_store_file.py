import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from goalsmith.execute.store import StoreError, default_url, open_store
from goalsmith.execute.store.schema import migrate
from goalsmith.execute.store.sqlite import open_sqlite


def url(path):
    return f"sqlite:///{path}"


def test_every_commit_is_synced_to_a_log(tmp_path):
    database = open_sqlite(url(tmp_path / "s"), 30)
    try:
        with database.reading() as transaction:
            assert transaction.execute("PRAGMA synchronous") == [(2,)]
            assert transaction.execute("PRAGMA journal_mode") == [("wal",)]
    finally:
        database.close()


def test_the_default_store_is_in_the_users_data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file = tmp_path / "data" / "goalsmith" / "runs.sqlite"
    assert default_url() == url(file)
    with open_store() as store:
        run = store.create_run(domain_pddl="", problem_pddl="")
    assert file.parent.stat().st_mode & 0o777 == 0o700
    with open_store(default_url()) as store:
        assert store.runs() == (run,)


@pytest.mark.parametrize("value", ["", "relative/path"])
def test_a_data_folder_that_the_standard_ignores_is_ignored(tmp_path, monkeypatch, value):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", value)
    assert default_url() == url(tmp_path / ".local/share/goalsmith/runs.sqlite")


def test_a_data_folder_that_cannot_be_made_is_explained(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(StoreError, match=r"cannot be made: .*; name another store"):
        open_store()


def test_three_slashes_are_a_path_from_here_and_four_from_the_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///runs.sqlite") as store:
        run = store.create_run(domain_pddl="", problem_pddl="")
        assert store.place == "runs.sqlite"
    with open_store(f"sqlite:////{str(tmp_path).lstrip('/')}/runs.sqlite") as store:
        assert store.runs() == (run,)


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ("sqlite://", "write sqlite:///runs.sqlite"),
        ("sqlite:///", "write sqlite:///runs.sqlite"),
        ("sqlite:///:memory:", "write sqlite:///runs.sqlite"),
        ("sqlite:runs", "write sqlite:///runs.sqlite"),
        ("sqlite:///runs.sqlite?mode=ro", "cannot be that of a store"),
        ("runs.sqlite", "starts with sqlite:///.* is `runs.sqlite`"),
        ("", "starts with sqlite:///"),
        ("mysql://ann:secret@host/db", "starts with sqlite:///.* starts with `mysql:`"),
    ],
)
def test_what_is_not_the_url_of_a_store_is_refused_with_advice(wrong, advice):
    with pytest.raises(StoreError, match=advice) as raised:
        open_store(wrong)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("content", [b"hello\n", b"(define (domain d))\n" * 500])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not an SQLite file: name another"):
        open_store(url(path))
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE mail (text TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a store of runs: name another"):
        open_store(url(path))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.sqlite"]


def test_a_place_where_there_can_be_no_file_is_explained(tmp_path):
    with pytest.raises(StoreError, match=r"there is no folder .*such/folder; make it"):
        open_store(url(tmp_path / "no/such/folder/runs.sqlite"))
    with pytest.raises(StoreError, match="it is a folder; name a file in it"):
        open_store(url(tmp_path))


def test_what_may_not_be_written_is_explained(tmp_path):
    database = open_sqlite(url(tmp_path / "s"), 30)
    try:
        with database.reading() as transaction:
            transaction.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="cannot be written: allow writing"):
            migrate(database)
    finally:
        database.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_not_be_written_is_explained(tmp_path):
    with open_store(url(tmp_path / "s")):
        pass
    (tmp_path / "s").chmod(0o400)
    with (
        pytest.raises(StoreError, match="cannot be written: allow writing"),
        open_store(url(tmp_path / "s")) as store,
    ):
        store.create_run(domain_pddl="", problem_pddl="")


def test_a_disk_that_is_full_loses_nothing_that_was_acknowledged(tmp_path):
    database = open_sqlite(url(tmp_path / "s"), 30)
    try:
        with database.writing() as transaction:
            transaction.execute("CREATE TABLE t (text TEXT)")
            transaction.execute("INSERT INTO t VALUES ('kept')")
            transaction.execute("PRAGMA max_page_count = 5")
        with pytest.raises(StoreError, match="is full: make room"), database.writing() as other:
            other.execute_many("INSERT INTO t VALUES (?)", [["x" * 4000]] * 10)
        with database.reading() as transaction:
            assert transaction.execute("SELECT text FROM t") == [("kept",)]
    finally:
        database.close()


def test_a_damaged_body_is_an_error_of_the_store(tmp_path):
    with open_store(url(tmp_path / "s")) as store:
        run = store.create_run(domain_pddl="", problem_pddl="").id
        lease = store.take_lease(run, "owner", 60)
        store.append(run, lease.fence, "a", 1)
        for broken in ("{", "[" * 100_000, "NaN"):
            with sqlite3.connect(tmp_path / "s") as other:
                other.execute("UPDATE entries SET body = ?", [broken])
            other.close()
            with pytest.raises(StoreError, match=r"entry 0 of .* is damaged"):
                store.entries(run)


def test_a_store_waits_for_a_reader_before_it_turns_on_its_log(tmp_path):
    with open_store(url(tmp_path / "s")):
        pass
    reader = sqlite3.connect(tmp_path / "s", isolation_level=None, check_same_thread=False)
    reader.execute("PRAGMA journal_mode = DELETE")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM runs").fetchall()
    release = threading.Timer(0.3, reader.close)
    release.start()
    with open_store(url(tmp_path / "s")) as store:
        store.create_run(domain_pddl="", problem_pddl="")
    release.join()
    check = sqlite3.connect(tmp_path / "s")
    assert check.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    check.close()


def test_an_interruption_undoes_the_transaction(tmp_path):
    database = open_sqlite(url(tmp_path / "s"), 0.05)
    try:
        with pytest.raises(KeyboardInterrupt), database.writing() as transaction:
            transaction.execute("CREATE TABLE t (text TEXT)")
            raise KeyboardInterrupt
        with database.writing() as transaction:
            assert transaction.execute("SELECT count(*) FROM sqlite_master") == [(0,)]
    finally:
        database.close()


def test_importing_a_store_loads_no_driver_of_a_server():
    script = (
        "import sys, goalsmith.execute.store; "
        "assert not {'psycopg', 'sqlalchemy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-P", "-c", script], check=True, cwd=Path(sys.prefix))
