"""Through PgBouncer in transaction mode: everything works, and nothing is left behind in a session that others get."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from dbtrack import Tracker, retention, schema
from dbtrack.db import Database
from dbtrack.reports import REPORTS
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.dumps import database_name
from tests.support.pooler import Pooler, find_pgbouncer, running_pooler
from tests.support.required import missing
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

pytestmark = pytest.mark.any_server

_EXECUTIONS = """
SELECT script_name, execution_status, db_session_user, affected_objects
FROM script_tracking.current_execution
WHERE record_source NOT LIKE 'administration@%' ORDER BY execution_timestamp
"""
_LEFT_BEHIND = """
SELECT name, setting FROM pg_settings
WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone')
UNION ALL SELECT 'dbtrack.execution', current_setting('dbtrack.execution', true)
WHERE current_setting('dbtrack.execution', true) <> ''
"""


@dataclass(frozen=True)
class Pooled:
    """A tracked database behind a pooler, and the role that comes through it."""

    pooler: Pooler
    server: Server
    database: str
    login: str

    @property
    def conninfo(self) -> str:
        """Through the pooler, as the role."""
        return self.pooler.conninfo(self.database, self.login)

    @property
    def environment(self) -> dict[str, str]:
        """The same for child processes, the server's programs in PATH."""
        path = {"PATH": f"{self.server.bin_dir}{os.pathsep}{os.environ['PATH']}"}
        return path | self.pooler.environment(self.database, self.login)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection through the pooler, without prepared statements."""
        return psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=None)


@pytest.fixture
def pooled(server: Server, installed_conninfo: str, role: RoleFactory) -> Iterator[Pooled]:
    """A tenant's role that may track and create tables, behind a PgBouncer with one session."""
    program = find_pgbouncer()
    if program is None:
        missing("PgBouncer", "apt-get install pgbouncer")
    login, database = role("app", member_of=["dbtrack_operator"]), database_name(installed_conninfo)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(f"GRANT CREATE ON SCHEMA public TO {login}".encode())
        connection.execute("SELECT script_tracking.add_tenant('acme', 'Acme')")
        connection.execute("SELECT script_tracking.grant_tenant(%s, 'acme', true)", (login,))
    with running_pooler(program, server, [login, "postgres"]) as pooler:
        yield Pooled(pooler, server, database, login)


def executions(pooled: Pooled) -> list[tuple[object, ...]]:
    with psycopg.connect(pooled.server.conninfo(pooled.database)) as connection:
        return [row for row in connection.execute(_EXECUTIONS).fetchall() if row[0] != "GRANT"]


def left_behind(pooled: Pooled) -> list[tuple[object, ...]]:
    """Return what the pooler's next client finds set in the session."""
    with pooled.connect() as connection:
        return connection.execute(_LEFT_BEHIND).fetchall()


def test_every_report_runs(pooled: Pooled) -> None:
    with pooled.connect() as connection:
        connection.execute("CREATE TABLE orders ()")
    for name in (name for name, report in REPORTS.items() if report.part_of is None):
        result = run_dbtrack(name, "--format", "jsonl", environment=pooled.environment)
        assert (result.returncode, result.stderr) == (0, ""), name
    (only,) = rows(run_dbtrack("history", "--format", "jsonl", environment=pooled.environment))
    assert only["affected_objects"] == ["public.orders"]
    assert left_behind(pooled) == []


def test_ddl_is_recorded_with_the_login_that_came_through(pooled: Pooled) -> None:
    with pooled.connect() as connection:
        connection.execute("CREATE TABLE orders ()")
    assert executions(pooled) == [("CREATE TABLE", "COMPLETED", pooled.login, ["public.orders"])]


def test_a_wrapped_command_runs_and_the_next_client_finds_its_session_clean(pooled: Pooled) -> None:
    command = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-qc", "CREATE TABLE orders ()"]
    result = run_dbtrack("track", "add orders", "--", *command, environment=pooled.environment)
    assert (result.returncode, "through a pooler" in result.stderr) == (0, True), result.stderr
    assert [row[:3] for row in executions(pooled)] == [
        ("add orders", "COMPLETED", pooled.login),
        ("CREATE TABLE", "COMPLETED", pooled.login),
    ]
    assert left_behind(pooled) == []


