"""The runs that servers started: starting them, following them, telling them something."""

from __future__ import annotations

from threading import Lock

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.execute.durable import RunSettings, send, submit
from goalsmith.execute.messages import Message
from goalsmith.execute.store import RunRow, RunStatus, Store
from goalsmith.mcp_server.answers import RunPage, RunSummary, Sent
from goalsmith.mcp_server.driving import Driver
from goalsmith.mcp_server.following import Followed, follow, is_going, page, summary
from goalsmith.mcp_server.registry import Registry


class Runs:
    """The runs of a store that servers started; its others are passed over.

    For any number of threads. A method that takes a run raises InputError where there is none with
    that id, or it is its owner's.

    Args:
        store: where they are.
        registry: which runs servers started.
        driver: goes on with them.
        most: how many may not have ended.
    """

    def __init__(self, store: Store, registry: Registry, driver: Driver, most: int) -> None:
        self._store = store
        self._registry = registry
        self._driver = driver
        self._most = most
        self._starting = Lock()

    def require_room(self) -> None:
        """Raises InputError if no further run may be started."""
        if self._registry.count_open() >= self._most:
            raise InputError(
                f"{self._most} runs have not ended, and no more are allowed: cancel some, or wait"
            )

    def start(
        self, task: Task, plan: Plan, settings: RunSettings, environment: str, name: str
    ) -> RunPage:
        """Puts a run in the store and has it driven. Raises InputError if there is no room."""
        with self._starting:
            self.require_room()
            row = submit(self._store, task, plan, settings, name=name)
            self._registry.add(row.id, environment)
        self._driver.look()
        return page(self._store, follow(self._store, row, environment), 0)

    def summaries(self) -> list[RunSummary]:
        """The runs started last, the newest first."""
        return [
            summary(self._store.run(started.run), started.environment)
            for started in self._registry.newest()
        ]

    def followed(self, run: str) -> Followed:
        """A run as far as its journal has come."""
        row = self._store.run(run)
        return follow(self._store, row, self._registry.find(row.id).environment)

    def page(self, run: str, since: int, limit: int) -> RunPage:
        """A run, with its journal from an entry on."""
        return page(self._store, self.followed(run), since, limit)

    def look(self, run: str) -> tuple[RunRow, bool]:
        """A run as it is listed, and whether it goes on by itself."""
        row = self._store.run(run)
        wanted = self._registry.find(row.id).wanted
        # A server goes on with one that is paused if it was asked to.
        return row, is_going(self._store, row) or (wanted and row.status is RunStatus.PAUSED)

    def environment_of(self, row: RunRow) -> str:
        """The name of the environment that a run acts in."""
        return self._registry.find(row.id).environment

    def is_left(self, row: RunRow) -> bool:
        """Whether nobody goes on with a run that has not ended, unless somebody asks for it."""
        if row.status is RunStatus.ENDED:
            return False
        return row.status is RunStatus.PAUSED or not self._registry.find(row.id).wanted

    def send(self, followed: Followed, message: Message, what: str) -> Sent:
        """Leaves a message for a run, and says `what` it is to do."""
        send(self._store, followed.row.id, message)
        self._driver.look()
        return self._sent(followed.row.id, what)

    def drive(self, row: RunRow) -> Sent:
        """Has a run driven that was left."""
        self._store.set_status(row.id, RunStatus.PENDING)
        self._registry.want(row.id)
        self._driver.look()
        return self._sent(row.id, "the run goes on")

    def end(self, followed: Followed, message: Message, what: str) -> Sent:
        """Leaves a message that ends a run; one that is paused is driven to that end."""
        sent = self.send(followed, message, what)
        self._registry.want(followed.row.id)
        self._driver.look()
        return sent

    def _sent(self, run: str, what: str) -> Sent:
        return Sent(run=run, message=what, status=self._store.run(run).status.value)
