"""What an execution waited for: from the server's log, and seen while it waits."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.tenants import tenants
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.ingested import ingest
from tests.support.logging_server import copy_logs, start_logging_server, wait_for
from tests.support.servers import Server
from tests.support.terminal import Terminal

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def waited(server: Server) -> Iterator[Server]:
    """A server that logs waits of more than 100 ms, with dbtrack installed."""
    waited = start_logging_server("log_lock_waits = on\ndeadlock_timeout = 100ms\n", server.major)
    try:
        with psycopg.connect(waited.conninfo(), autocommit=True) as connection:
            schema.install(Database.wrap(connection))
            connection.execute("CREATE TABLE orders (id int)")
        yield waited
    finally:
        waited.stop()


@contextmanager
def _held(server: Server, until: int = 1, seconds: float = 0.4) -> Iterator[int]:
    """Hold a lock on orders until so many sessions have waited for it for a while."""
    with (
        psycopg.connect(server.conninfo(), application_name="holder") as holder,
        psycopg.connect(server.conninfo(), autocommit=True) as watch,
    ):
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")

        def release() -> None:
            wait_for(lambda: (watch.execute(_WAITING).fetchone() or (0,))[0] >= until)
            time.sleep(seconds)
            holder.commit()

        releasing = threading.Thread(target=release)
        releasing.start()
        yield holder.info.backend_pid
        releasing.join()


def _waits(database: Database, key: bytes) -> list[tuple[Any, ...]]:
    return database.call("get_execution_waits", execution_key=key)


def _key(database: Database, statement: str) -> bytes:
    query = (
        "SELECT script_execution_hk FROM script_tracking.current_execution WHERE sql_command = %(statement)s"
    )
    return bytes(database.value(query, {"statement": statement}))


@pytest.mark.every_server
def test_the_log_tells_how_long_ddl_waited_and_for_whom(waited: Server, tmp_path: Path) -> None:
    with psycopg.connect(waited.conninfo(), autocommit=True) as session:
        with _held(waited) as pid:
            session.execute("ALTER TABLE orders ADD COLUMN one int")
        session.execute("SET lock_timeout = '300ms'")
        with _held(waited, seconds=0.6), pytest.raises(psycopg.errors.LockNotAvailable):
            session.execute("ALTER TABLE orders ADD COLUMN two int")
        session.execute("SET lock_timeout = 0")
        with _held(waited):
            session.execute("DO $$ BEGIN ALTER TABLE orders ADD COLUMN three int; END $$")
        # Not DDL: not kept.
        with _held(waited):
            session.execute("SELECT * FROM orders")
    copy_logs(waited, tmp_path)
    with psycopg.connect(waited.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        for suffix in ("log", "csv", "json"):
            for table in ("log_position", "logged_entry", "logged_wait", "execution_wait_s"):
                connection.execute(f"DELETE FROM script_tracking.{table}".encode())
            connection.execute("DELETE FROM script_tracking.script_execution_s WHERE script_type = 'DDL_LOG'")
            path = next(tmp_path.glob(f"*.{suffix}"))
            ingest(database, path)
            [(_, waited_ms, mode, name, holder)] = _waits(
                database, _key(database, "ALTER TABLE orders ADD COLUMN one int")
            )
            assert (mode, name) == ("AccessExclusiveLock", "public.orders")
            assert 300 < waited_ms < 60_000
            assert f"pid {pid}" in holder
            # It failed first: it waited until then, which the log does not say in so many words.
            [(_, waited_ms, *_)] = _waits(database, _key(database, "ALTER TABLE orders ADD COLUMN two int"))
            assert 250 < waited_ms < 60_000
            assert database.value("SELECT count(*) FROM script_tracking.execution_wait_s") == 3
            # Another copy of the log brings nothing new.
            connection.execute("DELETE FROM script_tracking.log_position")
            ingest(database, path)
            assert database.value("SELECT count(*) FROM script_tracking.execution_wait_s") == 3
            assert database.value("SELECT sum(waited_ms) > 600 FROM script_tracking.execution_waited")


def test_an_entry_waits_for_its_execution(waited: Server) -> None:
    """While the log is followed, the wait is read before the transaction that it was in commits."""
    statement = "ALTER TABLE orders ADD COLUMN four int"
    with (
        psycopg.connect(waited.conninfo()) as session,
        psycopg.connect(waited.conninfo(), autocommit=True) as other,
    ):
        database = Database.wrap(other)
        with _held(waited):
            session.execute(statement.encode())
        entry = {
            "entry_hash": "ab" * 32,
            "logged_at": str(database.value("SELECT clock_timestamp()")),
            "wait_state": "acquired",
            "waited_ms": "310.5",
            "backend_pid": session.info.backend_pid,
            "db_session_user": "postgres",
            "lock_mode": "AccessExclusiveLock",
            "lock_target": "transaction 12",
            "holder_pids": [],
            "statement": statement,
        }
        assert database.call_value("ingest_lock_waits", waits=json.dumps([entry])) == 1
        assert (
            database.value(
                "SELECT count(*) FROM script_tracking.logged_wait WHERE lock_target = 'transaction 12'"
            )
            == 1
        )
        session.commit()
        database.rows("SELECT * FROM script_tracking.maintain()")
        assert [row[1:4] for row in _waits(database, _key(database, statement))] == [
            (database.value("SELECT 310.5::numeric(15,3)"), "AccessExclusiveLock", "transaction 12")
        ]


@pytest.mark.any_server
def test_track_says_what_its_command_waits_for(waited: Server) -> None:
    """Seen twice, it is said once on a terminal, and recorded with the operation; a tenant sees no other's login."""
    words = (
        "track",
        "V44",
        "--",
        str(waited.bin_dir / "psql"),
        waited.conninfo(),
        "-Xqc",
        "ALTER TABLE orders ADD COLUMN five int",
    )
    environment = clean_environment(
        {"DBTRACK_DSN": waited.conninfo(), "DBTRACK_SPOOL": str(waited.directory / "spool")}
    )
    with (
        _held(waited, seconds=3.5) as pid,
        Terminal('dbtrack "$@"; echo "code=$?"', words, environment) as terminal,
    ):
        terminal.wait_for(
            f"dbtrack: V44 waits for AccessExclusiveLock on public.orders, held by postgres (pid {pid}"
        )
        terminal.wait_for("code=0")
        assert terminal.seen.count("waits for") == 1
    with psycopg.connect(waited.conninfo(), autocommit=True) as connection:
        database = Database.wrap(connection)
        query = (
            "SELECT script_execution_hk FROM script_tracking.current_execution WHERE script_name = %(name)s"
        )
        key = bytes(database.value(query, {"name": "V44"}))
        [(_, waited_ms, mode, name, holder)] = _waits(database, key)
        assert (mode, name) == ("AccessExclusiveLock", "public.orders")
        assert waited_ms > 1000
        assert "LOCK TABLE orders" in holder
        # The DDL inside it shows it too.
        assert len(_waits(database, _key(database, "ALTER TABLE orders ADD COLUMN five int"))) == 1

        connection.execute("CREATE ROLE eve LOGIN IN ROLE dbtrack_reader")
        tenants.add_tenant(database, "acme")
        tenants.grant_tenant(database, "eve", "acme", is_default=True)
        acme = database.value("SELECT tenant_hk FROM script_tracking.tenant_h")
        for table in ("script_execution_h", "script_execution_s", "execution_wait_s"):
            database.execute(
                f"UPDATE script_tracking.{table} SET tenant_hk = %(acme)s WHERE script_execution_hk = %(key)s",
                {"acme": acme, "key": key},
            )
        with psycopg.connect(make_conninfo(waited.conninfo(), user="eve"), autocommit=True) as eve:
            [(*_, holder)] = _waits(Database.wrap(eve), key)
            assert holder == f"pid {pid}"
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                eve.execute("SELECT holders FROM script_tracking.execution_wait_s")
            assert eve.execute("SELECT count(*) FROM script_tracking.execution_waited").fetchone() == (1,)


