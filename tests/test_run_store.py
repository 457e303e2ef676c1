"""The store of runs on SQLite and on a real PostgreSQL, which needs no root and no installation."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from processes import eventually

from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.execute.store import (
    CANCEL,
    Draft,
    Given,
    LeaseLostError,
    RunRow,
    RunStatus,
    StoreError,
    StoreUnavailableError,
    leases,
    open_store,
)
from goalsmith.execute.store.postgres import open_postgres
from goalsmith.execute.store.schema import STEPS, migrate
from goalsmith.execute.store.sqlite import open_sqlite

INSTANT = 1e-6
"""Seconds of a lease that is over at once."""

HOUR = 3600.0

GIVEN = Given("(define (domain d))", "(define (problem p))", "(a)\n(b c)", {"policy": "strict"})


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    """An empty place for a store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'runs.sqlite'}"
    return request.getfixturevalue("postgres")


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened


def new_run(store, **changes):
    given = {
        "domain_pddl": GIVEN.domain_pddl,
        "problem_pddl": GIVEN.problem_pddl,
        "plan": GIVEN.plan,
        "settings": GIVEN.settings,
    }
    return store.create_run(**given | changes)


def held(store, seconds=HOUR):
    """A run whose lease is taken."""
    run = new_run(store).id
    return run, store.take_lease(run, "owner", seconds).fence


def database(url):
    return open_sqlite(url, 30) if url.startswith("sqlite") else open_postgres(url, 30)


def test_a_run_comes_back_as_it_was_given(store):
    began = time.time()
    run = new_run(store, name="errands", world="office", status=RunStatus.RUNNING)
    bare = store.create_run(domain_pddl="", problem_pddl="å ∧ \U0001f600")
    assert store.run(run.id) == run
    assert store.given(run.id) == GIVEN
    assert store.given(bare.id) == Given("", "å ∧ \U0001f600", None, {})
    assert (run.name, run.world, run.status) == ("errands", "office", RunStatus.RUNNING)
    assert (run.outcome, run.entries, run.owner, run.cancel_requested) == ("", 0, "", False)
    assert bare.status is RunStatus.PENDING
    assert abs(run.created - began) < 3600
    assert run.created == run.changed <= bare.created


def test_another_connection_sees_what_was_written_at_once(store, url):
    with open_store(url) as other:
        run, fence = held(store)
        store.append(run, fence, "begun", 1)
        assert [entry.body for entry in other.entries(run)] == [1]
        assert other.runs() == store.runs()


def test_runs_are_listed_newest_first_by_status_and_world(store):
    first = new_run(store, world="office")
    second = new_run(store, world="office", status=RunStatus.WAITING)
    third = new_run(store)
    assert store.runs() == (third, second, first)
    assert store.runs(limit=2) == (third, second)
    assert store.runs(limit=0) == ()
    assert store.runs(world="office") == (second, first)
    assert store.runs(status=RunStatus.PENDING) == (third, first)
    assert store.runs(status=RunStatus.PENDING, world="office", limit=5) == (first,)
    with pytest.raises(InputError, match="limit"):
        store.runs(limit=-1)


def test_a_beginning_of_an_id_is_enough_if_no_other_run_has_it(store):
    row = RunRow("", "", 1.0, 1.0, RunStatus.PAUSED, "", "", False, 0, "")
    for number, identity in enumerate(("abc0000000000001", "abc0000000000002", "def0000000000003")):
        store.add_run(replace(row, id=identity, created=float(number)), GIVEN, [], [])
    assert store.run(" DEF ").id == store.run("def0000000000003").id == "def0000000000003"
    assert store.run("abc0000000000002").id == "abc0000000000002"
    with pytest.raises(InputError, match=r"several runs.*abc0000000000001.*abc0000000000002"):
        store.run("abc")
    with pytest.raises(InputError, match=r"no run `dfe0`: did you mean `def0000000000003`\?"):
        store.run("dfe0")
    with pytest.raises(InputError, match="no run `last`: the newest are `def0000000000003`, "):
        store.run("last")
    with pytest.raises(InputError, match="no run ``"):
        store.run("")
    with pytest.raises(InputError, match="already"):
        store.add_run(replace(row, id="def0000000000003"), GIVEN, [], [])


