import subprocess
import sys
import threading
import time
from pathlib import Path

import processes
import pytest
import tasks

from goalsmith.domains.errors import InputError
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import ActionReport, Attempt, Ending, execute
from goalsmith.execute.environments import ProcessEnvironment, WorldError, process
from goalsmith.solve import solve

TOWER = tasks.towers("(and (on a b) (on b c))")
TOWER_PLAN = Plan(
    (
        Step("lift", ("b",)),
        Step("pile", ("b", "c")),
        Step("lift", ("a",)),
        Step("pile", ("a", "b")),
    )
)
LIFT = Step("lift", ("b",))
FIRST = Attempt("run/1")

# A world that runs our own simulator behind the protocol; its first argument is the act that fails.
WORLD = f"""
import json, sys
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_task
from goalsmith.execute import FaultKind, Faults, Simulator
task = read_task({tasks.BLOCKS!r}, '''
    (define (problem p) (:domain towers) (:objects a b c)
      (:init (free) (table a) (clear a) (table b) (clear b) (table c) (clear c)) (:goal (and)))
''')
fails = [int(n) for n in sys.argv[1:]]
simulator = Simulator(task, Faults(scripted=dict.fromkeys(fails, FaultKind.ACTION_FAILS)))
print("ready", file=sys.stderr)
for line in sys.stdin:
    request = json.loads(line)
    answer = {{"id": request["id"]}}
    if request["method"] == "observe":
        facts = [str(a) for a in simulator.observe().atoms]
        answer |= {{"true": facts, "complete": True}}
    else:
        step = Step(request["action"], tuple(request["args"]))
        assert str(step) == request["step"]
        report = simulator.act(step)
        answer |= {{"succeeded": report.succeeded, "message": report.message}}
    print(json.dumps(answer), flush=True)
"""


def _python(folder, code, *words, **options):
    path = folder / "world.py"
    path.write_text(code, encoding="utf-8")
    options.setdefault("seconds", 120)
    return ProcessEnvironment(TOWER, [sys.executable, path, *words], **options)


def _shell(where, script, **options):
    options.setdefault("seconds", 120)
    return ProcessEnvironment(TOWER, [processes.program(where, script)], **options)


def _answering(folder, *answers, **options):
    """A program that answers with these lines, whatever it is asked, and then waits."""
    lines = "\n".join(f"read -r _; printf '%s\\n' '{a}'" for a in answers)
    return _shell(folder, f"{lines}\nwhile read -r _; do :; done", **options)


def test_a_run_through_a_program_reaches_its_goal(tmp_path):
    with _python(tmp_path, WORLD, "2") as environment:
        run = execute(TOWER, TOWER_PLAN, environment, solve)
    assert run.reached, run.reason
    assert len(run.steps) == len(TOWER_PLAN) + 1


def test_a_program_gets_the_step_with_its_objects_and_its_key(tmp_path):
    heard = tmp_path / "heard"
    script = f"""read -r line; printf '%s\\n' "$line" > '{heard}'
    printf '%s\\n' '{{"id": 1, "succeeded": false, "message": "stuck", "ending": "refused"}}'
    cat > /dev/null"""
    with _shell(tmp_path, script) as environment:
        report = environment.act(Step("pile", ("a", "b")), Attempt("run-7/3", 2))
    assert report == ActionReport(False, "stuck", Ending.REFUSED)
    assert heard.read_text(encoding="utf-8") == (
        '{"id": 1, "method": "act", "step": "(pile a b)", "action": "pile", "args": ["a", "b"], '
        '"key": "run-7/3", "attempt": 2}\n'
    )


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        ('{"id": 1, "succeeded": true}', ActionReport(True, "", Ending.DONE)),
        ('{"id": 1, "succeeded": false}', ActionReport(False, "", Ending.FAILED)),
        ('{"id": 1, "error": "no arm"}', ActionReport(False, "no arm", Ending.FAILED)),
        (
            '{"id": 1, "succeeded": false, "ending": "timed-out"}',
            ActionReport(False, "", Ending.TIMED_OUT),
        ),
        (
            '{"id": 1, "succeeded": true, "message": ["not", "a", "text"]}',
            ActionReport(True, '["not", "a", "text"]', Ending.DONE),
        ),
    ],
)
def test_what_a_program_answers_to_an_act_is_a_report(tmp_path, answer, report):
    with _answering(tmp_path, answer) as environment:
        assert environment.act(LIFT, FIRST) == report


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("hello there", "a line that is no answer, `hello there`: its standard output is for JSON"),
        ("[1, 2]", "no answer"),
        ('{"id": true, "succeeded": true}', "no answer"),
        ('{"id": 2, "succeeded": true}', "answered request 2, which it was not asked"),
        ('{"id": 1, "succeeded": "yes"}', "`succeeded` must be true or false"),
        ('{"id": 1}', "`succeeded` must be true or false"),
        ('{"id": 1, "succeeded": true, "ending": "well"}', "one of done, failed, refused, timed-"),
        ('{"id": 1, "succeeded": true, "ending": "failed"}', "that agrees with it"),
        ("[" * 100_000, "no answer"),
    ],
)
def test_an_answer_against_the_rules_ends_the_program_with_the_reason(tmp_path, answer, reason):
    with _answering(tmp_path, answer) as environment:
        for _ in range(2):  # what was wrong is said again, and nobody else is asked
            with pytest.raises(WorldError, match=reason):
                environment.act(LIFT, FIRST)
        assert not processes.alive(str(tmp_path / "program"))


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        ('{"id": 1, "error": "fog"}', WorldError, "cannot observe: fog"),
        ('{"id": 1, "true": ["(free)"]}', InputError, "`complete` must be true"),
        ('{"id": 1, "true": ["(fre)"], "complete": true}', InputError, "did you mean `free`"),
        ('{"id": 1, "true": 7, "complete": true}', InputError, "a list of facts is expected"),
    ],
)
def test_what_is_no_observation_is_told_so_and_the_program_lives(tmp_path, answer, kind, reason):
    with _answering(tmp_path, answer, '{"id": 2, "succeeded": true}') as environment:
        with pytest.raises(kind, match=reason):
            environment.observe()
        assert environment.act(LIFT, FIRST).succeeded