@pytest.mark.any_server
def test_top_shows_who_waits_for_whom_and_status_what_is_open(waited: Server) -> None:
    conninfo = waited.conninfo()
    environment = {"DBTRACK_DSN": conninfo}
    statement = "ALTER TABLE orders ADD COLUMN six int"
    words = [str(waited.bin_dir / "psql"), conninfo, "-Xqc", statement]
    with psycopg.connect(conninfo, application_name="holder") as holder:
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with (
            subprocess.Popen(words, env=clean_environment()) as waiting,
            psycopg.connect(conninfo, autocommit=True) as watch,
        ):
            wait_for(lambda: (watch.execute(_WAITING).fetchone() or (0,))[0] >= 1)
            top = run_dbtrack("top", "--format", "json", environment=environment)
            screen = run_dbtrack("top", environment=environment).stdout
            holder.commit()
            assert waiting.wait() == 0
    [running] = next(part["rows"] for part in json.loads(top.stdout)["sections"] if part["name"] == "running")
    assert (running["statement"], running["lock_mode"]) == (statement, "AccessExclusiveLock")
    assert running["holders"][0]["application"] == "holder"
    assert "held by postgres (pid" in " ".join(screen.split())

    run_dbtrack("reconcile", environment=environment)
    run_dbtrack("track", "V50", "--", "false", environment=environment)
    found = run_dbtrack("status", "--format", "json", environment=environment)
    checks = {row["area"]: row for row in json.loads(found.stdout)["rows"]}
    assert found.returncode == 3, checks
    assert checks["failures"]["next_step"] == "dbtrack errors --open"
    assert checks["failures"]["current_status"] == "WARNING"
    # Other tests of this module change rows by hand, which doctor finds.
    assert checks["capture"]["current_status"] == "OK", checks
    assert {"installation", "reconcile", "verify", "spool", "log", "rollups"} <= checks.keys()
    nagios = run_dbtrack("status", "--format", "nagios", environment=environment)
    # One failure among few operations is a low rate of success, too.
    assert (nagios.returncode, nagios.stdout.split(" - ")[0]) == (2, "DBTRACK CRITICAL")
    assert "failures: " in nagios.stdout
    away = run_dbtrack("status", "--format", "nagios", environment={"DBTRACK_DSN": "host=/nowhere"})
    assert (away.returncode, away.stdout.split(" - ")[0]) == (3, "DBTRACK UNKNOWN")
