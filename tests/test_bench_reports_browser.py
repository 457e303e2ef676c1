"""The page of a report in a real browser, at 2,000 runs: charts, links, light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bench_reports_rows import result, runs
from browser import DEMAND, chromium

from goalsmith.benchmarks import Store
from goalsmith.benchmarks.reports import assemble, assembly, write_report
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.results.results import Results
from goalsmith.domains.outcome import Outcome

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    Open = Callable[..., Page]

__all__ = ["chromium"]  # a fixture

HOSTILE = (
    """</script><script>window.taken=1</script><img src=x onerror="window.taken=1"><b>%{x}</b>"""
)

CHARTS = ("solved", "quality", "scatter-seconds", "scatter-costs", "scatter-expansions")

pytestmark = pytest.mark.skipif(not os.environ.get(DEMAND), reason=f"{DEMAND} is not set")


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Opens a file; at the end, no page may have complained of anything, or asked for anything."""
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(path: Path, width: int = 1280, part: str = "", **how: Any) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": 800}, **how)
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                complaints.append(request.url) if request.url.startswith("http") else None
            ),
        )
        pages.append(page)
        page.goto(path.as_uri() + part)
        page.wait_for_selector("#solved .scatterlayer", state="attached")
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 2,000 runs from a store."""
    folder = tmp_path_factory.mktemp("large")
    with Store(folder / "runs.sqlite") as store:
        for row in runs(2_000):
            store.write(row)
    report = assemble(Results.open(folder / "runs.sqlite"), sources=["runs.sqlite"])
    return write_report(report, folder, ["html"])[0]


def page_of(rows: list[Result], folder: Path) -> Path:
    return write_report(assemble(Results(tuple(rows))), folder, ["html"])[0]


def points(page: Page, chart: str) -> int:
    return page.locator(f"#{chart} .scatterlayer .point").count()


def test_the_answer_the_errors_and_all_charts_are_there(large: Path, open_page: Open) -> None:
    page = open_page(large)
    assert page.title() == "Benchmark report · goalsmith"
    answer = page.inner_text("#answer")
    assert "Errors. 11 of 2,000 runs" in answer
    assert "race solves 388 of 500 tasks" in answer
    for chart in CHARTS:
        assert page.locator(f"#{chart} .main-svg").count() > 0
    assert page.locator("#solved .scatterlayer path.js-line").count() == 4
    # A point for each task that one of the two has solved.
    assert points(page, "scatter-costs") == 388 + 7
    assert page.locator("tbody tr:has-text('woodworking')").count() == 3
    assert page.locator(".bar").count() == 12


def test_an_unexplained_error_opens_to_its_log(large: Path, open_page: Open) -> None:
    page = open_page(large)
    log = page.locator("#log-1 pre")
    assert not log.is_visible()
    page.click("#log-1 summary")
    assert "caught signal 11" in log.inner_text()
    # A link to it opens it as well.
    assert open_page(large, part="#log-2").locator("#log-2 pre").is_visible()


def test_a_point_names_its_task_and_both_figures(large: Path, open_page: Open) -> None:
    page = open_page(large)
    # The middle of the chart has points near enough to show their labels.
    page.locator("#scatter-costs").scroll_into_view_if_needed()
    spot = page.locator("#scatter-costs .scatterlayer .point").nth(100).bounding_box()
    assert spot is not None
    page.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    page.wait_for_selector("#scatter-costs .hoverlayer .hovertext")
    said = page.locator("#scatter-costs .hoverlayer .hovertext").text_content() or ""
    assert "/p" in said
    assert "race: " in said
    assert "lama-anytime: " in said


def test_any_pair_can_be_drawn(large: Path, open_page: Open) -> None:
    page = open_page(large)
    before = points(page, "scatter-seconds")
    page.select_option("#up", label="blind")
    assert page.locator("#scatter-seconds .ytitle").text_content() == "blind"
    assert points(page, "scatter-seconds") != before


def test_a_pair_and_a_score_are_chosen_and_tables_sort(large: Path, open_page: Open) -> None:
    page = open_page(large)
    assert page.locator("[data-part=comparison]:visible").count() == 1
    page.select_option("[data-shows=comparison]", label="race against blind")
    assert page.locator("#comparison h3:visible").inner_text() == "race against blind"
    page.select_option("[data-shows=domain]", index=1)
    table = page.locator("[data-part=domain]:visible table")
    table.locator("th:has-text('lama-first') button").click()
    column = table.locator("tbody tr td:nth-child(5)").all_inner_texts()
    figures = [float(text) for text in column]
    assert figures == sorted(figures, reverse=True)
    assert table.locator("tfoot td").first.inner_text() == "all domains"


def test_charts_and_page_follow_the_system_and_can_be_switched(
    large: Path, open_page: Open
) -> None:
    def grounds(page: Page) -> tuple[int, int]:
        script = """() => [getComputedStyle(document.body).backgroundColor,
          getComputedStyle(document.querySelector('#solved .legendtext')).fill]"""
        return tuple(  # type: ignore[return-value]
            sum(map(int, colour.removeprefix("rgb(").rstrip(")").split(",")))
            for colour in page.evaluate(script)
        )

    page = open_page(large, color_scheme="dark")
    ground, words = grounds(page)
    assert ground < 150
    assert words > 600
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(500)
    ground, words = grounds(page)
    assert ground > 600
    assert words < 150
    page.click("#theme")
    page.wait_for_timeout(500)
    assert grounds(page)[0] < 150
    assert grounds(page)[1] > 600


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_overflows_the_window(width: int, tmp_path: Path, open_page: Open) -> None:
    rows = [
        replace(row, configuration=row.configuration * 8, domain="long" * 30) for row in runs(100)
    ]
    rows[0] = replace(rows[0], outcome=Outcome.ENGINE_FAILED, evidence="x" * 300, log="y" * 900)
    page = open_page(page_of(rows, tmp_path), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_texts_are_shown_as_texts(tmp_path: Path, open_page: Open) -> None:
    rows = [
        result(
            HOSTILE, f"p{i}{HOSTILE}", name + HOSTILE, cost=i + j, expansions=9, wall_seconds=1.0
        )
        for i in range(4)
        for j, name in enumerate(("a", "b"))
    ]
    rows.append(
        result(HOSTILE, "p9", f"a{HOSTILE}", Outcome.ENGINE_FAILED, evidence=HOSTILE, log=HOSTILE)
    )
    page = open_page(page_of(rows, tmp_path))
    assert f"a{HOSTILE}" in page.inner_text("#summary")
    page.click("#log-1 summary")
    assert page.inner_text("#log-1 pre") == HOSTILE
    assert "<script>" in (page.locator("#solved .legendtext").first.text_content() or "")
    spot = page.locator("#scatter-costs .scatterlayer .point").first
    spot.scroll_into_view_if_needed()
    spot.hover(force=True)
    page.wait_for_selector("#scatter-costs .hoverlayer .hovertext")
    said = page.locator("#scatter-costs .hoverlayer .hovertext").text_content() or ""
    assert "<b>%{x}</b>" in said
    assert page.evaluate("window.taken") is None
    assert page.locator("img").count() == 0


def test_the_browser_itself_lets_nothing_out(large: Path, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(large.as_uri())
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 1, () => 0)") == 0
    page.evaluate(
        """() => { const more = document.createElement("script");
          more.textContent = "window.taken = 1"; document.body.append(more); }"""
    )
    assert page.evaluate("window.taken") is None
    page.close()


def test_one_configuration_alone_has_a_page_without_a_comparison(
    tmp_path: Path, open_page: Open
) -> None:
    rows = [row for row in runs(200) if row.configuration == "race"]
    page = open_page(page_of(rows, tmp_path))
    assert page.locator("#comparison").count() == page.locator("#tasks").count() == 0
    assert "race solves" in page.inner_text("#answer")


def test_what_nothing_is_known_of_is_said_in_place_of_a_chart(
    tmp_path: Path, open_page: Open
) -> None:
    rows = [replace(row, expansions=None) for row in runs(100) if row.configuration != "blind"]
    page = open_page(page_of(rows, tmp_path))
    assert "Nothing is known of this for race and" in page.inner_text("#scatter-expansions")
    assert points(page, "scatter-costs") > 0


def test_of_very_many_tasks_it_is_said_how_many_are_drawn(
    tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "MOST_DRAWN", 20)
    page = open_page(page_of(runs(200), tmp_path))
    assert "17 of 50 tasks are drawn" in page.inner_text("#tasks")
    assert points(page, "scatter-costs") <= 17
