"""What the page is told of a run is what happened in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from parallel_runs import PLAN as PRESS
from parallel_runs import TASK as BUTTONS
from parallel_runs import faulty, overtaken
from tasks import BLOCKS, towers
from viewer_runs import address, driven, long, put, troubled

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import default_wording
from goalsmith.execute import (
    ActionReport,
    Attempt,
    Divergence,
    DivergenceSeen,
    Entry,
    Event,
    Faults,
    Judged,
    Observation,
    Observed,
    PlanAdopted,
    Policy,
    RunResumed,
    RunStarted,
    Simulator,
    StateMatched,
    StepBegun,
    StepReported,
    Verdict,
    execute,
)
from goalsmith.execute.messages import Approve, Edit, Mailbox, NewGoal, Reject, Review
from goalsmith.execute.store import RunStatus, Store, open_store
from goalsmith.execute.viewer import LiveRun, written
from goalsmith.execute.viewer import live as live_module
from goalsmith.execute.viewer.clock import Clock
from goalsmith.execute.viewer.page import embedded
from goalsmith.execute.viewer.staging import staged
from goalsmith.execute.viewer.story import Story
from goalsmith.solve import solve

Data = dict[str, Any]

TOWER = towers("(and (on a b) (on b c))")
HOSTILE = (
    """</script><script>document.title = "taken"</script><img src=x onerror=alert(1)>'"&<!--"""
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(address(tmp_path)) as opened:
        yield opened


def events_of(task: Task, faults: Faults, **how: Any) -> list[Event]:
    plan = solve(task).plan
    assert plan is not None
    run = execute(task, plan, Simulator(task, faults), solve, **how)
    return [entry.event for entry in run.journal]


def story_of(task: Task, events: list[Event]) -> Story:
    story = Story(task, default_wording(task.domain))
    for second, event in enumerate(events):
        story.take(1000.0 + second, event)
    return story


def told(task: Task, events: list[Event]) -> Data:
    return json.loads(json.dumps(story_of(task, events).since()))


def atoms_at(data: Data) -> Iterator[tuple[Data, set[str]]]:
    """Each moment with what holds then, as the page works it out."""
    holds: set[str] = set()
    for moment in data["moments"]:
        holds -= {data["facts"]["rows"][fact][0] for fact in moment["removed"]}
        holds |= {data["facts"]["rows"][fact][0] for fact in moment["added"]}
        yield moment, set(holds)


def texts(atoms: frozenset[Atom]) -> set[str]:
    return {str(atom) for atom in atoms}


FAULTY = Faults(seed=4, action_fails=0.15, effect_lost=0.15, moved=0.15)


def test_each_moment_holds_the_state_that_was_expected_and_the_one_observed() -> None:
    data = told(TOWER, events_of(TOWER, FAULTY, max_replans=50))
    semantics = Semantics(TOWER)
    names = [name for name, *_ in data["facts"]["rows"]]
    steps = [
        Step(name, tuple(args)) for name, *args in (_words(s[0]) for s in data["said"]["rows"])
    ]
    before: set[str] = set()
    otherwise = 0
    for moment, observed in atoms_at(data):
        if moment["step"] is not None:
            state = State(frozenset(Atom(a[0], tuple(a[1:])) for a in map(_words, before)))
            step = steps[data["steps"][moment["step"]]["said"]]
            expected = texts(semantics.apply(state, step).atoms)
            missing = {names[fact] for fact in moment["missing"]}
            unexpected = {names[fact] for fact in moment["unexpected"]}
            assert (observed - unexpected) | missing == expected
            assert missing.isdisjoint(observed)
            assert unexpected <= observed
            otherwise += bool(missing or unexpected)
        before = observed
    assert otherwise > 2
    assert {"(on a b)", "(on b c)"} <= before


def _words(atom: str) -> list[str]:
    return atom[1:-1].split()


