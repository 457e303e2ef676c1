"""Which code a result is from: a result of other code is not a result of this one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources

DISTRIBUTIONS = {
    "kairos": ("kairos-planner",),
    "fast-downward": ("up-fast-downward", "fast-downward.translate"),
}
"""The distributions that an engine comes in."""

PACKAGES = ("goalsmith.domains", "goalsmith.solve")
"""What has a part in solving a task."""

SOURCES = (".py", ".lark")


@cache
def code_version() -> str:
    """The version of goalsmith, and a hash of the sources that have a part in solving."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        files = [f for f in resources.files(package).iterdir() if f.name.endswith(SOURCES)]
        for file in sorted(files, key=lambda f: f.name):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{_version('goalsmith')}+{digest.hexdigest()[:12]}"


def engine_versions(engine: str | None) -> str:
    """The version of an engine, or of all; "none" for what is not installed."""
    names = DISTRIBUTIONS if engine is None else (engine,)
    found = [d for name in names for d in DISTRIBUTIONS.get(name, ())]
    return ", ".join(f"{d} {_version(d)}" for d in found)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "none"
