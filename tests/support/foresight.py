"""Executions of the past for forecasts and advice, written as the record would have them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from dbtrack.db import Database
from dbtrack.reports import REPORTS, run

_INSERT = """
WITH r AS MATERIALIZED (
    SELECT r.*, sha256(convert_to(r.name || r.began || coalesce(r.tenant, ''), 'UTF8')) AS hk,
        r.began + r.milliseconds * interval '1 millisecond' AS load_date,
        CASE WHEN r.tenant IS NOT NULL THEN sha256(convert_to(r.tenant, 'UTF8')) END AS tenant_hk
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (name text, type text, tenant text, status text, began timestamptz,
        milliseconds bigint, login text, objects text[], statement text, error text, metadata jsonb)
), hub AS (
    INSERT INTO script_tracking.script_execution_h (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
    SELECT r.hk, encode(r.hk, 'hex'), r.tenant_hk, r.load_date, 'test' FROM r
)
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type,
    execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects, sql_command, error_message,
    metadata, record_source)
SELECT r.hk, r.load_date, '', r.tenant_hk, r.name, coalesce(r.type, 'MIGRATION'), coalesce(r.status, 'COMPLETED'), r.began,
    r.milliseconds, coalesce(r.login, 'etl'), coalesce(r.objects, '{}'), r.statement, r.error, coalesce(r.metadata, '{}'), 'test'
FROM r
RETURNING script_execution_hk
"""


def record(database: Database, *rows: dict[str, Any]) -> list[str]:
    """Write executions; return their keys in hex, in no particular order.

    Args:
        rows: each with name, began and milliseconds; type, tenant, status, login, objects, statement, error and
            metadata where they matter.
    """
    text = json.dumps(rows, default=str)
    return [bytes(row[0]).hex() for row in database.rows(_INSERT, {"rows": text})]


def runs(
    name: str, first: datetime, every: timedelta, milliseconds: list[int], **more: Any
) -> list[dict[str, Any]]:
    """Return executions of one name at equal distances."""
    return [
        {"name": name, "began": first + number * every, "milliseconds": duration, **more}
        for number, duration in enumerate(milliseconds)
    ]


def reported(database: Database, report: str, **arguments: object) -> list[dict[str, Any]]:
    """Run a report; return its rows by column name."""
    names = [column.name for column in REPORTS[report].columns]
    return [dict(zip(names, row, strict=True)) for row in run(database, REPORTS[report], arguments)]
