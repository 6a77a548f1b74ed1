"""A tracked database, dumped and restored: nothing is lost, nothing doubled, and recording continues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.db import Database
from tests.support.dumps import additions, attempt, call, content, database_name
from tests.support.history import make_month, past_execution
from tests.support.servers import Sandbox, Server, find_binaries, found_majors, start_server

FORMATS = {
    "custom": ("--format=custom",),
    "directory": ("--format=directory",),
    "plain": (),
}
HISTORY = {
    "script_tracking.script_execution_h",
    "script_tracking.script_execution_s",
    "script_tracking.object_s",
}
# pg_dump writes a DROP for the primary key of each partition (until 16.2 for each index), which the server refuses:
# they go with those of the whole table.
REFUSED_DROP = re.compile(r"cannot drop inherited constraint|cannot drop index .* requires it")
_ATTRIBUTE_VERSION = re.compile(r"^ALTER TABLE .* SET \(pg_attver=\d+\);\n", re.MULTILINE)


@pytest.fixture
def tracked(installed_conninfo: str) -> str:
    """A database with something in every corner: tenants, settings, an old month, open and closed operations."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        database.run_script(_CONTENT)
        long_ago = datetime.now(UTC) - timedelta(days=100)
        make_month(database, long_ago.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
        past_execution(database, "long ago", long_ago, ended=long_ago + timedelta(seconds=5))
        connection.execute(
            "SELECT script_tracking.track_operation('open', 'MANUAL', bound_to_connection => true)"
        )
    return installed_conninfo


_CONTENT = """
CREATE SCHEMA acme;
SELECT script_tracking.add_tenant('acme', 'Acme');
SELECT script_tracking.map_tenant_schema('acme', 'acme');
SELECT script_tracking.set_setting('retention.days', '90');
CREATE TABLE acme.orders (id serial PRIMARY KEY, note text);
INSERT INTO acme.orders (note) VALUES ('one'), ('two');
CREATE MATERIALIZED VIEW acme.order_count AS SELECT count(*) FROM acme.orders;
SELECT script_tracking.complete_operation(script_tracking.track_operation('closed'), false, 'it broke');
CREATE TABLE acme.gone ();
DROP TABLE acme.gone;
"""


@pytest.fixture
def installed_anew(sandbox: Sandbox) -> str:
    """Another database with dbtrack, and records of its own."""
    conninfo = sandbox.database()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        schema.install(Database.wrap(connection))
        connection.execute("CREATE TABLE public.of_the_target ()")
    return conninfo


@pytest.fixture
def newer() -> Iterator[Server]:
    """A server of its own, of the newest major found, without anything in it."""
    major = found_majors()[-1]
    binaries = find_binaries(major)
    assert binaries
    server = start_server(major, binaries)
    yield server
    server.stop()


@pytest.fixture
def dump(server: Server, tmp_path: Path) -> Callable[..., Path]:
    """Dump a database with these options, and return the path of the dump."""

    def dump(conninfo: str, *options: str) -> Path:
        path = tmp_path / "dump"
        call(server, "pg_dump", *options, "--file", path, database_name(conninfo))
        return path

    return dump


def restore(server: Server, path: Path, into: str, *options: str) -> None:
    """Restore a dump of any format, and fail at its first complaint."""
    name = database_name(into)
    if path.is_dir() or path.read_bytes()[:5] == b"PGDMP":
        call(server, "pg_restore", "--exit-on-error", *options, "--dbname", name, path)
    else:
        call(
            server,
            "psql",
            "-Xq",
            "-v",
            "ON_ERROR_STOP=1",
            *options,
            "-o",
            "/dev/null",
            "-d",
            name,
            "-f",
            path,
        )


def assert_healthy_and_recording(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        assert schema.diagnose(database) == []
        before = content(conninfo)
        connection.execute("CREATE TABLE acme.after_restore ()")
        connection.execute("DROP TABLE acme.after_restore")
        added = additions(before, content(conninfo))
        assert {table: len(rows) for table, rows in added.items()} == dict.fromkeys(HISTORY, 2)
        assert retention.maintain(database).tasks
        assert list(database.notices) == []


@pytest.mark.every_server
@pytest.mark.parametrize("options", FORMATS.values(), ids=FORMATS)
def test_a_dump_restored_into_an_empty_database_holds_everything_once(
    server: Server, sandbox: Sandbox, tracked: str, dump: Callable[..., Path], options: tuple[str, ...]
) -> None:
    copy = sandbox.database()
    restore(server, dump(tracked, *options), copy)
    # The event triggers stand before the refresh of materialized views, and nothing else comes after them.
    added = additions(content(tracked), content(copy))
    assert {table: len(rows) for table, rows in added.items()} == dict.fromkeys(HISTORY, 1)
    assert "REFRESH MATERIALIZED VIEW" in added["script_tracking.script_execution_s"][0]
    assert "acme.order_count" in added["script_tracking.script_execution_s"][0]
    assert_healthy_and_recording(copy)


@pytest.mark.every_server
def test_a_restore_in_one_transaction_or_by_two_workers_is_as_good(
    server: Server, sandbox: Sandbox, tracked: str, dump: Callable[..., Path]
) -> None:
    path = dump(tracked, "--format=directory")
    for options in (["--single-transaction"], ["--jobs=2"]):
        copy = sandbox.database()
        restore(server, path, copy, *options)
        # Two workers may refresh the view before or after the event triggers are made.
        assert additions(content(tracked), content(copy)).keys() <= HISTORY
        assert_healthy_and_recording(copy)


@pytest.mark.every_server
def test_clean_replaces_what_was_recorded_however_often(
    server: Server, installed_anew: str, tracked: str, dump: Callable[..., Path]
) -> None:
    path = dump(tracked, "--format=custom")
    target = installed_anew
    for _ in range(2):
        done = attempt(
            server, "pg_restore", "--clean", "--if-exists", "--dbname", database_name(target), path
        )
        errors = [line for line in done.stderr.splitlines() if "ERROR:" in line]
        assert [line for line in errors if not REFUSED_DROP.search(line)] == []
        assert additions(content(tracked), content(target)).keys() == HISTORY
    assert_healthy_and_recording(target)


def test_clean_in_one_transaction_works_once_the_schema_is_dropped(
    server: Server, installed_anew: str, tracked: str, dump: Callable[..., Path]
) -> None:
    path = dump(tracked, "--format=custom")
    target = installed_anew
    with psycopg.connect(target, autocommit=True) as connection:
        schema.uninstall(Database.wrap(connection), keep_data=False)
    restore(server, path, target, "--clean", "--if-exists", "--single-transaction")
    assert additions(content(tracked), content(target)).keys() == HISTORY
    assert_healthy_and_recording(target)


@pytest.mark.every_server
def test_a_move_to_a_fresh_server_of_the_newest_major_takes_the_roles_first(
    server: Server, newer: Server, tracked: str, tmp_path: Path
) -> None:
    roles, path = tmp_path / "roles", tmp_path / "dump"
    source = ["--host", str(server.directory), "--port", str(server.port)]
    call(newer, "pg_dumpall", *source, "--roles-only", "--file", roles)
    call(newer, "pg_dump", *source, "--file", path, database_name(tracked))
    # PostgreSQL 15.20 gives new columns an option that no later major knows.
    path.write_text(_ATTRIBUTE_VERSION.sub("", path.read_text()))
    call(newer, "createdb", "moved")
    stop = ["--single-transaction", "-v", "ON_ERROR_STOP=1"]
    without_roles = attempt(newer, "psql", "-Xq", *stop, "-d", "moved", "-f", path)
    assert 'role "dbtrack_owner" does not exist' in without_roles.stderr

    # Only the superuser is there already.
    assert attempt(newer, "psql", "-Xqf", roles).stderr.count("ERROR:") == 1
    moved = newer.conninfo("moved")
    restore(newer, path, moved)
    assert additions(content(tracked), content(moved)).keys() == HISTORY
    assert_healthy_and_recording(moved)


def test_without_clean_an_installed_database_refuses_the_dump_whole(
    server: Server, installed_anew: str, tracked: str, dump: Callable[..., Path]
) -> None:
    path = dump(tracked, "--format=custom")
    target = installed_anew
    before = content(target)
    done = attempt(server, "pg_restore", "--single-transaction", "--dbname", database_name(target), path)
    assert done.returncode == 1
    assert "already exists" in done.stderr
    assert content(target) == before


def test_an_operation_that_ran_when_the_dump_was_made_is_abandoned_by_the_first_maintain(
    server: Server, sandbox: Sandbox, tracked: str, dump: Callable[..., Path]
) -> None:
    copy = sandbox.database()
    restore(server, dump(tracked, "--format=custom"), copy)
    with psycopg.connect(copy, autocommit=True) as connection:
        retention.maintain(Database.wrap(connection))
    status = "SELECT execution_status FROM script_tracking.current_execution WHERE script_name = 'open'"
    assert server.psql(status, database_name(copy)) == "ABANDONED"


def test_a_backup_role_needs_to_bypass_row_security(
    server: Server, tracked: str, role: Callable[..., str], tmp_path: Path
) -> None:
    backup = role("backup", member_of=["pg_read_all_data"])
    words: list[str | Path] = ["--username", backup, "--file", tmp_path / "dump", database_name(tracked)]
    refused = attempt(server, "pg_dump", *words)
    assert refused.returncode == 1
    assert "row-level security policy" in refused.stderr
    server.psql(f"ALTER ROLE {backup} BYPASSRLS")
    call(server, "pg_dump", *words)
    assert "long ago" in (tmp_path / "dump").read_text()


def test_the_option_that_gets_around_it_loses_the_tenants(
    server: Server, tracked: str, role: Callable[..., str], tmp_path: Path
) -> None:
    backup = role("backup", member_of=["pg_read_all_data"])
    words: list[str | Path] = ["--enable-row-security", "--username", backup, "--file", tmp_path / "dump"]
    call(server, "pg_dump", *words, database_name(tracked))
    text = (tmp_path / "dump").read_text()
    tenants = text[text.index("COPY script_tracking.tenant_h ") :].splitlines()
    assert tenants[1] == "\\."


def test_a_dump_without_data_is_called_an_empty_copy(
    server: Server, sandbox: Sandbox, tracked: str, dump: Callable[..., Path]
) -> None:
    copy = sandbox.database()
    restore(server, dump(tracked, "--schema-only"), copy)
    with psycopg.connect(copy, autocommit=True) as connection:
        database = Database.wrap(connection)
        (finding,) = schema.diagnose(database)
        assert "empty copy" in finding.message
        with pytest.raises(Exception, match="empty copy"):
            schema.install(database)
        schema.uninstall(database, keep_data=False)
        schema.install(database)
    assert_healthy_and_recording(copy)


def test_a_drop_in_an_empty_copy_is_not_lost_in_silence(
    server: Server, sandbox: Sandbox, tracked: str, dump: Callable[..., Path]
) -> None:
    copy = sandbox.database()
    restore(server, dump(tracked, "--schema-only"), copy)
    done = attempt(server, "psql", "-Xqc", "DROP TABLE acme.orders CASCADE", database_name(copy))
    assert "could not record this DROP TABLE" in done.stderr


def test_leaving_our_schema_out_leaves_event_triggers_that_cannot_be_restored(
    server: Server, sandbox: Sandbox, tracked: str, dump: Callable[..., Path]
) -> None:
    path = dump(
        tracked, "--format=custom", "--exclude-schema=script_tracking", "--exclude-schema=dbtrack_mart"
    )
    copy = sandbox.database()
    done = attempt(server, "pg_restore", "--dbname", database_name(copy), path)
    errors = [line for line in done.stderr.splitlines() if "ERROR:" in line]
    assert errors
    assert all(re.search(r'schema "script_tracking"|event trigger "et_', line) for line in errors)
    assert server.psql("SELECT count(*) FROM acme.orders", database_name(copy)) == "2"
