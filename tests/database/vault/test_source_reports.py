"""Reports of one source do not read the rows of the others, and show the same as if they did."""

from __future__ import annotations

import json

import psycopg
import pytest

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports.search import Latest, Places, search_rows
from dbtrack.retention import roll_up
from dbtrack.vault.sources import add_source
from tests.support.searched import report_values
from tests.support.vaulted import Vault

pytestmark = pytest.mark.any_server

_PLACE = {"system": "1", "database": 1, "name": "test", "version": "0"}
# Of two tenants and of the platform, over 14 months; one in ten has ended an hour after it began.
_ROWS = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type,
    execution_status, execution_timestamp, db_session_user, metadata, record_source)
SELECT sha256(convert_to(%(source)s || n, 'UTF8')), d.began + CASE WHEN n %% 10 = 0 THEN interval '1 hour' ELSE '0' END, '',
    t.tenant_hk, 'step_' || n %% 5, CASE WHEN n %% 4 = 0 THEN 'BACKUP' ELSE 'MIGRATION' END,
    CASE WHEN n %% 7 = 0 THEN 'FAILED' ELSE 'COMPLETED' END, d.began, 'worker', jsonb_build_object('ticket', 'T-' || n %% 9), 'test'
FROM generate_series(1, %(rows)s) AS n
CROSS JOIN LATERAL (SELECT now() - n * interval '14 months' / %(rows)s AS began) AS d
JOIN (SELECT v.tenant_hk, row_number() OVER (ORDER BY v.tenant_hk) - 1 AS place FROM script_tracking.vault_tenant AS v
    WHERE v.source_name = %(source)s) AS t ON t.place = CASE WHEN n %% 13 = 0 THEN n %% 3 ELSE 0 END
