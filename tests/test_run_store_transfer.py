import io
import json
from dataclasses import replace

import pytest
import tasks
from test_run_store import url

from goalsmith.domains.errors import InputError
from goalsmith.domains.plans import Step
from goalsmith.execute import Attempt, Faults
from goalsmith.execute.environments.simulated import KeptSimulator
from goalsmith.execute.store import (
    Draft,
    RunStatus,
    export_run,
    import_run,
    open_store,
    transfer,
)

__all__ = ["url"]  # a fixture


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'from'}") as opened:
        yield opened


@pytest.fixture
def other(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'to'}") as opened:
        yield opened


@pytest.fixture
def run(store):
    """A run that has ended, with 7 entries and 2 messages."""
    made = store.create_run(
        domain_pddl="(define\n)",
        problem_pddl="å",
        plan="(a)",
        settings={"n": 1},
        name="n",
        world="w",
    )
    lease = store.take_lease(made.id, "owner", 3600)
    store.send(made.id, "approve", {"by": "\ud800"})
    store.append_all(made.id, lease.fence, [Draft("a", {"n": n}) for n in range(5)], takes=[1])
    store.send(made.id, "later")
    store.append_all(
        made.id,
        lease.fence,
        [Draft("b", None), Draft("c", [0.1])],
        status=RunStatus.ENDED,
        outcome="reached",
    )
    return made.id


def exported(store, run):
    file = io.BytesIO()
    export_run(store, run, file)
    return file.getvalue()


def test_a_run_comes_back_from_its_file(store, other, run, monkeypatch):
    monkeypatch.setattr(transfer, "PAGE", 3)
    text = exported(store, run)
    row = import_run(other, io.BytesIO(text))
    assert row == replace(store.run(run), owner="")
    assert other.given(run) == store.given(run)
    assert other.entries(run) == store.entries(run)
    assert other.messages(run) == store.messages(run)
    assert exported(other, run) == text
    with pytest.raises(InputError, match="already"):
        import_run(other, io.BytesIO(text))


def test_every_line_of_an_export_is_json(store, run):
    lines = [json.loads(line) for line in exported(store, run).splitlines()]
    assert lines[0]["format"] == "goalsmith-run"
    assert lines[0]["given"]["settings"] == {"n": 1}
    assert [line["entry"]["kind"] for line in lines[1:8]] == ["a"] * 5 + ["b", "c"]
    assert lines[8]["message"]["taken_at_sequence"] == 0
    assert lines[-1] == {"end": {"entries": 7, "messages": 2, "acts": 0}}


@pytest.mark.parametrize("status", [s for s in RunStatus if s is not RunStatus.ENDED])
def test_a_run_that_had_not_ended_is_paused(store, other, run, status):
    store.set_status(run, status)
    row = import_run(other, io.BytesIO(exported(store, run)))
    assert (row.status, row.owner) == (RunStatus.PAUSED, "")


def test_a_run_that_goes_on_meanwhile_is_exported_as_it_was(store, other, run, monkeypatch):
    read = store.messages

    def meanwhile(*args):
        store.append_all(run, 1, [Draft("d", None)], takes=[2])
        return read(*args)

    monkeypatch.setattr(store, "messages", meanwhile)
    row = import_run(other, io.BytesIO(exported(store, run)))
    assert row.entries == 7
    assert [m.taken_at_sequence for m in other.messages(run)] == [0, None]


def test_a_file_may_be_cut_nowhere(store, other, run):
    lines = exported(store, run).splitlines(keepends=True)
    for kept in range(len(lines)):
        with pytest.raises(InputError, match=r"cut short|not a run that goalsmith exported"):
            import_run(other, io.BytesIO(b"".join(lines[:kept])))
        half = b"".join(lines[:kept]) + lines[kept][:-5]
        with pytest.raises(InputError, match=rf"line {kept + 1} .*expected JSON"):
            import_run(other, io.BytesIO(half))
    assert other.runs() == ()