def test_a_pooler_that_refuses_the_link_is_noticed(pooled: Pooled) -> None:
    create = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-qc", "CREATE TABLE orders ()", pooled.conninfo]
    direct = {"DBTRACK_DSN": pooled.server.conninfo(pooled.database, pooled.login)}
    refused = run_dbtrack("track", "job", "--", *create, environment=direct)
    assert refused.returncode == 2
    assert "run it again with --no-link" in refused.stderr
    done(run_dbtrack("track", "job", "--no-link", "--", *create, environment=direct))
    (child,) = rows(run_dbtrack("history", "--type", "DDL_AUTO", "--format", "jsonl", environment=direct))
    assert child["affected_objects"] == ["public.orders"]
    with psycopg.connect(pooled.server.conninfo(pooled.database)) as connection:
        links = "SELECT count(*) FROM script_tracking.script_execution_parent_l"
        assert connection.execute(links).fetchone() == (1,)


def test_without_a_link_nothing_is_said_of_the_pooler(pooled: Pooled) -> None:
    done(run_dbtrack("track", "add orders", "--no-link", "--", "true", environment=pooled.environment))


def test_a_wrapped_command_outlives_the_session_that_recorded_its_start(pooled: Pooled) -> None:
    # The pooler itself ends one that was idle for server_idle_timeout, ten minutes.
    command = ["psql", "-Xqo", "/dev/null", "-d", pooled.server.conninfo(pooled.database)]
    command += [
        "-c",
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{pooled.login}'",
    ]
    command += ["-c", "SELECT script_tracking.maintain()"]
    done(run_dbtrack("track", "long", "--no-link", "--", *command, environment=pooled.environment))
    versions = (
        "SELECT execution_status FROM script_tracking.script_execution_s"
        " WHERE record_source NOT LIKE 'administration@%' ORDER BY version_number"
    )
    assert pooled.server.psql(f"{versions} OFFSET 1", pooled.database).split() == ["RUNNING", "COMPLETED"]


def test_an_operation_is_opened_and_closed_by_two_commands(pooled: Pooled) -> None:
    key = done(run_dbtrack("track", "load", environment=pooled.environment)).strip()
    done(run_dbtrack("complete", key, "--failed", "--error", "no space", environment=pooled.environment))
    (failed,) = rows(run_dbtrack("errors", "--each", "--format", "jsonl", environment=pooled.environment))
    assert failed["error_message"] == "no space"
    assert left_behind(pooled) == []


def test_a_tracker_records_on_a_connection_of_its_own(pooled: Pooled) -> None:
    with Tracker(pooled.conninfo, pooled=True, on_error="raise") as tracker:
        with tracker.operation("load"):
            pass
        with tracker.batch() as batch:
            for number in range(3):
                with batch.operation(f"item {number}"):
                    pass
    names = [row[:2] for row in executions(pooled)]
    assert names == [(name, "COMPLETED") for name in ("load", "item 0", "item 1", "item 2")]
    assert left_behind(pooled) == []


def test_a_tracker_on_a_pooled_connection_links_the_ddl_of_its_transaction_only(pooled: Pooled) -> None:
    with pooled.connect() as connection:
        tracker = Tracker(connection, pooled=True, on_error="raise")
        with connection.transaction(), tracker.operation("migrate") as operation:
            connection.execute("CREATE TABLE orders ()")
        assert operation.key is not None
        key = operation.key.hex()
        tracker.close()
    assert [row[:2] for row in executions(pooled)] == [
        ("migrate", "COMPLETED"),
        ("CREATE TABLE", "COMPLETED"),
    ]
    assert "public.orders" in done(run_dbtrack("show", key, environment=pooled.environment))
    assert left_behind(pooled) == []


def test_an_administrator_can_do_everything_through_the_pooler(pooled: Pooled) -> None:
    with psycopg.connect(pooled.pooler.conninfo(pooled.database, "postgres"), autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database)
        assert retention.maintain(database).tasks
        assert retention.cleanup(database, days=30).executions == 0
        assert schema.diagnose(database) == []