@pytest.fixture
def patient(monkeypatch):
    """A busy machine may take long to let a program end."""
    monkeypatch.setattr(process, "GRACE", processes.PATIENCE)


@pytest.mark.usefixtures("patient")
def test_the_death_of_a_program_is_said_with_its_last_words(tmp_path):
    script = "for n in 1 2 3 4 5 6 7; do echo line $n >&2; done; read -r _; echo bye >&2; exit 3"
    with (
        _shell(tmp_path, script) as environment,
        pytest.raises(WorldError, match=r"exit code 3; it said last: line 4 \| .* \| bye$"),
    ):
        environment.observe()


def test_last_words_after_the_last_answer_are_heard_too(tmp_path):
    script = "read -r _; exec 1>&-; sleep 0.1; echo bye >&2; exit 3"
    with (
        _shell(tmp_path, script) as environment,
        pytest.raises(WorldError, match=r"exit code 3; it said last: bye$|closed its standard"),
    ):
        environment.observe()


@pytest.mark.usefixtures("patient")
def test_a_program_killed_by_a_signal_is_said_so(tmp_path):
    with (
        _shell(tmp_path, "read -r _; kill -SEGV $$") as environment,
        pytest.raises(WorldError, match="was killed by signal 11"),
    ):
        environment.observe()


@pytest.mark.usefixtures("patient")
def test_a_run_ends_in_order_when_its_program_dies(tmp_path):
    script = """read -r _
    printf '%s\\n' '{"id": 1, "true": ["(free)", "(table a)", "(clear a)", "(table b)", \
"(clear b)", "(table c)", "(clear c)"], "complete": true}'
    read -r _; exit 5"""
    with _shell(tmp_path, script) as environment:
        run = execute(TOWER, TOWER_PLAN, environment, solve)
    assert not run.reached
    assert "ended with exit code 5" in run.reason
    assert len(run.steps) == 1


def test_an_answer_that_is_late_is_passed_over_when_it_comes(tmp_path):
    script = """read -r _; read -r _
    printf '%s\n' '{"id": 1, "succeeded": true, "message": "late"}'
    printf '%s\n' '{"id": 2, "succeeded": true, "message": "second"}'
    cat > /dev/null"""
    with _shell(tmp_path, script, seconds=3) as environment:
        late = environment.act(LIFT, FIRST)
        assert late.how is Ending.TIMED_OUT
        assert "no answer within 3 s; it may still have its effects" in late.message
        assert environment.act(LIFT, FIRST).message == "second"


def test_an_observation_that_is_late_is_an_error(tmp_path):
    script = f"echo thinking >&2; touch '{tmp_path}/said'; cat > /dev/null"
    with _shell(tmp_path, script, seconds=2) as environment:
        assert processes.eventually((tmp_path / "said").exists)
        with pytest.raises(WorldError, match=r"within 2 s what is true.*said last: thinking"):
            environment.observe()


def test_an_answer_in_pieces_is_one_answer(tmp_path):
    script = """read -r _; printf '{"id": 1, '; sleep 0.05; printf '"succeeded": '; sleep 0.05
    printf 'true}\n'; cat > /dev/null"""
    with _shell(tmp_path, script) as environment:
        assert environment.act(LIFT, FIRST).succeeded


def test_a_line_has_a_greatest_length(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "LONGEST_LINE", 2**16)
    with (
        _shell(tmp_path, "read -r _; exec yes x | tr -d '\\n'") as environment,
        pytest.raises(WorldError, match="a line of more than 65536 bytes"),
    ):
        environment.observe()


