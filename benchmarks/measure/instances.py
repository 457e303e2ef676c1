"""The competition's instances in the test data, by names such as `depot/p04`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def add_data_argument(arguments: argparse.ArgumentParser) -> None:
    """The positional argument DATA: by default what GOALSMITH_DATA names, or ../shared/data."""
    default = os.environ.get("GOALSMITH_DATA", "../shared/data")
    arguments.add_argument("data", type=Path, nargs="?", default=Path(default), metavar="DATA")


def names(data: Path) -> list[str]:
    """All instances."""
    problems = (p for p in data.glob("ipc/*/p??.pddl"))
    return sorted(f"{p.parent.name}/{p.stem}" for p in problems)


def files(data: Path, name: str) -> tuple[Path, Path]:
    """The files of an instance: domain and problem. Raises SystemExit when they are not there."""
    folder, _, stem = name.partition("/")
    problem = (data / "ipc" / folder / f"{stem}.pddl").resolve()
    domain = problem.with_name("domain.pddl")
    if not domain.exists():
        domain = problem.with_name(f"{stem}-domain.pddl")
    if not (domain.exists() and problem.exists()):
        raise SystemExit(f"there is no instance `{name}` in {data}")
    return domain, problem