def test_numbers_are_told_as_they_change() -> None:
    task = read_task(
        """(define (domain tank) (:requirements :numeric-fluents)
          (:predicates (done)) (:functions (level))
          (:action fill :parameters ()
            :precondition (< (level) 3) :effect (increase (level) 1)))""",
        """(define (problem full) (:domain tank) (:init (= (level) 0)) (:goal (>= (level) 2)))""",
    )

    class Leaking(Simulator):
        looks = 0

        def observe(self) -> State:
            self.looks += 1
            state = super().observe()
            (term, value) = next(iter(state.numbers))
            leaks = self.looks == 2
            return State(state.atoms, frozenset({(term, value - Fraction(1, 2) * leaks)}))

    fill = Step("fill")
    run = execute(task, Plan((fill, fill)), Leaking(task), solve, policy=Policy.NEVER)
    data = told(task, [entry.event for entry in run.journal])
    first, second = data["moments"][:2]
    assert first["numbers"] == [["(level)", "0"]]
    assert second["numbers"] == [["(level)", "0.5"]]
    assert second["changed"] == [["(level)", "1", "0.5"]]


def test_a_step_that_failed_is_told_with_what_was_said_and_what_came_of_it(store: Store) -> None:
    run = troubled(store)
    data: Data = LiveRun(store, run.id).data()
    stands = [step["stand"] for step in data["steps"]]
    assert Counter(stands) == {"done": 4, "diverged": 1, "failed": 1}
    failed = data["steps"][stands.index("failed")]
    assert failed["message"]
    assert (failed["ending"], failed["verdict"]) == ("failed", "replan")
    assert failed["message"] in failed["reason"]
    again = data["steps"][stands.index("diverged") + 1]
    assert again["attempt"] == 2
    replans = [item for item in data["items"] if item["kind"] == "replan-begun"]
    assert [item["plan"] for item in replans] == [2, 3]
    assert all("Plan" in item["result"] and item["took"] > 0 for item in replans)
    assert "went otherwise" in replans[0]["detail"]
    assert data["items"][-1]["title"] == "Goal reached"
    assert data["run"]["outcome"] == "reached"
    assert data["run"]["over"] is True


def test_a_revised_plan_stands_beside_what_was_left_of_the_one_before(store: Store) -> None:
    data: Data = LiveRun(store, troubled(store).id).data()
    for plan in data["plans"][1:]:
        old = data["plans"][plan["before"] - 1]
        rows = list(_rows(plan))
        left = [a for a, _, _ in rows if a is not None]
        right = [b for _, b, _ in rows if b is not None]
        assert sorted(left) == list(range(plan["done"], len(old["steps"])))
        assert sorted(right) == list(range(len(plan["steps"])))
        for a, b, kind in rows:
            if a is not None and b is not None:
                assert kind in ("kept", "moved")
                assert old["steps"][a] == plan["steps"][b]
            else:
                assert kind == ("added" if a is None else "dropped")
    assert data["plans"][1]["done"] == 1


def _rows(plan: Data) -> Iterator[tuple[int | None, int | None, str]]:
    """The rows of a plan, one by one."""
    for a, b, kind, length in plan["rows"]:
        for by in range(length):
            yield None if a is None else a + by, None if b is None else b + by, kind


def test_the_goal_is_told_part_by_part_as_it_comes_true() -> None:
    data = told(TOWER, events_of(TOWER, Faults()))
    assert [part[0] for part in data["goals"]["rows"][0]] == ["(on a b)", "(on b c)"]
    said = [moment["unmet"] for moment in data["moments"] if moment["unmet"] is not None]
    assert said == [[0, 1], [0], []]