def test_a_program_that_writes_many_errors_is_heard_all_the_same(tmp_path):
    script = """read -r _; head -c 3000000 /dev/zero | tr '\\0' 'e' >&2; echo >&2; echo enough >&2
    printf '%s\n' '{"id": 1, "succeeded": true}'; read -r _; exit 1"""
    with _shell(tmp_path, script) as environment:
        assert environment.act(LIFT, FIRST).succeeded
        with pytest.raises(WorldError, match=r"enough$") as caught:
            environment.act(LIFT, FIRST)
    assert len(str(caught.value)) < 2 * process.KEPT_ERRORS


def test_a_request_longer_than_a_pipe_is_sent_whole(tmp_path):
    size = tmp_path / "size"
    # It complains at length before it has read all: neither side may wait for the other.
    script = f"""head -c 20000 > /dev/null; head -c 3000000 /dev/zero | tr '\\0' 'e' >&2
    head -n 1 | wc -c > '{size}'
    printf '%s\\n' '{{"id": 1, "succeeded": true}}'; cat > /dev/null"""
    with _shell(tmp_path, script) as environment:
        assert environment.act(LIFT, Attempt("k" * 300_000)).succeeded
    assert int(size.read_text(encoding="utf-8")) > 300_000 - 20_000


def test_several_threads_get_their_own_answers(tmp_path):
    code = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], "succeeded": True, "message": request["key"]}))
    sys.stdout.flush()
"""
    said = {}
    with _python(tmp_path, code) as environment:

        def act(key):
            said[key] = environment.act(LIFT, Attempt(key)).message

        threads = [threading.Thread(target=act, args=(f"key-{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert said == {f"key-{n}": f"key-{n}" for n in range(8)}


@pytest.mark.usefixtures("patient")
def test_a_program_can_tidy_up_at_the_end_of_its_input(tmp_path):
    tidy = tmp_path / "tidy"
    with _shell(tmp_path, f"cat > /dev/null; echo yes > '{tidy}'"):
        assert not tidy.exists()
    assert tidy.read_text(encoding="utf-8") == "yes\n"


def test_nothing_of_a_program_survives_its_block(tmp_path):
    script = "trap '' TERM; sleep 1000 & while :; do sleep 1; done"
    with _shell(tmp_path, script):
        name = str(tmp_path / "program")
        assert processes.eventually(lambda: processes.alive(name) != [])
    # What is killed is there until it has had some time of the processor.
    assert processes.eventually(lambda: not processes.alive(name))


def test_a_program_ends_with_a_process_that_is_killed(tmp_path):
    mark = f"3{time.monotonic_ns() % 10**9}"
    code = f"""
import time
from pathlib import Path
import tasks
from goalsmith.execute.environments import ProcessEnvironment
with ProcessEnvironment(tasks.towers("(and)"), ["sleep", "{mark}"]):
    print("started", flush=True)
    time.sleep(1000)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
    )
    with parent:
        try:
            assert parent.stdout.readline() == b"started\n"
            # A program that has just begun has no arguments for a moment.
            assert processes.eventually(lambda: processes.alive(mark) != [])
        finally:
            parent.kill()
    assert processes.eventually(lambda: not processes.alive(mark))


def test_a_program_that_cannot_be_started_is_told_so(tmp_path):
    absent = ProcessEnvironment(TOWER, [tmp_path / "absent"])
    with pytest.raises(InputError, match=r"absent` cannot be started: .*No such"), absent:
        raise AssertionError("the block should not have been entered")
    for command in ([], "node world.js"):
        with pytest.raises(InputError, match="a command is a list of words"):
            ProcessEnvironment(TOWER, command)
    with pytest.raises(InputError, match="more than 0 seconds"):
        ProcessEnvironment(TOWER, ["true"], seconds=0)


def test_outside_of_its_block_it_says_how_it_is_used_and_it_can_be_used_again(tmp_path):
    environment = _answering(tmp_path, '{"id": 1, "succeeded": true}')
    with pytest.raises(WorldError, match="in a `with` block"):
        environment.act(LIFT, FIRST)
    for _ in range(2):
        with environment:
            assert environment.act(LIFT, FIRST).succeeded
            with pytest.raises(InputError, match="entered already"):
                environment.__enter__()
    with pytest.raises(WorldError, match="in a `with` block"):
        environment.observe()


def test_a_program_runs_where_and_with_what_it_is_told(tmp_path):
    script = """read -r _
    printf '{"id": 1, "succeeded": true, "message": "%s %s"}\n' "$PWD" "$TOOL"
    cat > /dev/null"""
    with _shell(tmp_path, script, folder=tmp_path, variables={"TOOL": "arm"}) as environment:
        assert environment.act(LIFT, FIRST).message == f"{tmp_path} arm"
