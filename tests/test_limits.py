"""Limits on engines, and what is left when this process or an engine ends in whatever way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest
import tasks
from ipc import Instance
from processes import PATIENCE, alive, eventually, program

from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Limits, solve
from goalsmith.solve.fast_downward import wheel as fast_downward_wheel
from goalsmith.solve.kairos import pool as kairos_pool
from goalsmith.solve.kairos.client import Rest
from goalsmith.solve.kairos.engine import Kairos
from goalsmith.solve.kairos.pool import Pool
from goalsmith.solve.programs import process
from goalsmith.solve.programs.meter import Meter
from goalsmith.solve.programs.process import run
from goalsmith.solve.programs.usage import usage
from goalsmith.solve.programs.watchdog import Watchdog

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")

TOWER = "(and (on a b) (on b c))"

SPIN = "while True: pass"

SLEEPERS = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", MARK])
time.sleep(600)
"""


@pytest.fixture
def mark(tmp_path: Path) -> str:
    """A word that no other process has among its arguments."""
    return f"mark-of-{tmp_path.name}-{os.getpid()}"


GONE = ("", "Z", "X")
"""States of processes that have ended, waited for or not."""


def state_of(process: int) -> str:
    """A letter: R for running, S for sleeping, T for stopped; empty if there is no such process."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return said.rpartition(")")[2].split()[0]


def in_python(folder: Path, code: str, mark: str) -> Path:
    """A program in Python that has a mark among its arguments."""
    script = folder / "program.py"
    script.write_text(code.replace("MARK", repr(mark)), encoding="utf-8")
    return program(folder, f"exec {sys.executable} {script} {mark}")


def a_solving_process(folder: Path, program: Path) -> subprocess.Popen[bytes]:
    """A process that solves with `program` in place of Fast Downward's search."""
    (folder / "temporary").mkdir()
    code = (
        "import signal\n"
        # Whoever runs the tests may have had them ignored.
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import tasks; from pathlib import Path\n"
        "from goalsmith.solve import solve\n"
        "from goalsmith.solve.fast_downward import wheel as fast_downward_wheel\n"
        f"fast_downward_wheel.binary = lambda: Path({str(program)!r})\n"
        f"solve(tasks.towers({TOWER!r}), engine='fast-downward')\n"
    )
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "TMPDIR": str(folder / "temporary")},
        stderr=subprocess.DEVNULL,
    )


# Ends


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_when_this_process_dies_its_engines_die_and_leave_no_files(
    tmp_path: Path, mark: str, number: signal.Signals
) -> None:
    solving = a_solving_process(tmp_path, in_python(tmp_path, SLEEPERS, mark))
    try:
        assert eventually(lambda: len(alive(mark)) == 2)
        assert list((tmp_path / "temporary").glob("goalsmith-*/output.sas"))
        solving.send_signal(number)
        assert solving.wait(PATIENCE) != 0
        assert eventually(lambda: not alive(mark))
        assert eventually(lambda: not list((tmp_path / "temporary").iterdir()))
    finally:
        solving.kill()
        solving.wait()


def test_when_this_process_is_killed_kairos_dies_in_the_middle_of_a_search(data: Path) -> None:
    domain, problem = Instance("floortile-sat11-strips", 2).files(data)
    code = (
        "from goalsmith.domains.reader import load_task\n"
        "from goalsmith.solve import solve\n"
        "from goalsmith.solve.kairos import pool as kairos_pool\n"
        "worker = kairos_pool.shared_pool().take()\n"
        "kairos_pool.shared_pool().give_back(worker)\n"
        "print(worker.process.pid, flush=True)\n"
        f"solve(load_task({str(domain)!r}, {str(problem)!r}), engine='kairos')\n"
    )
    solving = subprocess.Popen([sys.executable, "-P", "-c", code], stdout=subprocess.PIPE)
    assert solving.stdout is not None
    with solving.stdout:
        worker = int(solving.stdout.readline())

    def used() -> float:
        return found.cpu_seconds if (found := usage(worker)) else 0.0

    try:
        assert eventually(lambda: used() > 0.5)
    finally:
        solving.kill()
        solving.wait()
    assert eventually(lambda: state_of(worker) in GONE)


def test_a_program_does_not_start_when_its_gate_is_closed(tmp_path: Path) -> None:
    began = tmp_path / "began"
    gate = subprocess.Popen(
        ["/bin/sh", "-c", process._GATE, os.devnull, "touch", began], stdin=subprocess.PIPE
    )
    assert gate.stdin is not None
    gate.stdin.close()
    assert gate.wait(PATIENCE) != 0
    assert not began.exists()