def test_what_is_new_completes_what_was_known_wherever_one_looked() -> None:
    events = events_of(TOWER, FAULTY, max_replans=50)
    whole = told(TOWER, events)
    for cut in range(0, len(events), 7):
        story = Story(TOWER, default_wording(TOWER.domain))
        known: Data = {}
        for second, event in enumerate(events):
            if second in (cut, cut + 3):
                known = _joined(known, story.since(known["sequence"] if known else -1))
            story.take(1000.0 + second, event)
        known = _joined(known, story.since(known["sequence"]))
        assert json.loads(json.dumps(known)) == whole, cut
        assert not any(story.since(story.sequence)[name] for name in ("moments", "steps", "items"))


def _joined(known: Data, update: Data) -> Data:
    """What the page makes of an update."""
    if not known:
        return update
    for name in ("facts", "said", "goals"):
        table = known[name]["rows"]
        table[update[name]["from"] :] = update[name]["rows"]
    for name in ("moments", "steps", "plans", "skips", "items"):
        for row in update[name]:
            known[name][row["index"] : row["index"] + 1] = [row]
    return {**known, "sequence": update["sequence"]}


@pytest.mark.parametrize("happened", [True, False])
def test_a_run_that_was_killed_and_resumed_is_told_as_that(happened: bool) -> None:
    events = events_of(TOWER, Faults())
    begun = [i for i, event in enumerate(events) if isinstance(event, StepBegun)][1]
    before = events[: begun + 1]
    story = story_of(TOWER, before)
    assert _last_step(story)["stand"] == "in-flight"
    world = Simulator(TOWER)
    steps = [event.step for event in before if isinstance(event, StepBegun)]
    for number, step in enumerate(steps if happened else steps[:-1], 1):
        world.act(step, Attempt(f"k-{number}"))
    plan = solve(TOWER).plan
    assert plan is not None
    run = execute(TOWER, plan, world, solve, before=before)
    assert run.reached
    first, *rest = run.journal
    assert isinstance(first.event, RunResumed)
    story.take(2000.0, first.event)
    assert _last_step(story)["stand"] == "unknown"
    for entry in rest:
        story.take(2000.0 + entry.seconds, entry.event)
    data: Data = story.since()
    expected = ["done"] * 4 if happened else ["done", "not-taken", "done", "done", "done"]
    assert [step["stand"] for step in data["steps"]] == expected
    assert [step["number"] for step in data["steps"]] == (
        [1, 2, 3, 4] if happened else [1, 2, 2, 3, 4]
    )
    [resumed] = [item for item in data["items"] if item["kind"] == "run-resumed"]
    assert resumed["detail"]


def _last_step(story: Story) -> Data:
    step: Data = story.since()["steps"][-1]  # type: ignore[index, assignment]
    return step


def test_a_plan_that_waits_is_told_until_a_person_has_edited_it() -> None:
    plan = solve(TOWER).plan
    assert plan is not None
    longer = Plan((Step("lift", ("c",)), Step("lower", ("c",)), *plan))
    told_at_wait: list[Data] = []

    class Person(Mailbox):
        def wait(self) -> bool:
            waiting = story.since()
            told_at_wait.append(json.loads(json.dumps(waiting)))
            assert story.awaited == 1
            self.send(Edit(1, longer))
            return True

    story = Story(TOWER, default_wording(TOWER.domain))

    def tell(entry: Entry) -> None:
        story.take(entry.seconds, entry.event)

    run = execute(
        TOWER, plan, Simulator(TOWER), solve, review=Review.PLAN, inbox=Person(), on_event=tell
    )
    assert run.reached
    assert story.awaited is None
    assert told_at_wait[0]["plans"][0]["review"] == "asked"
    data: Data = story.since()
    first, second = data["plans"]
    assert (first["review"], second["before"], second["stand"]) == ("edited", 1, "adopted")
    assert second["rows"] == ((None, 0, "added", 2), (0, 2, "kept", 4))


