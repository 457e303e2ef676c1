"""The tables of a store of runs, as numbered steps; a store's version is how many it has had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from goalsmith.domains.errors import StoreError
from goalsmith.execute.store.database import Database, Transaction

Step: TypeAlias = Sequence[str]
"""Statements that lead from one version of the schema to the next."""

STEPS: Final[Sequence[Step]] = (
    (
        "CREATE TABLE meta (schema_version BIGINT NOT NULL)",
        "INSERT INTO meta VALUES (0)",
        """CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            created DOUBLE PRECISION NOT NULL,
            changed DOUBLE PRECISION NOT NULL,
            status TEXT NOT NULL,
            outcome TEXT NOT NULL,
            world TEXT NOT NULL
        )""",
        "CREATE INDEX runs_by_age ON runs (created, id)",
        # Apart from what changes and is listed: these texts may take megabytes.
        """CREATE TABLE given (
            run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            domain_pddl TEXT NOT NULL,
            problem_pddl TEXT NOT NULL,
            plan TEXT,
            settings TEXT NOT NULL
        )""",
        """CREATE TABLE entries (
            run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            sequence BIGINT NOT NULL,
            time DOUBLE PRECISION NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (run, sequence)
        )""",
        """CREATE TABLE messages (
            run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            number BIGINT NOT NULL,
            time DOUBLE PRECISION NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            taken_at_sequence BIGINT,
            PRIMARY KEY (run, number)
        )""",
        # A lease that was given back keeps its row, without an owner, and so its fence.
        """CREATE TABLE leases (
            run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            owner TEXT,
            until DOUBLE PRECISION NOT NULL,
            fence BIGINT NOT NULL
        )""",
    ),
    (
        "CREATE INDEX runs_by_status ON runs (status, created, id)",
        """CREATE TABLE simulations (
            run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            acts BIGINT NOT NULL,
            snapshot TEXT NOT NULL
        )""",
        """CREATE TABLE acts (
            run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            number BIGINT NOT NULL,
            time DOUBLE PRECISION NOT NULL,
            step TEXT NOT NULL,
            report TEXT NOT NULL,
            asked BIGINT NOT NULL,
            PRIMARY KEY (run, key)
        )""",
    ),
    (
        # What is known of a world comes last: it may take megabytes, and lists do without it.
        """CREATE TABLE worlds (
            name TEXT PRIMARY KEY,
            created DOUBLE PRECISION NOT NULL,
            changed DOUBLE PRECISION NOT NULL,
            facts BIGINT NOT NULL,
            steps BIGINT NOT NULL,
            goals BIGINT NOT NULL,
            body TEXT NOT NULL
        )""",
    ),
)


def migrate(database: Database, steps: Sequence[Step] = STEPS) -> None:
    """Brings a database to the version that all the steps lead to, in one transaction.

    Raises:
        StoreError: the store is of a later version, or the database is another program's.
    """
    with database.reading() as transaction:
        version = _version(database, transaction)
    if version < len(steps):
        with database.migrating() as transaction:
            # Another process may have been quicker.
            version = _version(database, transaction)
            if version == 0:
                database.claim(transaction)
            for step in steps[version:]:
                for statement in step:
                    transaction.execute(statement)
                version += 1
            transaction.execute("UPDATE meta SET schema_version = ?", [version])
    if version > len(steps):
        raise StoreError(
            f"the store {database.place} was written by a later goalsmith (its schema has version "
            f"{version}, this one knows {len(steps)}): update goalsmith, or name another store"
        )


def _version(database: Database, transaction: Transaction) -> int:
    """The version of a store; 0 in an empty database."""
    if not database.is_claimed(transaction):
        return 0
    rows = transaction.execute("SELECT schema_version FROM meta")
    if len(rows) != 1 or not isinstance(rows[0][0], int) or rows[0][0] < 1:
        raise StoreError(f"the store {database.place} is damaged: it does not say its version")
    return rows[0][0]
