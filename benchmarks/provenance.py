"""Which code a result is from: a result of other code is not a result of this one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from goalsmith.solve.unified_planning.engine import PACKAGES as UNIFIED

DISTRIBUTIONS = {
    "kairos": ("kairos-planner",),
    "fast-downward": ("up-fast-downward", "fast-downward.translate"),
}
"""The distributions that the engines of the race come in."""

SOLVING = ("goalsmith.domains", "goalsmith.solve")
"""What has a part in solving a task."""

SOURCES = (".py", ".lark", ".json", ".pddl", ".toml")


@cache
def code_version() -> str:
    """The version of goalsmith, and a hash of the sources that have a part in solving."""
    return f"{_version('goalsmith')}+{sources_digest(*SOLVING)[:12]}"


@cache
def sources_digest(*packages: str) -> str:
    """SHA-256 of all files of some packages and of those within them that decide what they do."""
    digest = hashlib.sha256()
    for package in packages:
        for name, file in _sources(resources.files(package), package):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def engine_versions(engine: str | None) -> str:
    """The version of an engine, or of all that race; "none" for what is not installed."""
    if engine is None:
        found = [each for distributions in DISTRIBUTIONS.values() for each in distributions]
    elif engine in DISTRIBUTIONS:
        found = list(DISTRIBUTIONS[engine])
    else:
        found = ["unified-planning", *filter(None, [UNIFIED.get(engine)])]
    return ", ".join(f"{each} {_version(each)}" for each in found)


def _sources(place: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    """The files below a place with their names from there, in the order of the names."""
    for each in sorted(place.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _sources(each, f"{name}/{each.name}")
        elif each.name.endswith(SOURCES):
            yield f"{name}/{each.name}", each


@cache
def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "none"
