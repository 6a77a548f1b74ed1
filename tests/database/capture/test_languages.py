"""A server that speaks German: its log is understood, and an own statement that cannot be told is marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.ingested import EXPECTED, WORK, ingest, recorded
from tests.support.logging_server import copy_logs, run_all, start_logging_server
from tests.support.paths import GOLDEN
from tests.support.required import missing
from tests.support.servers import Server, found_majors

pytestmark = pytest.mark.any_server

_CATALOGUES = Path("/usr/share/locale/de/LC_MESSAGES")
_MESSAGES = json.loads((GOLDEN / "server_messages.json").read_text())


@pytest.fixture(scope="module")
def german() -> Iterator[Server]:
    """A server whose messages are translated; the wheels' servers bring no translations."""
    majors = [major for major in found_majors() if (_CATALOGUES / f"postgres-{major}.mo").exists()]
    if not majors:
        missing("a PostgreSQL with its translations", "apt-get install postgresql-15")
    server = start_logging_server("log_statement = all\nlc_messages = 'C.UTF-8'\n", majors[-1], "de")
    try:
        run_all(server.conninfo(), *WORK, "CREATE DATABASE watched")
        with psycopg.connect(server.conninfo("watched"), autocommit=True) as connection:
            schema.install(Database.wrap(connection))
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("suffix", ["log", "csv", "json"])
def test_its_log_is_read(german: Server, installed: Database, tmp_path: Path, suffix: str) -> None:
    [log] = copy_logs(german, tmp_path, suffix).glob(f"*.{suffix}")
    assert "Anweisung: CREATE ROLE" in log.read_text()
    ingest(installed, log)
    found = [
        (row["script_name"], row["execution_status"])
        for row in recorded(installed)
        if row["metadata"]["database"] == "postgres"
    ]
    assert found == [*(row[:2] for row in EXPECTED), ("CREATE DATABASE", "COMPLETED")]


def test_an_own_statement_that_cannot_be_found_is_the_whole_string_and_marked(german: Server) -> None:
    whole = "DO $$ BEGIN CREATE TABLE inside (id int); END $$"
    with psycopg.connect(german.conninfo("watched"), autocommit=True) as connection:
        connection.execute(whole)
        connection.execute("COMMENT ON TABLE inside IS 'a'; DROP TABLE inside")
        rows = connection.execute(
            "SELECT sql_command, metadata ->> 'statement_is_whole' FROM script_tracking.current_execution"
            " WHERE 'public.inside' = ANY (affected_objects) ORDER BY version_number"
        ).fetchall()
    assert rows == [
        (whole, "true"),
        ("COMMENT ON TABLE inside IS 'a'", None),
        ("DROP TABLE inside", None),
    ]


def test_bound_parameters_do_not_pass_for_code(german: Server) -> None:
    """In the context they are the line after the DDL, where code that runs DDL would be; here in German."""
    statement = "/* at a time */ CREATE VIEW bound AS SELECT 1 AS id"
    with psycopg.connect(german.conninfo("watched"), autocommit=True) as connection:
        connection.execute("SET log_parameter_max_length_on_error = -1")
        connection.pgconn.exec_params(statement.encode(), [b"x"], [25])
        connection.execute("DROP VIEW bound")
        rows = connection.execute(
            "SELECT sql_command, metadata ->> 'statement_is_whole' FROM script_tracking.current_execution"
            " WHERE script_name = 'CREATE VIEW'"
        ).fetchall()
    assert rows == [(statement, None)]


@pytest.mark.parametrize("language", [None, *_MESSAGES])
def test_bound_parameters_are_known_in_each_language(installed: Database, language: str | None) -> None:
    texts = {} if language is None else _MESSAGES[language]
    own = "PL/pgSQL-Funktion event_trigger_ddl_end() Zeile 58 bei GET DIAGNOSTICS"
    query = "SELECT script_tracking.client_context(%(context)s)"
    for template in ("unnamed portal with parameters: %s", 'portal "%s" with parameters: %s'):
        line = texts.get(template, template)
        for value in ["p1"] * (line.count("%s") - 1) + ["$1 = 'x\ny'"]:
            line = line.replace("%s", value, 1)
        assert installed.value(query, {"context": f"{own}\n{line}"}) == own
    inner = texts.get('SQL statement "%s"', 'SQL statement "%s"').replace("%s", "CREATE TABLE t ()")
    assert installed.value(query, {"context": f"{own}\n{inner}"}) == f"{own}\n{inner}"
