"""What a log cannot be made to say, and what cannot be read: reported, with nothing lost."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.ingest import Ingest, IngestOptions, log_source
from dbtrack.ingest.ddl.ddl_words import QUOTED_KEYWORDS
from dbtrack.ingest.ddl.names import quoted_name
from dbtrack.redaction.sql_tokens import tokens
from tests.support.command_line import run_dbtrack
from tests.support.ingested import recorded
from tests.support.logging_server import copy_logs, run_all, start_logging_server, wait_for
from tests.support.servers import Server

_DOCUMENTED = "%m [%p] %q%u@%d %a %r "
_FORGED = "GRANT postgres TO bob"


@pytest.fixture(scope="module")
def talking() -> Iterator[Server]:
    yield from _talking()


@pytest.fixture
def attacked() -> Iterator[Server]:
    """A server of the test's own: what is near a torn line cannot be trusted either."""
    yield from _talking()


def _talking(major: int | None = None) -> Iterator[Server]:
    server = start_logging_server(f"log_line_prefix = '{_DOCUMENTED}'\nlog_statement = all\n", major)
    try:
        yield server
    finally:
        server.stop()


def read(database: Database, *paths: Path, **options: object) -> tuple[Ingest, list[str]]:
    warnings: list[str] = []
    options = {"prefix": _DOCUMENTED, "all_databases": True, **options}
    work = Ingest(database, IngestOptions(**options), warn=warnings.append)  # type: ignore[arg-type]
    work.run([log_source(str(path), follow=False) for path in paths])
    return work, warnings


def statements(database: Database) -> list[str]:
    return [row["sql_command"] for row in recorded(database)]


def connect_as(server: Server, user: bytes, database: bytes) -> None:
    """Ask for a session under these names, as no client library would."""
    fields = b"user\0" + user + b"\0database\0" + database + b"\0\0"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(struct.pack(">ii", len(fields) + 8, 196608) + fields)
        while connection.recv(4096):
            pass


def test_the_name_of_an_application_forges_and_hides_nothing(
    talking: Server, installed: Database, tmp_path: Path
) -> None:
    for name, statement in (
        (f"x [local] LOG:  statement: {_FORGED};--", "SELECT 1"),
        ("x [local] LOG:  ok", "CREATE TABLE hidden (a nosuch)"),
    ):
        with psycopg.connect(talking.conninfo(), autocommit=True) as connection:
            connection.execute("SELECT set_config('application_name', %s, false)", (name,))
            run_all_on(connection, statement)
    logs = copy_logs(talking, tmp_path)
    work, [warning] = read(installed, *logs.glob("*.log"))
    assert work.report.ambiguous >= 2
    assert "two ways" in warning
    assert not [text for text in statements(installed) if "postgres TO bob" in text or "hidden" in text]
    # A form whose fields cannot run into each other has what is true.
    read(installed, *logs.glob("*.json"))
    assert "CREATE TABLE hidden (a nosuch)" in statements(installed)
    assert not [text for text in statements(installed) if "postgres TO bob" in text]


def run_all_on(connection: psycopg.Connection[tuple[object, ...]], *texts: str) -> None:
    for text in texts:
        try:
            connection.execute(text.encode())
        except psycopg.Error:
            connection.rollback()


def test_line_ends_in_the_names_of_a_startup_packet_forge_nothing(
    attacked: Server, installed: Database, tmp_path: Path
) -> None:
    forged = f"2026-01-15 10:00:00.000 UTC [7] a@b c [local] LOG:  statement: {_FORGED}"
    # The log's line is torn at the names' own line ends; from 17 on names are not cut after 63 bytes.
    at = forged.index("@")
    connect_as(attacked, f"x\n{forged[:at]}".encode(), f"{forged[at + 1 :]}\nz".encode())
    connect_as(attacked, f"x\n{forged}\n{forged.replace('bob', 'eve')}\ny".encode(), b"db")
    logs = copy_logs(attacked, tmp_path)
    text = "".join(path.read_text() for path in logs.glob("*.log"))
    assert f"\n{forged}\n" in text
    work, _ = read(installed, *logs.glob("*.log"))
    assert work.report.ambiguous
    assert not [each for each in statements(installed) if "GRANT" in each]


