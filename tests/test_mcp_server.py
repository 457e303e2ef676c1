"""The MCP server, driven over stdio by the official client: a process `goalsmith mcp` each time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import endpoint
import pytest
import tasks
from documents import blocks_of
from endpoint import Response, says
from processes import eventually
from test_run_store import url

pytest.importorskip("mcp.server.mcpserver", reason="it needs mcp: pip install 'goalsmith[mcp]'")

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import CallToolResult

from goalsmith.cli import main
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import TRUE
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.execute.durable import RunSettings, Simulated, send, submit, take
from goalsmith.execute.messages import Approve, Cancel
from goalsmith.execute.store import RunStatus, Store, open_store
from goalsmith.execute.viewer import LiveRun
from goalsmith.mcp_server.bounds import Limits
from goalsmith.mcp_server.configuration import Configuration, load_configuration
from goalsmith.mcp_server.driving import Driver
from goalsmith.mcp_server.environments import Configured, Simulation
from goalsmith.mcp_server.registry import Registry
from goalsmith.world import World

__all__ = ["url"]  # a fixture

ROOT = Path(__file__).resolve().parent.parent

EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "guides" / "mcp.md"

COMMAND = [sys.executable, "-m", "goalsmith.cli", "mcp"]

CONFIGURATION = f"""
[limits]
seconds = 20

[environments.practice]
kind = "simulator"
about = "blocks that are seldom dropped"
action_fails = 0.3
fault_limit = 2

[environments.slow]
kind = "simulator"
domain = "blocksworld"
step_delay = 0.25

[environments.watched]
kind = "simulator"
domain = "blocksworld"
approval = "owner"

[environments.robot]
kind = "program"
domain = "{EXAMPLES / "courier.pddl"}"
problems = ["{EXAMPLES / "delivery.pddl"}"]
command = ["{sys.executable}", "{EXAMPLES / "robot_program.py"}"]

[environments.tools]
kind = "mcp"
domain = "{EXAMPLES / "courier.pddl"}"
command = ["{sys.executable}", "{EXAMPLES / "mcp_server.py"}"]
state = "look"
tools = {{ move = "drive" }}

[environments.gone]
kind = "program"
domain = "{EXAMPLES / "courier.pddl"}"
problems = ["{EXAMPLES / "delivery.pddl"}"]
command = ["{sys.executable}", "-c", "import sys; sys.exit('unplugged')"]

[environments.silent]
kind = "mcp"
domain = "{EXAMPLES / "courier.pddl"}"
problems = ["{EXAMPLES / "delivery.pddl"}"]
command = ["{sys.executable}", "-c", "import sys; sys.exit('out of order')"]
state = "look"
"""

TOWER = "(and (on blue green) (on green red))"  # the goal of blocksworld p1, which takes six steps
STACKED = "(on blue red)"


class Server:
    """A server that is running, and the client's side of it."""

    def __init__(self, portal: BlockingPortal, client: Client, store: str) -> None:
        self.portal = portal
        self.client = client
        self.url = store
        self.progress: list[str] = []

    def result(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        async def told(progress: float, total: float | None, message: str | None) -> None:
            self.progress.append(message or "")

        call = partial(self.client.call_tool, tool, arguments, progress_callback=told)
        return self.portal.call(call)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool answers; the client has checked it against the tool's schema."""
        result = self.result(tool, arguments)
        assert not result.is_error, result.content
        assert result.structured_content is not None
        return result.structured_content

    def error(self, tool: str, **arguments: Any) -> str:
        """The message of a tool that cannot do what it should."""
        result = self.result(tool, arguments)
        assert result.is_error, result.structured_content
        (content,) = result.content
        text: str = content.text
        assert "Traceback" not in text
        return text

    def text(self, tool: str, **arguments: Any) -> str:
        """What clients show of an answer that have no use for its structured content."""
        result = self.result(tool, arguments)
        assert not result.is_error, result.content
        (content,) = result.content
        text: str = content.text
        return text

    def read(self, uri: str) -> str:
        result = self.portal.call(partial(self.client.read_resource, uri, cache_mode="bypass"))
        (content,) = result.contents
        text: str = content.text
        return text

    def ended(self, run: str) -> dict[str, Any]:
        """A run that has come to where it ends or needs somebody."""
        return self.call("run_status", run=run, wait=60, limit=200)

    @contextmanager
    def store(self) -> Iterator[Store]:
        with open_store(self.url) as opened:
            yield opened


@contextmanager
def serving(
    folder: Path, *options: str, portal: BlockingPortal | None = None, offline: bool = True
) -> Iterator[Server]:
    if portal is None:
        with (
            start_blocking_portal() as own,
            serving(folder, *options, portal=own, offline=offline) as server,
        ):
            yield server
        return
    url = f"sqlite:///{folder / 'runs.sqlite'}"
    command, *arguments = [*COMMAND, *["--offline"] * offline, "--store", url, *options]
    # The suite's own folders, in place of those of whoever runs it.
    variables = {key: os.environ[key] for key in ("XDG_CACHE_HOME", "XDG_DATA_HOME")}
    variables["OPENAI_API_KEY"] = "none"
    parameters = StdioServerParameters(
        command=command, args=arguments, env=variables, cwd=str(folder)
    )
    with portal.wrap_async_context_manager(Client(parameters)) as client:
        yield Server(portal, client, url)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, _own_cache: None) -> Iterator[Server]:
    """A server without a configuration."""
    with serving(tmp_path_factory.mktemp("plain")) as server:
        yield server


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory, _own_cache: None) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("configured")
    (folder / "environments.toml").write_text(CONFIGURATION, encoding="utf-8")
    with serving(folder, "--config", "environments.toml") as server:
        yield server


