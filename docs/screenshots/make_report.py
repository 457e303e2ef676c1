"""Takes the picture of a report in this folder, of the store that is named; run it from the root.

The one here is of `goalsmith bench run 'ipc/*/p0[1-4].pddl' --time-limit 5 --config race --config
kairos --config lama-first --config kairos/anytime`, on tasks of the planning competitions. It needs
Debian's chromium and the package playwright.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from goalsmith.benchmarks.reports import assemble, write_report
from goalsmith.benchmarks.results.results import Results

FILE = Path(__file__).parent / "report.png"


def main(store: str) -> None:
    """Writes the report, opens it, and takes the picture of its top."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = assemble(Results.open(store), sources=[Path(store).name])
        (page_file,) = write_report(report, folder, ["html"])
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(page_file.as_uri())
        page.wait_for_selector("#solved .scatterlayer", state="attached")
        page.screenshot(path=FILE)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
