"""The tables of a store of results, and how those of earlier versions become what they are now."""

from __future__ import annotations

SCHEMA_VERSION = 3

RESULT_TABLE = """
CREATE TABLE result (
    id                 INTEGER PRIMARY KEY,
    task_hash          TEXT NOT NULL,
    configuration      TEXT NOT NULL,
    time_limit         REAL NOT NULL,
    memory_limit       INTEGER NOT NULL,
    engine_versions    TEXT NOT NULL,
    code_version       TEXT NOT NULL,
    seed               INTEGER NOT NULL,
    domain             TEXT NOT NULL,
    problem            TEXT NOT NULL,
    domain_path        TEXT NOT NULL,
    problem_path       TEXT NOT NULL,
    outcome            TEXT NOT NULL,
    engine             TEXT NOT NULL,
    evidence           TEXT NOT NULL,
    cost               NUMERIC,
    plan_length        INTEGER,
    wall_seconds       REAL NOT NULL,
    cpu_seconds        REAL,
    peak_memory_mb     REAL,
    started            TEXT NOT NULL,
    configuration_name TEXT NOT NULL,
    optimal            INTEGER,
    lower_bound        NUMERIC,
    expansions         INTEGER,
    evaluations        INTEGER,
    generated          INTEGER,
    host               TEXT NOT NULL,
    outside            INTEGER NOT NULL,
    UNIQUE (
        task_hash, configuration, time_limit, memory_limit, engine_versions, code_version, seed,
        domain, problem
    )
)
"""
PACKED_TABLE = """
CREATE TABLE packed (
    id           INTEGER PRIMARY KEY REFERENCES result (id) ON DELETE CASCADE,
    plan         BLOB,
    log          BLOB,
    improvements BLOB
)
"""
_FROM_VERSION_1 = (
    "ALTER TABLE result RENAME TO result_1",
    RESULT_TABLE,
    PACKED_TABLE,
    """
    INSERT INTO result
    SELECT rowid, task_hash, ifnull(nullif(engine_asked, ''), 'race'), time_limit, memory_limit,
        engine_versions, code_version, 0, domain, problem, domain_path, problem_path, outcome,
        engine, evidence, cost, plan_length, wall_seconds, cpu_seconds, peak_memory_mb, started,
        ifnull(nullif(engine_asked, ''), 'race'), NULL, NULL, NULL, NULL, NULL, '', 0
    FROM result_1
    """,
    "INSERT INTO packed SELECT rowid, pack(plan), NULL, NULL FROM result_1 WHERE plan IS NOT NULL",
    "DROP TABLE result_1",
)
"""What makes a store of version 1, in which engines were all that could be chosen, one of ours."""

_FROM_VERSION_2 = (
    "ALTER TABLE packed RENAME TO packed_2",
    "ALTER TABLE result RENAME TO result_2",
    RESULT_TABLE,
    PACKED_TABLE,
    "INSERT INTO result SELECT * FROM result_2",
    "INSERT INTO packed SELECT * FROM packed_2",
    "DROP TABLE packed_2",
    "DROP TABLE result_2",
)
"""Likewise of version 2, in which tasks that are the same but for their names shared a row."""

MIGRATIONS = {1: _FROM_VERSION_1, 2: _FROM_VERSION_2}
