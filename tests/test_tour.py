"""The notebook in examples/ gives the outputs that it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOUR = ROOT / "examples" / "tour.ipynb"


def cells(path: Path) -> list[tuple[str, list[Any]]]:
    """The sources of a notebook's cells with their outputs."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [("".join(cell["source"]), cell.get("outputs", [])) for cell in notebook["cells"]]


def test_the_tour_shows_what_it_says(tmp_path: Path) -> None:
    if find_spec("nbclient") is None or find_spec("ipykernel") is None:
        pytest.skip("it needs nbclient and ipykernel: pip install 'goalsmith[test]'")
    target = tmp_path / "tour.ipynb"
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "make_tour.py", target],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # If a change is meant: python docs/make_tour.py
    assert cells(target) == cells(TOUR)


def test_the_tour_is_small_and_ends_in_its_goal() -> None:
    assert TOUR.stat().st_size < 60_000
    outputs = [output for _, shown in cells(TOUR) for output in shown]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert "reached: the goal holds" in json.dumps(outputs[-1])
