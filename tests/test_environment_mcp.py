import sys
from importlib import metadata

import pytest
import tasks

from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import ActionReport, Attempt, Ending, execute
from goalsmith.execute.environments import McpEnvironment, WorldError, in_thread
from goalsmith.solve import solve


def _has_mcp():
    try:
        return int(metadata.version("mcp").split(".")[0]) >= 2
    except metadata.PackageNotFoundError:
        return False


needs_mcp = pytest.mark.skipif(
    not _has_mcp(),
    reason="MCP servers need the package `mcp`, version 2 or later: pip install 'goalsmith[mcp]'",
)

TOWER = tasks.towers("(and (on a b) (on b c))")
TOWER_PLAN = Plan(
    (
        Step("lift", ("b",)),
        Step("pile", ("b", "c")),
        Step("lift", ("a",)),
        Step("pile", ("a", "b")),
    )
)
LIFT = Step("lift", ("b",))
FIRST = Attempt("run/1")

# A real server over stdio; behind its tools is our own simulator, whose second act fails.
SERVER = f"""
import json, sys, time
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_task
from goalsmith.execute import FaultKind, Faults, Simulator

task = read_task({tasks.BLOCKS!r}, '''
    (define (problem p) (:domain towers) (:objects a b c)
      (:init (free) (table a) (clear a) (table b) (clear b) (table c) (clear c)) (:goal (and)))
''')
simulator = Simulator(task, Faults(scripted={{2: FaultKind.ACTION_FAILS}}))
server = MCPServer("towers")

def facts():
    return [str(atom) for atom in simulator.observe().atoms]

def act(*words):
    report = simulator.act(Step(words[0], words[1:]))
    if not report.succeeded:
        raise ToolError(report.message)

@server.tool()
def lift(x: str) -> str:
    act("lift", x)
    return f"holding {{x}}"

@server.tool()
def put_down(x: str) -> None:
    act("lower", x)

@server.tool()
def pile(x: str, y: str) -> dict[str, object]:
    report = simulator.act(Step("pile", (x, y)))
    return {{"succeeded": report.succeeded, "message": report.message}}

@server.tool()
def unpile(x: str, y: str) -> bool:
    return simulator.act(Step("unpile", (x, y))).succeeded

@server.tool()
def state() -> list[str]:
    return facts()

@server.tool()
def state_text() -> str:
    return json.dumps({{"true": facts(), "complete": True}})

@server.tool()
def broken_state() -> str:
    raise ToolError("no camera")

@server.tool()
def key_of(x: str, context: Context) -> str:
    return context.request_context.meta["goalsmith/key"]

@server.tool()
def slow(x: str) -> None:
    time.sleep(3)

@server.resource("towers://slow")
def slow_resource() -> str:
    time.sleep(3)
    return ""

@server.tool()
def die(x: str) -> None:
    print("out of memory", file=sys.stderr, flush=True)
    import os
    os._exit(7)

@server.tool()
def wants_more(x: str, force: float) -> None:
    pass

@server.resource("towers://state")
def resource() -> str:
    return "\\n".join(facts())

server.run()
"""


@pytest.fixture
def server(tmp_path):
    path = tmp_path / "server.py"
    path.write_text(SERVER, encoding="utf-8")
    return [sys.executable, path]


def _world(server, tools=None, state="state", seconds=120, **options):
    world = McpEnvironment(
        TOWER, server, state, {"lower": "put_down"} | (tools or {}), seconds=seconds, **options
    )
    return in_thread(world)


@needs_mcp
@pytest.mark.parametrize("state", ["state", "state_text", "towers://state"])
def test_a_run_through_an_mcp_server_reaches_its_goal(server, state):
    with _world(server, state=state) as environment:
        run = execute(TOWER, TOWER_PLAN, environment, solve)
        assert run.reached, run.reason
        assert len(run.steps) == len(TOWER_PLAN) + 1


