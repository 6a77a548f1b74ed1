"""`dbtrack ingest` on what a real server logged: what is recorded of it."""

from __future__ import annotations

import gzip
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.ingest import Ingest, IngestOptions, LogFormat, ServerLogs, log_source
from dbtrack.reports import REPORTS, run
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.ingested import EXPECTED, Logged, ingest, recorded, summary
from tests.support.logging_server import PREFIX, copy_logs, run_all
from tests.support.servers import Server
from tests.support.terminal import Terminal


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_each_form_of_log_gives_the_same_records(logged: Logged, installed: Database, suffix: str) -> None:
    report = ingest(installed, logged.copy(suffix)).report
    assert summary(installed) == EXPECTED
    assert (report.executions, report.failed, report.damaged) == (12, 6, 0)
    rows = recorded(installed)
    assert {row["db_session_user"] for row in rows} == {"postgres"}
    assert {str(row["client_ip"]) for row in rows} == {"127.0.0.1"}
    assert {row["metadata"]["application_name"] for row in rows} == {"worker"}
    assert {row["metadata"]["database"] for row in rows} == {"postgres"}
    assert {row["record_source"].partition("@")[0] for row in rows} == {"log_ingest"}
    assert rows[0]["affected_objects"] == ["ingested"]
    assert rows[1]["error_message"] == 'type "nosuch" does not exist'
    assert rows[1]["metadata"]["position"] == 25
    assert rows[9]["sql_command"] == "COMMENT\n ON ROLE ingested IS 'naïve'"
    assert rows[10]["sql_command"] == "CREATE TABLE\n\tlines (\n\ta nosuch)"
    assert "here" in rows[7]["sql_command"]
    logged_at = rows[0]["execution_timestamp"]
    now = installed.value("SELECT clock_timestamp()")
    assert timedelta(0) < now - logged_at < timedelta(minutes=10)
    assert rows[0]["load_date"] > logged_at


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_no_password_reaches_the_database(logged: Logged, installed: Database, suffix: str) -> None:
    log = logged.copy(suffix)
    assert "hunter2" in log.read_text(errors="replace")
    ingest(installed, log)
    for table in ("script_execution_h", "script_execution_s", "log_position", "logged_start"):
        text = "\n".join(
            row[0] for row in installed.rows(f"SELECT t::text FROM script_tracking.{table} AS t")
        )
        assert text
        assert "hunter2" not in text or table == "logged_start"
        assert "hunter2" not in text


def test_a_compressed_log_is_read(logged: Logged, installed: Database, tmp_path: Path) -> None:
    packed = tmp_path / "server.csv.gz"
    packed.write_bytes(gzip.compress(logged.copy("csv").read_bytes()))
    ingest(installed, packed)
    assert summary(installed) == EXPECTED


def test_a_directory_is_read_in_its_richest_form_once(logged: Logged, installed: Database) -> None:
    ingest(installed, logged.directory)
    assert summary(installed) == EXPECTED


def test_damaged_bytes_are_counted_and_the_rest_is_read(
    logged: Logged, installed: Database, tmp_path: Path
) -> None:
    lines = logged.copy("json").read_bytes().splitlines(keepends=True)
    log = tmp_path / "damaged.json"
    log.write_bytes(
        lines[0] + b'{"timestamp": CREATE TABLE \xff\x00\xfe\n' + b"\x00" * 5000 + b"\n" + b"".join(lines[1:])
    )
    assert ingest(installed, log, warning="damaged.json: ").report.damaged == 1
    assert summary(installed) == EXPECTED


def test_since_leaves_out_what_was_before(logged: Logged, installed: Database) -> None:
    now = installed.value("SELECT clock_timestamp()")
    assert ingest(installed, logged.copy("json"), since=now).report.executions == 0


def test_the_records_of_a_users_default_tenant_are_its_own(logged: Logged, installed: Database) -> None:
    installed.execute("SELECT script_tracking.add_tenant('acme', 'Acme')")
    installed.execute("SELECT script_tracking.grant_tenant('postgres', 'acme', true)")
    ingest(installed, logged.copy("json"))
    assert {row["tenant_bk"] for row in recorded(installed)} == {"acme"}


def test_a_wrong_prefix_is_said(logged: Logged, installed: Database) -> None:
    warnings: list[str] = []
    work = Ingest(installed, IngestOptions(prefix="%t wrong "), warn=warnings.append)
    work.run([log_source(str(logged.copy("log")), follow=False)])
    assert work.report.executions == 0
    [warning] = warnings
    assert "--prefix" in warning
    # It can be read once the prefix is right.
    assert ingest(installed, logged.copy("log")).report.executions == 12


