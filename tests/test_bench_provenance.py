"""Which code a result is from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from goalsmith.benchmarks.provenance import code_version, engine_versions, sources_digest


def test_the_version_names_the_code() -> None:
    version, _, digest = code_version().partition("+")
    assert version[0].isdigit()
    assert len(digest) == 12


def test_an_engine_has_the_versions_of_what_it_comes_in() -> None:
    assert engine_versions("kairos").startswith("kairos-planner ")
    assert engine_versions("fast-downward") in engine_versions(None)
    assert engine_versions("kairos") in engine_versions(None)
    unified = engine_versions("fmap").split(", ")
    assert [each.split()[0] for each in unified] == ["unified-planning", "up-fmap"]
    assert engine_versions("somebodys-own").startswith("unified-planning ")


def test_every_source_of_a_package_counts_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "counted_sources" / "inner"
    inner.mkdir(parents=True)
    (inner.parent / "__init__.py").write_text("", encoding="utf-8")
    module = inner / "module.py"
    module.write_text("ONE = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def digest() -> str:
        sources_digest.cache_clear()
        found = sources_digest("counted_sources")
        sys.modules.pop("counted_sources", None)
        return found

    before = digest()
    (inner / "module.pyc").write_bytes(b"compiled")
    assert digest() == before
    module.write_text("ONE = 2\n", encoding="utf-8")
    changed = digest()
    assert changed != before
    module.rename(inner / "other.py")
    assert digest() not in {before, changed}
