"""What each report reads of a long history: the rows it is about, and no month that the question does not touch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.reports import REPORTS, run
from tests.support.history import make_month
from tests.support.servers import Sandbox

_FILL = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name,
    script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, record_source)
SELECT sha256(n::text::bytea), t.began, '', CASE WHEN n % 400 > 0 THEN sha256(convert_to('t' || n % 400, 'UTF8')) END, 'job',
    'MANUAL', CASE WHEN n % 25 = 0 THEN 'FAILED' ELSE 'COMPLETED' END, t.began, n % 1000, 'test', 'test'
FROM generate_series(1, 120000) AS n
CROSS JOIN LATERAL (SELECT now() - n * interval '90 seconds' AS began) AS t
"""
# A day has 960 of the 120,000; a tenant's day two or three.
_READ = """
SELECT s.relname, CASE WHEN c.reltuples > 1000 THEN s.seq_tup_read ELSE 0 END, s.idx_tup_fetch
FROM pg_stat_xact_all_tables AS s
JOIN pg_class AS c ON c.oid = s.relid
WHERE s.relname LIKE %(tables)s ESCAPE '@'
"""


@pytest.fixture(scope="module")
def long_history(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Database]:
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        database = Database.wrap(connection)
        month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        for _ in range(5):
            month = (
                month.replace(month=month.month - 1)
                if month.month > 1
                else month.replace(year=month.year - 1, month=12)
            )
            make_month(database, month)
        connection.execute(_FILL)
        connection.execute(
            "INSERT INTO script_tracking.tenant_h VALUES (sha256('t7'), 't7', DEFAULT, 'test')"
        )
        retention.roll_up(database)
        connection.execute(
            "ANALYZE script_tracking.script_execution_s, script_tracking.rollup_total, "
            "script_tracking.rollup_tenant, script_tracking.rollup_error"
        )
        yield database


def _read(
    database: Database, name: str, arguments: dict[str, object], tables: str = "script@_execution@_s@_%"
) -> tuple[int, int, set[str]]:
    """Rows read in order (of months that are not tiny), rows fetched by an index, and where."""
    with database.transaction():
        # They are of the session since the server last took them over.
        before = {row[0]: row[1:] for row in database.rows(_READ, {"tables": tables})}
        list(run(database, REPORTS[name], arguments))
        after = {row[0]: row[1:] for row in database.rows(_READ, {"tables": tables})}
    read = {
        month: [now - then for now, then in zip(counts, before.get(month, (0, 0)), strict=True)]
        for month, counts in after.items()
    }
    touched = {month for month, counts in read.items() if any(counts)}
    return sum(counts[0] for counts in read.values()), sum(counts[1] for counts in read.values()), touched


@pytest.mark.parametrize("tenant", [None, "t7"])
@pytest.mark.parametrize("name", ["dashboard", "performance", "health", "history", "errors"])
def test_a_report_reads_little_and_nothing_in_order(
    long_history: Database, name: str, tenant: str | None
) -> None:
    arguments: dict[str, object] = {"limit": 50} if name in ("history", "errors") else {}
    if tenant:
        arguments["tenant"] = tenant
    in_order, by_index, partitions = _read(long_history, name, arguments)
    assert in_order == 0, partitions
    # Half an hour of edges at most, and a page; of errors, the failed of a tenant; what is usual has edges of its own.
    assert by_index < {"errors": 1200, "performance": 450}.get(name, 300), partitions


@pytest.mark.parametrize("tenant", [None, "t7"])
@pytest.mark.parametrize("name", ["dashboard", "performance", "errors"])
def test_a_report_reads_the_rollups_of_its_window_and_of_its_tenant(
    long_history: Database, name: str, tenant: str | None
) -> None:
    arguments: dict[str, object] = {"tenant": tenant} if tenant else {}
    in_order, by_index, tables = _read(long_history, name, arguments, "rollup@_%")
    assert in_order <= 3, "whether there are totals at all"
    # A day has some forty buckets, and two in a report that compares, with the hours of 28 days for what is usual; not
    # four hundred tenants'.
    assert by_index < (120 + 28 * 24 if name == "performance" else 120), tables
    # The causes of errors are so few here that they may be read in order.
    assert by_index or name == "errors", tables


def test_a_span_of_the_past_opens_its_own_month_only(long_history: Database) -> None:
    last = f"{long_history.value('SELECT now() - interval $$70 days$$'):%Y-%m-%d}"
    in_order, by_index, touched = _read(
        long_history, "performance", {"since": f"{last} 00:00:07+00", "until": f"{last} 12:00:09+00"}
    )
    assert in_order == 0
    assert by_index < 200
    assert len(touched) <= 3, "that of the span, that before it, and the latest for what came since"
