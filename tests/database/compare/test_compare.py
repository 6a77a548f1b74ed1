"""What differs between two databases is found, with who changed it; what is equal is not reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.command_line import run_dbtrack
from tests.support.servers import Sandbox, Server, find_binaries, start_server
from tests.support.servers.binaries import found_majors
from tests.support.tenancy import Tenancy

_ALIKE = (
    "CREATE SCHEMA shop",
    "CREATE TYPE shop.state AS ENUM ('new', 'paid')",
    "CREATE DOMAIN shop.amount AS numeric(10, 2) CHECK (VALUE >= 0)",
    (
        "CREATE TABLE shop.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total shop.amount DEFAULT 0,"
        " s shop.state, note text, CHECK (total < 1000)) PARTITION BY RANGE (id)"
    ),
    "CREATE TABLE shop.orders_1 PARTITION OF shop.orders FOR VALUES FROM (0) TO (100)",
    "CREATE VIEW shop.paid AS SELECT id, total FROM shop.orders WHERE s = 'paid'",
    "CREATE FUNCTION shop.total(d date, OUT n int) LANGUAGE sql AS $$\nSELECT 1\n$$",
    "CREATE AGGREGATE shop.mysum (int) (sfunc = int4pl, stype = int)",
    "ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY mine ON shop.orders USING (total > 0)",
    'CREATE TABLE "Odd.Name" ("ä b" int UNIQUE)',
)


def _migrate(connection: psycopg.Connection[Any], name: str, *statements: str, works: bool = True) -> None:
    key = connection.execute("SELECT script_tracking.track_operation(%s, 'MIGRATION')", (name,)).fetchone()
    assert key
    connection.execute("SELECT set_config('dbtrack.execution', encode(%s, 'hex'), false)", key)
    for statement in statements:
        connection.execute(statement.encode())
    connection.execute("SELECT set_config('dbtrack.execution', '', false)")
    connection.execute("SELECT script_tracking.complete_operation(%s, %s)", (key[0], works))


def _run(*words: str, **variables: str) -> Any:
    return run_dbtrack("compare", *words, environment=variables)


@pytest.fixture
def pair(sandbox: Sandbox, installed_template: str, tmp_path: Path) -> Any:
    """Two databases that are environments, with the same objects and migrations."""
    conninfos = {name: sandbox.database(installed_template) for name in ("prod", "staging")}
    config = tmp_path / "config.toml"
    config.write_text(
        "".join(f"[environments.{name}]\ndsn = {json.dumps(dsn)}\n" for name, dsn in conninfos.items())
    )
    connections = {name: psycopg.connect(dsn, autocommit=True) for name, dsn in conninfos.items()}
    for connection in connections.values():
        _migrate(connection, "V1", *_ALIKE)
        _migrate(connection, "V2")
        _migrate(connection, "V3")
    yield connections["prod"], connections["staging"], str(config), conninfos
    for connection in connections.values():
        connection.close()


def test_what_is_equal_and_what_differs(pair: Any) -> None:
    prod, staging, config, conninfos = pair
    done = _run("prod", "staging", "--privileges", DBTRACK_CONFIG=config)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert "nothing differs; compared 3 operations and" in done.stderr

    _migrate(staging, "V4", "ALTER TABLE shop.orders ADD COLUMN due_on date NOT NULL DEFAULT '2026-01-01'")
    _migrate(prod, "V5", works=False)
    _migrate(staging, "V5")
    for first, second, connection in (("V6", "V7", prod), ("V7", "V6", staging)):
        _migrate(connection, first)
        _migrate(connection, second)
    for statement in (
        "CREATE OR REPLACE FUNCTION shop.total(d date, OUT n int) LANGUAGE sql AS $$\nSELECT 2\n$$",
        "DROP POLICY mine ON shop.orders",
        "CREATE INDEX orders_note ON shop.orders (note)",
        "ALTER TYPE shop.state ADD VALUE 'sent'",
        "GRANT SELECT ON shop.paid TO PUBLIC",
    ):
        prod.execute(statement.encode())
    done = _run("prod", "staging", "--format", "json", DBTRACK_CONFIG=config)
    assert done.returncode == 1
    found = {(row["object_type"], row["object_identity"]): row for row in json.loads(done.stdout)["rows"]}
    assert {key: row["difference"] for key, row in found.items()} == {
        ("operation", "V4"): "only in staging",
        ("operation", "V5"): "different status",
        ("operation", "V7"): "different order",
        ("column", "shop.orders.due_on"): "only in staging",
        ("column", "shop.orders_1.due_on"): "only in staging",
        ("function", "shop.total(pg_catalog.date)"): "different",
        ("index", "shop.orders_note"): "only in prod",
        ("index", "shop.orders_1_note_idx"): "only in prod",
        ("policy", "shop.orders.mine"): "only in staging",
        ("type", "shop.state"): "different",
    }
    column = found["column", "shop.orders.due_on"]
    assert column["right_value"] == "date not null default '2026-01-01'::date"
    assert (column["changed_in"], column["changed_by"], column["operation"]) == ("staging", "postgres", "V4")
    assert len(column["execution_key"]) == 64
    assert found["index", "shop.orders_note"]["changed_in"] == "prod"
    assert found["operation", "V5"]["left_value"] == "FAILED"
    assert found["function", "shop.total(pg_catalog.date)"]["changed_in"] == "prod"
    assert "SELECT 2" in found["function", "shop.total(pg_catalog.date)"]["left_value"]

    # The first line that differs, where people read.
    done = _run("prod", conninfos["staging"], "--definitions", "--schema", "shop", DBTRACK_CONFIG=config)
    assert done.returncode == 1
    assert "SELECT 2" in done.stdout
    assert "operation\t" not in done.stdout
    done = _run(
        "prod", "staging", "--definitions", "--privileges", "--format", "jsonl", DBTRACK_CONFIG=config
    )
    assert "shop.paid to PUBLIC" in done.stdout
    done = _run("prod", "staging", "--operations", "--quiet", DBTRACK_CONFIG=config)
    assert len(done.stdout.splitlines()) == 1 + 3
    assert done.stderr == ""


def test_trouble_is_never_taken_for_a_difference(pair: Any, empty_conninfo: str) -> None:
    prod, _, config, _ = pair
    for words, code, message in (
        (("prod", "nowhere"), 2, "no environment nowhere"),
        (("prod", "host=127.0.0.1 port=1 dbname=x"), 12, ""),
        (("prod", empty_conninfo), 10, "dbtrack is not installed in"),
        (("prod", "staging", "--operations", "--definitions"), 2, "exclude each other"),
        (("prod", "staging", "--tenant", "nobody"), 2, "neither prod nor staging shows a tenant 'nobody'"),
    ):
        done = _run(*words, DBTRACK_CONFIG=config)
        assert (done.returncode, message in done.stderr, done.stdout) == (code, True, ""), done.stderr
    assert _run("prod", empty_conninfo, "--definitions", DBTRACK_CONFIG=config).returncode == 1
    # A lock that is held for long is trouble, too: 11.
    with prod.transaction():
        prod.execute("LOCK TABLE shop.paid IN ACCESS EXCLUSIVE MODE")
        assert _run("prod", "staging", DBTRACK_CONFIG=config).returncode == 11


def test_a_tenant_compares_its_own_operations(tenancy: Tenancy, tmp_path: Path) -> None:
    tenancy.run("SELECT script_tracking.track_operation('V9', 'MIGRATION')")
    with tenancy.acme() as acme:
        acme.execute("SELECT script_tracking.track_operation('of acme', 'MIGRATION')")
        own, whole = acme.info.dsn, tenancy.conninfo
    found = json.loads(_run(own, whole, "--operations", "--format", "json").stdout)["rows"]
    assert [(row["object_identity"], row["tenant"]) for row in found] == [("V9", None)]
    done = _run(own, whole, "--operations", "--tenant", "acme")
    assert done.returncode == 0, done.stdout


@pytest.mark.matrix
@pytest.mark.any_server
def test_the_same_objects_on_the_oldest_and_the_newest_server_are_equal(
    server: Server, installed_conninfo: str
) -> None:
    major = min(found_majors())
    binaries = find_binaries(major)
    assert binaries
    older = start_server(major, binaries)
    try:
        conninfos = [installed_conninfo, older.conninfo("postgres")]
        for conninfo in conninfos:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                schema.install(Database.wrap(connection))
                for statement in _ALIKE:
                    connection.execute(statement.encode())
                # Before 16 each column of its definition has the name of its table.
                connection.execute(
                    "CREATE VIEW shop.all_of_it AS SELECT o.id, o.note FROM shop.orders AS o WHERE o.id > 3"
                )
        done = _run(*conninfos, "--privileges")
        assert (done.returncode, done.stdout) == (0, ""), done.stdout
        with psycopg.connect(conninfos[0], autocommit=True) as connection:
            connection.execute(
                "CREATE OR REPLACE VIEW shop.all_of_it AS SELECT o.id, o.note FROM shop.orders AS o WHERE o.id > 4"
            )
        assert _run(*conninfos, "--definitions").returncode == 1
    finally:
        older.stop()
