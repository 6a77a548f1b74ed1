"""An export reads in the order of an index, and what is new by an index: neither sorts the record."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS
from dbtrack.reports.run import checked_arguments
from tests.support.exporting import fill
from tests.support.history import make_month

_NOTHING: dict[str, object] = {
    **checked_arguments(REPORTS["history"], {}),
    "tenant": None,
    "all_versions": True,
    "since": None,
    "until": None,
    "recorded_since": None,
    "next_id": None,
    "open_ids": [],
    "again_since": None,
    "ended_before": None,
}


_LINK = """
INSERT INTO script_tracking.script_execution_parent_l
SELECT sha256(s.script_execution_hk), sha256('parent'), s.script_execution_hk, 'tracked', NULL, s.load_date, 'test'
FROM script_tracking.script_execution_s AS s WHERE s.version_number % 20 = 0
"""


@pytest.fixture
def filled(installed_conninfo: str) -> str:
    """A record of two months with partitions."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        make_month(Database.wrap(connection), datetime.now(UTC) - timedelta(days=31))
        fill(installed_conninfo, 1, 20_000, apart="2 minutes")
        connection.execute(_LINK)
        connection.execute(
            "ANALYZE script_tracking.script_execution_s, script_tracking.script_execution_parent_l"
        )
    return installed_conninfo


def plan(conninfo: str, subject: str, **parameters: object) -> str:
    query = f"EXPLAIN {sql_files.query(f'export/{subject}')}".encode()
    with psycopg.connect(conninfo, autocommit=True) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET enable_seqscan = off")
        return "\n".join(row[0] for row in cursor.execute(query, _NOTHING | parameters))


@pytest.mark.every_server
@pytest.mark.parametrize("subject", ["executions", "objects"])
def test_a_whole_export_is_not_sorted(filled: str, subject: str) -> None:
    found = plan(filled, subject)
    assert "Merge Append" in found
    assert not re.search(r"(?<!Incremental )Sort  \(.*\n\s*Sort Key: s\.", found)


@pytest.mark.every_server
@pytest.mark.parametrize("subject", ["executions", "objects"])
def test_the_parent_of_each_execution_is_found_by_an_index(filled: str, subject: str) -> None:
    found = plan(filled, subject)
    assert "Cond: (child_execution_hk = s.script_execution_hk)" in found
    for month in (datetime.now(UTC), datetime.now(UTC) - timedelta(days=31)):
        assert f"_pkey on script_execution_parent_l_{month:%Y_%m}" not in found


@pytest.mark.every_server
def test_what_is_new_is_found_by_the_transaction(filled: str) -> None:
    found = plan(filled, "executions", next_id="900000", open_ids=["800000"], ended_before="900001")
    assert "Index Cond: (recorded_by >= '900000'::xid8)" in found
    assert "Seq Scan on script_execution_s" not in found


@pytest.mark.every_server
def test_since_leaves_out_earlier_months(filled: str) -> None:
    earlier = f"script_execution_s_{datetime.now(UTC) - timedelta(days=31):%Y_%m}"
    assert earlier in plan(filled, "executions")
    since = datetime.now(UTC) + timedelta(days=2)
    assert earlier not in plan(filled, "executions", since=since)
