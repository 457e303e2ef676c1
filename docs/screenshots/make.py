"""Takes the pictures of the viewer in this folder. Run it from the repository's root.

It needs Debian's chromium and the package playwright.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random
from threading import Thread
from typing import TYPE_CHECKING

from goalsmith.commands.view import wording_of
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.writer import write_domain
from goalsmith.execute import ActionReport, Attempt, Entry, Faults, Simulator, execute
from goalsmith.execute.durable import RunSettings, submit
from goalsmith.execute.messages import Inbox, Review
from goalsmith.execute.monitor.monitor import Solver
from goalsmith.execute.simulation.faults import FaultKind
from goalsmith.execute.store import Draft, RunStatus, Store, open_store
from goalsmith.execute.viewer import LiveRun, ViewServer, written
from goalsmith.solve import solve
from goalsmith.solve.solution import Solution

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent
BALLS = 334


class Slow(Simulator):
    """A simulated world whose acts seem to take some seconds."""

    def __init__(self, task: Task, faults: Faults) -> None:
        super().__init__(task, faults)
        self.now = 0.0
        self._lengths = Random(1)

    def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
        """Carries a step out, and lets time pass."""
        self.now += self._lengths.uniform(1.5, 12.0)
        return super().act(step, attempt)

    def clock(self) -> float:
        """Seconds of seeming time."""
        self.now += 0.01
        return self.now


class Nobody(Inbox):
    """No messages, and nobody who waits for one."""

    def __call__(self) -> tuple[()]:
        """No messages."""
        return ()

    def wait(self) -> bool:
        """Nobody waits."""
        return False


def put(
    store: Store,
    name: str,
    task: Task,
    plan: Plan,
    faults: Faults,
    solver: Solver = solve,
    review: Review = Review.NONE,
) -> str:
    """Puts a run in a store, as it went in a simulated world; its id."""
    drafts: list[Draft] = []

    def keep(entry: Entry) -> None:
        body = entry.as_dict()
        kind = str(body.pop("event"))
        del body["sequence"]
        drafts.append(Draft(kind, body))

    world = Slow(task, faults)
    run = execute(
        task,
        plan,
        world,
        solver,
        max_replans=50,
        review=review,
        inbox=Nobody(),
        clock=world.clock,
        on_event=keep,
    )
    row = submit(store, task, plan, RunSettings(), name=name)
    lease = store.take_lease(row.id, "docs", 60)
    assert lease is not None
    waits = run.outcome is Outcome.QUESTION
    status, outcome = (RunStatus.WAITING, "") if waits else (RunStatus.ENDED, run.outcome.label)
    store.append_all(row.id, lease.fence, drafts, status=status, outcome=outcome)
    store.release_lease(lease)
    return row.id


def warehouse(store: Store, review: Review = Review.NONE) -> str:
    """Two robots pick orders; five steps go otherwise than expected."""
    task = bundled("warehouse-robots").instance("p2").task
    plan = solve(task).plan
    assert plan is not None
    scripted = {
        4: FaultKind.EFFECT_LOST,
        9: FaultKind.ACTION_FAILS,
        10: FaultKind.ACTION_FAILS,
        15: FaultKind.MOVED_BY_ITSELF,
        24: FaultKind.EFFECT_LOST,
    }
    faults = Faults(seed=3, scripted=scripted)
    return put(store, "Pick both orders and park the robots", task, plan, faults, review=review)


def thousand(store: Store) -> str:
    """A robot carries a great many balls, two at a time."""
    names = " ".join(f"ball{i}" for i in range(BALLS))
    init = " ".join(f"(in ball{i} kitchen)" for i in range(BALLS))
    goal = " ".join(f"(in ball{i} hall)" for i in range(BALLS))
    problem = f"""(define (problem many) (:domain gripper)
      (:objects kitchen hall - room {names} - ball left right - gripper)
      (:init (robot-in kitchen) (free left) (free right) {init}) (:goal (and {goal})))"""
    task = read_task(write_domain(bundled("gripper").domain), problem)
    kinds = (FaultKind.EFFECT_LOST, FaultKind.ACTION_FAILS)
    acts = (40, 41, 118, 230, 333, 500, 501, 502, 720, 903)
    faults = Faults(scripted={act: kinds[i % 2] for i, act in enumerate(acts)})
    return put(store, "All balls into the hall", task, carry(task), faults, carried)


def carried(task: Task) -> Solution:
    """A solution for the many balls, by a rule that needs no search."""
    return Solution(Outcome.SOLVED, "a rule", plan=carry(task))


def carry(task: Task) -> Plan:
    """Puts down what is held in the hall, and fetches the rest two by two."""
    state = set(task.problem.init)
    steps: list[Step] = []

    def go(room: str) -> None:
        other = "hall" if room == "kitchen" else "kitchen"
        if Atom("robot-in", (other,)) in state:
            state.remove(Atom("robot-in", (other,)))
            state.add(Atom("robot-in", (room,)))
            steps.append(Step("move", (other, room)))

    held = [a.args for a in sorted(state) if a.predicate == "carrying"]
    lying = [a.args[0] for a in sorted(state) if a.predicate == "in" and a.args[1] == "kitchen"]
    while held or lying:
        if lying and len(held) < 2:
            go("kitchen")
        while lying and len(held) < 2:
            hand = "left" if all(h != "left" for _, h in held) else "right"
            held.append((lying.pop(0), hand))
            steps.append(Step("pick-up", (*held[-1], "kitchen")))
        go("hall")
        steps.extend(Step("put-down", (*each, "hall")) for each in held)
        held = []
    return Plan(tuple(steps))


def shoot(
    browser: Browser, url: str, name: str, *keys: str, scheme: str = "light", width: int = 1440
) -> None:
    """Opens a page, presses keys (`compare`: follows the link to the plans), takes a picture."""
    height = 900
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(url)
    page.wait_for_selector(".chip")
    for key in keys:
        if key == "compare":
            page.click("text=What changed in the plan")
        else:
            page.keyboard.press(key)
    page.wait_for_timeout(1000)
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


def main() -> None:
    """Makes the runs, opens their pages, and writes the pictures."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/s") as store:

        def file(run: str) -> str:
            path = Path(folder, f"{run}.html")
            path.write_text(written(LiveRun(store, run, wording_of)), encoding="utf-8")
            return path.as_uri()

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            url = file(warehouse(store))
            shoot(browser, url, "light", "p", "p")
            shoot(browser, url, "dark", "p", scheme="dark")
            shoot(browser, url, "plans", "p", "p", "compare")
            shoot(browser, url, "narrow", "p", width=420)
            shoot(browser, file(thousand(store)), "thousand", "p")
            waiting = LiveRun(store, warehouse(store, Review.PLAN), wording_of)
            with ViewServer(waiting) as server:
                thread = Thread(target=server.serve)
                thread.start()
                shoot(browser, server.url, "review")
                server.stop()
                thread.join()
            browser.close()


if __name__ == "__main__":
    main()