def test_the_command_line_reads_standard_input(
    logged: Logged, installed: Database, installed_conninfo: str
) -> None:
    text = logged.copy("log").read_text()
    for expected in ("recorded 12 executions, 6 of them failed", "recorded 0 executions"):
        done = run_dbtrack(
            "ingest", "-", "-v", "--all-databases", "--prefix", PREFIX, "-d", installed_conninfo, stdin=text
        )
        assert (done.returncode, done.stdout) == (0, "")
        assert expected in done.stderr
    assert summary(installed) == EXPECTED


def test_following_standard_input_ends_with_it(installed_conninfo: str) -> None:
    done = run_dbtrack("ingest", "--follow", "-", "--prefix", PREFIX, "-d", installed_conninfo, stdin="")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_server_gives_its_own_log(logged: Logged) -> None:
    from dbtrack import schema

    with psycopg.connect(logged.server.conninfo("postgres"), autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database)
        Ingest(database, IngestOptions()).run([ServerLogs(database)])
        found = [row for row in summary(database) if row in EXPECTED]
        assert found[: len(EXPECTED)] == EXPECTED
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute("GRANT dbtrack_admin TO plain")
    done = run_dbtrack("ingest", "--from-server", "-d", logged.server.conninfo("postgres", "plain"))
    assert done.returncode == 1
    assert "GRANT pg_monitor TO your login" in done.stderr
    logged.server.psql("GRANT pg_monitor TO plain")
    done = run_dbtrack("ingest", "--from-server", "-d", logged.server.conninfo("postgres", "plain"))
    assert done.returncode == 1
    assert "pg_read_server_files" in done.stderr


def test_only_an_administrator_may_ingest(
    logged: Logged, installed: Database, installed_conninfo: str, role: Any
) -> None:
    operator = role("operator", member_of=["dbtrack_operator"])
    done = run_dbtrack("ingest", str(logged.copy("json")), "-d", f"{installed_conninfo} user={operator}")
    assert done.returncode == 1
    assert "dbtrack_admin" in done.stderr
    assert summary(installed) == []


def test_a_ddl_that_the_triggers_have_is_not_recorded_again(logged: Logged, installed: Database) -> None:
    ingest(installed, logged.copy("json"))
    assert [
        row for row in recorded(installed) if row["sql_command"].startswith("CREATE TABLE here (id")
    ] == []


def test_a_concurrent_build_that_failed_keeps_its_one_record_and_gets_the_logs_error(
    follower: Server, tmp_path: Path
) -> None:
    from dbtrack import retention, schema

    with psycopg.connect(follower.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database)
        run_all(
            follower.conninfo(),
            "CREATE TABLE doubled AS SELECT 1 AS a FROM generate_series(1, 2)",
            "CREATE UNIQUE INDEX CONCURRENTLY failing ON doubled (a)",
            "CREATE INDEX CONCURRENTLY never ON nowhere (a)",
            "SELECT 1 / 0 AS a INTO nothing",
            "CREATE TABLE nothing AS SELECT 1 / 0 AS a",
        )
        logs = copy_logs(follower, tmp_path, "csv")
        ingest(database, logs)
        rows = recorded(database)
        assert [(row["script_name"], row["metadata"]["sqlstate"]) for row in rows] == [
            ("CREATE INDEX", "42P01"),
            ("SELECT INTO", "22012"),
            ("CREATE TABLE AS", "22012"),
        ]
        status, message, sqlstate, detail, is_timed = database.rows(
            "SELECT execution_status, error_message, metadata ->> 'sqlstate', metadata ->> 'detail',"
            " execution_duration_ms IS NOT NULL FROM script_tracking.current_execution"
            " WHERE sql_command LIKE %(text)s",
            {"text": "%failing%"},
        )[0]
        assert (status, sqlstate, is_timed) == ("FAILED", "23505", True)
        assert message == 'could not create unique index "failing"'
        assert detail == "Key (a)=(1) is duplicated."
        assert ("abandoned", "done", "0 closed") in retention.maintain(database).tasks
        database.execute("DELETE FROM script_tracking.log_position")
        ingest(database, logs)
        assert database.value("SELECT count(*) FROM script_tracking.open_execution") == 0
        versions = "SELECT count(*) FROM script_tracking.script_execution_s WHERE sql_command LIKE %(text)s"
        assert database.value(versions, {"text": "%failing%"}) == 2


