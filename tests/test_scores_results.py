import shutil
import sys
from dataclasses import replace

import pytest

from goalsmith.benchmarks import Key, Result, Store
from goalsmith.benchmarks.results.results import MOST_SHOWN, Results
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.outcome import Outcome


def _row(problem, outcome=Outcome.SOLVED, engine="kairos", **given):
    key = Key(f"hash of {problem}", engine, 30.0, 2000, "versions", "code")
    return Result(key, "blocks", problem, "", "", outcome, **given)


ROWS = [
    _row("p1", cost=7, plan_length=7, wall_seconds=0.5),
    _row("p2", Outcome.OUT_OF_TIME, evidence="<b>&stopped"),
    _row("p1", engine="fast-downward", cost=3.5, plan_length=8, wall_seconds=1.25),
]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "s.sqlite") as store:
        for row in ROWS:
            store.write(row)
    return tmp_path / "s.sqlite"


def test_stores_are_opened_as_rows_and_scores(store):
    results = Results.open(store)
    assert list(results) == ROWS
    standings = {(s.configuration, s.score): s.total for s in results.scoreboard().standings()}
    assert standings["kairos", "coverage"] == 1
    assert standings["kairos", "ipc-satisficing"] == 0.5
    assert standings["fast-downward", "ipc-satisficing"] == 1


def test_a_copy_of_a_store_adds_nothing_and_a_run_done_twice_counts_twice(store, tmp_path):
    shutil.copy(store, tmp_path / "copy.sqlite")
    with Store(tmp_path / "other.sqlite") as other:
        other.write(replace(ROWS[0], started="2026-01-02"))
    assert len(Results.open(store, tmp_path / "copy.sqlite")) == 3
    assert len(Results.open(store, tmp_path / "other.sqlite")) == 4


def test_a_store_that_is_missing_is_not_made(tmp_path):
    with pytest.raises(InputError, match="there is no store"):
        Results.open(tmp_path / "none.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_records_are_flat_and_name_the_configuration():
    first, *_ = Results(tuple(ROWS)).records()
    assert (first["configuration"], first["outcome"], first["cost"]) == ("kairos", "solved", 7)
    assert first["task_hash"] == "hash of p1"
    assert "key" not in first


def test_a_notebook_shows_the_first_rows_and_what_they_say_is_text():
    shown = Results(tuple(ROWS))._repr_html_()
    assert shown.count("<tr>") == 4
    assert "<td>&lt;b&gt;&amp;stopped</td>" in shown
    assert "<td>3.5</td><td>8</td><td>1.25</td>" in shown
    many = Results(tuple(ROWS * MOST_SHOWN))._repr_html_()
    assert many.count("<tr>") == MOST_SHOWN + 1
    assert f"and {2 * MOST_SHOWN} more" in many


def test_a_frame_has_a_row_for_each_result():
    pytest.importorskip("polars")
    frame = Results(tuple(ROWS)).frame()
    assert frame.height == 3
    assert frame["cost"].to_list() == [7.0, None, 3.5]
    assert frame["outcome"].to_list() == ["solved", "out-of-time", "solved"]
    assert Results(()).frame().height == 0


def test_without_polars_the_way_to_get_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UnsupportedError, match="pip install"):
        Results(tuple(ROWS)).frame()


def test_of_a_task_whose_files_were_changed_the_last_texts_count(tmp_path):
    old = replace(_row("p1", cost=7, started="2026-01-01"), problem_path="/a/p1.pddl")
    new = replace(old, key=replace(old.key, task_hash="new"), cost=9, started="2026-01-02")
    elsewhere = replace(new, key=replace(old.key, task_hash="other"), problem_path="/b/p1.pddl")
    paths = [tmp_path / name for name in ("a", "b")]
    for path, rows in zip(paths, [(old, elsewhere), (new,)], strict=True):
        with Store(path) as store:
            for row in rows:
                store.write(row)
    told = [replace(row, domain=f"{place}/blocks") for row, place in ((elsewhere, "b"), (new, "a"))]
    assert list(Results.open(*paths)) == told
    assert list(Results.open(*reversed(paths))) == told[::-1]
    assert list(Results.open(paths[0])) == [replace(old, domain="a/blocks"), told[0]]


def test_a_copy_of_a_file_is_of_the_task_that_was_changed_since(tmp_path):
    old = _placed("/a/gripper", "p1", "1", started="2026-01-01")
    new = _placed("/a/gripper", "p1", "2", started="2026-01-02")
    copy = _placed("/b/gripper", "p1", "1", "other", started="2026-01-01")
    assert _opened(tmp_path, old, new, copy) == [("gripper", "p1")] * 2


def _placed(folder, problem, text, configuration="kairos", domain="gripper", **given):
    row = _row(problem, engine=configuration, cost=1, **given)
    key = replace(row.key, task_hash=text)
    return replace(row, key=key, domain=domain, problem_path=f"{folder}/{problem}.pddl")


def _opened(tmp_path, *rows):
    with Store(tmp_path / "s.sqlite") as store:
        for row in rows:
            store.write(row)
    return [(row.domain, row.problem) for row in Results.open(tmp_path / "s.sqlite")]


def test_tasks_of_one_name_in_two_collections_are_told_apart(tmp_path):
    rows = [
        _placed("/x/ipc98/gripper", "p1", "1"),
        _placed("/x/ipc98/gripper", "p2", "2"),
        _placed("/x/mine/gripper/instances", "p1", "3"),
        _placed("/x/ipc98/blocks", "p1", "4", domain="blocks"),
    ]
    assert _opened(tmp_path, *rows) == [
        ("ipc98/gripper", "p1"),
        ("ipc98/gripper", "p2"),
        ("mine/gripper", "p1"),
        ("blocks", "p1"),
    ]


def test_tasks_that_a_manifest_names_keep_their_names_when_told_apart(tmp_path):
    rows = [_placed(f"/a/{name}", "p1", name) for name in ("one", "gripper", "my-gripper")]
    assert _opened(tmp_path, *rows) == [
        ("one/gripper", "p1"),
        ("gripper", "p1"),
        ("my-gripper/gripper", "p1"),
    ]


def test_copies_of_a_collection_are_one_even_if_a_file_was_changed(tmp_path):
    rows = [
        _placed("/x/gripper", "p1", "1", "old"),
        _placed("/x/gripper", "p2", "2", "old"),
        _placed("/moved/gripper", "p1", "changed", "new"),
        _placed("/moved/gripper", "p2", "2", "new"),
        _placed("/elsewhere/gripper", "p3", "3", "new"),
    ]
    assert {domain for domain, _ in _opened(tmp_path, *rows)} == {"gripper"}


def test_a_file_that_had_two_names_is_one_task(tmp_path):
    rows = [
        _placed("/x/ipc98/gripper", "p1", "before it was changed", "alone"),
        _placed("/x/ipc98/gripper", "p1", "1", "beside", domain="ipc98/gripper"),
        _placed("/x/ipc00/gripper", "p1", "2", "beside", domain="ipc00/gripper"),
    ]
    assert _opened(tmp_path, *rows) == [
        ("ipc98/gripper", "p1"),
        ("ipc98/gripper", "p1"),
        ("ipc00/gripper", "p1"),
    ]
