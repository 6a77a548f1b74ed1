"""A server of PostgreSQL 15 with dbtrack becomes one of 18 by pg_upgrade, while capture is suspended and while it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import EndpointHeldError
from dbtrack.events import Event, EventCursor
from dbtrack.proof.seal import seal
from dbtrack.suspension import resume, suspend
from tests.support.endpoints import assert_consecutive, drain
from tests.support.required import missing
from tests.support.sealed import verified
from tests.support.servers import Server
from tests.support.servers.binaries import find_binaries
from tests.support.servers.server import start_server
from tests.support.upgraded import upgrade_server

pytestmark = [pytest.mark.any_server, pytest.mark.slow]

_SHOP = """
CREATE SCHEMA shop;
CREATE TABLE shop.item (id int PRIMARY KEY, name text DEFAULT 'x' CHECK (name <> ''), data json);
CREATE TABLE shop.gone (id serial);
CREATE VIEW shop.names AS SELECT name FROM shop.item;
CREATE FUNCTION shop.one(json) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE shop.colour AS ENUM ('red');
CREATE MATERIALIZED VIEW shop.totals AS SELECT count(*) FROM shop.item;
CREATE TABLE shop.month (id int) PARTITION BY RANGE (id);
CREATE TABLE shop.month_1 PARTITION OF shop.month FOR VALUES FROM (1) TO (9);
ALTER TABLE shop.item ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON shop.item USING (id > 0);
GRANT ALL ON shop.item TO pg_monitor;
GRANT SELECT ON shop.names TO pg_read_all_stats WITH GRANT OPTION;
"""
# What somebody does while nobody captures, on the new server.
_MEANWHILE = """
CREATE TABLE shop.meanwhile (id int);
DROP TABLE shop.gone;
ALTER TABLE shop.item ADD COLUMN price int;
ALTER VIEW shop.names OWNER TO pg_monitor;
GRANT INSERT ON shop.month TO pg_read_all_stats;
ALTER TYPE shop.colour OWNER TO pg_monitor;
"""
_FOUND = """
SELECT script_name, affected_objects[1], metadata ->> 'suspension' FROM script_tracking.current_execution
WHERE script_type = 'UNATTRIBUTED' ORDER BY 2, 1
"""

_LAST = (
    "SELECT affected_objects FROM script_tracking.current_execution ORDER BY execution_timestamp DESC LIMIT 1"
)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """An old and a new server; both are there only where their programs are."""
    old_programs, new_programs = find_binaries(15), find_binaries(18)
    if old_programs is None or new_programs is None:
        missing("pg_upgrade from 15 to 18", "apt-get install postgresql-15")
    old, new = start_server(15, old_programs), start_server(18, new_programs)
    yield old, new
    old.stop()
    new.stop()


@contextmanager
def _connected(server: Server, name: str) -> Iterator[Database]:
    with psycopg.connect(server.conninfo(name), autocommit=True) as connection:
        yield Database.wrap(connection)


def _fill(server: Server, name: str) -> None:
    with _connected(server, name) as database:
        schema.install(database)
        database.run_script(_SHOP)
        seal(database)
        schema.reconcile(database)
        if name == "suspended":
            suspend(database, "major upgrade")


def test_the_record_survives_an_upgrade_and_knows_what_happened_meanwhile(
    servers: tuple[Server, Server],
) -> None:
    old, new = servers
    names = ("suspended", "capturing")
    for name in names:
        old.psql(f"CREATE DATABASE {name}")
    for name in names:
        _fill(old, name)
    with _connected(old, "capturing") as database:
        sent = _sent_before(database)
    upgrade_server(old, new)
    assert new.psql("SHOW server_version_num").startswith("18")
    with _connected(new, "suspended") as database:
        _resume(database)
        _assert_whole(database, new.conninfo("suspended"))
    # Without a suspension pg_upgrade takes the event triggers along; reconcile cannot say what happened to the copy.
    with _connected(new, "capturing") as database:
        database.execute("CREATE TABLE shop.recorded (id int)")
        assert database.value(_LAST) == ["shop.recorded"]
        _continues(database, sent)
        assert schema.reconcile(database).outcome is schema.Outcome.RESTORED
        _assert_whole(database, new.conninfo("capturing"))


def _sent_before(database: Database) -> list[Event]:
    """Return what an endpoint has got; one event waits."""
    database.call("create_endpoint", p_name="receiver", p_kind="webhook")
    for number in range(3):
        database.call("track_operation", script_name=f"sent {number}")
    cursor = EventCursor(database, "receiver")
    sent = drain(cursor)
    cursor.release()
    database.call("track_operation", script_name="waits")
    return sent


def _continues(database: Database, sent: list[Event]) -> None:
    """Assert that a resumed endpoint leaves nothing out, neither from before nor from after the upgrade."""
    with pytest.raises(EndpointHeldError, match="another database"):
        EventCursor(database, "receiver").claim()
    database.call("resume_endpoint", p_name="receiver")
    found = drain(EventCursor(database, "receiver"))
    assert [event.subject for event in found] == ["waits", "CREATE TABLE"]
    assert_consecutive([*sent, *found])


def _resume(database: Database) -> None:
    assert database.value("SELECT count(*) FROM pg_event_trigger") == 0
    assert [(found.severity, found.subject) for found in schema.diagnose(database)] == [
        ("WARNING", "capture")
    ]
    database.run_script(_MEANWHILE)
    done = resume(database)
    assert done.found.outcome is schema.Outcome.COMPARED_BY_NAME
    assert done.key
    found = database.rows(_FOUND)
    assert [row[:2] for row in found] == [
        ("type changed", "shop.colour"),
        ("table dropped", "shop.gone"),
        ("sequence dropped", "shop.gone_id_seq"),
        ("table changed", "shop.item"),
        ("table created", "shop.meanwhile"),
        ("table changed", "shop.month"),
        ("view changed", "shop.names"),
    ]
    assert {row[2] for row in found} == {done.key.hex()}
    database.execute("CREATE TABLE shop.afterwards (id int)")
    again = schema.reconcile(database)
    assert (again.outcome, again.unattributed) == (schema.Outcome.COMPARED, [])


def _assert_whole(database: Database, conninfo: str) -> None:
    assert schema.diagnose(database) == []
    seal(database)
    assert verified(conninfo).findings == []
