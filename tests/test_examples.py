"""Each example is a program that a person runs; here they are run so."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

RUN = {
    "agent.py": "handed over",
    "async_functions.py": "the goal holds after",
    "functions.py": "slips from the hand",
    "limits.py": "0 new plans",
    "office_agent.py": "paper jam",
    "mcp_tools.py": "the goal holds after",
    "program.py": "the goal holds after",
    "simulated.py": "something went wrong",
}
"""The examples, and something that each says."""

REPLAYED = "wishes.py"
"""The example of a model's recorded answers."""

SERVED = ("mcp_server.py", "robot_program.py")
"""Programs that examples start."""


def has_mcp() -> bool:
    """Whether the package is there, in a version that the example is written for."""
    try:
        return int(metadata.version("mcp").split(".")[0]) >= 2
    except metadata.PackageNotFoundError:
        return False


@pytest.mark.parametrize("name", RUN)
def test_an_example_reaches_its_goal(name: str, tmp_path: Path) -> None:
    if name == "mcp_tools.py" and not has_mcp():
        pytest.skip("it needs the package `mcp`, version 2: pip install 'goalsmith[mcp]'")
    done = subprocess.run(
        [sys.executable, EXAMPLES / name],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "reached" in done.stdout.splitlines()[-1], done.stdout
    assert RUN[name] in done.stdout


def test_recorded_answers_are_replayed_without_a_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / REPLAYED],
        cwd=tmp_path,
        env={"PATH": "", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "(on blue red), that is, blue is on red" in done.stdout
    assert "handed back: unknown predicate `onto`" in done.stdout
    assert "67% of 3 translations agree" in done.stdout


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {*RUN, REPLAYED, *SERVED}