@pytest.fixture
def either(url: str) -> Iterator[Store]:
    """A store of either kind."""
    with open_store(url) as opened:
        yield opened


def block_plan(server: Server) -> str:
    return "\n".join(server.call("plan", domain="blocksworld")["plan"])


# Tools without runs


def test_tools_are_described_with_schemas(plain: Server) -> None:
    tools = plain.portal.call(plain.client.list_tools).tools
    assert sorted(tool.name for tool in tools) == [
        "approve_run", "cancel_run", "check", "describe_domain", "explain", "list_domains",
        "list_environments", "list_runs", "order_plan", "plan", "reject_run", "resume_run",
        "revise_run", "run_status", "start_run", "translate", "validate_plan",
    ]  # fmt: skip
    for tool in tools:
        assert tool.title
        assert tool.description
        assert "\n " not in tool.description  # the indentation of its docstring
        assert tool.output_schema is not None
        assert tool.input_schema["additionalProperties"] is False
        assert "context" not in tool.input_schema["properties"]
    page = PAGE.read_text("utf-8")
    assert [tool.name for tool in tools if f"`{tool.name}`" not in page] == []
    harmless = {tool.name for tool in tools if tool.annotations and tool.annotations.read_only_hint}
    assert harmless.isdisjoint({"start_run", "approve_run", "cancel_run", "resume_run"})
    assert {"plan", "check", "run_status"} <= harmless
    open_world = {t.name for t in tools if t.annotations and t.annotations.open_world_hint}
    assert open_world == {tool.name for tool in tools} - harmless


def test_domains_are_listed_described_and_read_as_resources(plain: Server) -> None:
    domains = plain.call("list_domains")["domains"]
    names = [each["name"] for each in domains]
    assert {"blocksworld", "logistics"} <= set(names)
    found = plain.call("describe_domain", domain="blocksworld", problem="p1")
    assert "(define (domain blocksworld)" in found["pddl"]
    assert TOWER in found["problem"]
    assert found["actions"]["stack"]
    resources = plain.portal.call(plain.client.list_resources).resources
    assert {f"goalsmith://domains/{name}" for name in names} <= {r.uri for r in resources}
    page = json.loads(plain.read("goalsmith://domains/blocksworld"))
    assert page == {key: value for key, value in found.items() if key != "problem"}
    assert plain.read("goalsmith://domains/blocksworld/p1") == found["problem"]


def test_texts_are_checked_as_a_compiler_does(plain: Server) -> None:
    clean = plain.call("check", domain="blocksworld", problem="p1")
    assert clean["errors"] == 0
    wrong = tasks.BLOCKS.replace("(hand ?x)", "(hnd ?x)", 1).replace("(free))", "(free)", 1)
    found = plain.call("check", domain=wrong)
    assert found["errors"] >= 1
    assert found["findings"][0]["line"] is not None
    problem = "(define (problem p) (:domain blocksworld) (:objects a - block) (:goal (on a b)))"
    (finding,) = [
        each
        for each in plain.call("check", domain="blocksworld", problem=problem)["findings"]
        if each["severity"] == "error"
    ]
    assert (finding["source"], finding["line"]) == ("<problem>", 1)
    assert "b" in finding["message"]


def test_english_is_translated_without_a_model(plain: Server) -> None:
    found = plain.call("translate", text="put blue on red", domain="blocksworld", problem="p1")
    assert (found["clear"], found["goal"], found["method"]) == (True, STACKED, "offline")
    assert "blue" in found["said"]
    assert STACKED in found["problem"]
    revised = plain.call("translate", text="put red on blue", domain="blocksworld", mode="revise")
    assert "(on red blue)" in revised["goal"]
    assert "frobnicate" in plain.error("translate", text="frobnicate it", domain="blocksworld")
    together = plain.error(
        "translate", text="blue is on red", domain="blocksworld", problem="p1", mode="problem"
    )
    assert "without a `problem`" in together


def test_plans_are_found_and_better_ones_reported(plain: Server) -> None:
    first = plain.call("plan", domain="blocksworld", goal=STACKED)
    assert first["outcome"] == "solved"
    assert first["plan"][-1] == "(stack blue red)"
    plain.progress.clear()
    best = plain.call("plan", domain="blocksworld", quality="optimal", seconds=20)
    assert (best["cost"], best["optimal"], best["lower_bound"]) == (6, True, 6)
    assert any("cost 6" in message for message in plain.progress)
    own = plain.call("plan", domain=tasks.ONE_WAY, problem=_fork("(left)"))
    assert own["plan"] == ["(go-left)"]
    none = plain.call("plan", domain=tasks.ONE_WAY, problem=_fork("(and (left) (right))"))
    assert (none["outcome"], none["plan"]) == ("unsolvable", None)
    assert none["evidence"]