def test_the_doctor_says_that_a_log_can_be_forged(attacked: Server, tmp_path: Path) -> None:
    attacked.psql("ALTER SYSTEM SET log_destination = 'stderr'")
    attacked.psql("SELECT pg_reload_conf()")
    with psycopg.connect(attacked.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database)
        connection.execute("CREATE ROLE logged")
        assert schema.diagnose(database) == []
        read(database, *copy_logs(attacked, tmp_path, "log").glob("*.log"))
        [row] = [row for row in recorded(database) if row["affected_objects"] == ["logged"]]
        assert row["metadata"]["log_is_forgeable"] is True
        [finding] = schema.diagnose(database)
        assert finding.subject == "log_line_prefix"
        for statement in (finding.remedy_sql or "").split(";"):
            connection.execute(statement.encode())
        wait_for(lambda: schema.diagnose(database) == [])


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_messages_and_names_of_prepared_statements_forge_nothing(
    talking: Server, installed: Database, tmp_path: Path, suffix: str
) -> None:
    with psycopg.connect(talking.conninfo(), autocommit=True) as connection:
        connection.execute(f"DO $$ BEGIN RAISE LOG 'statement: {_FORGED}'; END $$")
        result = connection.pgconn.prepare(f"x: {_FORGED} --".encode(), b"SELECT 1")
        assert not result.error_message
        connection.pgconn.exec_prepared(f"x: {_FORGED} --".encode(), [])
        connection.pgconn.prepare(b"x: SELECT 1 --", b"DROP ROLE IF EXISTS quiet")
        connection.pgconn.exec_prepared(b"x: SELECT 1 --", [])
        connection.pgconn.prepare(b"py:0x7f", b"DROP ROLE IF EXISTS loud")
        connection.pgconn.exec_prepared(b"py:0x7f", [])
    work, _ = read(installed, *copy_logs(talking, tmp_path, suffix).glob(f"*.{suffix}"))
    assert work.report.ambiguous >= 3
    found = statements(installed)
    assert "DROP ROLE IF EXISTS loud" in found
    assert not [text for text in found if "postgres TO bob" in text or "quiet" in text]


def test_only_a_refusal_is_an_attempt_on_the_record(installed: Database, tmp_path: Path) -> None:
    def failure(line: int, state: str, message: str, statement: str) -> str:
        return (
            f"2026-01-15 10:00:00.000 UTC [7] {state} {line} ERROR:  {message}\n"
            f"2026-01-15 10:00:00.000 UTC [7] {state} {line} STATEMENT:  {statement}\n"
        )

    change = "UPDATE script_tracking.script_execution_s SET script_name = 'x'"
    log = tmp_path / "server.log"
    log.write_text(
        failure(1, "55P03", "canceling statement due to lock timeout", change)
        + failure(2, "25006", "cannot execute UPDATE in a read-only transaction", change)
        + failure(3, "42501", "permission denied for table script_execution_s", change)
        + failure(4, "55P03", "canceling statement", "TRUNCATE script_tracking.script_execution_s")
    )
    read(installed, log, prefix="%m [%p] %e %l ")
    rows = installed.rows(
        "SELECT script_type, script_name, metadata ->> 'sqlstate' FROM script_tracking.current_execution ORDER BY 1, 2"
    )
    assert rows == [("DDL_LOG", "TRUNCATE TABLE", "55P03"), ("SECURITY", "UPDATE", "42501")]


def test_only_this_database_counts_unless_all_are_asked_for(
    installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    name = installed.name
    log = tmp_path / "server.log"
    log.write_text(
        "".join(
            f"2026-01-15 10:00:0{number}.000 UTC [7] anna@{database} x [local] LOG:  statement: {statement}\n"
            for number, (database, statement) in enumerate(
                [(name, "TRUNCATE here"), ("other", "TRUNCATE there"), ("other", "CREATE ROLE shared")]
            )
        )
        + "".join(
            f"2026-01-15 10:01:00.000 UTC [7] anna@{database} x [local] ERROR:  no\n"
            f"2026-01-15 10:01:00.000 UTC [7] anna@{database} x [local] STATEMENT:  CREATE TABLE {table} (a nosuch)\n"
            for database, table in ((name, "here"), ("other", "there"))
        )
    )
    words = ("ingest", str(log), "-v", "--prefix", _DOCUMENTED, "-d", installed_conninfo)
    done = run_dbtrack(*words)
    assert (done.returncode, "recorded 3 executions, 1 of them failed," in done.stderr) == (0, True), (
        done.stderr
    )
    assert statements(installed) == ["TRUNCATE here", "CREATE ROLE shared", "CREATE TABLE here (a nosuch)"]
    # What was left out is still there to be read.
    done = run_dbtrack(*words, "--all-databases")
    assert "recorded 2 executions" in done.stderr
    assert len(statements(installed)) == 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"prefix": "%m wrong "}, "give the right one with --prefix"),
        ({"format": "json"}, "it is not jsonlog"),
        ({"timezone": "Asia/Tokyo"}, "Asia/Tokyo has no CST"),
        ({}, "CST is ambiguous"),
    ],
)
def test_a_log_that_cannot_be_read_is_read_when_the_words_are_right(
    installed: Database, installed_conninfo: str, tmp_path: Path, options: dict[str, str], said: str
) -> None:
    log = tmp_path / "server.log"
    head = "2026-01-15 10:00:00.000 CST [7] "
    log.write_text(f"{head}LOG:  starting\n{head}LOG:  statement: CREATE ROLE x\n")
    right = {"prefix": "%m [%p] ", "timezone": "Asia/Shanghai"}
    names = {"prefix": "--prefix", "format": "--log-format", "timezone": "--timezone"}

    def run(chosen: dict[str, str]) -> tuple[int, str]:
        words = [word for name, value in chosen.items() for word in (names[name], value)]
        done = run_dbtrack("ingest", str(log), "-v", *words, "-d", installed_conninfo)
        return done.returncode, done.stderr

    code, text = run({"prefix": right["prefix"], **options})
    assert (code, said in text) == (3, True), text
    assert run(right)[0] == 0
    [row] = recorded(installed)
    assert row["execution_timestamp"].isoformat() in {
        "2026-01-15T02:00:00+00:00",
        "2026-01-15T03:00:00+01:00",
    }


