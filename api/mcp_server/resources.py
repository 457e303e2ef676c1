"""The resources: domains, their problems, and the runs that were started here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from threading import Event

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.domains.writer import write_problem
from goalsmith.execute.store import EntryRow, Store
from goalsmith.mcp_server.bounds import MAX_JOURNAL
from goalsmith.mcp_server.calls import Calls
from goalsmith.mcp_server.catalogue import Catalogue, is_pddl
from goalsmith.mcp_server.following import summary
from goalsmith.mcp_server.library_tools import LibraryTools
from goalsmith.mcp_server.registry import Registry

JSON = "application/json"


class Resources:
    """What can be read by URI. Whatever goes wrong is an error with a sentence."""

    def __init__(
        self,
        catalogue: Catalogue,
        calls: Calls,
        library: LibraryTools,
        store: Store,
        registry: Registry,
    ) -> None:
        self._catalogue = catalogue
        self._calls = calls
        self._library = library
        self._store = store
        self._registry = registry

    def add_to(self, server: MCPServer) -> None:
        """Adds the resources to a server: each known domain, and templates for all there are."""
        for name in self._catalogue.names:
            server.resource(
                f"goalsmith://domains/{name}",
                name=name,
                title=f"The domain {name}",
                description="Its PDDL, how it is said in English, and its problems.",
                mime_type=JSON,
            )(self._reader_of(name))
        server.resource(
            "goalsmith://domains/{name}",
            title="A domain",
            description="Its PDDL, how it is said in English, and its problems.",
            mime_type=JSON,
        )(self.domain)
        server.resource(
            "goalsmith://domains/{name}/{problem}",
            title="A problem of a domain",
            description="Its PDDL: objects, initial state and goal.",
        )(self.problem)
        server.resource(
            "goalsmith://runs",
            name="runs",
            title="The runs that were started here",
            description="The newest first, each with its status.",
            mime_type=JSON,
        )(self.runs)
        server.resource(
            "goalsmith://runs/{run}",
            title="A run",
            description="What it was given, its status, and its journal.",
            mime_type=JSON,
        )(self.run)

    async def domain(self, name: str) -> str:
        """A known domain in full."""

        def work() -> str:
            world = self._catalogue.world(_a_name(name))
            return self._library.page(world, name).model_dump_json(indent=2, exclude={"problem"})

        return await self._read(work)

    async def problem(self, name: str, problem: str) -> str:
        """A known problem in PDDL."""

        def work() -> str:
            world = self._catalogue.world(_a_name(name))
            return write_problem(self._catalogue.task(world, _a_name(problem)).problem)

        return await self._read(work)

    async def runs(self) -> str:
        """The runs, the newest first."""

        def work() -> str:
            rows = (
                summary(self._store.run(started.run), started.environment).model_dump()
                for started in self._registry.newest()
            )
            return json.dumps(list(rows), indent=2)

        return await self._read(work)

    async def run(self, run: str) -> str:
        """A run with its journal, of which the beginning is left out if it is too long."""

        def work() -> str:
            row = self._store.run(run)
            environment = self._registry.find(row.id).environment
            entries = self._store.entries(row.id)
            kept = _last(entries)
            page = {
                **summary(row, environment).model_dump(),
                "given": asdict(self._store.given(row.id)),
                "left_out": len(entries) - len(kept),
                "journal": [asdict(entry) for entry in kept],
            }
            return json.dumps(page, indent=2)

        return await self._read(work)

    def _reader_of(self, name: str) -> Callable[[], object]:
        async def read() -> str:
            return await self.domain(name)

        return read

    async def _read(self, work: Callable[[], str]) -> str:
        def quick(_: Event) -> str:
            return work()

        try:
            return await self._calls.do(quick, quick=True)
        except InputError as error:
            raise ResourceNotFoundError(str(error)) from None
        except GoalsmithError as error:
            raise ResourceError(str(error)) from None


def _a_name(said: str) -> str:
    if is_pddl(said):
        raise InputError("a resource has a name, and no PDDL in its address")
    return said


def _last(entries: tuple[EntryRow, ...]) -> tuple[EntryRow, ...]:
    """The last entries of a journal, as far as they are not too long."""
    left = MAX_JOURNAL
    for place in range(len(entries) - 1, -1, -1):
        left -= len(json.dumps(entries[place].body))
        if left < 0:
            return entries[place + 1 :]
    return entries