def test_what_is_said_as_text_is_enough_by_itself(plain: Server) -> None:
    assert "towers. Problems: p1, p2, p3" in plain.text("list_domains")
    page = plain.text("describe_domain", domain="blocksworld")
    assert "(define (domain blocksworld)" in page
    assert "  step stack: " in page
    assert "  p1: " in page
    page = plain.text("describe_domain", domain="blocksworld", problem="p1")
    assert "(define (domain blocksworld)" in page
    assert TOWER in page
    none = plain.text("plan", domain=tasks.ONE_WAY, problem=_fork("(and (left) (right))"))
    assert none.startswith("unsolvable: ")
    assert "explain says which parts" in none
    assert "already holds" in plain.text("plan", domain="blocksworld", goal="(and)")


def test_a_plan_is_taken_back_as_it_was_given(plain: Server) -> None:
    steps = plain.call("plan", domain="blocksworld")["plan"]
    assert plain.call("validate_plan", domain="blocksworld", plan=steps)["valid"]
    assert plain.call("order_plan", domain="blocksworld", plan=steps)["steps"] == steps
    assert plain.call("explain", domain="blocksworld", plan=steps)["plan"] == steps
    started = plain.call("start_run", environment="simulator", domain="blocksworld", plan=steps)
    assert started["plan"] == steps
    long = ["x" * 2**20, "y"]
    said = plain.error("validate_plan", domain="blocksworld", plan=long)
    assert "1048576 characters at most" in said
    wrong = plain.error("validate_plan", domain="blocksworld", plan=[1])
    assert "the argument `plan.0`: Input should be a valid string" in wrong


def _fork(goal: str) -> str:
    return f"(define (problem fork) (:domain one-way) (:init (at-start)) (:goal {goal}))"


def test_plans_are_validated_ordered_and_explained(plain: Server) -> None:
    plan = block_plan(plain)
    assert plain.call("validate_plan", domain="blocksworld", plan=plan)["valid"]
    short = "\n".join(plan.splitlines()[1:])
    failing = plain.call("validate_plan", domain="blocksworld", plan=short)
    assert (failing["valid"], failing["failing_step"]) == (False, 1)
    assert "(holding red)" in failing["reasons"][0]
    order = plain.call("order_plan", domain="blocksworld", plan=plan)
    assert sorted(step for stage in order["stages"] for step in stage) == [1, 2, 3, 4, 5, 6]
    assert any("step 1 provides" in each for each in order["orderings"])
    explained = plain.call("explain", domain="blocksworld", plan=plan, step=2)
    (step,) = explained["steps"]
    assert step["action"] == "(put-down red)"
    assert "(arm-empty), for step 3" in step["provides"]
    assert "cannot be carried out" in step["without"]


def test_long_answers_are_given_in_parts(plain: Server) -> None:
    plan = block_plan(plain)
    first = plain.call("explain", domain="blocksworld", plan=plan, limit=4)
    assert ([each["step"] for each in first["steps"]], first["next"]) == ([1, 2, 3, 4], 5)
    assert len(first["plan"]) == 6
    rest = plain.call("explain", domain="blocksworld", plan=plan, since=first["next"])
    assert ([each["step"] for each in rest["steps"]], rest["next"]) == ([5, 6], None)
    shown = plain.text("explain", domain="blocksworld", plan=plan, limit=1)
    assert shown.endswith("2 and further ones: with `since`")
    wrong = "".join(
        f"(:action a{n} :parameters () :precondition (b{n}) :effect (c))" for n in range(60)
    )
    domain = f"(define (domain long) (:predicates (c)) {wrong})"
    found = plain.call("check", domain=domain)
    assert (found["errors"], len(found["findings"])) == (60, 50)
    assert plain.text("check", domain=domain).endswith("… and 10 more")
    assert len(plain.error("plan", domain=domain)) < 5_100