def test_a_new_goal_is_told_as_another_goal() -> None:
    plan = solve(TOWER).plan
    assert plan is not None
    box = Mailbox()
    other = towers("(on c a)")

    class Turning(Simulator):
        def act(self, step: Step, attempt: Attempt) -> ActionReport:
            if attempt.key.endswith("-2"):
                box.send(NewGoal(other))
            return super().act(step, attempt)

    run = execute(TOWER, plan, Turning(TOWER), solve, inbox=box)
    data = told(TOWER, [entry.event for entry in run.journal])
    assert [[part[0] for part in goal] for goal in data["goals"]["rows"]] == [
        ["(on a b)", "(on b c)"],
        ["(on c a)"],
    ]
    last = data["moments"][-1]
    assert (last["goal"], last["unmet"]) == (1, [])
    assert any(item["kind"] == "goal-changed" for item in data["items"])


def test_facts_that_were_not_observed_are_told_as_believed() -> None:
    class Narrow(Simulator):
        def observe(self) -> Observation:
            state = super().observe()
            known = frozenset(a for a in state.atoms if a.predicate == "on")
            return Observation(true=known)

    plan = solve(TOWER).plan
    assert plan is not None
    run = execute(TOWER, plan, Narrow(TOWER), solve)
    data = told(TOWER, [entry.event for entry in run.journal])
    names = [row[0] for row in data["facts"]["rows"]]
    blurred: set[str] = set()
    for moment, holds in atoms_at(data):
        blurred -= {names[fact] for fact in moment["sighted"]}
        blurred |= {names[fact] for fact in moment["blurred"]}
        assert blurred == {name for name in holds if not name.startswith("(on ")}


def test_times_go_on_over_the_processes_that_drove_a_run() -> None:
    clock = Clock()
    journal = [Entry(i, s, StepBegun(1, 0, Step("go"), 1)) for i, s in enumerate((0.0, 2.0))]
    resumed = Entry(2, 2.5, RunResumed("it was left"))
    after = Entry(3, 3.0, StepBegun(2, 1, Step("go"), 1))
    times = [clock.time(w, e) for w, e in zip((100.0, 100.1), journal, strict=True)]
    assert times == [100.0, 102.0]
    assert clock.time(500.0, resumed) == 500.0
    assert clock.time(500.9, after) == 500.5


def test_a_journal_that_makes_no_sense_is_refused(store: Store) -> None:
    run = put(store, TOWER)
    lease = store.take_lease(run.id, "somebody", 60)
    assert lease is not None
    store.append(run.id, lease.fence, "step-begun", {"number": 4, "index": 0, "step": "(lift a)"})
    with pytest.raises(StoreError, match="step-begun"):
        LiveRun(store, run.id).data()


# Several steps at a time