@pytest.mark.parametrize(
    ("number", "path", "value", "message"),
    [
        (1, ["format"], "other", "not a run that goalsmith exported"),
        (1, ["version"], 3, "has version 3 of the format, and this goalsmith reads 1 to 2"),
        (1, ["version"], True, "has version True of the format"),
        (1, ["version"], [1], "has version"),
        (1, ["run"], None, "line 1 .*an object of id, name"),
        (1, ["run", "id"], "../../etc", "line 1 .*16 hexadecimal digits"),
        (1, ["run", "extra"], 1, "line 1 .*an object of id, name"),
        (1, ["run", "created"], True, "line 1 .*`created`"),
        (1, ["run", "created"], 1e300, "line 1 .*`created`"),
        (1, ["run", "changed"], -1, "line 1 .*`changed`"),
        (1, ["run", "status"], "gone", "line 1 .*a status among pending, "),
        (1, ["run", "name"], "a\0", "the run's name has a NUL"),
        (1, ["given", "settings"], [], "line 1 .*`settings`"),
        (1, ["given", "plan"], 5, "line 1 .*`plan`"),
        (3, ["entry", "sequence"], 2, "line 3 .*expected entry 1"),
        (3, ["entry", "sequence"], True, "line 3 .*`sequence`"),
        (3, ["entry", "kind"], "A b", "the kind of the entry of line 3"),
        (3, ["entry", "time"], "now", "line 3 .*`time`"),
        (3, ["note"], 1, "line 3 .*an entry, a message, a simulated world"),
        (9, ["message", "number"], 2, "line 9 .*expected message 1"),
        (9, ["message", "taken_at_sequence"], 7, "line 9 .*at an entry above it"),
        (9, ["message", "taken_at_sequence"], 0.0, "line 9 .*`taken_at_sequence`"),
        (11, ["end", "entries"], 8, "line 11 .*7 entries, 2 messages and 0 acts counted"),
    ],
)
def test_every_line_is_checked(store, other, run, number, path, value, message):
    lines = exported(store, run).splitlines()
    line = json.loads(lines[number - 1])
    part = line
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    lines[number - 1] = json.dumps(line).encode()
    with pytest.raises(InputError, match=message):
        import_run(other, io.BytesIO(b"\n".join(lines)))
    assert other.runs() == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\xff", "line 3 .*JSON"),
        (b"[]", "line 3 .*an entry, a message, a simulated world"),
        (b'{"unknown": 1}', "line 3 .*an entry, a message, a simulated world"),
        (b'{"entry": NaN}', "line 3 .*JSON"),
        (b"[" * 200_000, "line 3 .*JSON"),
        (b'{"entry": {"sequence": 1, "time": 1, "kind": "a", "body": 1e999}}', "not plain data"),
    ],
)
def test_a_line_that_is_something_else_is_refused(store, other, run, line, message):
    lines = exported(store, run).splitlines()
    lines[2] = line
    with pytest.raises(InputError, match=message):
        import_run(other, io.BytesIO(b"\n".join(lines)))
    assert other.runs() == ()


def test_nothing_comes_after_the_end(store, other, run):
    with pytest.raises(InputError, match="nothing after the end"):
        import_run(other, io.BytesIO(exported(store, run) + b"{}\n"))


def test_reading_is_bounded(store, other, run, monkeypatch):
    text = exported(store, run)
    monkeypatch.setattr(transfer, "MAX_LINE", 100)
    with pytest.raises(InputError, match=r"line 1 .*too long"):
        import_run(other, io.BytesIO(b"x" * 10_000))
    monkeypatch.undo()
    monkeypatch.setattr(transfer, "MAX_FILE", len(text) - 1)
    with pytest.raises(InputError, match=r"line 11 .*too long"):
        import_run(other, io.BytesIO(text))
    monkeypatch.undo()
    assert import_run(other, io.BytesIO(text)).id == run


# Simulated worlds

TASK = tasks.towers("(on a b)")
FAULTS = Faults(5, action_fails=0.2, effect_lost=0.2, moved=0.2, steps={"*": 0.3})
LIFT, LOWER = Step("lift", ("a",)), Step("lower", ("a",))
ACTS = 12


