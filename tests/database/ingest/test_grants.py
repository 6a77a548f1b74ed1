"""GRANT and REVOKE that only the log shows: who was named on what, and which change that explains."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.reports import REPORTS, run
from tests.support.ingested import ingest, recorded
from tests.support.logging_server import copy_logs, run_all
from tests.support.servers import Server


@pytest.mark.every_server
def test_what_was_named_is_recorded_and_explains_its_object_alone(logging: Server, tmp_path: Path) -> None:
    run_all(
        logging.conninfo(),
        "CREATE ROLE boss",
        "CREATE ROLE clerk",
        "CREATE ROLE other",
        "CREATE DATABASE shop",
    )
    with psycopg.connect(logging.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.reconcile(database)
        run_all(
            logging.conninfo(),
            "GRANT boss TO clerk WITH ADMIN OPTION",
            "SELECT 1; GRANT CONNECT ON DATABASE shop TO clerk; REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC",
            "GRANT SET ON PARAMETER log_duration TO clerk",
            "GRANT CREATE ON TABLESPACE nowhere TO clerk",
        )
        ingest(database, copy_logs(logging, tmp_path, "json"))
        rows = [row for row in recorded(database) if "privileges" in row["metadata"]]
        assert sorted(
            (row["script_name"], row["execution_status"], *row["affected_objects"]) for row in rows
        ) == [
            ("GRANT", "COMPLETED", "log_duration"),
            ("GRANT", "COMPLETED", "shop"),
            ("GRANT", "FAILED", "nowhere"),
            ("GRANT ROLE", "COMPLETED", "boss", "clerk"),
            ("REVOKE", "COMPLETED", "shop"),
        ]
        assert {row["metadata"]["privileges_from"] for row in rows} == {"statement"}
        [shown] = run(database, REPORTS["show_privileges"], {"key": rows[0]["script_execution_hk"].hex()})
        assert (shown[:3], shown[-1]) == (("clerk", "boss", "role"), ["MEMBERSHIP", "ADMIN OPTION"])
        # Nobody recorded these two: a GRANT that is recorded covers its own objects only.
        connection.execute("SET log_statement = none")
        connection.execute("GRANT CONNECT ON DATABASE template1 TO clerk")
        connection.execute("ALTER ROLE boss CREATEDB")
        found = sorted(row[:3] for row in schema.reconcile(database).unattributed)
        assert found == [("database", "template1", "changed"), ("role", "boss", "changed")]


def test_an_old_log_explains_nothing_of_today(logging: Server, tmp_path: Path) -> None:
    with psycopg.connect(logging.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        connection.execute("CREATE ROLE late")
        logs = copy_logs(logging, tmp_path, "json")
        schema.reconcile(database, baseline=True)
        connection.execute("SET log_statement = none")
        connection.execute("ALTER ROLE late CREATEDB")
        ingest(database, logs)
        assert [row[1] for row in schema.reconcile(database).unattributed] == ["late"]
