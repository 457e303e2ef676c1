"""Durable runs: a store of journals, messages and leases, in SQLite or PostgreSQL."""

from goalsmith.domains.errors import LeaseLostError, StoreError, StoreUnavailableError
from goalsmith.execute.store.rows import (
    CANCEL,
    ActRow,
    Draft,
    EntryRow,
    Given,
    Lease,
    MessageRow,
    RunRow,
    RunStatus,
    SimulationRow,
)
from goalsmith.execute.store.sqlite import default_url
from goalsmith.execute.store.store import Store, open_store
from goalsmith.execute.store.transfer import export_run, import_run

__all__ = [
    "CANCEL",
    "ActRow",
    "Draft",
    "EntryRow",
    "Given",
    "Lease",
    "LeaseLostError",
    "MessageRow",
    "RunRow",
    "RunStatus",
    "SimulationRow",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "default_url",
    "export_run",
    "import_run",
    "open_store",
]