def test_that_there_is_no_plan_is_explained(plain: Server) -> None:
    both = _fork("(and (left) (right))")
    found = plain.call("explain", domain=tasks.ONE_WAY, problem=both)
    assert (found["outcome"], found["plan"], found["impossible"]) == ("unsolvable", None, [])
    assert [part.partition(":")[0] for part in found["conflict"]] == ["(left)", "(right)"]
    never = plain.call("explain", domain=tasks.ONE_WAY, problem=_fork("(never)"))
    assert [part.partition(":")[0] for part in never["impossible"]] == ["(never)"]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("plan", {"domain": "blocksword"}, "did you mean `blocksworld`?"),
        ("plan", {"domain": "blocksworld", "problem": "p99"}, "no problem `p99`"),
        ("plan", {"domain": str(EXAMPLES / "courier.pddl")}, "files are not read"),
        ("plan", {"domain": "blocksworld", "problem": "/etc/passwd"}, "files are not read"),
        ("plan", {"domain": "(define (domain x)"}, "<domain>:1:"),
        ("plan", {"domain": "blocksworld", "goal": "(on red purple)"}, "<goal>:1:9: error"),
        ("plan", {"domain": "blocksworld", "qualty": "first"}, "did you mean `quality`?"),
        ("plan", {"domain": "blocksworld", "quality": "best"}, "the argument `quality`"),
        ("plan", {"domain": "blocksworld", "seconds": -1}, "the argument `seconds`"),
        ("plan", {}, "`plan` needs the argument `domain`: A known domain's name"),
        ("plan", {"domain": "x-y-z"}, "more. Or give a domain in PDDL"),
        ("plan", {"domain": "blocksworld", "goal": "blue is on red"}, "`translate` makes one"),
        ("plan", {"domain": "(" * (2**20 + 1)}, "`domain`: String should have at most 1048576"),
        ("validate_plan", {"domain": "blocksworld", "plan": "(stck a b)"}, "did you mean `stack`"),
        ("explain", {"domain": "blocksworld", "plan": "", "step": 1}, "no step 1"),
        ("run_status", {"run": "0000"}, "there is no run `0000`"),
    ],
)
def test_errors_tell_the_place_the_reason_and_what_helps(
    plain: Server, tool: str, arguments: dict[str, Any], said: str
) -> None:
    assert said in plain.error(tool, **arguments)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("goalsmith://domains/blocksword", "did you mean `blocksworld`?"),
        ("goalsmith://domains/blocksworld/p99", "no problem `p99`"),
        ("goalsmith://runs/zzz", "there is no run `zzz`"),
    ],
)
def test_a_resource_that_is_not_there_is_told_so(plain: Server, uri: str, said: str) -> None:
    with pytest.raises(MCPError, match=said):
        plain.read(uri)


def test_calls_that_are_cancelled_stop_their_engines(plain: Server) -> None:
    long = {"domain": "sokoban", "problem": "p3", "quality": "anytime", "seconds": 60}

    async def give_up() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(plain.client.call_tool, "plan", long)
            await anyio.sleep(0.5)
            group.cancel_scope.cancel()

    plain.portal.call(give_up)
    # Four calls compute at a time: with those going on, this one would wait for a minute.
    found = plain.portal.call(
        partial(plain.client.call_tool, "plan", {"domain": "blocksworld"}, 45.0)
    )
    assert found.structured_content["outcome"] == "solved"


def test_a_model_of_the_owner_translates_and_asks_back(tmp_path: Path) -> None:
    goals = cycle(["(on blue red)", "(on blue green)"])

    def insists(_: str, body: dict[str, Any]) -> Response:
        """Another goal in each conversation, and the same one throughout it."""
        said = [m["content"] for m in body["messages"] if m["role"] == "assistant"]
        return says(said[-1] if said else next(goals))

    with (
        endpoint.serving(insists) as model,
        serving(tmp_path, "--model", "m", "--base-url", model.url, offline=False) as server,
    ):
        text = {"text": "blue belongs somewhere else", "domain": "blocksworld"}
        unclear = server.call("translate", **text, samples=2)
        assert (unclear["clear"], unclear["goal"], unclear["confidence"]) == (False, None, 0.5)
        assert unclear["question"].endswith("?")
        options = {option["goal"] for option in unclear["options"]}
        assert options == {"(on blue red)", "(on blue green)"}
        clear = server.call("translate", **text)
        assert (clear["goal"], clear["confidence"]) == ("(on blue red)", None)
        assert clear["method"] != "offline"


# Runs


def test_without_a_configuration_runs_are_simulated(plain: Server) -> None:
    (environment,) = plain.call("list_environments")["environments"]
    assert (environment["name"], environment["kind"]) == ("simulator", "simulator")
    started = plain.call("start_run", environment="simulator", domain="gripper", name="balls")
    assert (started["version"], started["plan"][0][:1]) == (0, "(")
    plain.progress.clear()
    found = plain.ended(started["run"])
    assert (found["status"], found["outcome"], found["name"]) == ("ended", "reached", "balls")
    assert plain.progress[-1] == f"ended: {found['entries']} entries"
    assert found["done"] == len(found["plan"]) == found["steps"]
    assert found["journal"][0]["kind"] == "run-started"
    assert found["journal"][-1]["kind"] == "run-ended"
    assert found["next"] == found["entries"]
    some = plain.call("run_status", run=started["run"], since=2, limit=3)
    assert [entry["sequence"] for entry in some["journal"]] == [2, 3, 4]
    assert plain.call("list_runs")["runs"][0]["run"] == started["run"]
    page = json.loads(plain.read(f"goalsmith://runs/{started['run']}"))
    assert len(page["journal"]) == found["entries"]
    assert page["given"]["plan"]
    assert json.loads(plain.read("goalsmith://runs"))[0]["run"] == started["run"]
    with plain.store() as store:
        assert LiveRun(store, started["run"]).data()["run"]["over"]  # as `goalsmith view` has it


def test_a_run_to_a_goal_that_holds_already_has_no_steps(plain: Server) -> None:
    asked = {"environment": "simulator", "domain": "gripper", "goal": "(robot-in kitchen)"}
    assert "\x1b" not in plain.call("start_run", **asked, name="red \x1b[31m")["name"]
    started = plain.call("start_run", **asked)
    assert started["plan"] == []
    assert plain.ended(started["run"])["outcome"] == "reached"
    assert "with a plan of 0 steps for (robot-in kitchen)" in plain.text("start_run", **asked)


