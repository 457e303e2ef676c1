"""Putting the server together, and serving one client over standard input and output."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mcp.server.mcpserver import MCPServer

from goalsmith import __version__
from goalsmith.execute.durable import LEASE_SECONDS
from goalsmith.execute.store import Store
from goalsmith.mcp_server.answering_tools import AnsweringTools
from goalsmith.mcp_server.calls import Calls
from goalsmith.mcp_server.catalogue import Catalogue
from goalsmith.mcp_server.configuration import Configuration, load_configuration
from goalsmith.mcp_server.driving import Driver
from goalsmith.mcp_server.explaining_tools import ExplainingTools
from goalsmith.mcp_server.library_tools import LibraryTools
from goalsmith.mcp_server.planning_tools import PlanningTools
from goalsmith.mcp_server.registry import Registry
from goalsmith.mcp_server.resources import Resources
from goalsmith.mcp_server.run_tools import RunTools
from goalsmith.mcp_server.runs import Runs
from goalsmith.mcp_server.solving import Solving
from goalsmith.mcp_server.strict_tool import StrictTool
from goalsmith.settings import Settings

INSTRUCTIONS: Final = """\
goalsmith plans with proofs: a goal becomes a plan that an independent checker has validated, and a
plan is carried out step by step in an environment that the owner of this server configured, with
new plans where the world is not as expected.

Usual order: list_domains and describe_domain (or write a domain in PDDL and check it); translate or
write the goal; plan; then list_environments and start_run, and follow the run with run_status (give
it `wait`, and as `since` the `next` of the last answer). If a plan waits for review, show it to the
person before approve_run. If there is no plan, explain says which parts of the goal conflict.

Domains, problems, goals and plans are names that the tools give, or PDDL text; never files.
"""
"""What clients tell the model about the server."""


def serve(
    store: Store,
    configuration: Path | None = None,
    settings: Settings | None = None,
    *,
    offline: bool = False,
    lease: float = LEASE_SECONDS,
) -> None:
    """Serves the client at standard input and output until that ends.

    Runs that it leaves then, the next server with this store goes on with.

    Args:
        store: where runs are kept.
        configuration: the owner's file; None: only simulated worlds of the bundled domains.
        settings: engines and model; what is not there comes from variables and `goalsmith.toml`.
        offline: read controlled English even if a model is set.
        lease: seconds after which others go on with a run if this process is gone.

    Raises:
        InputError: the configuration or a setting is wrong.
        StoreError: the store cannot be used.
    """
    chosen = Configuration() if configuration is None else load_configuration(configuration)
    solving = Solving(chosen.limits, settings, offline=offline)
    registry = Registry(store)
    with Driver(store, registry, chosen, lease) as driver:
        make_server(store, registry, driver, chosen, solving).run("stdio")


def make_server(
    store: Store,
    registry: Registry,
    driver: Driver,
    configuration: Configuration,
    solving: Solving,
) -> MCPServer:
    """The server with its tools and resources."""
    catalogue, calls = Catalogue(configuration), Calls()
    library = LibraryTools(catalogue, calls)
    runs = Runs(store, registry, driver, configuration.limits.open_runs)
    planning = PlanningTools(catalogue, calls, solving)
    explaining = ExplainingTools(catalogue, calls, solving)
    starting = RunTools(configuration, catalogue, calls, solving, runs)
    answering = AnsweringTools(configuration, calls, solving, runs)
    harmless = library.tools | planning.tools | explaining.tools | starting.reading
    acting = starting.acting | answering.tools
    server = MCPServer(
        "goalsmith",
        title="goalsmith",
        instructions=INSTRUCTIONS,
        version=__version__,
        tools=[
            *(StrictTool.of(tool, title) for title, tool in harmless.items()),
            *(StrictTool.of(tool, title, harmless=False) for title, tool in acting.items()),
        ],
        log_level="ERROR",
    )
    Resources(catalogue, calls, library, store, registry).add_to(server)
    return server