def test_a_run_may_be_meant_by_its_name_or_as_the_latest(store):
    row = RunRow("", "", 1.0, 1.0, RunStatus.PAUSED, "", "", False, 0, "")
    for number, name in enumerate(("plants", "tower", "plants", "")):
        store.add_run(
            replace(row, id=f"{number:016x}", name=name, created=float(number)), GIVEN, [], []
        )
    assert store.run("plants").id == f"{2:016x}"
    assert store.run("tower").id == f"{1:016x}"
    assert store.run("latest").id == store.run("Latest").id == f"{3:016x}"
    store.add_run(replace(row, id="c" * 16, name="latest", created=0.5), GIVEN, [], [])
    assert store.run("latest").id == "c" * 16
    store.add_run(replace(row, id="d" * 16, name="c", created=9.0), GIVEN, [], [])
    assert store.run("c").id == "c" * 16
    for nothing in ("", "  ", "plant", "latest\0"):
        with pytest.raises(InputError, match="no run"):
            store.run(nothing)


def test_a_run_that_is_not_there_is_an_input_error(store):
    lease = store.take_lease(new_run(store).id, "owner", HOUR)
    for ask in (
        store.given,
        store.entries,
        store.messages,
        lambda run: store.send(run, "approve"),
        lambda run: store.set_status(run, RunStatus.ENDED),
        lambda run: store.take_lease(run, "owner", HOUR),
    ):
        with pytest.raises(InputError, match="no run `feed`"):
            ask("feed")
    with pytest.raises(LeaseLostError):
        store.append("feed", lease.fence, "begun", None)


def test_entries_are_numbered_without_gaps(store):
    run, fence = held(store)
    assert store.append(run, fence, "begun", {"a": [1, 2.5, None, True, "x"]}) == 0
    assert store.append_all(run, fence, [Draft("b", 1), Draft("c", 2)], at=1) == 1
    assert store.append(run, fence, "ended", "", at=3) == 3
    entries = store.entries(run)
    assert [(e.sequence, e.kind, e.body) for e in entries] == [
        (0, "begun", {"a": [1, 2.5, None, True, "x"]}),
        (1, "b", 1),
        (2, "c", 2),
        (3, "ended", ""),
    ]
    assert store.entries(run, since=2) == entries[2:]
    assert store.entries(run, since=1, limit=2) == entries[1:3]
    assert store.entries(run, since=4) == ()
    assert store.run(run).entries == 4


def test_an_entry_that_is_not_the_next_is_refused(store):
    run, fence = held(store)
    store.append(run, fence, "begun", 0)
    for at in (0, 2):
        with pytest.raises(InputError, match=f"goes on at 1, not at {at}"):
            store.append(run, fence, "b", 0, at=at)
    assert len(store.entries(run)) == 1


def test_entries_are_appended_all_or_none(store):
    run, fence = held(store)
    for bad in (Draft("b", float("nan")), Draft("B", 1), Draft("b", {1, 2})):
        with pytest.raises(InputError):
            store.append_all(run, fence, [Draft("a", 1), bad])
    with pytest.raises(InputError, match="no entry"):
        store.append_all(run, fence, [])
    assert store.entries(run) == ()


@pytest.mark.parametrize(
    "body",
    ["\0", "\ud800", "å\U0001f600", 10**30, -0.1, [], {}, [[{"": [None]}]], "%s ? clock()"],
)
def test_plain_data_comes_back_as_it_was(store, body):
    run, fence = held(store)
    store.append(run, fence, "a", body)
    store.send(run, "b", body)
    assert store.entries(run)[0].body == body
    assert store.messages(run)[0].body == body


def test_what_is_no_plain_data_or_too_long_is_refused(store, monkeypatch):
    run, fence = held(store)
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for body in (float("inf"), object(), b"x", deep):
        with pytest.raises(InputError, match="not plain data"):
            store.append(run, fence, "a", body)
    monkeypatch.setattr("goalsmith.execute.store.plain.MAX_BODY", 10)
    with pytest.raises(InputError, match="11 characters"):
        store.send(run, "a", "123456789")
    store.send(run, "a", "12345678")
    for text in ("a\0", "\ud800", "x" * 201):
        with pytest.raises(InputError, match="the run's name"):
            new_run(store, name=text)
        with pytest.raises(InputError, match="the owner's name"):
            store.take_lease(run, text, HOUR)
    assert [row.id for row in store.runs()] == [run]