def test_runs_of_the_owner_are_not_for_clients(plain: Server) -> None:
    with plain.store() as store:
        settings = RunSettings(simulator=Simulated())
        row = submit(store, tasks.one_way("(left)"), Plan(), settings)
    for tool in ("run_status", "cancel_run", "resume_run"):
        assert "was not started here" in plain.error(tool, run=row.id)
    with pytest.raises(MCPError, match="was not started here"):
        plain.read(f"goalsmith://runs/{row.id}")
    # A run of the server's own that begins later and ends shows that the other was passed over.
    plain.ended(plain.call("start_run", environment="simulator", domain="blocksworld")["run"])
    with plain.store() as store:
        assert store.run(row.id).status is RunStatus.PENDING


def test_a_plan_that_leads_nowhere_starts_no_run(plain: Server) -> None:
    before = plain.call("list_runs")["runs"]
    wrong = plain.error(
        "start_run", environment="simulator", domain="blocksworld", plan="(pick-up blue)"
    )
    assert "the plan does not lead to the goal: step 1" in wrong
    goal = "(and (on red blue) (on blue red))"
    none = plain.error("start_run", environment="simulator", domain="blocksworld", goal=goal)
    assert "there is no plan: unsolvable" in none
    assert plain.call("list_runs")["runs"] == before


def test_only_what_is_configured_is_acted_in(configured: Server) -> None:
    found = {e["name"]: e for e in configured.call("list_environments")["environments"]}
    assert list(found) == ["practice", "slow", "watched", "robot", "tools", "gone", "silent"]
    assert (found["robot"]["domain"], found["robot"]["problems"]) == ("courier", ["delivery"])
    assert found["robot"]["kind"] == "program"
    assert not found["robot"]["shared"]
    start = partial(configured.error, "start_run")
    problem = configured.call("describe_domain", domain="courier", problem="delivery")["problem"]
    assert "did you mean `robot`?" in start(environment="robt")
    assert "no environment `simulator` is configured" in start(environment="simulator")
    assert "for the domain `courier`" in start(environment="robot", domain="blocksworld")
    assert "only for the problems" in start(environment="robot", problem=problem)
    assert "known domains only" in start(environment="practice", domain=tasks.BLOCKS)
    assert "say which `domain`" in start(environment="practice")
    for argument in ("command", "store", "folder", "config"):
        more = {argument: "sh"}
        assert f"no argument `{argument}`" in start(environment="robot", **more)


def test_a_program_and_another_server_carry_plans_out(configured: Server) -> None:
    robot = configured.call("start_run", environment="robot")
    problem = configured.call("describe_domain", domain="courier", problem="delivery")["problem"]
    tools = configured.call("start_run", environment="tools", problem=problem, goal="(at lab)")
    practice = configured.call("start_run", environment="practice", domain="blocksworld")
    for started in (robot, tools, practice):
        found = configured.ended(started["run"])
        assert (found["status"], found["outcome"]) == ("ended", "reached"), found["journal"]
    said = [e["body"]["message"] for e in configured.ended(robot["run"])["journal"] if
            e["kind"] == "step-reported"]  # fmt: skip
    assert said[0].startswith("did (")


def test_one_run_after_the_other_acts_in_an_environment_that_is_not_shared(
    configured: Server,
) -> None:
    runs = [configured.call("start_run", environment="robot")["run"] for _ in range(3)]
    for run in runs:
        assert configured.ended(run)["outcome"] == "reached"
    with configured.store() as store:
        driven = sorted([entry.time for entry in store.entries(run)] for run in runs)
    for before, after in pairwise(driven):
        assert before[-1] <= after[0]


def test_why_a_run_ended_short_and_what_went_wrong_is_told(configured: Server) -> None:
    run = configured.call("start_run", environment="gone")["run"]
    found = configured.ended(run)
    assert (found["status"], found["outcome"]) == ("ended", "ended-short")
    assert "unplugged" in found["reason"]
    assert f"ended, ended-short: {found['reason']}" in configured.text("run_status", run=run)


def test_steps_that_went_wrong_are_told_in_words(tmp_path: Path) -> None:
    text = '[environments.clumsy]\nkind = "simulator"\naction_fails = 1\nfault_limit = 2\n'
    (tmp_path / "environments.toml").write_text(text, encoding="utf-8")
    with serving(tmp_path, "--config", "environments.toml") as server:
        asked = {"environment": "clumsy", "domain": "gripper", "goal": "(robot-in hall)"}
        run = server.call("start_run", **asked)["run"]
        (wrong,) = server.ended(run)["wrong"]
        assert wrong.startswith("move the robot from kitchen to hall: ")
        assert wrong.endswith("(2 times)")
        assert f"went wrong:\n- {wrong}" in server.text("run_status", run=run)


def test_a_run_in_an_environment_that_a_server_does_not_have_is_not_waited_for(
    tmp_path: Path,
) -> None:
    text = '[environments.elsewhere]\nkind = "simulator"\nstep_delay = 1\n'
    (tmp_path / "environments.toml").write_text(text, encoding="utf-8")
    with serving(tmp_path, "--lease", "2", "--config", "environments.toml") as server:
        run = server.call("start_run", environment="elsewhere", domain="gripper")["run"]
    with serving(tmp_path) as server:
        asked = {"run": run, "wait": 60}
        found = server.portal.call(partial(server.client.call_tool, "run_status", asked, 45.0))
        assert "this server has no environment of that name" in found.content[0].text
        assert "this one has none of that name" in server.text("cancel_run", run=run)


