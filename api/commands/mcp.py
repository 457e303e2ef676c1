"""`goalsmith mcp`: goalsmith as tools of an agent, by the Model Context Protocol."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from goalsmith.commands.driving import LeaseSeconds
from goalsmith.commands.options import BaseUrl, EngineName, MemoryLimit, ModelName, Offline
from goalsmith.commands.stores import StoreUrl, open_runs


def mcp(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="The environments that plans may be carried out in, in TOML; by default only "
            "simulated worlds of the bundled domains.",
            metavar="FILE",
        ),
    ] = None,
    store: StoreUrl = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    offline: Offline = False,
    engine: EngineName = None,
    memory_limit: MemoryLimit = None,
    lease: LeaseSeconds = None,
) -> None:
    """Serve an agent's client over standard input and output, as an MCP server.

    A client starts this command itself: it belongs into the client's configuration.

    Example: goalsmith mcp --config environments.toml
    """
    from goalsmith import output as out
    from goalsmith.domains.errors import UnsupportedError
    from goalsmith.execute.durable import LEASE_SECONDS
    from goalsmith.settings import Settings, settings
    from goalsmith.solve.engines import engine_named

    try:
        from goalsmith.mcp_server.server import serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in {"mcp", "pydantic", "anyio"}:
            raise
        raise UnsupportedError(
            "the MCP server needs the package `mcp`, version 2 or later: "
            "pip install 'goalsmith[mcp]'"
        ) from None
    if (named := settings(Settings(engine=engine)).engine) is not None:
        engine_named(named)  # a wrong name shows here, and not when a client asks for a plan
    if sys.stdin.isatty():
        out.remark("waiting for a client on standard input; Ctrl-C ends it")
    with open_runs(store, new=True) as opened_store:
        serve(
            opened_store,
            config,
            Settings(model=model, base_url=base_url, engine=engine, memory_limit=memory_limit),
            offline=offline,
            lease=LEASE_SECONDS if lease is None else lease,
        )