def test_nothing_of_a_group_outlives_its_watchdog(tmp_path: Path, mark: str) -> None:
    code = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', CODE, MARK])"
    path = in_python(tmp_path, code.replace("CODE", "'import time; time.sleep(600)'"), mark)
    with Watchdog() as watchdog:
        ended = run(
            [path], tmp_path, seconds=PATIENCE, memory_mb=4096, cancel=Event(), watchdog=watchdog
        )
        assert ended.exit_code == 0
        assert eventually(lambda: bool(alive(mark)))
    assert eventually(lambda: not alive(mark))


def test_a_child_that_leaves_the_group_is_stopped_with_its_parent(
    tmp_path: Path, mark: str
) -> None:
    code = SLEEPERS.replace("MARK])", "MARK], start_new_session=True)")
    path, cancel = in_python(tmp_path, code, mark), Event()

    def stop() -> None:
        assert eventually(lambda: len(alive(mark)) == 2)
        cancel.set()

    stopping = Thread(target=stop)
    stopping.start()
    ended = run([path], tmp_path, seconds=PATIENCE, memory_mb=4096, cancel=cancel)
    stopping.join()
    assert ended.stopped == "cancel"
    assert eventually(lambda: not alive(mark))


def test_a_program_that_is_stopped_while_it_starts_others_leaves_none_of_them(
    tmp_path: Path,
) -> None:
    seconds = f"6{time.monotonic_ns() % 10**9}"
    script = f"n=0; while [ $n -lt 2000 ]; do setsid sleep {seconds} & n=$((n+1)); done; wait"
    path, cancel = program(tmp_path, script), Event()

    def stop() -> None:
        assert eventually(lambda: len(alive(seconds)) > 5)
        cancel.set()

    stopping = Thread(target=stop)
    stopping.start()
    ended = run([path], tmp_path, seconds=PATIENCE, memory_mb=4096, cancel=cancel)
    stopping.join()
    assert ended.stopped == "cancel"
    try:
        assert eventually(lambda: not alive(seconds), 20.0)
    finally:
        for each in alive(seconds):
            os.kill(each, signal.SIGKILL)


def test_an_error_in_this_process_ends_the_program(
    tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = in_python(tmp_path, SLEEPERS, mark)

    def interrupted(meter: Meter) -> None:
        if len(alive(mark)) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Meter, "look", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run([path], tmp_path, seconds=PATIENCE, memory_mb=4096, cancel=Event())
    assert eventually(lambda: not alive(mark))


# Limits


def test_cpu_time_is_limited_for_all_processes_of_an_engine_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mark: str
) -> None:
    code = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {SPIN!r}])\n{SPIN}"
    path = in_python(tmp_path, code, mark)
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: path)
    limits = Limits(seconds=PATIENCE, cpu_seconds=2.0)
    solution = solve(tasks.towers(TOWER), engine="fast-downward", limits=limits)
    assert solution.outcome is Outcome.OUT_OF_TIME
    assert "CPU" in solution.evidence
    assert solution.statistics.cpu_seconds is not None
    assert 2.0 <= solution.statistics.cpu_seconds < 8.0


def test_kairos_is_held_to_a_limit_of_cpu_time(data: Path) -> None:
    task = Instance("floortile-sat11-strips", 2).load(data)
    answer = Kairos().answer(task, Limits(seconds=PATIENCE, cpu_seconds=0.5), "first", Event())
    assert answer.outcome is Outcome.OUT_OF_TIME
    assert "CPU" in answer.evidence
    assert answer.statistics.cpu_seconds is not None
    assert 0.5 <= answer.statistics.cpu_seconds < 4.0
    assert (answer.statistics.peak_memory_mb or 0.0) > 1.0


def test_what_a_warm_process_used_before_does_not_count(tmp_path: Path) -> None:
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()\n"
    code += "while True: pass"
    warm = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert warm.stdin is not None
    assert warm.stdout is not None
    with warm.stdin, warm.stdout:
        warm.stdout.readline()
        meter = Meter(warm.pid, None, 0.25)
        assert meter.look() == ""
        warm.stdin.write(b"\n")
        warm.stdin.flush()
        assert eventually(lambda: meter.look() == "cpu")
        warm.kill()
        warm.wait()


def test_memory_is_limited_for_all_processes_of_an_engine_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mark: str
) -> None:
    eat = "import time; x = bytearray(80 * 2**20); time.sleep(600)"
    code = "import subprocess, sys, time\nfor _ in range(5): "
    code += f"subprocess.Popen([sys.executable, '-c', {eat!r}])\ntime.sleep(600)"
    path = in_python(tmp_path, code, mark)
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: path)
    limits = Limits(seconds=PATIENCE, memory_mb=300)
    solution = solve(tasks.towers(TOWER), engine="fast-downward", limits=limits)
    assert solution.outcome is Outcome.OUT_OF_MEMORY
    assert (solution.statistics.peak_memory_mb or 0.0) > 300


