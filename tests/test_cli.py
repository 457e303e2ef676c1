from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import tasks
from endpoint import Response, fails, says, serving
from ipc import Instance
from processes import PATIENCE, eventually

from goalsmith.cli import main
from goalsmith.domains.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        loaded = json.loads(self.out)
        assert isinstance(loaded, dict)
        assert loaded["exit_code"] == self.code
        return loaded


class Terminal:
    """The command line, run in this process in a folder of its own."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.folder = folder
        monkeypatch.chdir(folder)
        for name in ("MODEL", "BASE_URL", "ENGINE", "TIME_LIMIT", "MEMORY_LIMIT", "STORE", "DEBUG"):
            monkeypatch.delenv(f"GOALSMITH_{name}", raising=False)

    def __call__(self, *words: str | Path) -> Result:
        self._monkeypatch.setattr(sys, "argv", ["goalsmith", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        captured = self._capsys.readouterr()
        assert "Traceback" not in captured.err
        code = left.value.code
        return Result(code if isinstance(code, int) else 0, captured.out, captured.err)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def goalsmith(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    return Terminal(monkeypatch, capsys, tmp_path)


PROBLEM = """(define (problem p) (:domain towers)
  (:objects a b c)
  (:init (free) (table a) (clear a) (table b) (clear b) (table c) (clear c))
  (:goal GOAL))
