"""Every error of the server, one line of ours and the documented exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database, quote_identifier
from dbtrack.errors import (
    DbtrackError,
    ExitCode,
    LockedError,
    NoConnectionError,
    NotInstalledError,
    PermissionDeniedError,
    QueryError,
    UsageError,
)
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory


def connect(conninfo: str) -> Database:
    return Database.connect(resolve_target(ConnectionOptions(dbname=conninfo), {}))


@pytest.fixture
def database(database_conninfo: str) -> Iterator[Database]:
    with connect(database_conninfo) as database:
        yield database


def _fail(database: Database, query: str) -> DbtrackError:
    with pytest.raises(DbtrackError) as caught:
        database.execute(query)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "query",
    [
        "SELECT FROM script_tracking.script_execution_h",
        "SELECT script_tracking.get_execution_history()",
        "SELECT NULL::script_tracking.something",
    ],
)
@pytest.mark.parametrize("has_schema", [False, True], ids=["nothing", "older"])
def test_missing_dbtrack_says_install(database: Database, query: str, has_schema: bool) -> None:
    if has_schema:
        database.execute("CREATE SCHEMA script_tracking")
    error = _fail(database, query)
    assert isinstance(error, NotInstalledError)
    assert error.hint == "run: dbtrack install"


def test_other_missing_tables_are_not_our_installation(database: Database) -> None:
    error = _fail(database, "SELECT FROM orders")
    assert isinstance(error, QueryError)
    assert (error.sqlstate, error.message) == ("42P01", 'relation "orders" does not exist')


@pytest.mark.parametrize(
    ("query", "message", "granted"),
    [
        ("SELECT FROM script_tracking.history", "schema script_tracking", "dbtrack_reader"),
        ("SELECT FROM secret", "table secret", "dbtrack_reader"),
        ("SELECT track_operation()", "function track_operation", "dbtrack_operator"),
        ("SELECT get_history()", "function get_history", "dbtrack_reader"),
        ("SELECT maintain()", "function maintain", "dbtrack_admin"),
    ],
)
def test_missing_right_names_the_thing_and_the_role(
    database: Database, role: RoleFactory, query: str, message: str, granted: str
) -> None:
    database.run_script("CREATE SCHEMA script_tracking; CREATE TABLE secret ()")
    for function in ("track_operation", "get_history", "maintain"):
        database.run_script(f"CREATE FUNCTION {function}() RETURNS integer LANGUAGE sql RETURN 1")
        database.run_script(f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC")
    database.execute(f"SET ROLE {quote_identifier(role())}")
    error = _fail(database, query)
    assert isinstance(error, PermissionDeniedError)
    assert error.message == f"permission denied for {message}"
    assert f"GRANT {granted} TO your login" in (error.hint or "")


def test_lock_that_is_unavailable(database: Database, database_conninfo: str) -> None:
    database.execute("CREATE TABLE busy ()")
    with psycopg.connect(database_conninfo) as other:
        other.execute("LOCK TABLE busy")
        error = _locked(database)
    assert isinstance(error, LockedError)
    assert error.exit_code == ExitCode.LOCKED


def _locked(database: Database) -> DbtrackError:
    with pytest.raises(DbtrackError) as caught, database.transaction():
        database.execute("LOCK TABLE busy NOWAIT")
    return caught.value


def test_read_only_server(database: Database) -> None:
    database.execute("SET default_transaction_read_only = on")
    error = _fail(database, "CREATE TABLE note ()")
    assert "read-only (a standby?)" in error.message
    assert error.hint == "connect to the primary server"


@pytest.mark.parametrize(
    ("sqlstate", "kind", "exit_code"),
    [
        ("DT001", DbtrackError, ExitCode.FAILED),
        ("DT002", DbtrackError, ExitCode.FAILED),
        ("DT003", UsageError, ExitCode.USAGE),
        ("DT004", DbtrackError, ExitCode.FAILED),
        ("DT005", LockedError, ExitCode.LOCKED),
        ("DT006", UsageError, ExitCode.USAGE),
    ],
)
def test_our_own_functions_speak_to_the_user(
    database: Database, sqlstate: str, kind: type[DbtrackError], exit_code: ExitCode
) -> None:
    error = _fail(
        database,
        f"DO $$ BEGIN RAISE EXCEPTION 'what is wrong' USING ERRCODE = '{sqlstate}', HINT = 'do this'; END $$",
    )
    assert type(error) is kind
    assert (error.message, error.hint, error.exit_code) == ("what is wrong", "do this", exit_code)


def test_anything_else_is_the_servers_primary_message(database: Database) -> None:
    error = _fail(database, "SELECT 1 / 0")
    assert isinstance(error, QueryError)
    assert (error.message, error.sqlstate) == ("division by zero", "22012")


def test_statement_timeout_is_an_error_of_the_statement(database: Database) -> None:
    database.execute("SET statement_timeout = 20")
    error = _fail(database, "SELECT pg_sleep(5)")
    assert isinstance(error, QueryError)
    assert error.sqlstate == "57014"


def test_connection_lost_in_the_middle(database: Database, database_conninfo: str) -> None:
    pid = database.value("SELECT pg_backend_pid()")
    with psycopg.connect(database_conninfo, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    for _ in range(2):
        error = _fail(database, "SELECT 1")
        assert isinstance(error, NoConnectionError)
        assert error.message.startswith("the connection was lost: ")


def test_text_that_is_not_utf8(database: Database) -> None:
    with pytest.raises(UsageError, match="not valid UTF-8"):
        database.value("SELECT %(name)s", {"name": "caf\udce9"})
    with pytest.raises(QueryError, match="NUL"):
        database.value("SELECT %(name)s", {"name": "a\0b"})
    assert database.value("SELECT 1") == 1


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"dbname": "nowhere"}, 'database "nowhere" does not exist'),
        ({"user": "nobody_here"}, 'role "nobody_here" does not exist'),
        ({"port": "1"}, "No such file or directory"),
        ({"host": "name.invalid"}, "name.invalid"),
        ({"service": "nowhere"}, 'definition of service "nowhere" not found'),
    ],
)
def test_refused_connection(server: Server, keywords: dict[str, str], message: str) -> None:
    with pytest.raises(NoConnectionError) as caught:
        connect(make_conninfo(server.conninfo(), **keywords))
    assert message in caught.value.message
    assert "\n" not in str(caught.value)


def test_ctrl_c_cancels_the_query_and_rolls_back(database: Database, database_conninfo: str) -> None:
    database.execute("CREATE TABLE note (text text)")
    code = (
        "import sys\n"
        "from dbtrack.config import ConnectionOptions, resolve_target\n"
        "from dbtrack.db import Database\n"
        "database = Database.connect(resolve_target(ConnectionOptions(dbname=sys.argv[1]), {}))\n"
        "try:\n"
        "    with database.transaction():\n"
        "        database.execute('INSERT INTO note VALUES (1)')\n"
        "        database.execute('SELECT pg_sleep(60)')\n"
        "except KeyboardInterrupt:\n"
        "    print('usable', database.value('SELECT 1'))\n"
    )
    sleeping = (
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, database_conninfo], stdout=subprocess.PIPE, text=True
    ) as process:
        while not database.value(sleeping):
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert output == "usable 1\n"
    assert database.value(sleeping) == 0
    assert database.value("SELECT count(*) FROM note") == 0
