"""Texts made to be hard to redact stop neither a command nor DDL nor what comes after them in a log."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from dbtrack.db import Database
from tests.support.ingested import ingest, summary
from tests.support.logging_server import copy_logs, run_all
from tests.support.servers import Server
from tests.support.spooled import Place

SECRET = "Zq7Xmark"
NESTED = " ".join(f"$t{number}$" for number in range(3000))
# A regular expression with a back reference took more than 20 seconds for 5,000 characters of this.
_HARD = {
    "nested": NESTED,
    "nested with ends": f"{NESTED} '{SECRET}' {' '.join(reversed(NESTED.split()))}",
    "many": "$$a$$, " * 5000,
    "comments": "/* " * 20_000,
    "words": "token=a " * 10_000,
    "quotes": "E'\\'' " * 10_000,
}


def test_a_command_with_nested_dollar_quotes_runs(
    server: Server, installed_conninfo: str, tmp_path: Path
) -> None:
    place = Place(server, installed_conninfo, tmp_path / "spool")
    text = f"password '{SECRET}' {NESTED}"
    result = place.run(
        "track",
        "job",
        "--",
        "sh",
        "-c",
        'echo ran; echo "$1" >&2; echo "$1" | cut -c11-18 >&2; exit 3',
        "sh",
        text,
    )
    assert (result.returncode, result.stdout) == (3, "ran\n")
    with psycopg.connect(installed_conninfo) as connection:
        [(status, row)] = connection.execute(
            "SELECT execution_status, e::text FROM script_tracking.current_execution AS e WHERE script_name = 'job'"
        ).fetchall()
    assert status == "FAILED"
    assert SECRET not in row


def test_the_log_is_read_on_after_a_statement_of_nested_dollar_quotes(
    logging: Server, tmp_path: Path
) -> None:
    run_all(
        logging.conninfo(),
        f"CREATE TABLE hard (a nosuch DEFAULT 'password {SECRET}'); SELECT {NESTED}",
        f"CREATE TABLE hard (password nosuch DEFAULT '{SECRET}') {NESTED}",
        "CREATE TABLE after_it (a nosuch)",
    )
    with psycopg.connect(logging.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        ingest(database, *copy_logs(logging, tmp_path, "csv").iterdir())
        assert summary(database)[-1] == ("CREATE TABLE", "FAILED", "42704")
        assert len(summary(database)) >= 2
        assert SECRET not in str(database.rows("SELECT e::text FROM script_tracking.current_execution AS e"))


@pytest.mark.every_server
@pytest.mark.parametrize("hard", _HARD.values(), ids=_HARD)
def test_the_functions_do_not_run_for_long(installed: Database, hard: str) -> None:
    installed.execute("SET statement_timeout = '60s'")
    text = f"SELECT 'password {SECRET}', {hard}"
    kept, message = installed.rows(
        "SELECT script_tracking.redact_statement(%(text)s, 'secrets', 1000000), script_tracking.redact_message(%(text)s)",
        {"text": text},
    )[0]
    assert SECRET not in kept
    assert len(message) > 0


def test_ddl_with_nested_dollar_quotes_is_recorded(installed: Database) -> None:
    installed.execute("SET statement_timeout = '60s'")
    installed.execute(f"CREATE TABLE hard (password text DEFAULT '{SECRET}', b text DEFAULT $x${NESTED}$x$)")
    [(statement,)] = installed.rows(
        "SELECT sql_command FROM script_tracking.current_execution WHERE script_name = 'CREATE TABLE'"
    )
    assert statement == "CREATE TABLE hard (password text DEFAULT '', b text DEFAULT $$$$)"


def test_metadata_that_nests_deeply_is_marked(installed: Database) -> None:
    installed.rows(
        "SELECT script_tracking.track_operation('deep', metadata => (repeat('{\"a\":', 3000) || '1' || repeat('}', 3000))::jsonb)"
    )
    [(mark,)] = installed.rows(
        "SELECT metadata ->> 'metadata' FROM script_tracking.current_execution WHERE script_name = 'deep'"
    )
    assert mark == "[redacted: nested too deeply]"