def check_told(task: Task, events: list[Event], data: Data) -> None:
    """Each step is told as the events of its number have it, and each state as it was."""
    steps = [step for step in data["steps"] if step["stand"] != "not-taken"]
    reported = {e.number: e for e in events if isinstance(e, StepReported)}
    seen = {e.number: e for e in events if isinstance(e, StateMatched | DivergenceSeen)}
    assert [s["number"] for s in steps] == [e.number for e in events if isinstance(e, StepBegun)]
    for step in steps:
        number = step["number"]
        report, observed = reported[number], seen[number]
        matched = isinstance(observed, StateMatched)
        stand = ("done" if matched else "diverged") if report.succeeded else "failed"
        assert (step["stand"], step["message"]) == (stand, report.message)
        assert data["said"]["rows"][step["said"]][0] == str(report.step)
        moment = data["moments"][step["moment"]]
        assert data["steps"][moment["step"]] == step
        assert moment["difference"] == ("" if matched else observed.divergence.summary())
        assert step["since"] < step["moment"]
        if step["verdict"]:
            assert stand != "done"
            assert str(report.step) in step["reason"]
    semantics = Semantics(task)
    names = [name for name, *_ in data["facts"]["rows"]]
    before: set[str] = set()
    for moment, observed_atoms in atoms_at(data):
        if moment["step"] is not None:
            state = State(frozenset(Atom(a[0], tuple(a[1:])) for a in map(_words, before)))
            name, *args = _words(data["said"]["rows"][data["steps"][moment["step"]]["said"]][0])
            missing = {names[fact] for fact in moment["missing"]}
            unexpected = {names[fact] for fact in moment["unexpected"]}
            try:
                expected = texts(semantics.apply(state, Step(name, tuple(args))).atoms)
            except InputError:
                expected = before  # it has lost its ground, and nothing was expected of it
            assert (observed_atoms - unexpected) | missing == expected
        before = observed_atoms


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_steps_that_were_under_way_together_are_each_told_by_what_came_of_them(policy: str) -> None:
    together = 0
    for seed in range(3):
        task, run = faulty(seed, policy)
        events = [entry.event for entry in run.journal]
        data = told(task, events)
        check_told(task, events, data)
        together += sum(step["moment"] - step["since"] > 1 for step in data["steps"])
        for plan in data["plans"][1:]:
            old = data["plans"][plan["before"] - 1]
            left = sorted(a for a, _, _ in _rows(plan) if a is not None)
            assert len(left) == len(old["steps"]) - plan["done"]
            if policy == "strict":
                done = {
                    step["place"]
                    for step in data["steps"]
                    if step["plan"] == plan["before"] and step["stand"] == "done"
                }
                assert left == [p for p in range(len(old["steps"])) if p not in done]
    assert together > 2


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_a_verdict_is_told_with_the_step_that_failed_and_not_with_the_last(policy: str) -> None:
    events = [entry.event for entry in overtaken(policy).journal]
    data = told(BUTTONS, events)
    check_told(BUTTONS, events, data)
    first, failed, third, *rest = data["steps"]
    assert [m["step"] for m in data["moments"][:4]] == [None, 1, 2, 0]
    assert [s["since"] for s in (first, failed, third)] == [0, 0, 0]
    verdict = "replan" if policy == "strict" else "again"
    assert (failed["verdict"], failed["judged"], failed["moment"]) == (verdict, 3, 1)
    assert not any(step["verdict"] for step in (first, third, *rest))
    if policy == "strict":
        [_, revised] = data["plans"]
        assert revised["done"] == 2
        assert [a for a, _, _ in _rows(revised) if a is not None] == [1, 3]
    else:
        assert [(step["place"], step["stand"]) for step in rest] == [(1, "done"), (3, "done")]


def test_what_is_left_out_of_a_plan_is_told_by_its_places() -> None:
    a, b, c, d = PRESS
    lit_b = Divergence(unexpected=frozenset({Atom("lit", ("b",))}))
    events: list[Event] = [
        RunStarted(BUTTONS.problem.goal, PRESS, 1, 9, Policy.RELEVANT),
        Observed(Semantics(BUTTONS).initial_state()),
        PlanAdopted(1, PRESS, "given"),
        StepBegun(1, 0, a, 1),
        StepBegun(2, 2, c, 1),
        StepReported(1, a, True, ""),
        DivergenceSeen(1, lit_b),
        StepReported(2, c, True, ""),
        StateMatched(2),
        Judged(2, Verdict.SKIP, "b is lit", 3, (b,)),
        StepBegun(3, 3, d, 1),
    ]
    data = told(BUTTONS, events)
    assert [step["verdict"] for step in data["steps"]] == ["skip", "", ""]
    [skip] = data["skips"]
    assert (skip["version"], skip["moment"], skip["reason"]) == (1, 2, "b is lit")
    assert skip["rows"] == [[1, None, "skipped", 1], [3, 3, "kept", 1]]
    assert skip["done"] == 2


# Plans as graphs


def test_a_plan_is_told_in_stages_with_what_must_wait_for_what() -> None:
    task = towers("(and (on a b) (on c d))", blocks="a b c d")
    plan = solve(task).plan
    assert plan is not None
    graph: Data = staged(task, plan)
    assert sorted(step for stage in graph["stages"] for step in stage) == list(range(4))
    stage_of = {step: i for i, stage in enumerate(graph["stages"]) for step in stage}
    assert graph["edges"]
    assert all(stage_of[before] < stage_of[after] for before, after in graph["edges"])


