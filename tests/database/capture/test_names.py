"""Names and encodings that are easily got wrong."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.recorded import Record
from tests.support.servers import Server
from tests.support.servers.sandbox import drop_database

pytestmark = pytest.mark.every_server

NAMES = [
    "with space",
    'quo"te',
    '"',
    "apo'strophe",
    "new\nline",
    "tab\tand\\backslash",
    "Ünïcode → 🐘",
    "n" * 63,
    "é" * 31 + "x",
    "select",
    "$$dollar$$",
    "-- comment",
    "/* comment",
    "{a,b}",
    "NULL",
    "a.b",
    "%s",
    "table[]",
    "[bold]",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_recorded_as_postgresql_quotes_it(shared_record: Record, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    row = shared_record.connection.execute("SELECT 'public.' || quote_ident(%s)", (name,)).fetchone()
    assert row
    statements = [
        f"CREATE TABLE {quoted} ({quoted} int)",
        f"COMMENT ON COLUMN {quoted}.{quoted} IS 'x'",
        f"ALTER TABLE {quoted} DROP COLUMN {quoted}",
        f"DROP TABLE {quoted}",
    ]
    executions = shared_record.of(*statements)
    column = row[0] + row[0].removeprefix("public")
    assert [execution.objects for execution in executions] == [[row[0]], [column], [row[0], column], [row[0]]]
    assert [execution.statement for execution in executions] == statements


@pytest.mark.parametrize(
    ("encoding", "client_encoding", "name"),
    [
        ("UTF8", "LATIN1", "é"),
        ("UTF8", "EUC_JP", "日本"),
        ("LATIN1", "UTF8", "é"),
        ("LATIN1", "LATIN1", "ÿ"),
        ("EUC_JP", "UTF8", "日本"),
        ("SQL_ASCII", "UTF8", "é"),
    ],
)
def test_a_name_is_recorded_in_every_encoding(
    server: Server, encoded_database: str, client_encoding: str, name: str
) -> None:
    with psycopg.connect(encoded_database, autocommit=True) as connection:
        schema.install(Database.wrap(connection))
        record = Record(connection)
        before = record.mark()
        with psycopg.connect(encoded_database, client_encoding=client_encoding, autocommit=True) as client:
            client.execute(f'CREATE TABLE "{name}" ()')  # a str: in the client's encoding
            client.execute(f'DROP TABLE "{name}"')
        executions = record.since(before)
        assert [(e.tag, e.objects) for e in executions] == [
            ("CREATE TABLE", [f'public."{name}"']),
            ("DROP TABLE", [f'public."{name}"']),
        ]
        assert executions[0].statement == f'CREATE TABLE "{name}" ()'
        assert [warning for warning in record.warnings if "dbtrack" in warning] == []


@pytest.mark.parametrize("encoding", ["SQL_ASCII"])
def test_bytes_of_no_encoding_are_recorded(encoded_database: str) -> None:
    with psycopg.connect(encoded_database, autocommit=True) as connection:
        schema.install(Database.wrap(connection))
        before = Record(connection).mark()
        connection.execute("SET client_encoding = 'SQL_ASCII'")
        connection.execute(b'CREATE TABLE "\xff\xfe" ()')
        connection.execute(b'DROP TABLE "\xff\xfe"')
        rows = connection.execute(
            "SELECT encode(affected_objects[1]::bytea, 'hex') FROM script_tracking.script_execution_s"
            " WHERE version_number > %s",
            (before,),
        ).fetchall()
        assert rows == [(b'public."\xff\xfe"'.hex().encode(),)] * 2


@pytest.fixture
def encoded_database(server: Server, encoding: str) -> Iterator[str]:
    """An empty database of this encoding, whatever the server's own is."""
    name = f"test_{secrets.token_hex(4)}"
    statement = f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C' STRATEGY wal_log"
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute(statement.encode())
    yield psycopg.conninfo.make_conninfo(server.conninfo(name), client_encoding="UTF8")
    drop_database(server, name)