def test_a_run_does_not_go_on_in_an_environment_that_is_for_something_else_now(
    tmp_path: Path,
) -> None:
    configuration = tmp_path / "environments.toml"
    world = '[environments.world]\nkind = "simulator"\nstep_delay = 1\ndomain = "{}"\n'
    configuration.write_text(world.format("gripper"), encoding="utf-8")
    with serving(tmp_path, "--lease", "2", "--config", configuration.name) as server:
        run = server.call("start_run", environment="world")["run"]
    configuration.write_text(world.format("blocksworld"), encoding="utf-8")
    with serving(tmp_path, "--config", configuration.name) as server:
        found = server.ended(run)
        assert found["outcome"] == (
            "paused: the environment `world` is not for its problem any more"
        )
        said = server.text("run_status", run=run)
        assert f": {found['outcome']}\n" in said
        assert said.endswith("resume_run goes on with it, cancel_run ends it")


def test_an_environment_admits_its_domain_and_its_problems_with_any_goal(tmp_path: Path) -> None:
    file = tmp_path / "environments.toml"
    text = '[environments.world]\nkind = "simulator"\ndomain = "gripper"\n'
    file.write_text(text, encoding="utf-8")
    free = load_configuration(file).environment("world")
    file.write_text(text + 'problems = ["p1"]\n', encoding="utf-8")
    kept = load_configuration(file).environment("world")
    first, second = (World.of("gripper").task(name) for name in ("p1", "p2"))
    first = read_task(write_domain(first.domain), write_problem(first.problem))  # as a store has it
    assert free.admits(first)
    assert free.admits(second)
    assert kept.admits(first.with_goal(TRUE))
    assert not kept.admits(second)
    assert not free.admits(World.of("blocksworld").task("p1"))


def test_a_run_whose_environment_is_out_of_order_is_paused_and_can_be_ended(
    configured: Server,
) -> None:
    run = configured.call("start_run", environment="silent")["run"]
    found = configured.ended(run)
    assert found["status"] == "paused"
    assert "it said last: out of order" in found["outcome"]
    configured.call("resume_run", run=run)
    assert configured.ended(run)["status"] == "paused"
    configured.call("cancel_run", run=run)
    found = configured.ended(run)
    assert found["status"] == "ended"
    assert found["outcome"].startswith("cancelled unseen: ")


def test_a_plan_waits_for_approval(configured: Server) -> None:
    run = configured.call("start_run", environment="slow", goal=STACKED, review="plan")["run"]
    waiting = configured.ended(run)
    assert (waiting["status"], waiting["review"], waiting["done"]) == ("waiting", 1, 0)
    asked = configured.text("run_status", run=run)
    assert "approve_run or reject_run answer it, with version 1" in asked
    wrong = configured.error("approve_run", run=run, version=2)
    assert "plan 1 waits for a decision, and not plan 2" in wrong
    nowhere = configured.error("approve_run", run=run, version=1, plan="(unstack red green)")
    assert "the plan does not lead to the goal" in nowhere
    configured.call("approve_run", run=run, version=1)
    found = configured.ended(run)
    assert (found["outcome"], found["review"]) == ("reached", None)
    again = configured.error("approve_run", run=run, version=1)
    assert f"no plan of run {run} waits for a decision: it is ended reached" in again


def test_a_plan_can_be_put_in_place_of_the_one_that_waits_or_be_rejected(
    configured: Server,
) -> None:
    start = partial(configured.call, "start_run", environment="slow", goal=STACKED, review="plan")
    rejected, edited = start()["run"], start()["run"]
    assert configured.ended(rejected)["review"] == configured.ended(edited)["review"] == 1
    configured.call("reject_run", run=rejected, version=1, reason="not today")
    assert configured.ended(rejected)["outcome"] == "rejected"
    detour = ["(unstack red green)", "(stack red green)"]
    longer = "\n".join([*detour, *configured.ended(edited)["plan"]])
    configured.call("approve_run", run=edited, version=1, plan=longer)
    found = configured.ended(edited)
    assert (found["outcome"], found["steps"]) == ("reached", len(longer.splitlines()))


def test_where_only_the_owner_approves_a_client_cannot(configured: Server) -> None:
    run = configured.call("start_run", environment="watched", review="none")["run"]
    assert configured.ended(run)["review"] == 1
    for tool in ("approve_run", "reject_run"):
        refused = configured.error(tool, run=run, version=1)
        assert f"by its owner only: goalsmith approve {run}" in refused
    with configured.store() as store:
        send(store, run, Approve(1))
    assert configured.ended(run)["outcome"] == "reached"