def test_a_plan_that_was_refused_is_left_in_its_order_and_says_why() -> None:
    graph: Data = staged(TOWER, Plan((Step("lift", ("a",)), Step("lift", ("b",)))))
    assert graph["stages"] == [[0], [1]]
    assert "lift b" in graph["total"]


def test_only_so_many_long_plans_are_staged_beforehand(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = LiveRun(store, troubled(store).id)
    data: Data = run.data()
    lengths = [len(plan["steps"]) for plan in data["plans"]]
    monkeypatch.setattr(live_module, "MOST_STAGED", lengths[-1] ** 2)
    assert set(run.all_stages()) == {"3"}
    monkeypatch.setattr(live_module, "MOST_STAGED", 0)
    assert set(run.all_stages()) == {"3"}
    monkeypatch.setattr(live_module, "MOST_STAGED", sum(length**2 for length in lengths))
    assert set(run.all_stages()) == {"1", "2", "3"}
    with pytest.raises(InputError, match="no plan 4"):
        run.stages(4)


# The page


def scripts_of(html: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", html, re.DOTALL)


def data_of(html: str) -> Data:
    [found] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html)
    data: Data = json.loads(found)
    return data


def test_the_page_allows_its_own_scripts_and_style_and_nothing_else(store: Store) -> None:
    html = written(LiveRun(store, troubled(store).id))
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy
    for name, found in (
        ("script-src", scripts_of(html)),
        ("style-src", re.findall(r"<style>(.*?)</style>", html, re.DOTALL)),
    ):
        digests = [base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in found]
        assert rules[name].split() == [f"'sha256-{digest}'" for digest in digests]
    assert len(scripts_of(html)) == html.count("<script") - 1


def test_the_page_loads_nothing_and_makes_no_markup_of_texts(store: Store) -> None:
    html = written(LiveRun(store, troubled(store).id))
    assert set(re.findall(r"https?://[^\s\"')]+", html)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=\"(?!data:)", html)
    assert "@import" not in html
    for script in scripts_of(html):
        for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert sink not in script


def test_names_and_messages_cannot_leave_the_data(store: Store) -> None:
    class Rude(Simulator):
        def act(self, step: Step, attempt: Attempt) -> ActionReport:
            super().act(step, attempt)
            return ActionReport(True, HOSTILE)

    name = f"{HOSTILE} <!-- scripts --> <!-- data -->"
    run = put(store, TOWER, name=name)
    driven(store, run, TOWER, world=Rude)
    html = written(LiveRun(store, run.id))
    data = data_of(html)
    assert data["run"]["name"] == name
    assert {step["message"] for step in data["steps"]} == {HOSTILE}
    assert html.count("</script>") == len(scripts_of(html)) + 1
    assert "onerror" not in html.replace(json.dumps(data), "").split("</head>")[0]
    assert not re.search(r"<img|taken\"</script>", html)


def test_data_in_a_page_has_no_character_of_markup() -> None:
    text = embedded({"a": f"{HOSTILE}\u2028é", "b": [1, None, True]})
    assert not set("<>&") & set(text)
    assert text.isascii()
    assert json.loads(text) == {"a": f"{HOSTILE}\u2028é", "b": [1, None, True]}


def test_a_page_of_a_run_that_has_not_begun_can_be_written(store: Store) -> None:
    data = data_of(written(LiveRun(store, put(store, TOWER).id)))
    assert (data["sequence"], data["moments"], data["live"]) == (-1, [], False)


def test_a_page_of_a_thousand_steps_is_of_a_moderate_size(store: Store) -> None:
    run = long(store)
    html = written(LiveRun(store, run.id))
    data = data_of(html)
    assert len(data["steps"]) >= 1000
    assert sum(step["stand"] != "done" for step in data["steps"]) == 10
    assert len(html) < 1_500_000
    assert data["run"]["status"] == RunStatus.ENDED


# Following and answering


def test_a_run_is_followed_as_its_journal_grows(store: Store) -> None:
    run = put(store, TOWER, review=Review.PLAN)
    live = LiveRun(store, run.id)
    assert live.data()["sequence"] == -1
    driven(store, run, TOWER)
    waiting: Data = live.data()
    assert waiting["run"]["status"] == "waiting"
    assert waiting["steps"] == []
    live.send({"kind": "approve", "version": 1})
    driven(store, run, TOWER)
    news: Data = live.data(waiting["sequence"])
    assert len(news["steps"]) == 4
    assert news["run"]["outcome"] == "reached"
    assert news["facts"]["from"] == len(waiting["facts"]["rows"])


Answer = Callable[[int], Data]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"kind": "approve", "version": 2}, "plan 1 waits"),
        ({"kind": "approve"}, "plan 1 waits"),
        ({"kind": "explode", "version": 1}, "`approve`, `reject` or `edit`"),
        ({"kind": "reject", "version": 1, "reason": 3}, "`reason`"),
        ({"kind": "reject", "version": 1, "reason": "x" * 3000}, "at most 2000"),
        ({"kind": "edit", "version": 1, "plan": "(lift z)"}, "unknown object `z`"),
        ({"kind": "edit", "version": 1, "plan": "(lift a)"}, "does not lead to the goal"),
        ({"kind": "edit", "version": 1, "plan": ["(lift a)"]}, "`plan`"),
        (["approve"], "an object"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_not_sent(
    store: Store, said: Any, reason: str
) -> None:
    run = put(store, TOWER, review=Review.PLAN)
    driven(store, run, TOWER)
    with pytest.raises(InputError, match=re.escape(reason)):
        LiveRun(store, run.id).send(said)
    assert store.messages(run.id) == ()


def test_decisions_become_messages_to_the_run(store: Store) -> None:
    from goalsmith.execute.durable import read_message

    run = put(store, TOWER, review=Review.PLAN)
    live = LiveRun(store, run.id)
    with pytest.raises(InputError, match="no plan waits"):
        live.send({"kind": "approve", "version": 1})
    driven(store, run, TOWER)
    plan = solve(TOWER).plan
    assert plan is not None
    live.send({"kind": "approve", "version": 1})
    live.send({"kind": "reject", "version": 1, "reason": HOSTILE})
    live.send({"kind": "edit", "version": 1, "plan": f"; mine\n{plan}\n"})
    messages = [read_message(row, TOWER) for row in store.messages(run.id)]
    assert messages == [Approve(1, 1), Reject(1, HOSTILE, 2), Edit(1, plan, 3)]


def test_a_domain_with_hostile_names_is_shown_as_it_is(store: Store) -> None:
    odd = "x<img/src=x>"
    problem = f"""(define (problem odd) (:domain towers) (:objects {odd} b)
      (:init (free) (table {odd}) (clear {odd}) (table b) (clear b)) (:goal (on {odd} b)))"""
    task = read_task(BLOCKS, problem)
    run = put(store, task)
    driven(store, run, task)
    html = written(LiveRun(store, run.id))
    assert "<img" not in html
    assert any(odd in row[0] for row in data_of(html)["facts"]["rows"])


def test_an_event_that_the_page_does_not_know_is_named() -> None:
    # The journal can tell of more than the page has words for.
    from goalsmith.execute.viewer.names import Names
    from goalsmith.execute.viewer.notes import note

    class Sneezed:
        kind = "somebody-sneezed"

    said = note(Sneezed(), Names(TOWER.domain, default_wording(TOWER.domain)))  # type: ignore[arg-type]
    assert said.title == "Somebody sneezed"