def test_what_failed_in_a_wrapped_command_is_linked_to_its_operation(
    follower: Server, tmp_path: Path
) -> None:
    from dbtrack import schema

    with psycopg.connect(follower.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database)
        before = "CREATE TABLE before (a nosuch)"
        run_all(follower.conninfo() + " application_name=dbtrack:deploy", before)
        psql = ("sh", "-c", 'exec "$0" -X -c "CREATE TABLE inside (a nosuch)"', f"{follower.bin_dir}/psql")
        done = run_dbtrack(
            "track", "deploy", "--", *psql, environment={**follower.environment("postgres"), "PGOPTIONS": ""}
        )
        assert done.returncode == 1
        run_all(follower.conninfo() + " application_name=dbtrack:deploy", "CREATE TABLE later (a nosuch)")
        ingest(database, copy_logs(follower, tmp_path, "json"))
        assert len(recorded(database)) == 3
        cause, *others = run(database, REPORTS["errors"], {})
        names = [column.name for column in REPORTS["errors"].columns]
        found = dict(zip(names, cause, strict=True))
        assert others == []
        # The operation and the log's entry of what made it fail are one failure.
        assert (found["sqlstate"], found["occurrences"]) == ("42704", 3)
        assert len(list(run(database, REPORTS["error_list"], {}))) == 3
        metrics = {row[0]: row[1] for row in run(database, REPORTS["dashboard"], {})}
        assert metrics["failed_operations_24h"] == 3
        links = (
            "SELECT c.sql_command, p.script_name FROM script_tracking.script_execution_parent_l AS l"
            " JOIN script_tracking.current_execution AS c ON c.script_execution_hk = l.child_execution_hk"
            " JOIN script_tracking.current_execution AS p ON p.script_execution_hk = l.parent_execution_hk"
        )
        assert database.rows(links) == [("CREATE TABLE inside (a nosuch)", "deploy")]


def test_no_log_is_a_wrong_command_line() -> None:
    done = run_dbtrack("ingest")
    assert done.returncode == 2
    assert "--from-server" in done.stderr


def test_the_formats_are_what_the_option_offers() -> None:
    shown = run_dbtrack("ingest", "--help").stdout
    assert all(re.search(rf"\b{form.value}\b", shown) for form in LogFormat)


def test_a_terminal_shows_how_far_it_is(logged: Logged, installed: Database, installed_conninfo: str) -> None:
    words = [
        sys.executable,
        "-m",
        "dbtrack",
        "ingest",
        "--all-databases",
        "--prefix",
        PREFIX,
        "-d",
        installed_conninfo,
        str(logged.copy("log")),
    ]
    with Terminal('"$@"', words, {**clean_environment(), "TERM": "xterm"}) as terminal:
        terminal.wait_for("recorded 12 executions")
        assert "bytes" in terminal.seen or "kB" in terminal.seen
    assert summary(installed) == EXPECTED


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_an_attempt_on_the_record_is_recorded(
    follower: Server, installed: Database, tmp_path: Path, suffix: str
) -> None:
    conninfo = follower.conninfo("postgres")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA script_tracking CREATE TABLE script_execution_s (id int)")
        connection.execute("CREATE ROLE meddler LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA script_tracking TO meddler")
    with psycopg.connect(follower.conninfo("postgres", "meddler"), autocommit=True) as connection:
        connection.execute("SET search_path = script_tracking")
        for statement in (
            "DELETE FROM script_tracking.script_execution_s",
            "UPDATE script_tracking.script_execution_s SET id = 1",
            "TRUNCATE script_tracking.script_execution_s",
            "WITH one AS (SELECT 1 AS id) INSERT INTO script_tracking.script_execution_s SELECT id FROM one",
            "WITH gone AS (DELETE FROM script_execution_s RETURNING id) SELECT count(*) FROM gone",
            "UPDATE script_execution_s SET id = 2",
            "SELECT id FROM script_execution_s FOR UPDATE",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
    [log] = copy_logs(follower, tmp_path).glob(f"*.{suffix}")
    ingest(installed, log)
    attempts = installed.rows(
        "SELECT script_name, execution_status, db_session_user, affected_objects, metadata ->> 'sqlstate'"
        " FROM script_tracking.current_execution WHERE script_type = 'SECURITY' ORDER BY execution_timestamp, script_name"
    )
    record = ["script_tracking.script_execution_s"]
    assert sorted(attempts) == [
        (name, "FAILED", "meddler", record, "42501")
        for name in ("DELETE", "DELETE", "INSERT", "TRUNCATE TABLE", "UPDATE", "UPDATE")
    ]
