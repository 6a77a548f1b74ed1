"""The history of an object continues over a restore, which gives it another oid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.proof.seal import seal
from dbtrack.reports import REPORTS, run
from tests.database.objects.test_history import DIFFERENCES
from tests.support.command_line import run_dbtrack
from tests.support.dumps import call, database_name
from tests.support.sealed import verified
from tests.support.servers import Sandbox, Server, find_binaries, start_server

BEFORE = """
CREATE SCHEMA acme;
CREATE TABLE acme.orders (id int PRIMARY KEY, gone int, amount numeric(10,2) DEFAULT 1, note text);
ALTER TABLE acme.orders DROP COLUMN gone;
ALTER TABLE acme.orders ALTER amount TYPE numeric(12,2);
COMMENT ON COLUMN acme.orders.note IS 'a note';
CREATE INDEX orders_note ON acme.orders (note);
CREATE TABLE acme.lost (i int);
CREATE FUNCTION acme.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW acme.v AS SELECT id, note FROM acme.orders;
CREATE TABLE acme.hidden (password text DEFAULT 'hunter2', plain text DEFAULT 'stood beside');
GRANT SELECT ON acme.orders TO PUBLIC;
"""


@pytest.fixture
def tracked(installed: Database) -> Database:
    """A record of some objects, with its baseline, sealed."""
    installed.execute("SELECT script_tracking.maintain()")
    installed.run_script("SELECT script_tracking.add_tenant('acme', 'Acme')")
    for statement in filter(str.strip, BEFORE.split(";")):
        installed.execute(statement)
    installed.execute("SELECT script_tracking.map_tenant_schema('acme', 'acme')")
    installed.execute("SELECT script_tracking.maintain()")
    seal(installed)
    return installed


@pytest.fixture
def fresh(server: Server) -> Iterator[Server]:
    """Another cluster, of the same version."""
    binaries = find_binaries(server.major)
    assert binaries
    other = start_server(server.major, binaries)
    yield other
    other.stop()


def restored(source: Server, conninfo: str, target: Server, name: str, path: Path) -> str:
    """Dump a database, restore it, change it there, and run maintain; return how to connect."""
    call(source, "pg_dump", "--format=custom", "--file", path, database_name(conninfo))
    call(target, "pg_restore", "--dbname", name, path)
    there = target.conninfo(name)
    with psycopg.connect(there, autocommit=True) as connection:
        connection.execute("DROP TABLE acme.lost")
        # Before maintain has found anything again.
        connection.execute("ALTER TABLE acme.hidden ALTER plain SET STATISTICS 5")
        connection.execute("ALTER TABLE acme.orders ADD COLUMN added int")
        connection.execute("SELECT script_tracking.maintain()")
        connection.execute("ALTER TABLE acme.orders ALTER amount SET DEFAULT 2")
    return there


def report(database: Database, name: str, **arguments: Any) -> list[dict[str, Any]]:
    chosen = REPORTS[name]
    columns = [column.name for column in chosen.columns]
    return [dict(zip(columns, row, strict=True)) for row in run(database, chosen, arguments)]


def check(conninfo: str, moment: str) -> None:
    """All that reads the history reads over the restore."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        assert database.rows(DIFFERENCES) == []
        parts = {row["name"]: row for row in report(database, "blame", object="acme.orders")}
        assert parts["id"]["added_name"] == "CREATE TABLE"
        assert parts["amount"]["changed_name"] == "ALTER TABLE"
        assert parts["amount"]["added_at"] is not None
        assert (parts["gone"]["is_dropped"], parts["gone"]["added_name"]) == (True, "CREATE TABLE")
        assert parts["orders_note"]["added_name"] == "CREATE INDEX"
        assert parts["added"]["added_name"] == "ALTER TABLE"
        assert {row["known_by"] for row in parts.values()} == {"recorded"}
        log = report(database, "log", object="acme.orders")
        tags = [row["command_tag"] for row in reversed(log)]
        assert tags == [
            "CREATE TABLE", "ALTER TABLE", "ALTER TABLE", "COMMENT", "CREATE INDEX", "GRANT", "ALTER TABLE", "ALTER TABLE",
        ]  # fmt: skip
        (grant,) = report(database, "grants", on="acme.orders")
        assert (grant["script_name"], grant["grantee"]) == ("GRANT", "PUBLIC")
        differing = database.call("get_object_differences", p_since=moment, p_until=None, p_objects=None)
        assert sorted({(row[2], row[9]) for row in differing}) == [
            ("acme.hidden", "plain"),
            ("acme.lost", "i"),
            ("acme.lost", "lost"),
            ("acme.orders", "added"),
            ("acme.orders", "amount"),
        ]
        existing = [row[2] for row in database.call("get_existing_objects", p_moment=None, p_types=["table"])]
        assert sorted(existing) == ["acme.hidden", "acme.orders"]
        stored = str(database.rows("SELECT definition FROM script_tracking.object_s"))
        assert "stood beside" not in stored
        seal(database)
    where = ("-d", conninfo)
    shown = run_dbtrack("blame", "acme.orders", *where)
    assert shown.returncode == 0
    assert "restored on" in shown.stderr
    assert "another table" not in shown.stderr
    earlier = run_dbtrack("schema", "acme.orders", "--as-of", moment, *where)
    assert "numeric(12,2)" in earlier.stdout
    assert "added" not in earlier.stdout
    assert verified(conninfo).findings == []


