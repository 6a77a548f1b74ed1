"""How long `dbtrack reconcile` takes: a snapshot, nothing to find, everything to find."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import psycopg

from bench.timing import median, table
from dbtrack import schema
from dbtrack.db import Database
from dbtrack.schema.settings import set_setting

_TABLES = 10_000
_TABLES_A_TRANSACTION = 250
_MAKE = """
DO $$
BEGIN
    FOR number IN {first}..{last} LOOP
        EXECUTE format('CREATE TABLE bench_%s (id bigint PRIMARY KEY, name text NOT NULL,'
            ' amount numeric DEFAULT 0, at timestamptz, data jsonb);'
            ' CREATE INDEX ON bench_%s (name)', number, number);
    END LOOP;
END
$$
"""


def run(connection: psycopg.Connection[Any], rounds: int, _statements: int) -> str:
    """Measure with 10,000 tables of five columns and two indexes each; milliseconds."""
    database = Database.wrap(connection)
    schema.reconcile(database)
    set_setting(database, "capture.enabled", "off")
    for first in range(0, _TABLES, _TABLES_A_TRANSACTION):
        database.execute(_MAKE.format(first=first, last=first + _TABLES_A_TRANSACTION - 1))
    everything, found = _timed(database)
    baselines = [_timed(database, baseline=True)[0] for _ in range(rounds)]
    nothing = [_timed(database)[0] for _ in range(rounds)]
    rows = {
        f"all new, {found.changes} executions written": [everything],
        f"baseline, {found.objects} objects": [median(baselines)],
        "nothing changed": [median(nothing)],
    }
    return table(f"`dbtrack reconcile`, {_TABLES} tables", ["ms"], rows)


def _timed(database: Database, *, baseline: bool = False) -> tuple[float, schema.Reconciliation]:
    start = perf_counter()
    result = schema.reconcile(database, baseline=baseline)
    return (perf_counter() - start) * 1000, result
