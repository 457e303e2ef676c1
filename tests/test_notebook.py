"""Tasks, plans and runs as notebooks show them: escaped, bounded, and readable in the dark."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from goalsmith import Faults, Plan, Planner, Run, State, Step, Task
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Object, Problem
from goalsmith.domains.notebook import MOST_ROWS
from goalsmith.execute import ActionReport, Attempt, execute
from goalsmith.solve import solve

planner = Planner("blocksworld", offline=True)


class Page(HTMLParser):
    """What a browser would make of it: its text, and its elements, all of which are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.styles: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.elements.append(tag)
        assert {name for name, _ in attrs} <= {"style"}
        self.styles += [value or "" for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def test_a_task_shows_its_goal_its_objects_and_its_facts() -> None:
    page = Page(planner.task("p1")._repr_html_())
    for said in ("Task", "blocksworld", "goal", "objects", "facts that hold initially", "(on "):
        assert said in page.text


def test_a_plan_shows_its_steps_in_order() -> None:
    page = Page(Plan((Step("pick-up", ("a",)), Step("stack", ("a", "b"))))._repr_html_())
    assert page.text.index("(pick-up a)") < page.text.index("(stack a b)")
    assert "2 steps" in page.text
    assert "1 step\n" in Page(Plan((Step("go"),))._repr_html_()).text
    assert "holds already" in Page(Plan()._repr_html_()).text


def run_of(faults: Faults) -> Run:
    task = planner.task("p1")
    plan = solve(task).plan
    assert plan is not None
    return planner.execute(task, plan, faults=faults)


def test_a_run_shows_what_became_of_its_steps_and_its_new_plans() -> None:
    run = run_of(Faults(seed=1, effect_lost=0.4))
    page = Page(run._repr_html_())
    assert f"reached: {run.reason}" in page.text
    assert page.text.count("✓") + page.text.count("✗") == len(run.steps)
    assert page.text.count("✗") >= run.replans > 0
    assert f"plan {len(run.plans)}: " in page.text
    assert "seen: not (" in page.text


class Broken:
    """A world in which nothing succeeds."""

    def __init__(self, state: State) -> None:
        self.state = state

    def observe(self) -> State:
        return self.state

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        return ActionReport(False, "<script>alert('no')</script>")


def test_what_the_world_says_is_escaped() -> None:
    task = planner.task("p1")
    plan = solve(task).plan
    assert plan is not None
    world = Broken(State(frozenset(task.problem.init)))
    run = execute(task, plan, world, solve, max_replans=0)
    page = Page(run._repr_html_())
    assert "script" not in page.elements
    assert "failed: <script>alert('no')</script>" in page.text
    assert "<script" not in run._repr_html_()


def test_names_are_escaped_and_shortened() -> None:
    name = "<b onclick=x>" + "y" * 5000
    task = planner.task("p1")
    odd = Task(
        task.domain,
        Problem(name, "d", (Object(name),), (Atom(name),), goal=Atom(name, (name,))),
    )
    html = odd._repr_html_()
    assert "<b onclick" not in html
    assert len(html) < 5000
    Page(html)


def test_large_values_are_cut_and_the_rest_is_counted() -> None:
    plan = Plan(tuple(Step("go", (f"place-{n}",)) for n in range(1000)))
    assert f"and {1000 - MOST_ROWS} more" in plan._repr_html_()
    task = planner.task("p1")
    objects = tuple(Object(f"block-{n}") for n in range(5000))
    facts = tuple(Atom("clear", (o.name,)) for o in objects)
    large = Task(task.domain, replace(task.problem, objects=objects, init=facts))
    html = large._repr_html_()
    assert len(html) < 10_000
    assert f"and {5000 - MOST_ROWS} more" in html
    assert "5000 objects" in html


def test_nothing_has_a_colour_of_its_own() -> None:
    for html in (
        planner.task("p1")._repr_html_(),
        Plan((Step("go"),))._repr_html_(),
        run_of(Faults())._repr_html_(),
    ):
        for style in Page(html).styles:
            assert "color" not in style
            assert "background" not in style