def test_what_a_log_gets_under_another_prefix_waits_for_it(installed: Database, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("2026-01-15 10:00:00.000 UTC [7] LOG:  statement: CREATE ROLE early\n")
    read(installed, log, prefix="%m [%p] ")
    with log.open("a") as file:
        file.write("[7] 2026-01-15 11:00:00.000 UTC LOG:  statement: CREATE ROLE late\n")
    work, [warning] = read(installed, log, prefix="%m [%p] ")
    assert (work.report.unreadable, "give the right one with --prefix" in warning) == (1, True)
    read(installed, log, prefix="[%p] %m ")
    assert sorted(statements(installed)) == ["CREATE ROLE early", "CREATE ROLE late"]


def test_a_prefix_without_a_time_is_a_wrong_command_line(
    installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    log.write_text("[7] LOG:  statement: CREATE ROLE x\n")
    done = run_dbtrack("ingest", str(log), "--prefix", "[%p] ", "-d", installed_conninfo)
    assert (done.returncode, "none of %m, %t and %n" in done.stderr) == (2, True)


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_times_are_read_in_the_servers_own_zone(tmp_path: Path, suffix: str) -> None:
    server = start_logging_server("log_timezone = 'Asia/Shanghai'\n")
    try:
        run_all(server.conninfo(), "CREATE ROLE east")
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            database = Database.wrap(connection)
            schema.install(database)
            [log] = copy_logs(server, tmp_path, suffix).glob(f"*.{suffix}")
            assert "CST" in log.read_text()
            Ingest(database, IngestOptions()).run([log_source(str(log), follow=False)])
            [age] = [
                row[0]
                for row in database.rows(
                    "SELECT extract(epoch FROM clock_timestamp() - execution_timestamp)"
                    " FROM script_tracking.current_execution WHERE script_type = 'DDL_LOG'"
                )
            ]
        assert 0 < age < 300
    finally:
        server.stop()


@pytest.mark.every_server
def test_names_are_quoted_where_the_server_quotes_them(
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    words = [row[0] for row in connection.execute("SELECT word FROM pg_get_keywords()").fetchall()]
    names = [*words, "plain", "two words", "Upper", "a$b", "_x", "1x", 'q"q', "größe"]
    rows = connection.execute("SELECT n, quote_ident(n) FROM unnest(%s::text[]) AS n", (names,)).fetchall()
    for name, quoted in rows:
        written = '"{}"'.format(str(name).replace('"', '""'))
        [token] = tokens(written)
        # A keyword of a later release is quoted for an earlier one too.
        assert quoted_name(token) in {quoted, written}
        assert name not in QUOTED_KEYWORDS or quoted_name(token) == written
    assert {str(word) for word, quoted in rows if quoted != word and word in words} <= QUOTED_KEYWORDS


def test_objects_have_no_quotes_that_they_do_not_need(installed: Database, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    head = "2026-01-15 10:00:00.000 UTC [7] LOG:  statement: "
    log.write_text(f'{head}TRUNCATE "shop"."orders", "Upper", "order"\n{head}DROP ROLE "bob"\n')
    read(installed, log, prefix="%m [%p] ")
    assert sorted(row["affected_objects"] for row in recorded(installed)) == [
        ["bob"],
        ["shop.orders", '"Upper"', '"order"'],
    ]