def test_a_lease_has_one_owner_at_a_time(store):
    run = new_run(store).id
    first = store.take_lease(run, "first", HOUR)
    assert (first.run, first.owner, first.fence) == (run, "first", 1)
    assert store.run(run).owner == "first"
    assert store.take_lease(run, "second", HOUR) is None
    assert store.take_lease(run, "first", HOUR) is None
    store.release_lease(first)
    assert store.run(run).owner == ""
    second = store.take_lease(run, "second", HOUR)
    assert second.fence == 2
    store.release_lease(first)
    assert store.run(run).owner == "second"


def test_a_lease_whose_time_is_over_is_taken_over(store):
    run = new_run(store).id
    first = store.take_lease(run, "first", INSTANT)
    assert eventually(lambda: store.run(run).owner == "")
    second = store.take_lease(run, "second", HOUR)
    assert second.fence == first.fence + 1
    assert second.until > first.until + HOUR / 2
    with pytest.raises(LeaseLostError, match="second has taken it"):
        store.renew_lease(first, HOUR)
    with pytest.raises(LeaseLostError, match="second has taken it"):
        store.append(run, first.fence, "a", None)
    with pytest.raises(LeaseLostError, match="second has taken it"):
        store.set_status(run, RunStatus.ENDED, fence=first.fence)
    assert store.append(run, second.fence, "a", None) == 0
    store.set_status(run, RunStatus.RUNNING, fence=second.fence)
    assert store.run(run).status is RunStatus.RUNNING


def test_a_lease_is_renewed_even_late_if_nobody_took_it(store):
    run = new_run(store).id
    lease = store.take_lease(run, "owner", INSTANT)
    assert eventually(lambda: store.run(run).owner == "")
    assert store.append(run, lease.fence, "a", None) == 0
    renewed = store.renew_lease(lease, HOUR)
    assert (renewed.owner, renewed.fence) == ("owner", lease.fence)
    assert renewed.until > lease.until
    assert store.take_lease(run, "other", HOUR) is None


def test_a_lease_that_was_given_back_writes_nothing(store):
    run = new_run(store).id
    lease = store.take_lease(run, "owner", HOUR)
    store.release_lease(lease)
    with pytest.raises(LeaseLostError, match="nobody holds it"):
        store.append(run, lease.fence, "a", None)
    with pytest.raises(LeaseLostError, match="nobody holds it"):
        store.renew_lease(lease, HOUR)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_lease_lasts_some_time_and_not_for_ever(store, seconds):
    run = new_run(store).id
    with pytest.raises(InputError, match="a lease lasts"):
        store.take_lease(run, "owner", seconds)
    lease = store.take_lease(run, "owner", HOUR)
    with pytest.raises(InputError, match="a lease lasts"):
        store.renew_lease(lease, seconds)


def test_messages_are_numbered_and_taken_once(store):
    run, fence = held(store)
    assert store.send(run, "approve", {"by": "Ann"}) == 1
    assert store.send(run, "goal") == 2
    assert [(m.number, m.kind, m.body) for m in store.messages(run)] == [
        (1, "approve", {"by": "Ann"}),
        (2, "goal", None),
    ]
    store.append(run, fence, "begun", None)
    store.append_all(run, fence, [Draft("approved", None), Draft("b", None)], takes=[1])
    assert [m.taken_at_sequence for m in store.messages(run)] == [1, None]
    assert [m.number for m in store.messages(run, after=1)] == [2]
    for numbers in ([2, 1], [3], [2, 2]):
        with pytest.raises(InputError, match="not taken before"):
            store.append_all(run, fence, [Draft("again", None)], takes=numbers)
    assert len(store.entries(run)) == 3
    assert store.messages(run)[1].taken_at_sequence is None