@needs_mcp
def test_what_a_tool_says_is_a_report(server):
    with _world(server, {"unpile": "unpile"}) as environment:
        assert environment.act(LIFT, FIRST) == ActionReport(True, "holding b")
        wrong = environment.act(Step("unpile", ("a", "b")), FIRST)
        assert wrong == ActionReport(False, "false")
        raised = environment.act(LIFT, FIRST)
        assert not raised.succeeded
        assert "(free)" in raised.message
        said = environment.act(Step("pile", ("a", "b")), FIRST)
        assert not said.succeeded
        assert "(hand a)" in said.message
        for step in (Step("lit", ("a",)), Step("lift", ("a", "b"))):
            assert environment.act(step, FIRST).how is Ending.REFUSED


@needs_mcp
def test_a_call_carries_the_key_of_its_attempt(server):
    with _world(server, {"lift": "key_of"}) as environment:
        assert environment.act(LIFT, Attempt("run-7/3")).message == "run-7/3"


@needs_mcp
def test_a_tool_that_takes_too_long_is_reported_so(server):
    with _world(server, {"lift": "slow"}, seconds=0.5) as environment:
        report = environment.act(LIFT, FIRST)
    assert report.how is Ending.TIMED_OUT
    assert "no answer within 0.5 s" in report.message


@needs_mcp
def test_a_state_that_takes_too_long_is_an_error(server):
    with (
        _world(server, state="towers://slow", seconds=0.5) as environment,
        pytest.raises(WorldError, match=r"`towers://slow` cannot be asked: no answer within 0.5 s"),
    ):
        environment.observe()


@needs_mcp
def test_a_server_that_dies_ends_a_run_in_order(server):
    with _world(server, {"lift": "die"}) as environment:
        run = execute(TOWER, TOWER_PLAN, environment, solve)
        assert not run.reached
        assert "the world could not be observed" in run.reason
        assert "it said last: out of memory" in run.reason
        assert len(run.steps) == 1


@needs_mcp
def test_a_state_that_cannot_be_told_is_an_error(server):
    with (
        _world(server, state="broken_state") as environment,
        pytest.raises(WorldError, match=r"`broken_state` failed: .*no camera"),
    ):
        environment.observe()
    with (
        _world(server, state="towers://elsewhere") as environment,
        pytest.raises(WorldError, match="`towers://elsewhere` cannot be asked"),
    ):
        environment.observe()


@needs_mcp
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"tools": {"lift": "lft"}}, "no tool for the action `lift`: did you mean `lift`"),
        ({"tools": {"lift": "pile"}}, "`pile` wants `y`, which the action `lift` does not have"),
        ({"tools": {"pile": "lift"}}, r"`lift` of `pile` has no argument for `\?y`"),
        ({"tools": {"lift": "wants_more"}}, "`wants_more` wants `force`"),
        ({"state": "states"}, "no tool `states` that says the state: did you mean `state`"),
    ],
)
def test_tools_that_do_not_fit_the_domain_are_told_so_at_once(server, options, reason):
    with pytest.raises(InputError, match=reason), _world(server, **options):
        raise AssertionError("the block should not have been entered")


@needs_mcp
def test_a_server_that_is_none_is_told_so(tmp_path):
    with (
        pytest.raises(InputError, match="cannot be started"),
        _world([tmp_path / "absent"]),
    ):
        raise AssertionError("the block should not have been entered")
    with (
        pytest.raises(WorldError, match=r"does not answer as it should.*it said last: oh no"),
        _world([sys.executable, "-c", "import sys; sys.exit('oh no')"]),
    ):
        raise AssertionError("the block should not have been entered")


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    with (
        pytest.raises(UnsupportedError, match=r"pip install 'goalsmith\[mcp\]'"),
        _world(["server"]),
    ):
        raise AssertionError("the block should not have been entered")


def test_a_server_is_described_fully(server):
    with pytest.raises(InputError, match="a command is a list of words"):
        McpEnvironment(TOWER, "server.py", "state")
    with pytest.raises(InputError, match="more than 0 seconds"):
        McpEnvironment(TOWER, server, "state", seconds=0)
    with pytest.raises(InputError, match="unknown action `lit`: did you mean `lift`"):
        McpEnvironment(TOWER, server, "state", {"lit": "lift"})
