"""The page in a real browser: what it shows, what it does, and what it does not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from browser import PATIENCE, chromium
from parallel_runs import PLAN as PRESS
from parallel_runs import TASK as BUTTONS
from parallel_runs import overtaken
from tasks import towers
from viewer_runs import address, driven, kept, long, put, troubled

from goalsmith.execute import ActionReport, Attempt, Simulator, execute
from goalsmith.execute.messages import Review
from goalsmith.execute.store import Store, open_store
from goalsmith.execute.viewer import LiveRun, ViewServer, written
from goalsmith.solve import solve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from goalsmith.domains.plans import Step

    Open = Callable[..., Page]

__all__ = ["chromium"]  # a fixture

TOWER = towers("(and (on a b) (on b c))")
HOSTILE = """</script><script>window.taken = 1</script><img src=x onerror="window.taken = 1">"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(address(tmp_path)) as opened:
        yield opened


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Opens an address; at the end, no page may have complained of anything."""
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(url: str, width: int = 1280, height: int = 800, **how: Any) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": height}, **how)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        pages.append(page)
        page.goto(url)
        page.wait_for_selector("#status:not(:empty)")
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


def file_of(store: Store, run: str, folder: Path) -> str:
    """The page of a run as a file; its address."""
    path = folder / "run.html"
    path.write_text(written(LiveRun(store, run)), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def tower(store: Store, tmp_path: Path) -> str:
    """The page of a run with a failed step and one without effect."""
    return file_of(store, troubled(store).id, tmp_path)


def texts(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).all_inner_texts()
    return found


def test_the_goal_the_status_the_plan_and_the_timeline_are_shown(
    tower: str, open_page: Open
) -> None:
    page = open_page(tower)
    assert page.title() == "a tower of a on b on c · goalsmith"
    assert page.inner_text("#name") == "a tower of a on b on c"
    assert page.inner_text("#status") == "reached"
    assert page.locator("#goal .part.met").count() == 2
    page.wait_for_selector(".chip")
    assert page.locator(".chip.done").count() == page.locator(".chip").count() > 0
    page.wait_for_selector("#timeline .line:has-text('Goal reached')")
    lines = texts(page, "#timeline .line")
    assert "Goal reached" in lines[-1]
    assert sum("Replan" in line for line in lines) == 2


def test_a_run_that_has_not_begun_has_a_page(store: Store, tmp_path: Path, open_page: Open) -> None:
    page = open_page(file_of(store, put(store, TOWER, name="later").id, tmp_path))
    assert page.inner_text("#status") == "pending"
    assert "not been observed" in page.inner_text("#moment")
    page.wait_for_selector("#timeline:has-text('Nothing has happened')")


def test_a_moment_shows_what_was_expected_and_observed_and_what_came_of_it(
    tower: str, open_page: Open
) -> None:
    page = open_page(tower)
    page.keyboard.press("Home")
    assert "At the start" in page.inner_text("#moment")
    page.keyboard.press("n")
    assert page.locator("#moment .stand.diverged").count() == 1
    rows = texts(page, "#moment tbody tr")
    assert any("true" in row and "false" in row for row in rows)
    told = page.inner_text("#moment")
    assert "Verdict: Plan anew" in told
    assert "Plan 2, " in told
    page.click("text=What changed in the plan")
    assert page.inner_text("#versions-title") == "Plan 1 → plan 2"
    page.wait_for_selector(".pair.kept")


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_of_steps_under_way_together_each_stands_as_it_did_at_the_moment(
    store: Store, tmp_path: Path, open_page: Open, policy: str
) -> None:
    run = kept(store, BUTTONS, overtaken(policy))
    page = open_page(file_of(store, run.id, tmp_path))
    page.wait_for_selector(".chip")
    page.keyboard.press("Home")
    stands, verdicts = [], []
    for _ in range(4):
        stands.append(chips(page))
        verdicts.append("Verdict: " in page.inner_text("#moment"))
        page.keyboard.press("ArrowRight")
    # The fourth step was to come: after the failure none is begun.
    rest = "left" if policy == "strict" else "open"
    assert stands == [
        ["open", "open", "open", "open"],
        ["in-flight", "failed", "in-flight", "open"],
        ["in-flight", "failed", "done", "open"],
        ["done", "failed", "done", rest],
    ]
    assert verdicts == [False, True, False, False]


def chips(page: Page) -> list[str]:
    """How the steps of the plan stand, once the page has drawn them."""
    page.evaluate(
        "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )
    found: list[str] = page.evaluate(
        """Array.from(document.querySelectorAll(".chip"))
          .sort((one, other) => one.dataset.place - other.dataset.place)
          .map((chip) => chip.classList[1])"""
    )
    return found


def test_steps_that_are_left_out_are_shown_among_the_plans(
    store: Store, tmp_path: Path, open_page: Open
) -> None:
    class Helped(Simulator):
        """A world in which what the second step is for happens with the first."""

        def act(self, step: Step, attempt: Attempt) -> ActionReport:
            if step == PRESS.steps[0]:
                super().act(PRESS.steps[1])
            return super().act(step, attempt)

    run = execute(BUTTONS, PRESS, Helped(BUTTONS), solve, policy="relevant")
    page = open_page(file_of(store, kept(store, BUTTONS, run).id, tmp_path))
    page.wait_for_selector(".chip")
    assert chips(page) == ["diverged", "skipped", "done", "done"]
    page.click("#tab-plans")
    assert page.inner_text("#versions-title") == "Plan 1, without what is needless"
    page.wait_for_selector(".pair.skipped")
    assert page.locator(".pair.skipped").count() == 1
    assert page.locator(".pair.kept").count() == 2


def test_states_can_be_scrubbed_by_the_keyboard(tower: str, open_page: Open) -> None:
    page = open_page(tower)
    page.click("#moment button:has-text('Observed')")
    slider = page.locator("#scrubber")
    states = []
    page.keyboard.press("Home")
    for _ in range(int(slider.get_attribute("max") or 0) + 1):
        states.append(page.inner_text("#moment .facts"))
        page.keyboard.press("ArrowRight")
    assert len(set(states)) > 3
    slider.focus()
    page.keyboard.press("Home")
    assert page.inner_text("#moment .facts") == states[0]
    page.keyboard.press("ArrowRight")
    assert "step 1: " in (slider.get_attribute("aria-valuetext") or "")
    page.focus("#timeline")
    page.keyboard.press("ArrowDown")
    chosen = page.get_attribute("#timeline", "aria-activedescendant")
    assert page.get_attribute(f"#{chosen}", "aria-selected") == "true"


def test_everything_to_be_used_has_a_name_and_shows_the_focus(tower: str, open_page: Open) -> None:
    page = open_page(tower)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, textarea, [tabindex='0']")]
          .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    unseen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        look = page.evaluate(
            """() => { const e = document.activeElement; const s = getComputedStyle(e);
              return [e.id || e.textContent, s.outlineStyle, parseFloat(s.outlineWidth)]; }"""
        )
        if look[1] == "none" or look[2] < 1:
            unseen.append(look)
    assert unseen == []


def test_dark_and_light_follow_the_system_and_can_be_chosen(tower: str, open_page: Open) -> None:
    def ground(page: Page) -> int:
        colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, colour.removeprefix("rgb(").rstrip(")").split(",")))

    dark = open_page(tower, color_scheme="dark")
    light = open_page(tower, color_scheme="light")
    assert ground(dark) < 150
    assert ground(light) > 600
    light.click("#theme")
    assert ground(light) == ground(dark)
    light.click("#theme")
    assert ground(light) > 600


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_overflows_the_window(
    width: int, store: Store, tmp_path: Path, open_page: Open
) -> None:
    class Talkative(Simulator):
        def act(self, step: Step, attempt: Attempt) -> ActionReport:
            super().act(step, attempt)
            return ActionReport(True, "x" * 400)

    run = put(store, TOWER, name="wide" * 40)
    driven(store, run, TOWER, world=Talkative)
    page = open_page(file_of(store, run.id, tmp_path), width=width)
    for key in ("1", "2"):
        page.keyboard.press(key)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_texts_are_shown_as_texts(store: Store, tmp_path: Path, open_page: Open) -> None:
    class Rude(Simulator):
        def act(self, step: Step, attempt: Attempt) -> ActionReport:
            super().act(step, attempt)
            return ActionReport(attempt.number > 1, HOSTILE)

    run = put(store, TOWER, name=HOSTILE)
    driven(store, run, TOWER, world=Rude)
    page = open_page(file_of(store, run.id, tmp_path))
    assert page.inner_text("#name") == HOSTILE
    page.keyboard.press("p")
    assert page.inner_text("#moment .message") == HOSTILE
    page.keyboard.press("2")
    assert page.evaluate("window.taken") is None
    assert page.locator("img").count() == 0


def test_the_browser_itself_keeps_markup_and_scripts_out(tower: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(tower)
    refused = page.evaluate(
        """() => { try { document.body.innerHTML = "<b>x</b>"; return ""; }
          catch (error) { return error.name; } }"""
    )
    assert refused == "TypeError"
    page.evaluate(
        """() => { const link = document.createElement("img"); link.src = "http://127.0.0.1:9/x";
          document.body.append(link); }"""
    )
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 1, () => 0)") == 0
    page.close()


def test_a_run_is_followed_and_approved_in_the_page(store: Store, open_page: Open) -> None:
    run = put(store, TOWER, review=Review.PLAN)
    driven(store, run, TOWER)
    with ViewServer(LiveRun(store, run.id)) as server:
        thread = Thread(target=server.serve)
        thread.start()
        try:
            page = open_page(server.url)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            assert page.inner_text("#status") == "waits for approval"
            assert "Plan 1 waits" in page.inner_text("#review")
            page.click("text=Approve")
            page.wait_for_selector(".answer.good")
            assert [row.kind for row in store.messages(run.id)] == ["approve"]
            driven(store, run, TOWER)
            page.wait_for_selector("#status:has-text('reached')")
            assert page.is_hidden("#review")
            assert "step 4" in (page.get_attribute("#scrubber", "aria-valuetext") or "")
            assert all(url.startswith(server.url) for url in asked)
            # It would complain of a server that is gone.
            page.close()
        finally:
            server.stop()
            thread.join()


def test_an_edited_plan_is_sent_and_a_wrong_one_refused(store: Store, chromium: Browser) -> None:
    run = put(store, TOWER, review=Review.PLAN)
    driven(store, run, TOWER)
    with ViewServer(LiveRun(store, run.id)) as server:
        thread = Thread(target=server.serve)
        thread.start()
        page = chromium.new_page()
        page.set_default_timeout(PATIENCE)
        try:
            page.goto(server.url)
            page.click("text=Edit…")
            plan = page.input_value("textarea")
            assert plan.splitlines()[0].startswith("(lift ")
            page.fill("textarea", plan.splitlines()[0])
            page.click("text=Send the edited plan")
            page.wait_for_selector(".answer:has-text('does not lead to the goal')")
            page.fill("textarea", f"(lift c)\n(lower c)\n{plan}")
            page.click("text=Send the edited plan")
            page.wait_for_selector(".answer.good")
        finally:
            page.close()
            server.stop()
            thread.join()
    [message] = store.messages(run.id)
    assert (message.kind, message.body["plan"][:2]) == (  # type: ignore[index, call-overload]
        "edit",
        ["(lift c)", "(lower c)"],
    )


def test_a_thousand_steps_are_a_few_elements_and_all_in_reach(
    store: Store, tmp_path: Path, open_page: Open
) -> None:
    page = open_page(file_of(store, long(store).id, tmp_path))
    page.wait_for_selector(".chip")
    assert page.locator("body *").count() < 900
    assert int(page.get_attribute("#scrubber", "max") or 0) >= 1000
    page.wait_for_selector("#timeline .line:has-text('Goal reached')")
    assert "Goal reached" in texts(page, "#timeline .line")[-1]
    page.keyboard.press("Home")
    page.wait_for_selector("#timeline .line:has-text('Run started')")
    troubles = set()
    for _ in range(12):
        page.keyboard.press("n")
        troubles.add(page.inner_text("#where"))
    assert len(troubles) == 10
    page.click("#timeline-filter button:has-text('Trouble')")
    assert page.get_attribute("#timeline", "aria-activedescendant")
    page.focus("#timeline")
    page.keyboard.press("PageUp")
    assert page.locator("body *").count() < 900