def test_a_cancelling_counts_until_it_is_taken(store):
    run, fence = held(store)
    store.send(run, "approve")
    assert not store.run(run).cancel_requested
    number = store.send(run, CANCEL)
    assert store.run(run).cancel_requested
    store.append_all(run, fence, [Draft("stopped", None)], takes=[number])
    assert not store.run(run).cancel_requested


def test_a_run_ends_with_its_last_entry(store):
    run, fence = held(store)
    store.append_all(run, fence, [Draft("a", None)], status=RunStatus.RUNNING)
    assert store.run(run).status is RunStatus.RUNNING
    before = store.run(run).changed
    store.append_all(run, fence, [Draft("e", None)], status=RunStatus.ENDED, outcome="reached")
    ended = store.run(run)
    assert (ended.status, ended.outcome) == (RunStatus.ENDED, "reached")
    assert ended.changed >= before
    with pytest.raises(InputError, match="has ended: reached"):
        store.send(run, "approve")
    assert store.messages(run) == ()
    store.set_status(run, RunStatus.PENDING)
    assert store.run(run).outcome == ""
    assert store.send(run, "approve") == 1


def test_only_ended_runs_that_nobody_holds_are_pruned(store):
    going, _ = held(store)
    ended = [new_run(store).id for _ in range(4)]
    for run in ended:
        lease = store.take_lease(run, "owner", HOUR)
        store.append(run, lease.fence, "a", None)
        store.send(run, "b")
        store.set_status(run, RunStatus.ENDED)
        if run != ended[0]:
            store.release_lease(lease)
    with pytest.raises(InputError):
        store.prune()
    with pytest.raises(InputError):
        store.prune(keep=-1)
    assert store.prune(before=0) == ()
    assert store.prune(before=store.run(ended[3]).changed, keep=2) == (ended[1],)
    assert store.prune(keep=1) == (ended[2],)
    assert {row.id for row in store.runs()} == {going, ended[0], ended[3]}
    for gone in (store.given, store.entries, store.messages):
        with pytest.raises(InputError, match="no run"):
            gone(ended[1])
    assert store.prune(keep=0) == (ended[3],)


def test_a_lease_is_not_taken_while_its_owner_writes(store, url):
    run, fence = held(store, INSTANT)
    assert eventually(lambda: store.run(run).owner == "")
    own = database(url)
    try:
        with open_store(url, patience=0.05) as opened:
            with own.writing() as transaction:
                leases.guard(transaction, run, fence)
                with pytest.raises(StoreUnavailableError, match="locked"):
                    opened.take_lease(run, "other", HOUR)
            assert opened.take_lease(run, "other", HOUR).fence == fence + 1
    finally:
        own.close()


def test_connections_that_share_a_fence_leave_no_gap(store, url):
    run, fence = held(store)
    with ThreadPoolExecutor(4) as threads:

        def append(_):
            with open_store(url) as own:
                return [own.append(run, fence, "a", None) for _ in range(10)]

        numbers = [number for some in threads.map(append, range(4)) for number in some]
    assert sorted(numbers) == list(range(40))


def test_threads_share_a_store(store):
    run, fence = held(store)
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda n: store.append(run, fence, "a", n), range(100)))
    assert sorted(numbers) == list(range(100))
    assert [store.entries(run)[number].body for number in numbers] == list(range(100))


def test_messages_of_several_connections_are_numbered_without_gaps(store, url):
    run = new_run(store).id
    with ThreadPoolExecutor(4) as threads:

        def send(_):
            with open_store(url) as own:
                return [own.send(run, "a") for _ in range(10)]

        numbers = [number for some in threads.map(send, range(4)) for number in some]
    assert sorted(numbers) == list(range(1, 41))


@pytest.mark.parametrize("_", range(5))
def test_many_may_open_a_new_store_at_once(url, _):
    count = 8
    barrier = threading.Barrier(count)

    def use(_):
        barrier.wait(60)
        with open_store(url) as own:
            new_run(own)

    with ThreadPoolExecutor(count) as threads:
        list(threads.map(use, range(count)))
    with open_store(url) as opened:
        assert len(opened.runs()) == count


