"""The documentation is followed word for word, in an empty folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import documents
import pytest
from endpoint import Response, responds, says, serving, tool_call, whole

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    *sorted(
        page
        for page in DOCS.rglob("*.md")
        if "design" not in page.relative_to(DOCS).parts
        and documents.blocks_of(page.read_text(encoding="utf-8"))
    ),
]

NOTHING = "exit 0"

PROGRAMS = {
    # goalsmith is installed, and these are its tests.
    "pip": NOTHING,
    "pytest": NOTHING,
    # An endpoint of ours stands for servers of models.
    "llama-server": NOTHING,
    "ollama": NOTHING,
    "vllm": NOTHING,
    # A cluster of one machine.
    "sbatch": """if [ "$1" = --wait ]; then exec bash "$2"; fi
cp "$1" slurm.sh; setsid bash slurm.sh > slurm.out 2>&1 & echo $! > slurm.pid
echo "Submitted batch job 1"
""",
    "scancel": "kill -- -$(cat slurm.pid)",
    "srun": 'exec "$@"',
}
"""Programs that pages call and that are not here, and what is done in their place."""

ADDRESSES = ("localhost:8000", "localhost:8080", "localhost:11434")
"""Where pages expect those servers."""

DATABASE = "postgresql://planner@db/runs"
"""What pages call a database; a real one takes its place."""


def answer(path: str, _: dict[str, Any]) -> Response:
    """What a model would say to the wish of the pages."""
    goal = "(on blue red)"
    return whole(responds(tool_call(goal))) if path.endswith("/responses") else says(goal)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.syspath_prepend(str(here))
    return here


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A reader's: nothing of goalsmith is set, and its programs are found first."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GOALSMITH_", "XDG_"))}
    path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), kept["PATH"]))
    home = tmp_path / "home"
    home.mkdir()
    with serving(answer) as endpoint:
        given = {"PATH": path, "HOME": str(home), "OPENAI_BASE_URL": endpoint.url}
        given |= {"OPENAI_API_KEY": "none", "COLUMNS": "100", "LANG": "C.UTF-8"}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield kept | given


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(
    page: Path, folder: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    server = environment["OPENAI_BASE_URL"].removeprefix("http://").removesuffix("/v1")
    instead = dict.fromkeys(ADDRESSES, server)
    if DATABASE in page.read_text(encoding="utf-8"):
        instead[DATABASE] = f"'{request.getfixturevalue('postgres')}'"
    documents.follow(page, folder, environment, instead)


# What follows a page


def write(folder: Path, *lines: str) -> Path:
    page = folder / "page.md"
    page.write_text("\n".join(lines), encoding="utf-8")
    return page


def follow(folder: Path, *lines: str) -> None:
    documents.follow(write(folder, *lines), folder, os.environ)


def test_what_is_printed_is_compared(folder: Path) -> None:
    follow(folder, "```sh", "echo one two", "```", "", "```text", "one …", "```")
    with pytest.raises(AssertionError, match=r"page\.md:5: printed was\none two"):
        follow(folder, "```sh", "echo one two", "```", "", "```text", "one three", "```")


def test_blocks_of_python_share_their_names(folder: Path) -> None:
    follow(
        folder,
        "```python",
        "a = 1",
        "```",
        "",
        "```python",
        "print(a)",
        "```",
        "```text",
        "1",
        "```",
    )


def test_what_goes_on_in_the_background_is_not_what_a_later_command_prints(folder: Path) -> None:
    follow(
        folder,
        "```sh",
        "(until [ -e go ]; do sleep 0.05; done; echo much too late; touch said) &",
        "```",
        "```sh",
        "touch go; until [ -e said ]; do sleep 0.05; done; echo now",
        "```",
        "```text",
        "now",
        "```",
    )


def test_a_command_that_fails_is_found(folder: Path) -> None:
    with pytest.raises(AssertionError, match=r"page\.md:1: exit code 3"):
        follow(folder, "```sh", "exit 3", "```")


def test_a_titled_block_is_a_file(folder: Path) -> None:
    follow(
        folder,
        '```toml title="a/b.toml"',
        "x = 1",
        "```",
        "```sh",
        "cat a/b.toml",
        "```",
        "```text",
        "x = 1",
        "```",
    )
    assert (folder / "a" / "b.toml").read_text(encoding="utf-8") == "x = 1\n"


def test_a_block_that_nobody_follows_is_an_error(folder: Path) -> None:
    with pytest.raises(AssertionError, match="nothing is done with a block of `pddl`"):
        follow(folder, "```pddl", "(define)", "```")
