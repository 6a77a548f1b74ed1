"""History by ticket looks at no more than the days asked for: metadata has no index of its own."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind
from tests.support.history import make_month

FILL = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
    execution_status, execution_timestamp, db_session_user, metadata, record_source)
SELECT sha256(n::text::bytea), clock_timestamp(), '', 'job', 'MIGRATION', 'COMPLETED',
    clock_timestamp() - make_interval(mins => 15 * n), 'test', jsonb_build_object('ticket', 'OPS-' || n), 'test'
FROM generate_series(1, 20000) AS n
"""


def test_a_ticket_is_looked_for_within_the_time_index(installed: Database) -> None:
    installed.execute(FILL)
    installed.execute("ANALYZE script_tracking.script_execution_s")
    for name, value in (("ticket", "OPS-17"), ("environment", "prod")):
        values = bind(installed, REPORTS["history"], {name: value, "days": 7})
        plan = json.dumps(
            installed.value(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql_files.report('history')}", values)
        )
        assert "execution_timestamp_idx" in plan
        assert "Seq Scan on script_execution_s" not in plan
        # Before PostgreSQL 18 it may be the last entry of its node.
        looked_at = [int(number) for number in re.findall(r'"Rows Removed by Filter": (\d+)', plan)]
        assert 600 < sum(looked_at) < 700, "the week's rows and no others"


def test_months_that_are_over_have_indexes_by_login_and_by_name(installed: Database) -> None:
    """The month that is written has none: each DDL would pay for it."""
    past = (datetime.now(UTC).replace(day=1) - timedelta(days=40)).replace(day=1)
    make_month(installed, past)
    installed.execute(FILL_PAST, {"past": past})
    with installed.transaction():
        installed.execute("SET LOCAL ROLE dbtrack_owner")
        assert installed.call_value("index_months") == 1
        assert installed.call_value("index_months") == 0
    indexes = {
        row[0] for row in installed.rows("SELECT relname FROM pg_class WHERE relname ~ '_by_(user|name)$'")
    }
    month = f"script_execution_s_{past:%Y_%m}"
    assert indexes == {f"{month}_by_user", f"{month}_by_name"}
    installed.execute(f"ANALYZE script_tracking.{month}")
    for name, value in (("user", "user_7"), ("name", "job_7")):
        values = bind(installed, REPORTS["history"], {name: value, "days": 100})
        plan = json.dumps(installed.value(f"EXPLAIN (FORMAT JSON) {sql_files.report('history')}", values))
        assert f"{month}_by_{name}" in plan


FILL_PAST = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
    execution_status, execution_timestamp, db_session_user, record_source)
SELECT sha256(n::text::bytea), %(past)s::timestamptz + n * interval '1 minute', '', 'job_' || n %% 1000, 'MANUAL',
    'COMPLETED', %(past)s::timestamptz + n * interval '1 minute', 'user_' || n %% 1000, 'test'
FROM generate_series(1, 20000) AS n
"""