def test_a_store_of_an_older_version_is_brought_up_to_date(url):
    with open_store(url) as opened:
        run = new_run(opened)
    steps = (
        *STEPS,
        ("ALTER TABLE runs ADD COLUMN colour TEXT", "UPDATE runs SET colour = 'red'"),
    )
    own = database(url)
    try:
        for _ in range(2):
            migrate(own, steps)
            with own.reading() as transaction:
                assert transaction.execute("SELECT id, colour FROM runs") == [(run.id, "red")]
                assert transaction.execute("SELECT schema_version FROM meta") == [(len(steps),)]
    finally:
        own.close()


def test_a_step_that_fails_changes_nothing(url):
    with open_store(url) as opened:
        run = new_run(opened)
    own = database(url)
    try:
        with pytest.raises(StoreError, match="no_such_table"):
            migrate(own, (*STEPS, ("DELETE FROM runs", "DROP TABLE no_such_table")))
        migrate(own)
    finally:
        own.close()
    with open_store(url) as opened:
        assert opened.runs() == (run,)


def test_a_store_of_a_later_version_is_refused_and_left_alone(url):
    with open_store(url) as opened:
        new_run(opened)
    own = database(url)
    try:
        migrate(own, (*STEPS, ("CREATE TABLE colours (name TEXT)",)))
        later = len(STEPS) + 1
        told = rf"later goalsmith.*version {later}, this one knows {later - 1}.*update goalsmith"
        with pytest.raises(StoreError, match=told):
            open_store(url)
        with own.reading() as transaction:
            assert transaction.execute("SELECT schema_version FROM meta") == [(later,)]
            assert transaction.execute("SELECT count(*) FROM runs") == [(1,)]
    finally:
        own.close()


def test_a_closed_store_says_so(url):
    opened = open_store(url)
    opened.close()
    opened.close()
    with pytest.raises(StoreError, match="closed"):
        opened.runs()


def test_a_store_that_stays_locked_can_be_tried_again(url):
    holder = database(url)
    try:
        with open_store(url) as opened:
            run = new_run(opened)
        with open_store(url, patience=0.05) as opened, holder.writing() as transaction:
            transaction.execute("SELECT id FROM runs FOR NO KEY UPDATE")
            with pytest.raises(StoreUnavailableError, match=r"locked .* for 0\.05 s"):
                opened.set_status(run.id, RunStatus.ENDED)
            assert opened.runs() == (run,)
        with open_store(url, patience=0.05) as opened:
            opened.set_status(run.id, RunStatus.ENDED)
    finally:
        holder.close()


RACER = """
import sys
from goalsmith.execute.store import open_store
url, owner, *runs = sys.argv[1:]
with open_store(url) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for run in runs:
        if store.take_lease(run, owner, 3600) is not None:
            print(run, flush=True)
"""


