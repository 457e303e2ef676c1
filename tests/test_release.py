"""What a release is made of: a wheel that holds goalsmith and nothing else, and its notes."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

import goalsmith

ROOT = Path(__file__).resolve().parent.parent

FOLDERS = {
    "api": "goalsmith",
    "benchmarks": "goalsmith/benchmarks",
    "domains": "goalsmith/domains",
    "execute": "goalsmith/execute",
    "solve": "goalsmith/solve",
    "translate": "goalsmith/translate",
}

NOT_PACKAGED = ("benchmarks/measure/", "benchmarks/wordings/")
"""Scripts, and data of theirs, for people who work on goalsmith."""

DATA = {".html", ".css", ".js", ".json", ".lark", ".pddl", ".toml", ".typed"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of what git knows of, built as for a release."""
    folder = tmp_path_factory.mktemp("release")
    sources = folder / "sources"
    for name in tracked():
        target = sources / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, sources]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def tracked() -> list[str]:
    """The files that belong to the project, those not committed yet included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def inside(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        return message_from_string(archive.read(name).decode())


def test_the_only_name_at_the_top_is_goalsmith(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in inside(wheel)}
    assert tops == {"goalsmith", f"goalsmith-{goalsmith.__version__}.dist-info"}


def test_every_module_and_every_file_of_data_is_in_it(wheel: Path) -> None:
    held = set(inside(wheel))
    wanted = {
        FOLDERS[top] + "/" + rest
        for name in tracked()
        for top, _, rest in [name.partition("/")]
        if top in FOLDERS
        and Path(name).suffix in {".py", *DATA}
        and not name.startswith(NOT_PACKAGED)
    }
    assert wanted <= held, sorted(wanted - held)
    assert not any("measure" in name for name in held)


def test_the_metadata_is_that_of_a_release(wheel: Path) -> None:
    said = metadata(wheel)
    assert said["Version"] == goalsmith.__version__
    assert said["Requires-Python"] == ">=3.11"
    assert said["License-Expression"] == "Apache-2.0"
    assert {"LICENSE", "NOTICE"} <= set(said.get_all("License-File", []))
    assert "Typing :: Typed" in said.get_all("Classifier", [])
    assert said["Description-Content-Type"] == "text/markdown"
    assert "# goalsmith" in str(said.get_payload())


def test_the_version_is_in_one_place() -> None:
    text = f'"{goalsmith.__version__}"'
    files = [name for name in tracked() if name.endswith((".py", ".toml", ".cfg"))]
    holders = [
        name
        for name in files
        if name.startswith((*FOLDERS, "pyproject"))
        and f"version = {text}" in (ROOT / name).read_text(encoding="utf-8").replace("__", "")
    ]
    assert holders == ["api/__init__.py"]


def test_the_notes_of_a_release_are_made_of_the_fragments() -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.9.9"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fragments = [f for f in (ROOT / "docs" / "changes").glob("*.md") if f.name != "README.md"]
    printed = " ".join(done.stdout.split())
    for fragment in fragments:
        assert fragment.name.split(".")[1] in {"added", "changed", "fixed", "removed"}
        assert " ".join(fragment.read_text(encoding="utf-8").split()) in printed
