"""Sixteen clients at once, at every isolation level: nothing waits for ever, nothing is lost, nobody fails of dbtrack."""

from __future__ import annotations

import os
import time
from collections import Counter

import psycopg
import pytest

from dbtrack.db import Database
from tests.support.clients import (
    Journal,
    change_schema,
    clean_up,
    maintain,
    report,
    track,
    working,
)

# Minutes, where somebody wants to know: DBTRACK_STRESS_SECONDS=180.
_SECONDS = float(os.environ.get("DBTRACK_STRESS_SECONDS", "4"))
_CREW = [change_schema] * 7 + [track] * 5 + [report] * 2 + [maintain, clean_up]
_WIDE = (pytest.mark.matrix, pytest.mark.newest)
_CAPTURED = """
SELECT s.metadata ->> 'command_tag', o.identity
FROM script_tracking.current_execution AS s CROSS JOIN LATERAL unnest(s.affected_objects) AS o (identity)
WHERE s.script_type = 'DDL_AUTO'
"""
_TRACKED = """
SELECT script_name, execution_status FROM script_tracking.current_execution WHERE script_type = 'MANUAL'
"""
_TORN = """
SELECT count(*) FROM script_tracking.script_execution_h AS h FULL JOIN script_tracking.current_execution AS s
    USING (script_execution_hk)
WHERE h.script_execution_bk IS NULL OR s.script_name IS NULL
"""


@pytest.mark.slow
@pytest.mark.timeout(120 + 10 * _SECONDS)
@pytest.mark.parametrize(
    "isolation",
    [
        pytest.param(psycopg.IsolationLevel.READ_COMMITTED),
        pytest.param(psycopg.IsolationLevel.REPEATABLE_READ, marks=_WIDE),
        pytest.param(psycopg.IsolationLevel.SERIALIZABLE, marks=_WIDE),
    ],
    ids=lambda level: level.name,
)
def test_sixteen_clients_of_all_kinds(
    installed: Database, installed_conninfo: str, isolation: psycopg.IsolationLevel
) -> None:
    installed.execute("CREATE SCHEMA work")
    with working(installed_conninfo, _CREW, isolation) as journals:
        time.sleep(_SECONDS)
    assert [error for journal in journals for error in journal.errors] == []
    assert _deadlocks(installed) == 0
    assert min(len(journal.captured) + len(journal.tracked) for journal in journals[:12]) > 0
    check_nothing_lost(installed, journals)


def check_nothing_lost(database: Database, journals: list[Journal]) -> None:
    """All that a client was told has happened stands there once; what it took back stands nowhere."""
    captured = Counter(database.rows(_CAPTURED))
    wanted = [(tag, table) for journal in journals for tag, table in journal.captured]
    assert {change: captured[change] for change in wanted if captured[change] != 1} == {}
    tracked = Counter(name for name, _ in database.rows(_TRACKED))
    assert {
        name: tracked[name] for journal in journals for name in journal.tracked if tracked[name] != 1
    } == {}
    taken_back = {name for journal in journals for name in journal.rolled_back}
    assert taken_back & ({table for _, table in captured} | set(tracked)) == set()
    assert database.value(_TORN) == 0


def _deadlocks(database: Database) -> object:
    return database.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