def started(script, *arguments):
    return subprocess.Popen(
        [sys.executable, "-P", "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_of_two_processes_that_race_for_a_lease_one_gets_it(store, url):
    runs = [new_run(store).id for _ in range(50)]
    racers = {owner: started(RACER, url, owner, *runs) for owner in ("left", "right")}
    for process in racers.values():
        assert process.stdout.readline() == "ready\n"
    for process in racers.values():
        process.stdin.write("go\n")
        process.stdin.flush()
    won = {owner: process.communicate()[0].split() for owner, process in racers.items()}
    assert all(process.returncode == 0 for process in racers.values())
    assert sorted(won["left"] + won["right"]) == sorted(runs)
    assert {row.id: row.owner for row in store.runs()} == {
        run: owner for owner in racers for run in won[owner]
    }


WRITER = """
import os, sys, time
from goalsmith.execute.store import Draft, open_store
url, run = sys.argv[1:]
with open_store(url) as store:
    while (lease := store.take_lease(run, str(os.getpid()), 0.2)) is None:
        time.sleep(0.01)
    while True:
        first = store.run(run).entries
        size = 1 + first % 4
        drafts = [Draft("a", {"group": first, "filling": "x" * 500}) for _ in range(size)]
        store.append_all(run, lease.fence, drafts, at=first)
        print(first + size, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_acknowledged(store, url):
    dice = random.Random(7)
    run = new_run(store).id
    length = 0
    for _ in range(20):
        with started(WRITER, url, run) as process:
            for _ in range(dice.randint(1, 12)):
                assert process.stdout.readline()
            time.sleep(dice.random() * 0.01)
            os.kill(process.pid, signal.SIGKILL)
            # What it could still say before it was killed, it may not have finished saying.
            rest = process.stdout.read().split("\n")[:-1]
        assert process.returncode == -signal.SIGKILL
        entries = store.entries(run)
        assert [entry.sequence for entry in entries] == list(range(len(entries)))
        assert len(entries) >= (int(rest[-1]) if rest else length + 1)
        length = len(entries)
        # Groups are whole: each is as long as its first entry's number says.
        starts = sorted({entry.body["group"] for entry in entries})
        assert starts[0] == 0
        assert [start + 1 + start % 4 for start in starts] == [*starts[1:], length]


@pytest.fixture
def sleepy(postgres):
    """A database that acknowledges what it has not synced yet."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        yield postgres
        connection.execute(f'ALTER DATABASE "{name}" RESET synchronous_commit')


def test_postgres_syncs_before_it_acknowledges(sleepy):
    own = open_postgres(sleepy, 30)
    try:
        with own.reading() as transaction:
            assert transaction.execute("SHOW synchronous_commit") == [("on",)]
    finally:
        own.close()


def disconnect(server):
    """Has a server end all other connections to a database."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


def test_a_connection_that_was_lost_is_made_anew(postgres):
    with open_store(postgres) as opened:
        run = new_run(opened)
        disconnect(postgres)
        assert opened.runs() == (run,)


def test_a_transaction_whose_connection_was_lost_is_not_repeated(postgres):
    with open_store(postgres) as opened:
        run = new_run(opened)
    own = open_postgres(postgres, 30)
    try:
        with (
            pytest.raises(StoreUnavailableError, match=r"was lost: .*; try again"),
            own.writing() as transaction,
        ):
            transaction.execute("DELETE FROM runs WHERE id = ?", [run.id])
            disconnect(postgres)
            transaction.execute("SELECT 1")
        with own.reading() as transaction:
            assert transaction.execute("SELECT id FROM runs") == [(run.id,)]
    finally:
        own.close()


def test_other_tables_of_a_postgres_database_are_not_in_the_way(postgres):
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.runs (other TEXT)")
        try:
            with open_store(postgres) as opened:
                assert opened.runs() == ()
                new_run(opened)
            assert connection.execute("SELECT count(*) FROM public.runs").fetchone() == (0,)
        finally:
            connection.execute("DROP TABLE public.runs")


HIDDEN = "hunter2%40"


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1:1/db",
        "[::1]:1/db",
        "127.0.0.1:1,127.0.0.1:2/db?connect_timeout=2",
        "127.0.0.1:1/db?password=other%40",
        "/db?host=/no/such/folder",
        # Words of the password that stand elsewhere too: what libpq quotes is looked through.
        "/db?host=/no/hunter2%40/folder",
        "/db?password=other%40&host=/no/other%40/folder",
    ],
)
def test_a_server_that_cannot_be_reached_is_named_without_the_password(place):
    pytest.importorskip("psycopg")
    url = f"postgresql://ann:{HIDDEN}@{place}"
    with pytest.raises(StoreUnavailableError, match=r"cannot be reached: .*; check") as raised:
        open_store(url)
    assert raised.value.__cause__ is None
    assert place.partition("?")[0] in str(raised.value)
    for word in ("hunter2", "other"):
        assert word not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hun@ter2@host/db",
        "postgresql://ann:hun/ter2@host/db",
        "postgresql://ann:hun#ter2@host/db",
        "postgresql://ann:12?hunter2@host/db",
        "postgresql://ann:hunter2%zz@host/db",
        "postgresql://ann:hunter2",
        "postgresql:hunter2@host",
    ],
)
def test_a_malformed_address_is_refused_without_showing_any_of_it(url):
    with pytest.raises(StoreError, match="not of the form postgresql://") as raised:
        open_store(url)
    assert "ter2" not in str(raised.value)


def test_without_its_driver_postgres_is_unsupported(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'goalsmith\[postgres\]'"):
        open_store("postgresql://host/db")
