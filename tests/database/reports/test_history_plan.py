"""History by ticket looks at no more than the days asked for: metadata has no index of its own."""

from __future__ import annotations

import json
import re

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind

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
