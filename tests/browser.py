"""A real browser for the tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DEMAND = "GOALSMITH_BROWSER_TESTS"
"""Set where a browser must be there: then its absence is a failure."""

PATIENCE = 300_000
"""Milliseconds until something that does not happen is a failure, on however busy a machine."""


def absent(what: str) -> NoReturn:
    if os.environ.get(DEMAND):
        pytest.fail(f"{DEMAND} is set, and {what}")
    pytest.skip(what)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, or the one that GOALSMITH_CHROMIUM names."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed (pip install playwright)")
    names = (os.environ.get("GOALSMITH_CHROMIUM", ""), "chromium", "chromium-browser")
    path = next((found for found in map(shutil.which, names) if found), None)
    if path is None:
        absent("there is no chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        # Root has no sandbox, and the pages are our own.
        arguments = ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments, timeout=PATIENCE)
        yield browser
        browser.close()