"""


@pytest.fixture
def files(goalsmith: Terminal) -> tuple[Path, Path]:
    domain = goalsmith.file("domain.pddl", tasks.BLOCKS)
    problem = goalsmith.file("problem.pddl", PROBLEM.replace("GOAL", "(and (on a b) (on b c))"))
    return domain, problem


# Every command


@pytest.mark.parametrize(
    "command",
    [
        *("demo", "translate", "solve", "validate", "explain", "order", "verify", "check"),
        *("compare", "run", "engines", "domains", "bench run"),
    ],
)
def test_every_command_explains_itself_with_an_example(goalsmith: Terminal, command: str) -> None:
    result = goalsmith(*command.split(), "--help")
    assert result.code == 0
    assert f"Example: goalsmith {command.split(maxsplit=1)[0]}" in " ".join(result.out.split())
    assert "--json" in result.out


def test_wrong_usage_is_exit_code_2(goalsmith: Terminal) -> None:
    assert goalsmith("solve").code == 2
    assert goalsmith("fly").code == 2
    assert goalsmith("solve", "a", "b", "--nonsense").code == 2
    assert goalsmith("translate", "put blue on red").code == 2


def test_the_version_is_printed(goalsmith: Terminal) -> None:
    import goalsmith as package

    assert goalsmith("--version").out == f"goalsmith {package.__version__}\n"


def test_exit_codes_are_those_of_the_outcome_table() -> None:
    table = {outcome.label: outcome.exit_code for outcome in Outcome}
    assert table == {
        "solved": 0,
        "reached": 0,
        "yes": 0,
        "no": 1,
        "usage": 2,
        "cannot-say": 3,
        "unsolvable": 10,
        "no-plan-found": 12,
        "out-of-memory": 20,
        "out-of-time": 21,
        "bad-input": 30,
        "unsupported": 31,
        "engine-failed": 40,
        "invalid-plan": 41,
        "translation-failed": 50,
        "question": 51,
        "ended-short": 60,
        "rejected": 61,
        "interrupted": 130,
    }


def test_the_demo_diverges_replans_and_reaches_its_goal(goalsmith: Terminal) -> None:
    result = goalsmith("demo", "--verbose")
    assert result.code == 0
    assert "\x1b" not in result.out
    assert "(define (problem" in result.out
    assert "expected, but not so" in result.out
    assert "replanned by" in result.out
    assert "reached: the goal holds" in result.out
    assert not any(line.endswith(" ") for line in result.out.splitlines())


@pytest.mark.parametrize("domain", ["blocksworld", "gripper", "logistics", "software-release"])
@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_demo_works_in_every_bundled_domain(
    goalsmith: Terminal, domain: str, seed: str
) -> None:
    result = goalsmith("demo", "--domain", domain, "--seed", seed, "--json")
    assert result.code == 0
    run = result.json["run"]
    assert isinstance(run, dict)
    assert run["replans"] >= 1


def test_solve_prints_a_plan_that_validate_accepts(
    goalsmith: Terminal, files: tuple[Path, Path]
) -> None:
    solved = goalsmith("solve", *files)
    assert solved.code == 0
    assert solved.out == "(lift b)\n(pile b c)\n(lift a)\n(pile a b)\n; cost = 4 (unit cost)\n"
    plan = goalsmith.file("plan", solved.out)
    checked = goalsmith("validate", *files, plan)
    assert checked.code == 0
    assert checked.out == "valid: 4 steps, cost 4 (unit cost)\n"


def test_solve_writes_a_file_and_tells_the_order_as_json(
    goalsmith: Terminal, files: tuple[Path, Path]
) -> None:
    result = goalsmith("solve", *files, "-o", "plan", "--json", "--quality", "optimal")
    assert result.json["outcome"] == "solved"
    assert result.json["optimal"] is True
    assert result.json["cost"] == 4
    assert {"provider": 1, "provides": "(hand b)", "consumer": 2} in result.json["order"]  # type: ignore[operator]
    assert (goalsmith.folder / "plan").read_text().startswith("(lift b)\n")


@pytest.mark.parametrize("engine", ["kairos", "fast-downward"])
def test_solve_asks_the_engine_that_is_named(
    goalsmith: Terminal, files: tuple[Path, Path], engine: str
) -> None:
    result = goalsmith("solve", *files, "--engine", engine, "--json")
    assert result.json["engine"] == engine


def test_validate_names_the_step_and_the_unmet_condition(
    goalsmith: Terminal, files: tuple[Path, Path]
) -> None:
    plan = goalsmith.file("plan", "(lift a)\n(lift b)\n")
    result = goalsmith("validate", *files, plan)
    assert result.code == 1
    assert "step 2 (lift b) cannot be carried out" in result.out
    assert "(free) does not hold: it was deleted by step 1 (lift a)" in result.out
    failure = goalsmith("validate", *files, plan, "--json").json["failure"]
    assert isinstance(failure, dict)
    assert failure["step"] == 2
    assert failure["unmet"] == ["(free)"]


def test_translate_writes_a_problem_that_solve_reads(goalsmith: Terminal) -> None:
    result = goalsmith(
        "translate",
        "put blue on red",
        "--domain",
        "blocksworld",
        "--problem",
        "p1",
        "-o",
        "p.pddl",
    )
    assert result.code == 0
    assert result.out == ""
    assert "blue is on red" in result.err
    assert goalsmith("solve", "blocksworld", "p.pddl").code == 0


def test_run_takes_text_and_faults(goalsmith: Terminal) -> None:
    result = goalsmith(
        "run",
        "put blue on red",
        "--domain",
        "blocksworld",
        "--problem",
        "p1",
        "--faults",
        "3",
        "--json",
    )
    assert result.json["outcome"] == "reached"
    run = result.json["run"]
    assert isinstance(run, dict)
    assert run["steps"]
    assert [row["sequence"] for row in run["journal"]] == list(range(len(run["journal"])))


def test_run_without_text_takes_the_problems_goal(
    goalsmith: Terminal, files: tuple[Path, Path]
) -> None:
    result = goalsmith("run", "--domain", files[0], "--problem", files[1])
    assert result.code == 0
    assert "reached" in result.out


def test_a_run_whose_budget_is_spent_ends_short_with_the_reason(goalsmith: Terminal) -> None:
    for seed in range(40):
        result = goalsmith(
            "run", "--domain", "blocksworld", "--problem", "p2", "--faults", str(seed),
            "--max-replans", "0", "--json",
        )  # fmt: skip
        if result.code:
            break
    assert result.json["outcome"] == "ended-short"
    assert result.code == 60
    assert "replan" in str(result.json["run"])


def test_domains_lists_and_shows(goalsmith: Terminal) -> None:
    listed = goalsmith("domains")
    assert listed.code == 0
    for name in ("blocksworld", "gripper", "logistics", "software-release"):
        assert name in listed.out
    shown = goalsmith("domains", "blocksworld")
    assert "instances" in shown.out
    assert goalsmith("domains", "--json").json["domains"]


# Bad input: a clear message, its exit code, and no file left


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("goal", "code", "said"),
    [
        ("(and (on a b) (on b c)", 30, "expected:"),
        ("(over a b)", 30, "unknown predicate `over`"),
        ("(onn a b)", 30, "did you mean `on`?"),
        ("(on a bb)", 30, "unknown object `bb`"),
        ("(on a)", 30, "`on` takes 2 arguments, not 1"),
        ("(and (on a b) (on b a))", 10, "proved the task unsolvable"),
    ],
)
def test_a_bad_goal_is_said_clearly(
    goalsmith: Terminal, files: tuple[Path, Path], goal: str, code: int, said: str, as_json: bool
) -> None:
    problem = goalsmith.file("bad.pddl", PROBLEM.replace("GOAL", goal))
    before = sorted(goalsmith.folder.iterdir())
    flags = ["--json"] if as_json else []
    result = goalsmith("solve", files[0], problem, "-o", "plan", *flags)
    assert result.code == code
    assert said in result.err
    if as_json:
        assert result.json["outcome"] == ("unsolvable" if code == 10 else "bad-input")
    assert sorted(goalsmith.folder.iterdir()) == before


def test_a_syntax_error_has_line_column_snippet_and_expectation(
    goalsmith: Terminal, files: tuple[Path, Path]
) -> None:
    problem = goalsmith.file("bad.pddl", PROBLEM.replace("GOAL", "(and (on a ?b) 5)"))
    result = goalsmith("solve", files[0], problem)
    assert result.code == 30
    assert f"{problem}:4:25" in result.err
    assert "| " in result.err
    assert "^" in result.err


def test_a_wrong_type_is_said_with_what_fits(goalsmith: Terminal) -> None:
    problem = goalsmith.file(
        "bad.pddl",
        "(define (problem p) (:domain logistics) (:objects t - truck p - package)"
        "(:init) (:goal (aboard t t)))",
    )
    result = goalsmith("solve", "logistics", problem)
    assert result.code == 30
    assert "type-mismatch" in result.err
    assert "these fit: `p`" in result.err


def test_a_goal_that_already_holds_is_solved_by_the_empty_plan(
    goalsmith: Terminal, files: tuple[Path, Path]
) -> None:
    problem = goalsmith.file("done.pddl", PROBLEM.replace("GOAL", "(clear a)"))
    result = goalsmith("solve", files[0], problem)
    assert result.code == 0
    assert result.out == "; cost = 0 (unit cost)\n"
    assert "already holds" in result.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["solve", "domain.pddl", "missing.pddl"], "there is no file missing.pddl"),
        (["solve", "domain.pddl", "problem.pdl"], "did you mean problem.pddl?"),
        (["solve", "blockworld", "p1"], "did you mean `blocksworld`?"),
        (["solve", "blocksworld", "p9"], "no instance `p9`"),
        (["solve", "domain.pddl", "."], "is a folder"),
        (["solve", "domain.pddl", "binary.pddl"], "not UTF-8"),
        (["solve", "problem.pddl", "domain.pddl"], "defines a problem, not a domain"),
        (["validate", "domain.pddl", "problem.pddl", "nothing"], "there is no file nothing"),
        (["validate", "domain.pddl", "problem.pddl", "bad-plan"], "unknown action `lft`"),
        (["solve", "domain.pddl", "problem.pddl", "--engine", "kairo"], "did you mean `kairos`?"),
        (["solve", "domain.pddl", "problem.pddl", "--time-limit", "-1"], "--time-limit must be"),
        (["solve", "domain.pddl", "problem.pddl", "-o", "no/such/folder"], "cannot be written"),
        (["domains", "nowhere"], "no domain `nowhere`"),
        (["run", "--domain", "domain.pddl"], "a problem is needed"),
        (["bench", "run", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_30(
    goalsmith: Terminal, files: tuple[Path, Path], words: list[str], said: str
) -> None:
    goalsmith.file("bad-plan", "(lft a)\n")
    (goalsmith.folder / "binary.pddl").write_bytes(b"\xff\xfe\x00(")
    before = sorted(goalsmith.folder.iterdir())
    result = goalsmith(*words)
    assert result.code == 30
    assert said in " ".join(result.err.split())
    assert sorted(goalsmith.folder.iterdir()) == before


def test_what_is_not_supported_is_exit_code_31(goalsmith: Terminal) -> None:
    domain = goalsmith.file(
        "domain.pddl",
        "(define (domain d) (:predicates (p))\n (:durative-action a :parameters ()))",
    )
    problem = goalsmith.file("problem.pddl", "(define (problem p) (:domain d) (:init) (:goal (p)))")
    result = goalsmith("solve", domain, problem)
    assert result.code == 31
    assert "durative actions" in result.err
    assert ":2:2" in result.err


def test_text_that_cannot_be_read_is_exit_code_50(goalsmith: Terminal) -> None:
    result = goalsmith("translate", "juggle the blocks", "--domain", "blocksworld")
    assert result.code == 50
    assert "juggle" in result.err


def test_a_time_limit_is_exit_code_21(goalsmith: Terminal, data: Path) -> None:
    folder = data / "ipc" / "floortile-sat11-strips"
    result = goalsmith(
        "solve", folder / "domain.pddl", folder / "p02.pddl", "--time-limit", "0.5", "--json"
    )
    assert result.code == 21
    assert result.json["outcome"] == "out-of-time"


def test_an_existing_file_survives_a_failure(goalsmith: Terminal, files: tuple[Path, Path]) -> None:
    kept = goalsmith.file("plan", "mine")
    problem = goalsmith.file("bad.pddl", PROBLEM.replace("GOAL", "(and (on a b) (on b a))"))
    assert goalsmith("solve", files[0], problem, "-o", kept).code == 10
    assert kept.read_text() == "mine"


# Settings


def test_settings_come_from_flags_then_environment_then_file(
    goalsmith: Terminal, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    goalsmith.file("goalsmith.toml", 'engine = "fast-downward"\n')
    assert goalsmith("solve", *files, "--json").json["engine"] == "fast-downward"
    monkeypatch.setenv("GOALSMITH_ENGINE", "kairos")
    assert goalsmith("solve", *files, "--json").json["engine"] == "kairos"
    chosen = goalsmith("solve", *files, "--json", "--engine", "fast-downward")
    assert chosen.json["engine"] == "fast-downward"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("engin = 'kairos'", "did you mean `engine`?"),
        ("time_limit = 'soon'", "must be a positive number"),
        ("api_key = 'sk-1'", "environment only"),
        ("time_limit = ", "goalsmith.toml"),
    ],
)
def test_a_wrong_setting_is_said_with_its_place(
    goalsmith: Terminal, files: tuple[Path, Path], text: str, said: str
) -> None:
    goalsmith.file("goalsmith.toml", text)
    result = goalsmith("solve", *files)
    assert result.code == 30
    assert said in result.err


# As a process

INTERRUPTIBLE = """
import signal
from goalsmith.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
"""The command line. Whoever runs the tests may have had interrupts ignored."""