"""
_ARGUMENTS: tuple[dict[str, object], ...] = (
    {"since": "600d", "limit": 5},
    {"since": "600d", "limit": 50},
    {"since": "600d", "limit": 500},
    {"since": "600d"},
    {"since": "30d", "limit": 20},
    {"since": "200d", "until": "100d", "limit": 7},
    {"since": "600d", "limit": 9, "type": "BACKUP"},
    {"since": "600d", "limit": 9, "type": "REPORTING"},
    {"since": "600d", "limit": 9, "failed": True},
    {"since": "600d", "limit": 9, "ticket": "T-3"},
    {"since": "600d", "limit": 9, "name": "step_2"},
)


_TALLY = """
SELECT t.script_type, t.completed, t.failed, t.timed
FROM (SELECT date_trunc('day', now(), 'UTC') AS today) AS d
CROSS JOIN LATERAL script_tracking.tally_executions(NULL, d.today - interval '300 days', d.today - interval '2 days') AS t
ORDER BY t.script_type
"""


def make_months(vault: Database) -> None:
    for month in range(15):
        vault.execute(
            "SELECT script_tracking.ensure_month(to_char(now() - %(n)s * interval '1 month', 'YYYY_MM'))",
            {"n": month},
        )


def fill(vault: Database, name: str, rows: int, *, tenants_of_its_own: int = 2) -> None:
    token = add_source(vault, name, login=None, expected_seconds=3600)
    tenants: list[dict[str, str | None]] = [{"hk": None, "bk": None, "name": None}]
    tenants += [
        {"hk": f"\\x0{number}", "bk": f"t{number}", "name": None} for number in range(tenants_of_its_own)
    ]
    vault.rows(
        sql_files.query("vault/begin"),
        {"token": token, "body": json.dumps({"place": _PLACE, "last_block": 0})},
    )
    body = {
        "batch": {"place": _PLACE, "first": 1, "chain_before": "", "ids": []},
        "rows": {"versions": [], "links": [], "ended": [], "tenants": tenants},
    }
    vault.rows(sql_files.query("vault/events"), {"token": token, "body": json.dumps(body)})
    vault.execute(_ROWS, {"source": name, "rows": rows})


def latest_places(database: Database, values: dict[str, object]) -> Places:
    latest = Latest.of(sql_files.report("history"), values, is_newest_first=True)
    assert latest is not None
    return Places(*database.rows(sql_files.query("search/latest"), latest.asking(next(latest.steps())))[0])


def test_history_of_one_source(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    make_months(vault.database)
    for name, rows in (("small", 120), ("large", 4000)):
        fill(vault.database, name, rows)
    text = sql_files.report("history")
    values: dict[str, object] = {}
    for name in ("small", "large"):
        with psycopg.connect(vault.conninfo, autocommit=True) as connection:
            session = Database.wrap(connection)
            session.call("enter_source", p_source_name=name)
            for arguments in _ARGUMENTS:
                values = report_values(session, "history", **arguments)
                found = list(search_rows(session, text, values, is_newest_first=True))
                with monkeypatch.context() as patched:
                    patched.setattr(Latest, "of", lambda *_, **__: None)
                    assert found == list(search_rows(session, text, values, is_newest_first=True)), arguments
            # Page by page.
            values = report_values(session, "history", since="600d", limit=11)
            whole = list(
                search_rows(session, text, {**values, "in_pages": True, "limit": 60}, is_newest_first=True)
            )
            paged: list[tuple[object, ...]] = []
            for _ in range(5):
                after = {"after_time": paged[-1][4], "after_key": paged[-1][0]} if paged else {}
                page = {**values, "in_pages": True, **after}
                paged += search_rows(session, text, page, is_newest_first=True)
            assert paged == whole[: len(paged)], (len(whole), len(paged))
            assert len(paged) == 55
            # It looks at about as many rows as it shows, however many there are of others.
            assert 11 <= (latest_places(session, values).versions or 0) <= 200
    # Who sees everything reads in order of time.
    assert latest_places(vault.database, values).starts is None


def test_a_busy_source_without_tenants_is_added_up_by_days(vault: Vault) -> None:
    make_months(vault.database)
    fill(vault.database, "other", 500)
    # Eight executions of each type a day at least: only then does a day have rows of its types.
    fill(vault.database, "busy", 20_000, tenants_of_its_own=0)
    with psycopg.connect(vault.conninfo, autocommit=True) as connection:
        session = Database.wrap(connection)
        session.call("enter_source", p_source_name="busy")
        by_rows = session.rows(_TALLY)
        assert sum(row[1] for row in by_rows) > 5000
        roll_up(vault.database)
        assert session.rows(_TALLY) == by_rows
        # Its hours are not needed.
        vault.database.execute("DELETE FROM script_tracking.rollup_tenant")
        assert session.rows(_TALLY) == by_rows


def test_the_cost_of_a_batch_does_not_grow(vault: Vault) -> None:
    """A batch that ends a version reads as much of a source with many rows as of one with few."""
    few, many = (blocks_read(vault.database, name, rows) for name, rows in (("few", 50), ("many", 5000)))
    assert many < 2 * few + 50


def blocks_read(vault: Database, name: str, rows: int) -> int:
    """Return how many blocks a batch that ends one version reads, if its source has so many rows."""
    fill(vault, name, rows)
    key, at = vault.rows(
        "SELECT s.script_execution_hk, s.load_date FROM script_tracking.script_execution_s AS s JOIN "
        f"script_tracking.vault_tenant USING (tenant_hk) WHERE source_name = '{name}' ORDER BY 2 LIMIT 1"
    )[0]
    ended = {
        "script_execution_hk": f"\\x{bytes(key).hex()}",
        "load_date": "2026-01-01",
        "previous_load_date": at.isoformat(),
    }
    body = json.dumps({"versions": [], "links": [], "ended": [ended], "tenants": []})
    connection = vault.raw
    explained = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT script_tracking.vault_rows(%s, %s::json)"
    with connection.transaction(force_rollback=True):
        # The first reads the catalogs, too.
        connection.execute(explained, (name, json.dumps({**json.loads(body), "ended": []})))
        ((plan,),) = connection.execute(explained, (name, body)).fetchall()
    top = plan[0]["Plan"]
    assert top["Local Hit Blocks"] == 0
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])
