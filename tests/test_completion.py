"""What a shell is told that may follow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from goalsmith.domains.library import names


def completed(words: str, folder: Path) -> list[str]:
    """What bash is offered for the last of the words, which may be empty."""
    environment = {
        **os.environ,
        "_GOALSMITH_COMPLETE": "complete_bash",
        "COMP_WORDS": f"goalsmith {words}",
        "COMP_CWORD": str(len(words.split(" "))),
        "XDG_DATA_HOME": str(folder),
    }
    done = subprocess.run(
        [Path(sys.executable).with_name("goalsmith")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "error" not in done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("chec", ["check"]),
        ("solve --ali", ["--alias"]),
        ("translate --domain ", list(names())),
        ("translate --domain gripper --problem ", ["p1", "p2", "p3"]),
        ("translate --domain grippre --problem ", []),
        ("check grip", ["gripper"]),
        ("check gripper ", ["p1", "p2", "p3"]),
        ("check grippre ", []),
        ("check --each x.pd", []),
        ("solve gripper p1 --engine k", ["kairos"]),
        ("solve grip", ["gripper"]),
        ("order gripper ", ["p1", "p2", "p3"]),
        ("compare gripper p1 p", ["p1", "p2", "p3"]),
        ("show l", ["latest"]),
        ("show --store nonsense:// l", []),
    ],
)
def test_what_may_follow(words: str, offered: list[str], tmp_path: Path) -> None:
    assert completed(words, tmp_path) == offered