def test_a_closed_pipe_is_no_error(files: tuple[Path, Path]) -> None:
    command = f"{sys.executable} -m goalsmith.cli domains | head -c 1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_ctrl_c_is_exit_code_130_and_leaves_nothing(data: Path, tmp_path: Path) -> None:
    folder = data / "ipc" / "floortile-sat11-strips"
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "solve", folder / "domain.pddl",
         folder / "p02.pddl", "-o", "plan"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"},
    )  # fmt: skip
    # An engine's own folder says that the search has begun.
    assert eventually(lambda: any(tmp_path.glob("goalsmith-*/*")) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


# A model's endpoint


def ask(goalsmith: Terminal, url: str, *flags: str) -> Result:
    return goalsmith(
        "translate", "put blue on red", "--domain", "blocksworld", "--model", "m",
        "--base-url", url, "-o", "p.pddl", *flags,
    )  # fmt: skip


def test_a_model_translates_and_repairs_its_answer(goalsmith: Terminal) -> None:
    with serving([says("(onto blue red)"), says("Sorry: `(on blue red)`")]) as endpoint:
        result = ask(goalsmith, endpoint.url, "--json")
    assert result.json["goal"] == "(on blue red)"
    assert len(result.json["rounds"]) == 2  # type: ignore[arg-type]
    repair = endpoint.messages(1)[-1]["content"]
    assert "unknown predicate `onto`" in repair
    assert (goalsmith.folder / "p.pddl").is_file()


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (fails(401), "OPENAI_API_KEY"),
        (fails(429), "too many requests"),
        (fails(500), "it is failing"),
        (says(""), "empty answer"),
        (says("I would rather not."), "error"),
        (Response(body=b"<html>"), "not JSON"),
        (Response(body=b"{}"), "without any choices"),
    ],
)
def test_an_endpoint_that_fails_is_exit_code_50(
    goalsmith: Terminal, monkeypatch: pytest.MonkeyPatch, response: Response, said: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with serving([response]) as endpoint:
        result = ask(goalsmith, endpoint.url)
    assert result.code == 50
    assert said in result.err
    assert "sk-very-secret" not in result.err + result.out
    assert list(goalsmith.folder.iterdir()) == []


def test_an_endpoint_that_is_not_there_is_exit_code_50(goalsmith: Terminal) -> None:
    result = ask(goalsmith, "http://127.0.0.1:9/v1")
    assert result.code == 50
    assert "cannot be reached" in result.err


def test_offline_wins_over_a_model_that_is_set(
    goalsmith: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOALSMITH_MODEL", "m")
    monkeypatch.setenv("GOALSMITH_BASE_URL", "http://127.0.0.1:9/v1")
    words = ["translate", "put blue on red", "--domain", "blocksworld"]
    assert goalsmith(*words).code == 50
    assert goalsmith(*words, "--offline").code == 0


def test_better_plans_are_told_as_they_come(goalsmith: Terminal) -> None:
    result = goalsmith("solve", "blocksworld", "p1", "--quality", "optimal", "--no-cache")
    assert result.code == 0
    assert "proved cheapest" in result.err
    assert "  cost " in result.err.splitlines()[0]
    assert result.out.startswith("(")


def test_a_task_solved_before_is_not_solved_again(goalsmith: Terminal) -> None:
    first = goalsmith("solve", "gripper", "p1", "--json")
    again = goalsmith("solve", "gripper", "p1", "--json")
    afresh = goalsmith("solve", "gripper", "p1", "--json", "--no-cache")
    assert "from the cache" in str(again.json["evidence"])
    assert "from the cache" not in str(afresh.json["evidence"])
    assert first.json["plan"] == again.json["plan"]


def test_an_interrupted_search_gives_the_best_plan_so_far(data: Path) -> None:
    files = map(str, Instance("elevators-sat08-strips", 3).files(data))
    command = [sys.executable, "-c", INTERRUPTIBLE, "solve", *files]
    command += ["--quality", "anytime", "--time-limit", "300", "--no-cache"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "cost" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert output.startswith("(")
    assert "; cost = " in output
    assert "Traceback" not in errors