def test_a_run_is_cancelled_amid_its_steps_and_resumed(configured: Server) -> None:
    run = configured.call("start_run", environment="slow")["run"]
    assert eventually(lambda: configured.call("run_status", run=run)["done"] >= 1)
    configured.call("cancel_run", run=run, reason="enough")
    stopped = configured.ended(run)
    assert (stopped["status"], stopped["outcome"]) == ("ended", "interrupted")
    assert 1 <= stopped["done"] < 6
    configured.call("resume_run", run=run)
    assert configured.ended(run)["outcome"] == "reached"
    assert "only a run that is paused" in configured.error("resume_run", run=run)


def test_the_goal_of_a_run_is_revised_amid_its_steps(configured: Server) -> None:
    run = configured.call("start_run", environment="slow")["run"]
    assert eventually(lambda: configured.call("run_status", run=run)["done"] >= 1)
    assert "either the new `goal`" in configured.error("revise_run", run=run)
    assert "unknown object" in configured.error("revise_run", run=run, goal="(on red purple)")
    sent = configured.call("revise_run", run=run, text="put blue on red")
    assert STACKED in sent["message"]
    found = configured.ended(run)
    assert found["outcome"] == "reached"
    assert STACKED in found["goal"]
    assert "goal-changed" in {entry["kind"] for entry in found["journal"]}


def test_runs_go_on_after_the_server_has_ended_or_was_killed(tmp_path: Path) -> None:
    text = '[limits]\nopen_runs = 1\n[environments.slow]\nkind = "simulator"\nstep_delay = 0.4\n'
    (tmp_path / "slow.toml").write_text(text, encoding="utf-8")
    options = ("--config", "slow.toml", "--lease", "1")
    with start_blocking_portal() as portal:
        with serving(tmp_path, *options, portal=portal) as server:
            run = server.call("start_run", environment="slow", domain="blocksworld")["run"]
            full = server.error("start_run", environment="slow", domain="blocksworld")
            assert "1 runs have not ended" in full
            assert eventually(lambda: server.call("run_status", run=run)["done"] >= 1)
        with server.store() as store:
            assert eventually(lambda: not store.run(run).owner)
            assert store.run(run).status is RunStatus.RUNNING
        with serving(tmp_path, *options, portal=portal) as server:
            assert eventually(lambda: server.call("run_status", run=run)["done"] >= 3)
            with server.store() as store:
                owner = store.run(run).owner
            os.kill(int(owner.split("-")[-2]), signal.SIGKILL)
        with serving(tmp_path, *options, portal=portal) as server:
            found = server.ended(run)
    assert found["outcome"] == "reached"
    kinds = [entry["kind"] for entry in found["journal"]]
    assert kinds.count("run-started") == 1
    assert kinds.count("run-resumed") == 2
    with server.store() as store:
        assert [act.step for act in store.acts(run)] == found["plan"]


def one_after_the_other(store: Store, configuration: Configuration, servers: int) -> None:
    """Has servers drive three runs in `slow`, and asserts that no two were driven at a time."""
    registry = Registry(store)
    settings = RunSettings(simulator=Simulated(step_delay=0.05))
    plan = Plan((Step("go-left"),))
    runs = []
    for _ in range(3):
        runs.append(submit(store, tasks.one_way("(left)"), plan, settings).id)
        registry.add(runs[-1], "slow")
    with ExitStack() as stack:
        for _ in range(servers):
            stack.enter_context(Driver(store, registry, configuration))
        assert eventually(lambda: registry.count_open() == 0)
        assert eventually(lambda: registry.wanted() == ())
    assert {store.run(run).outcome for run in runs} == {"reached"}
    driven = sorted([entry.time for entry in store.entries(run)] for run in runs)
    for before, after in pairwise(driven):
        assert before[-1] <= after[0]
    assert [started.run for started in registry.newest(2)] == runs[:0:-1]


def test_no_more_runs_are_driven_at_a_time_than_allowed(either: Store) -> None:
    shared = Configured("slow", Simulation(Simulated()), shared=True)
    one_after_the_other(either, Configuration(Limits(runs=1), {"slow": shared}), servers=1)


def test_several_servers_do_not_enter_an_environment_at_the_same_time(either: Store) -> None:
    alone = Configured("slow", Simulation(Simulated()), shared=False)
    one_after_the_other(either, Configuration(Limits(), {"slow": alone}), servers=3)


def test_an_end_is_not_taken_back_by_a_server_that_has_not_seen_it(either: Store) -> None:
    world = Configured("slow", Simulation(Simulated()), shared=True)
    registry = Registry(either)
    settings = RunSettings(simulator=Simulated())
    row = submit(either, tasks.one_way("(left)"), Plan((Step("go-left"),)), settings)
    driver = Driver(either, registry, Configuration(Limits(), {"slow": world}))
    send(either, row.id, Cancel())
    driver._drive(row, world)
    assert either.run(row.id).outcome == "interrupted"
    driver._drive(row, world)
    assert (either.run(row.id).status, either.run(row.id).outcome) == ("ended", "interrupted")


def test_what_another_server_drives_in_an_environment_keeps_it_busy(either: Store) -> None:
    registry = Registry(either)
    task = tasks.one_way("(left)")
    one, other = (submit(either, task, None, RunSettings()).id for _ in range(2))
    registry.add(one, "robot")
    registry.add(other, "robot")
    holding = take(either, one)
    assert holding is not None
    with holding:
        assert registry.is_busy("robot", other)
        assert not registry.is_busy("robot", one)
        assert not registry.is_busy("arm", other)
    assert not registry.is_busy("robot", other)
    # A run that was resumed meanwhile stays wanted.
    registry.settle(one, RunStatus.PAUSED)
    assert registry.find(one).wanted
    registry.settle(one, RunStatus.PENDING)
    assert not registry.find(one).wanted


