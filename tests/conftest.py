"""What tests share: where the data is, domains made small, a sample of the long tests."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """The folder of test data: GOALSMITH_DATA, or `../shared/data` beside the repository."""
    return Path(os.environ.get("GOALSMITH_DATA") or ROOT.parent / "shared" / "data")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of test data; tests that need it are skipped where it is absent."""
    folder = data_folder()
    if not (folder / "ipc").is_dir():
        pytest.skip(f"there is no test data at {folder} (set GOALSMITH_DATA)")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sample",
        type=int,
        default=0,
        metavar="N",
        help="run only N of the tests chosen, the same ones every time",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    count = config.getoption("--sample")
    if count and len(items) > count:
        chosen = random.Random(0).sample(range(len(items)), count)
        config.hook.pytest_deselected(
            items=[item for i, item in enumerate(items) if i not in chosen]
        )
        items[:] = [items[i] for i in sorted(chosen)]
