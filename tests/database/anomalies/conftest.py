"""A database in which anomalies are planted."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from tests.support.servers import Sandbox
from tests.support.unusual import DDL, add_tenants, advance, many, record, record_usual, record_waits


def _plant(database: Database) -> None:
    """A burst over three hours, failures, slow DDL, lock waits, a login with an address, an agent."""
    for hours_ago, count in ((50, 40), (49, 60), (48, 30)):
        record(database, many(count, hours_ago))
    record(database, many(12, 30, status="FAILED", tenant="beta", login="etl_beta"))
    record(database, many(2, 82, **{**DDL, "ms": 900_000}))
    record(database, many(2, 20, **{**DDL, "login": "mallory", "address": "203.0.113.9"}))
    record(database, many(1, 12, **{**DDL, "agent": "claude-code"}))
    record_waits(database, 40, 400_000)


@pytest.fixture(scope="module")
def filled(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Database]:
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        database = Database.wrap(connection)
        add_tenants(database)
        # The end comes first, then the middle, then what is planted, then the beginning: all of it is counted.
        for first, last in ((1, 300), (301, 900)):
            record_usual(database, first, last)
            retention.roll_up(database)
            advance(database)
        _plant(database)
        advance(database)
        record_usual(database, 901, 1680)
        advance(database)
        yield database