def test_a_program_that_prints_without_end_fills_no_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mark: str
) -> None:
    monkeypatch.setattr(process, "LARGEST_FILE", 2**20)
    command = ["/usr/bin/env", "yes"]
    ended = run(command, tmp_path, seconds=PATIENCE, memory_mb=4096, cancel=Event())
    assert ended.stopped == ""
    assert ended.exit_code != 0
    assert (tmp_path / "stdout.log").stat().st_size == 2**20


def test_the_limits_hold_before_the_program_begins(tmp_path: Path) -> None:
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    command = [sys.executable, "-c", code]
    ended = run(command, tmp_path, seconds=PATIENCE, memory_mb=1000, cancel=Event())
    assert int(ended.output) == 1000 * 2**20


def test_a_program_that_cannot_be_found_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: tmp_path / "none")
    solution = solve(tasks.towers(TOWER), engine="fast-downward")
    assert solution.outcome is Outcome.ENGINE_FAILED


# Figures


@pytest.mark.parametrize("engine", ["kairos", "fast-downward"])
def test_an_engine_tells_its_version_and_what_it_used(engine: str) -> None:
    figures = solve(tasks.towers(TOWER), engine=engine).statistics
    assert figures.version
    assert figures.version[0].isdigit()
    assert (figures.expanded or 0) > 0
    assert (figures.evaluated or 0) > 0
    assert (figures.generated or 0) > 0
    assert figures.translator_seconds is not None
    assert figures.search_seconds is not None
    assert figures.cpu_seconds is not None
    assert 1.0 < (figures.peak_memory_mb or 0.0) < 1000.0
    assert figures.wall_seconds > 0.0


def test_the_peak_of_memory_is_that_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os, time; x = bytearray(300 * 2**20)\n"
    code += "while not os.path.exists('seen'): time.sleep(0.01)"
    look = Meter.look

    def seeing(meter: Meter) -> str:
        found = look(meter)
        if meter.peak_mb > 300:
            (tmp_path / "seen").touch()
        return found

    monkeypatch.setattr(Meter, "look", seeing)
    command = [sys.executable, "-c", code]
    ended = run(command, tmp_path, seconds=PATIENCE, memory_mb=4096, cancel=Event())
    assert 300 < ended.peak_memory_mb < 400


# Rests


def test_kairos_rests_and_answers_all_the_same(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool()
    worker = pool.take()
    worker.await_ready(PATIENCE, Event())
    pool.give_back(worker)
    monkeypatch.setattr(kairos_pool, "shared_pool", lambda: pool)
    send, sent = worker.process.send_signal, []

    def sending(number: int) -> None:
        send(number)
        sent.append(number)
        if number == signal.SIGSTOP:
            assert eventually(lambda: state_of(worker.process.pid) == "T")

    monkeypatch.setattr(worker.process, "send_signal", sending)
    task = Instance("blocks", 4).load(data)
    answer = Kairos(Rest(0.0, 0.1)).answer(task, Limits(PATIENCE), "first", Event())
    assert answer.outcome is Outcome.SOLVED
    assert sent == [signal.SIGSTOP, signal.SIGCONT]
    assert eventually(lambda: state_of(worker.process.pid) != "T")
    pool.close()


def test_a_worker_that_rests_dies_with_its_parent(data: Path) -> None:
    domain, problem = Instance("floortile-sat11-strips", 2).files(data)
    code = (
        "from threading import Event\n"
        "from goalsmith.domains.reader import load_task\n"
        "from goalsmith.solve import Limits\n"
        "from goalsmith.solve.kairos.client import Rest\n"
        "from goalsmith.solve.kairos.engine import Kairos\n"
        "from goalsmith.solve.kairos import pool as kairos_pool\n"
        "worker = kairos_pool.shared_pool().take()\n"
        f"worker.await_ready({PATIENCE}, Event())\n"
        "kairos_pool.shared_pool().give_back(worker)\n"
        "print(worker.process.pid, flush=True)\n"
        f"task = load_task({str(domain)!r}, {str(problem)!r})\n"
        "Kairos(Rest(0.0, 600.0)).answer(task, Limits(600.0), 'first', Event())\n"
    )
    solving = subprocess.Popen([sys.executable, "-P", "-c", code], stdout=subprocess.PIPE)
    assert solving.stdout is not None
    with solving.stdout:
        worker = int(solving.stdout.readline())
    try:
        assert eventually(lambda: state_of(worker) == "T")
    finally:
        solving.kill()
        solving.wait()
    assert eventually(lambda: state_of(worker) in GONE)
