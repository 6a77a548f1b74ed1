"""A past with every name and moment that readers of a lake could take for something else, and PostgreSQL's answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from dbtrack import sql_files
from dbtrack.export.columns import COLUMNS, Storage, Subject
from dbtrack.lake.questions import Engine, find_question, question_names, question_sql
from tests.support.command_line import done, run_dbtrack

FIRST, SECOND = "shop", "a/b=é \"q\" 'x' 50% %41"
OBJECT = 'public."it\'s \\ a"'
# Each is read as something else somewhere: as a number, a date, NULL, an escape, a pattern, two directories.
TENANTS = [
    *(
        "007",
        "2026-01-01",
        "a/b",
        "a=b",
        'it\'s "q"',
        "é ü 漢",
        "50%",
        "%41",
        "%2F",
        "a+b c",
        "a:b",
        ".",
        "..",
        "A",
        "a",
    ),
    *(
        "null",
        "NULL",
        "a\\b",
        "x{y}*?[z]",
        "tab\tline\n",
        "__HIVE_DEFAULT_PARTITION__",
        "漢" * 100,
        "true",
        "1e5",
    ),
]
_BORDERS = [
    "2025-12-31 23:59:59.999999+00",
    "2026-01-01 00:00:00+00",
    "2026-01-31 23:59:59.999999+00",
    "2026-02-01 00:00:00+13",
    "2026-02-28 23:59:59+00",
    "2026-02-28 23:30:00-05",
    "2026-03-01 00:00:00+00",
]
_TENANT = """
INSERT INTO script_tracking.tenant_h (tenant_hk, tenant_bk, record_source)
VALUES (sha256(convert_to(%(tenant)s, 'UTF8')), %(tenant)s, 'test')
"""
_FILL = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, tenant_hk, load_date, hash_diff, script_name,
    script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects,
    sql_command, metadata, record_source)
SELECT sha256(int8send(n)), x.tenant_hk, x.moment + '1 second', '\\x00',
    (ARRAY['CREATE TABLE', 'ALTER TABLE', 'a "b" ''c'' é', 'nightly'])[1 + n %% 4],
    CASE WHEN n %% 4 < 2 THEN 'DDL_AUTO' ELSE 'MANUAL' END,
    CASE WHEN n %% 7 = 0 THEN 'FAILED' WHEN n %% 11 = 0 THEN 'CANCELLED' ELSE 'COMPLETED' END, x.moment,
    CASE WHEN n %% 5 > 0 THEN n * 37 %% 1000 END, CASE WHEN n %% 9 > 0 THEN 'user ' || n %% 6 ELSE 'Ärger''s' END,
    CASE WHEN n %% 3 = 0 THEN ARRAY['public.t', %(object)s, 'public.t' || n] ELSE '{}' END, 'SELECT 1',
    jsonb_build_object('duration_us', (n * 37 %% 1000) * 1000 + n %% 1000), 'test'
FROM (SELECT row_number() OVER (ORDER BY t.tenant_bk NULLS LAST, b.moment) + %(after)s, t.tenant_hk, b.moment
    FROM (SELECT tenant_hk, tenant_bk FROM script_tracking.tenant_h UNION ALL SELECT NULL, NULL) AS t
    CROSS JOIN unnest(%(moments)s::timestamptz[]) AS b (moment)
    -- All tenants in one month, and two of them in every month.
    WHERE b.moment = '2026-01-31 23:59:59.999999+00' OR t.tenant_bk IS NULL OR t.tenant_bk = 'a/b') AS x (n, tenant_hk, moment)
"""
_TYPES = {
    Storage.TEXT: "text",
    Storage.NUMBER: "bigint",
    Storage.DECIMAL: "float8",
    Storage.TIME: "timestamptz",
    Storage.LIST: "json",
}


def make_past(conninfo: str) -> None:
    """Record executions of all these tenants at the borders of months."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for tenant in TENANTS:
            connection.execute(_TENANT.encode(), {"tenant": tenant})
        connection.execute(_FILL.encode(), {"object": OBJECT, "after": 0, "moments": _BORDERS})


def record_later(conninfo: str, after: int, moment: str) -> None:
    """Record one execution more of each tenant."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(_FILL.encode(), {"object": OBJECT, "after": after, "moments": [moment]})


def export_months(conninfo: str, lake: Path, source: str, *words: str) -> None:
    """Export executions and objects, and keep the same rows in tables of PostgreSQL as what it knows of the source."""
    for table in Subject:
        done(run_dbtrack("export", table, "--source", source, "-o", str(lake), *words, "-d", conninfo))
    with psycopg.ClientCursor(psycopg.connect(conninfo, autocommit=True)) as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS answers")
        for table in Subject:
            _keep_rows(cursor, table, source)
        cursor.connection.close()


def _keep_rows(cursor: psycopg.ClientCursor[Any], table: Subject, source: str) -> None:
    query = sql_files.query(f"export/{table}")
    columns = ", ".join(f"q.{column.name}::{_TYPES[column.storage]}" for column in COLUMNS[table])
    cursor.execute(
        b"SELECT array_agg(DISTINCT m[1]) FROM regexp_matches(%s, '%%\\((\\w+)\\)s', 'g') AS m", (query,)
    )
    row = cursor.fetchone()
    values: dict[str, Any] = dict.fromkeys(row[0] if row else [])
    values |= {"all_versions": False, "failed": False, "waited": False, "slow": False, "open_ids": []}
    bound = cursor.mogrify(query.encode(), values)
    named = f"SELECT {columns}, %s AS source, to_char(q.execution_timestamp::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM') AS month"
    over = "q.execution_timestamp::timestamptz < date_trunc('month', now(), 'UTC')"
    chosen = cursor.mogrify(named.encode(), (source,)) + f" FROM ({bound}) AS q WHERE {over}"
    exists = cursor.execute("SELECT to_regclass(%s)", (f"answers.{table}",)).fetchone()
    if exists and exists[0]:
        cursor.execute(f"DELETE FROM answers.{table} WHERE source = %s".encode(), (source,))
        cursor.execute(f"INSERT INTO answers.{table} {chosen}".encode())
    else:
        cursor.execute(f"CREATE TABLE answers.{table} AS {chosen}".encode())


def asked(engine: Engine) -> dict[str, str]:
    """Return the SELECT of each question."""
    return {
        name: question_sql(found, engine, OBJECT if found.needs_object else None)
        for name in question_names()
        for found in [find_question(name)]
    }


def answers_of_postgresql(conninfo: str) -> dict[str, list[list[Any]]]:
    """Return PostgreSQL's own answer to each question."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET search_path = answers, pg_catalog")
        return {
            name: comparable(connection.execute(sql.encode()).fetchall())
            for name, sql in asked(Engine.DUCKDB).items()
        }


def comparable(found: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """Return rows in one order, with numbers to nine digits and times in UTC."""
    return sorted(([_comparable(value) for value in row] for row in found), key=repr)


def _comparable(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] in {"T", " "}:
        moment = datetime.fromisoformat(value)
        return _comparable(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return value