# The command


def test_nothing_but_the_protocol_is_on_standard_output(tmp_path: Path) -> None:
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    }
    requests = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_runs"}},
    ]
    process = subprocess.Popen(
        [*COMMAND, "--offline", "--store", f"sqlite:///{tmp_path / 'runs.sqlite'}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.writelines(json.dumps(request) + "\n" for request in requests)
        process.stdin.flush()
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""
    assert [line["id"] for line in lines] == [1, 2]
    assert lines[1]["result"]["structuredContent"] == {"runs": []}
    assert process.returncode == 0


def test_a_wrong_configuration_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong.toml").write_text("[environments.x]\nkind = 'robot'\n", encoding="utf-8")
    words = ["--store", f"sqlite:///{tmp_path / 'runs.sqlite'}", "--config", "wrong.toml"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["goalsmith", "mcp", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 30
    said = capsys.readouterr()
    assert said.out == ""
    assert "wrong.toml: [environments.x]: `kind` must be" in said.err


def test_an_engine_that_is_not_there_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--store", f"sqlite:///{tmp_path / 'runs.sqlite'}", "--engine", "kairso"]
    monkeypatch.setattr(sys, "argv", ["goalsmith", "mcp", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 30
    said = capsys.readouterr()
    assert said.out == ""
    assert "unknown engine `kairso`: did you mean `kairos`" in said.err


def test_without_the_package_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "goalsmith.mcp_server.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    monkeypatch.setattr(sys, "argv", ["goalsmith", "mcp"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 31
    assert "pip install 'goalsmith[mcp]'" in capsys.readouterr().err


ROBOT = """
[environments.robot]
kind = "program"
domain = "courier.pddl"
command = ["sh", "robot.sh"]
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no environment is configured"),
        ("[environments", "wrong.toml:1:"),
        ("[limits]\nsecond = 3", r"\[limits\]: unknown key `second`: did you mean `seconds`"),
        ("[limits]\nruns = 0", r"\[limits\]: `runs` must be a whole number between 1 and 1000"),
        ("[environments]\nx = 1", r"`environments.x` must be a table"),
        ("[environments.'a b']\nkind = 'simulator'", "the name of an environment has at most"),
        ("[environments.x]\nkind = 'robot'", "`kind` must be"),
        ("[environments.x]\nkind = 'simulator'\nmoved = 2", "`moved` must be a number between"),
        ("[environments.x]\nkind = 'simulator'\ncommand = ['sh']", "unknown key `command`"),
        ("[environments.x]\nkind = 'simulator'\nproblems = ['p1']", "`problems` need the `domain`"),
        ("[environments.x]\nkind = 'simulator'\ndomain = 'blocksword'", "`blocksworld`"),
        ("[environments.x]\nkind = 'program'\ncommand = ['sh']", "`domain` is missing"),
        (ROBOT.replace("command", "comand"), "`command` is missing"),
        (ROBOT.replace('"sh"', '"no-such-program"'), "there is no program `no-such-program`"),
        (ROBOT + 'folder = "absent"', "there is no folder"),
        (ROBOT + 'problems = ["absent.pddl"]', "there is no file"),
        (ROBOT + "seconds = 'long'", "`seconds` must be a number"),
        (ROBOT + "retries = true", "`retries` must be a whole number"),
        (ROBOT + "approval = 'nobody'", "`approval` must be"),
        (ROBOT.replace('"program"', '"mcp"'), "`state` is missing"),
        (
            ROBOT.replace('"program"', '"mcp"')
            + 'state = "look"\ntools = { mve = "drive" }\nproblems = ["delivery.pddl"]',
            "unknown action `mve`: did you mean `move`",
        ),
    ],
)
def test_what_is_wrong_in_a_configuration_is_told(tmp_path: Path, text: str, said: str) -> None:
    for name in ("courier.pddl", "delivery.pddl"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text("utf-8"), encoding="utf-8")
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_configuration(path)


def test_the_configuration_in_the_documentation_says_what_the_defaults_are(tmp_path: Path) -> None:
    for block in blocks_of(PAGE.read_text("utf-8")):
        if block.title:
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")
    found = load_configuration(tmp_path / "environments.toml")
    assert found.limits == Limits()
    assert [each.sort for each in found.environments.values()] == ["simulator", "program", "mcp"]


def test_a_domain_of_the_owner_is_not_called_like_another(tmp_path: Path) -> None:
    (tmp_path / "own.pddl").write_text(
        tasks.ONE_WAY.replace("domain one-way", "domain blocksworld"), encoding="utf-8"
    )
    path = tmp_path / "wrong.toml"
    path.write_text("[environments.x]\nkind = 'simulator'\ndomain = 'own.pddl'", encoding="utf-8")
    with pytest.raises(InputError, match="another domain called `blocksworld`"):
        load_configuration(path)