@pytest.fixture
def acted(store, run):
    """The run, with some acts in a simulated world, one of them asked for twice."""
    world = KeptSimulator(store, run, TASK, FAULTS)
    for number in range(1, ACTS + 1):
        world.act((LIFT, LOWER)[number % 2], Attempt(f"r-{number}"))
    world.act(LIFT, Attempt("r-3"))
    return run


def test_a_simulated_world_goes_with_its_run_and_goes_on_as_it_would_have(store, acted, url):
    text = exported(store, acted)
    with open_store(url) as other:
        import_run(other, io.BytesIO(text))
        assert other.acts(acted) == store.acts(acted)
        assert other.acts(acted)[2].asked == 2
        assert exported(other, acted) == text
        here, there = (KeptSimulator(at, acted, TASK, FAULTS) for at in (store, other))
        assert here.observe() == there.observe() != KeptSimulator(store, "0" * 16, TASK).observe()
        for number in range(1, 3 * ACTS):
            step, attempt = (LIFT, LOWER)[number % 2], Attempt(f"r-{number}")
            assert there.act(step, attempt) == here.act(step, attempt)
            assert there.observe() == here.observe()
        mine, theirs = (
            [(act.key, act.report, act.asked) for act in at.acts(acted)] for at in (store, other)
        )
        assert mine == theirs


def test_a_file_of_version_1_has_no_world(store, other, acted):
    lines = [json.loads(line) for line in exported(store, acted).splitlines()]
    lines[0]["version"] = 1
    del lines[-1]["end"]["acts"]
    old = [line for line in lines if not line.keys() & {"simulation", "act"}]
    row = import_run(other, io.BytesIO(b"\n".join(json.dumps(line).encode() for line in old)))
    assert other.entries(row.id) == store.entries(acted)
    assert other.simulation(row.id) is None
    assert other.acts(row.id) == ()


@pytest.mark.parametrize(
    ("number", "value", "message"),
    [
        (11, {"act": {}}, "line 11 .*expected an entry, a message, a simulated world"),
        (11, {"simulation": {"acts": 0, "snapshot": {}}}, "line 11 .*one simulated world"),
        (11, {"simulation": {"acts": 12, "snapshot": None}}, "line 11 .*`snapshot`"),
        (11, {"simulation": {"acts": 13, "snapshot": {}}}, "line 24 .*expected 13 acts"),
        (12, {"simulation": {"acts": 12, "snapshot": {}}}, "line 12 .*one simulated world"),
        (13, "12", "line 13 .*expected act 2"),
        (13, ["number", 3], "line 13 .*expected act 2"),
        (13, ["key", "r-1"], "line 13 .*no other by its key"),
        (13, ["key", "r\0"], "the key of an act has a NUL"),
        (13, ["asked", 0], "line 13 .*asked for"),
        (13, ["report", "yes"], "line 13 .*`report`"),
        (13, ["time", -1], "line 13 .*`time`"),
    ],
)
def test_every_line_of_a_world_is_checked(store, other, acted, number, value, message):
    lines = exported(store, acted).splitlines()
    assert len(lines) == 12 + ACTS
    if isinstance(value, list):
        line = json.loads(lines[number - 1])
        line["act"][value[0]] = value[1]
        lines[number - 1] = json.dumps(line).encode()
    elif isinstance(value, str):
        lines[number - 1] = lines[int(value) - 1]
    else:
        lines[number - 1] = json.dumps(value).encode()
    with pytest.raises(InputError, match=message):
        import_run(other, io.BytesIO(b"\n".join(lines)))
    assert other.runs() == ()


def test_a_world_in_a_file_of_version_1_is_refused(store, other, acted):
    lines = exported(store, acted).splitlines()
    lines[0] = lines[0].replace(b'"version":2', b'"version":1')
    with pytest.raises(InputError, match=r"line 11 .*expected an entry"):
        import_run(other, io.BytesIO(b"\n".join(lines)))
