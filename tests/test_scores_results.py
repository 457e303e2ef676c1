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
    assert len(Results.open(store, store)) == 6
    standings = {(s.configuration, s.score): s.total for s in results.scoreboard().standings()}
    assert standings["kairos", "coverage"] == 1
    assert standings["kairos", "ipc-satisficing"] == 0.5
    assert standings["fast-downward", "ipc-satisficing"] == 1


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
    old = _row("p1", cost=7, started="2026-01-01")
    new = replace(old, key=replace(old.key, task_hash="new"), cost=9, started="2026-01-02")
    elsewhere = replace(new, key=replace(old.key, task_hash="other"), problem_path="/b/p1.pddl")
    paths = [tmp_path / name for name in ("a", "b")]
    for path, rows in zip(paths, [(old, elsewhere), (new,)], strict=True):
        with Store(path) as store:
            for row in rows:
                store.write(row)
    assert list(Results.open(*paths)) == [elsewhere, new]
    assert list(Results.open(*reversed(paths))) == [new, elsewhere]
    assert list(Results.open(paths[0])) == [old, elsewhere]