@pytest.mark.slow
def test_history_continues_over_restores(
    tracked: Database,
    installed_conninfo: str,
    server: Server,
    sandbox: Sandbox,
    fresh: Server,
    tmp_path: Path,
) -> None:
    moment = str(tracked.value("SELECT clock_timestamp()::text"))
    there = restored(server, installed_conninfo, server, database_name(sandbox.database()), tmp_path / "one")
    check(there, moment)
    # Once more, into another cluster: two restores, one history.
    call(fresh, "createdb", "again")
    call(server, "pg_dump", "--format=custom", "--file", tmp_path / "two", database_name(there))
    roles = "CREATE ROLE dbtrack_owner NOLOGIN; CREATE ROLE dbtrack_reader; CREATE ROLE dbtrack_operator; CREATE ROLE dbtrack_admin; CREATE ROLE dbtrack_api; CREATE ROLE dbtrack_auditor"
    fresh.psql(roles, "again")
    call(fresh, "pg_restore", "--dbname", "again", tmp_path / "two")
    with psycopg.connect(fresh.conninfo("again"), autocommit=True) as connection:
        database = Database.wrap(connection)
        database.execute("SELECT script_tracking.maintain()")
        assert database.rows(DIFFERENCES) == []
        assert len(report(database, "log", object="acme.orders")) == 8
        notes = run_dbtrack("log", "acme.orders", "-d", fresh.conninfo("again")).stderr
        assert notes.count("restored on") == 2
        seal(database)
    assert verified(fresh.conninfo("again")).findings == []


def test_a_link_that_was_altered_shows_and_tenants_see_their_own(
    tracked: Database, installed_conninfo: str, server: Server, sandbox: Sandbox, tmp_path: Path
) -> None:
    there = restored(server, installed_conninfo, server, database_name(sandbox.database()), tmp_path / "one")
    reader = sandbox.role("reader", member_of=("dbtrack_reader",))
    with psycopg.connect(there, autocommit=True) as connection:
        database = Database.wrap(connection)
        seal(database)
        links = "SELECT count(*) FROM script_tracking.object_same_l"
        assert database.value(links) > 3
        database.execute(f"SET SESSION AUTHORIZATION {reader}")
        assert database.value(links) == 0
        database.execute("RESET SESSION AUTHORIZATION")
        database.execute(f"SELECT script_tracking.grant_tenant('{reader}', 'acme')")
        database.execute(f"SET SESSION AUTHORIZATION {reader}")
        assert database.value(links) == 5
        database.execute("RESET SESSION AUTHORIZATION")
        database.execute("SET session_replication_role = replica")
        database.execute(
            "UPDATE script_tracking.object_same_l SET new_object_hk = sha256('x') WHERE new_object_hk = "
            "(SELECT object_hk FROM script_tracking.get_object('acme.orders'))"
        )
    assert [finding.kind for finding in verified(there).findings] == ["altered"]


def test_an_oid_that_is_another_objects_by_chance(tracked: Database, installed_conninfo: str) -> None:
    """As after a restore in another cluster in which the same oids came out, for other objects."""
    keys = "(SELECT object_bk FROM script_tracking.object_s WHERE object_identity = 'acme.{}' LIMIT 1)"
    orders, lost = (tracked.value("SELECT " + keys.format(name)) for name in ("orders", "lost"))
    tracked.execute("SET session_replication_role = replica")
    tracked.execute(
        "UPDATE script_tracking.object_s SET object_bk = CASE object_bk WHEN %(a)s THEN %(b)s ELSE %(a)s END, "
        "object_hk = sha256(convert_to(CASE object_bk WHEN %(a)s THEN %(b)s ELSE %(a)s END, 'UTF8')) "
        "WHERE object_bk IN (%(a)s, %(b)s)",
        {"a": orders, "b": lost},
    )
    tracked.execute("RESET session_replication_role")
    tracked.execute('UPDATE script_tracking.object_state SET place = place || \'{"system": "1"}\'')
    for _ in range(2):
        tracked.execute("SELECT script_tracking.maintain()")
    assert tracked.rows(DIFFERENCES) == []
    parts = {row["name"]: row for row in report(tracked, "blame", object="acme.orders")}
    assert "i" not in parts
    assert parts["orders_note"]["added_name"] == "CREATE INDEX"
    assert parts["gone"]["is_dropped"]
    assert [row["object_identity"] for row in report(tracked, "log", object="acme.lost")] == ["acme.lost"]
