"""What `Database` does with a real server: values, types, transactions, streams, notices."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import ColumnInfo, Database, Jsonb, quote_identifier, quote_literal
from dbtrack.errors import QueryError
from tests.support.servers import Server
from tests.support.servers.sandbox import drop_database


def connect(conninfo: str) -> Database:
    return Database.connect(resolve_target(ConnectionOptions(dbname=conninfo), {}))


@pytest.fixture
def database(database_conninfo: str) -> Iterator[Database]:
    with connect(database_conninfo) as database:
        yield database


def test_rows_row_and_value(database: Database) -> None:
    query = "SELECT n, n * %(factor)s FROM generate_series(1, %(count)s) AS n"
    assert database.rows(query, {"factor": 10, "count": 2}) == [(1, 10), (2, 20)]
    assert database.row(query, {"factor": 10, "count": 2}) == (1, 10)
    assert database.value(query, {"factor": 10, "count": 2}) == 1
    assert database.row(query, {"factor": 10, "count": 0}) is None
    assert database.value(query, {"factor": 10, "count": 0}) is None


def test_statement_without_rows(database: Database) -> None:
    assert database.rows("CREATE TABLE note (text text)") == []
    assert database.row("INSERT INTO note VALUES ('a')") is None
    assert database.execute("INSERT INTO note VALUES ('b'), ('c')") == 2
    assert database.execute("CREATE TABLE other ()") == 0


def test_result_tells_names_and_types(database: Database) -> None:
    database.run_script("CREATE TYPE mood AS ENUM ('calm')")
    result = database.result(
        "SELECT 1::bigint AS a, now() AS b, '{}'::text[] AS c, 'x'::varchar(9) AS d, '{}'::jsonb AS e,"
        " '\\x00'::bytea AS f, 1.5::numeric(4, 2) AS g"
    )
    assert result.columns == [
        ColumnInfo("a", "int8"),
        ColumnInfo("b", "timestamptz"),
        ColumnInfo("c", "text[]"),
        ColumnInfo("d", "varchar"),
        ColumnInfo("e", "jsonb"),
        ColumnInfo("f", "bytea"),
        ColumnInfo("g", "numeric"),
    ]
    assert database.result("SELECT 'calm'::mood").rows == [("calm",)]
    assert database.result("SELECT 1 AS a WHERE false").columns == [ColumnInfo("a", "int4")]


def test_script_may_hold_percent_signs_and_many_statements(database: Database) -> None:
    database.run_script("CREATE TABLE note (text text); INSERT INTO note VALUES ('100 %s %');")
    assert database.value("SELECT text FROM note WHERE text LIKE '%s%'") == "100 %s %"


def test_failing_script_leaves_nothing(database: Database) -> None:
    with pytest.raises(QueryError):
        database.run_script("CREATE TABLE note (); SELECT 1 / 0;")
    assert database.value("SELECT to_regclass('note')") is None


def test_transaction_is_all_or_nothing(database: Database) -> None:
    database.execute("CREATE TABLE note (text text)")
    with pytest.raises(QueryError):
        _insert(database, "lost", then="SELECT 1 / 0")
    with database.transaction():
        _insert(database, "kept")
        with pytest.raises(QueryError):
            _insert(database, "inner", then="SELECT 1 / 0")
    assert database.rows("SELECT text FROM note") == [("kept",)]


def _insert(database: Database, text: str, then: str = "SELECT 1") -> None:
    with database.transaction():
        database.execute("INSERT INTO note VALUES (%(text)s)", {"text": text})
        database.execute(then)


def test_error_at_commit_is_translated(database: Database) -> None:
    database.execute("CREATE TABLE note (text text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    _insert(database, "twice")
    with pytest.raises(QueryError) as caught:
        _insert(database, "twice")
    assert caught.value.sqlstate == "23505"


def test_streams_nest_and_can_be_left_early(database: Database) -> None:
    outer = database.stream("SELECT n FROM generate_series(1, %(count)s) AS n", {"count": 5}, batch_rows=2)
    assert next(outer) == (1,)
    assert list(database.stream("SELECT 7")) == [(7,)]
    assert next(outer) == (2,)
    del outer
    assert database.value("SELECT 1") == 1
    assert database.raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_error_in_a_stream_is_translated(database: Database) -> None:
    with pytest.raises(QueryError):
        list(database.stream("SELECT 1 / (3 - n) FROM generate_series(1, 9) AS n", batch_rows=1))
    assert database.value("SELECT 1") == 1


@pytest.mark.newest
@pytest.mark.slow
def test_stream_of_a_million_rows_needs_constant_memory(database_conninfo: str) -> None:
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from dbtrack.config import ConnectionOptions, resolve_target\n"
        "from dbtrack.db import Database\n"
        "database = Database.connect(resolve_target(ConnectionOptions(dbname=sys.argv[1]), {}))\n"
        "query = 'SELECT repeat(chr(120), 300) FROM generate_series(1, 1000000)'\n"
        "count = sum(1 for row in database.stream(query))\n"
        # Not getrusage: a child's peak begins with that of the process that started it.
        "peak = re.search(r'VmHWM:\\s*([0-9]+) kB', Path('/proc/self/status').read_text())\n"
        "print(count, int(peak[1]) // 1024 < 150)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, database_conninfo], capture_output=True, text=True, check=True
    )
    assert done.stdout == "1000000 True\n"


def test_warnings_arrive_and_notices_do_not(database: Database) -> None:
    heard: list[str] = []
    database.on_notice(lambda notice: heard.append(notice.message))
    database.run_script(
        "DO $$ BEGIN RAISE NOTICE 'chatter'; RAISE WARNING 'mind' USING HINT = 'the gap'; END $$"
    )
    assert heard == ["mind"]
    assert [(notice.message, notice.hint) for notice in database.notices] == [("mind", "the gap")]


def test_facts_about_the_server(database: Database, server: Server) -> None:
    assert database.server_version // 10000 == server.major
    assert database.in_recovery is False
    assert database.name == database.value("SELECT current_database()")


def test_server_is_told_who_we_are_and_nothing_else(
    database_conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(database_conninfo) as database:
        assert database.value("SELECT current_setting('application_name')") == "dbtrack"
        # PgBouncer refuses to connect with start-up options of ours.
        assert "options" not in database.raw.info.get_parameters()
        assert database.raw.prepare_threshold is None
    monkeypatch.setenv("PGAPPNAME", "nightly")
    with connect(database_conninfo) as database:
        assert database.value("SELECT current_setting('application_name')") == "nightly"


def test_dates_are_read_whatever_the_databases_styles(database_conninfo: str) -> None:
    with connect(database_conninfo) as database:
        name = quote_identifier(database.name)
        database.run_script(f"ALTER DATABASE {name} SET DateStyle = 'German, DMY'")
        database.run_script(f"ALTER DATABASE {name} SET IntervalStyle = 'iso_8601'")
    with connect(database_conninfo) as database:
        moment, length = database.rows("SELECT '2026-01-15 14:30+00'::timestamptz, '2 days'::interval")[0]
        assert (moment.isoformat()[:10], length.days) == ("2026-01-15", 2)


def test_database_without_an_encoding_is_readable(server: Server) -> None:
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    try:
        with connect(server.conninfo("bytes")) as database:
            row = database.row(r"SELECT E'caf\xe9', ARRAY[E'\xe9'], E'{\"k\": \"\xe9\"}'::json, 'é'")
            assert row == ("caf\\xe9", ["\\xe9"], {"k": "\ufffd"}, "é")
            assert list(database.stream(r"SELECT E'\xe9'::varchar, 'é'")) == [("\\xe9", "é")]
            assert database.value("SELECT %(name)s::regtype || 'é'", {"name": "text"}) == "texté"
    finally:
        drop_database(server, "bytes")


def test_wrapped_connection_stays_its_owners(database_conninfo: str) -> None:
    with psycopg.connect(database_conninfo, row_factory=dict_row) as connection:
        with Database.wrap(connection) as database:
            assert database.rows("SELECT 1") == [(1,)]
            assert list(database.stream("SELECT 2")) == [(2,)]
        assert connection.execute("SELECT 3 AS n").fetchone() == {"n": 3}


def test_quoting(database: Database) -> None:
    awkward = "a\"b'c\\d"
    statement = f"SELECT {quote_literal(awkward)} AS {quote_identifier(awkward)}"
    result = database.result(statement)
    assert (result.columns[0].name, result.rows) == (awkward, [(awkward,)])
    assert database.value("SELECT %(value)s -> 'k'", {"value": Jsonb({"k": 1})}) == 1
