"""`dbtrack verify` finds by itself whatever a superuser does to the versions of objects, and nothing that is lawful."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.proof.seal import seal
from tests.support.command_line import run_dbtrack
from tests.support.sealed import verified
from tests.support.servers import Server

VERSIONS = "script_tracking.object_s"
RECORDED = """
CREATE TABLE t (i int DEFAULT 1, j text);
ALTER TABLE t ALTER COLUMN i SET DEFAULT 2;
CREATE TABLE u (i int);
CREATE TABLE w (i int);
DROP TABLE u, w;
CREATE VIEW v AS SELECT i FROM t;
ALTER TABLE t RENAME COLUMN i TO k;
"""
HASHED = (
    "hash_diff = sha256(convert_to(jsonb_build_array(object_bk, object_type, object_identity, cause, "
    "to_jsonb(grantees), definition)::text, 'UTF8'))"
)
VIEW = "object_identity = 'public.v' AND cause = 'captured'"
SWEPT = "object_identity = 'public.before'"

# What a superuser does, and for each finding its kind, its object (*: any), and a word of its details.
ATTACKS: list[tuple[str, list[tuple[str, str | None, str]]]] = [
    (
        f"UPDATE {VERSIONS} SET definition = jsonb_set(definition, '{{relation, 3}}', '\"mallory\"') WHERE {VIEW}",
        [("altered", "public.v", "does not match its hash")],
    ),
    (
        (
            f"UPDATE {VERSIONS} SET definition = jsonb_set(definition, '{{relation, 3}}', '\"mallory\"') WHERE {VIEW}; "
            f"UPDATE {VERSIONS} SET {HASHED} WHERE {VIEW}"
        ),
        [("altered", "public.v", "not the one that was recorded")],
    ),
    (
        f"UPDATE {VERSIONS} SET hash_diff = sha256('x') WHERE {VIEW}",
        [("altered", "public.v", "hash"), ("altered", "public.v", "recorded")],
    ),
    (f"DELETE FROM {VERSIONS} WHERE {VIEW}", [("missing", "public.v", "gone")]),
    (
        f"DELETE FROM {VERSIONS} WHERE object_identity = 'public.w' AND definition ? 'object'",
        [("missing", "public.w", "gone")],
    ),
    (
        (
            f"INSERT INTO {VERSIONS} SELECT o.object_hk, o.load_date + interval '1 us', o.hash_diff, 1, o.script_execution_hk, o.tenant_hk, "
            f"o.object_type, o.object_identity, o.cause, o.grantees, o.definition, o.object_bk, o.record_source FROM {VERSIONS} AS o WHERE {VIEW}"
        ),
        [("inserted", "public.v", "added or moved")],
    ),
    (
        (
            f"INSERT INTO {VERSIONS} (object_hk, load_date, hash_diff, script_execution_hk, object_type, object_identity, cause, definition, "
            "object_bk, record_source) SELECT sha256('1:pg_class:1'), e.load_date, '', e.script_execution_hk, 'table', 'public.x', "
            "'captured', '{}', '1:pg_class:1', 'x' FROM script_tracking.script_execution_s AS e WHERE affected_objects = '{public.v}'; "
            f"UPDATE {VERSIONS} SET {HASHED} WHERE object_identity = 'public.x'"
        ),
        [("inserted", "public.x", "did not record")],
    ),
    (
        f"UPDATE {VERSIONS} SET object_hk = sha256('1:pg_class:1') WHERE {VIEW}",
        [("altered", "public.v", "moved to another object")],
    ),
    (
        (
            f"UPDATE {VERSIONS} SET object_bk = '1:pg_class:1', object_hk = sha256('1:pg_class:1') WHERE {VIEW}; "
            f"UPDATE {VERSIONS} SET {HASHED} WHERE object_bk = '1:pg_class:1'"
        ),
        [("altered", "public.v", "not the one that was recorded")],
    ),
    (
        f"UPDATE {VERSIONS} SET tenant_hk = sha256('x') WHERE {VIEW}",
        [("altered", "public.v", "another tenant")],
    ),
    (
        f"UPDATE {VERSIONS} SET load_date = load_date - interval '1 day' WHERE {VIEW}",
        [("inserted", "public.v", "moved")],
    ),
    (
        f"UPDATE {VERSIONS} SET script_execution_hk = sha256('x') WHERE {VIEW}",
        [("inserted", "public.v", "moved"), ("missing", "public.v", "gone")],
    ),
    # What maintain added.
    (f"DELETE FROM {VERSIONS} WHERE {SWEPT}", [("missing", "*", "the version of")]),
    (
        f"DELETE FROM {VERSIONS} WHERE object_identity = 'public.t' AND cause = 'maintain'",
        [("missing", None, "the versions of its objects are gone")],
    ),
    (
        (
            f"UPDATE {VERSIONS} SET script_execution_hk = (SELECT script_execution_hk FROM script_tracking.script_execution_s "
            f"WHERE affected_objects = '{{public.v}}') WHERE {SWEPT}"
        ),
        [("altered", None, "name other executions")],
    ),
    (
        f"UPDATE {VERSIONS} SET definition = '{{}}' WHERE {SWEPT}; UPDATE {VERSIONS} SET {HASHED} WHERE {SWEPT}",
        [("altered", None, "versions of objects")],
    ),
]


@pytest.fixture
def history(installed: Database) -> Database:
    """Sealed versions of every cause."""
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    installed.run_script("CREATE TABLE before (i int); CREATE TABLE other (i int)")
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    installed.execute("SELECT script_tracking.maintain()")
    for statement in filter(str.strip, RECORDED.split(";")):
        installed.execute(statement)
    installed.execute("CREATE INDEX CONCURRENTLY ON t (k)")
    # What capture left to maintain names the statement.
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    installed.execute("ALTER TABLE t ADD late int")
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    installed.execute("UPDATE script_tracking.object_state SET swept_at = swept_at - interval '2 days'")
    installed.execute("SELECT script_tracking.maintain()")
    seal(installed)
    return installed


def told(conninfo: str) -> list[tuple[str, str | None, str]]:
    return [
        (finding.kind.value, finding.object_identity, finding.details)
        for finding in verified(conninfo).findings
    ]


def matches(found: list[tuple[str, str | None, str]], wanted: list[tuple[str, str | None, str]]) -> bool:
    """Whether each wanted finding is among those found; `missing` may follow of what was moved."""
    return all(
        any(kind == k and identity in (i, "*") and word in details for k, i, details in found)
        for kind, identity, word in wanted
    )


def test_each_attack_of_a_superuser_on_versions_shows(
    history: Database, installed_conninfo: str, server: Server
) -> None:
    assert told(installed_conninfo) == []
    assert verified(installed_conninfo).versions == history.value(f"SELECT count(*) FROM {VERSIONS}")
    missed = []
    with psycopg.connect(installed_conninfo, autocommit=True) as mallory:
        # Without triggers of any kind.
        mallory.execute("SET session_replication_role = replica")
        mallory.execute(f"CREATE TABLE script_tracking.saved AS SELECT * FROM {VERSIONS}".encode())
        for attack, wanted in ATTACKS:
            for statement in attack.split("; "):
                changed = mallory.execute(statement.encode()).rowcount
                assert changed > 0, statement
            found = told(installed_conninfo)
            if not matches(found, wanted):
                missed.append((attack, found))
            mallory.execute(f"TRUNCATE {VERSIONS}".encode())
            mallory.execute(f"INSERT INTO {VERSIONS} SELECT * FROM script_tracking.saved".encode())
        mallory.execute("DROP TABLE script_tracking.saved")
    assert missed == []
    assert told(installed_conninfo) == []


def test_the_command_names_object_and_execution_and_status_and_health_agree(
    history: Database, installed_conninfo: str
) -> None:
    where = ("-d", installed_conninfo)

    def states() -> tuple[Any, ...]:
        full = json.loads(run_dbtrack("status", "--full", "--format", "json", *where).stdout)
        short = json.loads(run_dbtrack("status", "--format", "json", *where).stdout)
        health = history.rows(
            "SELECT current_status FROM script_tracking.get_system_health() WHERE health_metric = 'verification'"
        )
        return (_state(full), _state(short), health)

    assert run_dbtrack("verify", *where).returncode == 0
    assert states() == ("OK", "OK", [])
    key = history.value("SELECT script_execution_hk FROM script_tracking.object_s WHERE " + VIEW)
    history.execute(f"DELETE FROM {VERSIONS} WHERE {VIEW}")
    result = run_dbtrack("verify", "--format", "json", *where)
    assert result.returncode == 3
    (row,) = json.loads(result.stdout)["rows"]
    assert (row["finding"], row["object_identity"], row["execution_key"]) == (
        "missing",
        "public.v",
        key.hex(),
    )
    assert states() == ("CRITICAL", "CRITICAL", [("CRITICAL",)])


def _state(document: Any) -> str:
    rows = document["rows"] if isinstance(document, dict) else document
    return next(str(row["current_status"]) for row in rows if row["area"] == "verify")


def test_what_cleanup_retention_and_erasure_removed_is_no_finding(
    history: Database, installed_conninfo: str
) -> None:
    # All of it happened a year ago, in the record and in its seals.
    shift = "interval '400 days'"
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, columns in (
            ("script_execution_h", ("load_date",)),
            ("script_execution_s", ("load_date", "load_end_date", "execution_timestamp")),
            ("script_execution_parent_l", ("load_date",)),
            ("object_s", ("load_date",)),
        ):
            moved = ", ".join(f"{column} = {column} - {shift}" for column in columns)
            connection.execute(f"UPDATE script_tracking.{table} SET {moved}".encode())
        for table in ("seal_leaf", "seal_block", "seal_state"):
            connection.execute(f"DELETE FROM script_tracking.{table}".encode())
    seal(history)
    # A person whose name is in an execution of which the versions stay.
    history.execute("CREATE TABLE of_alice (i int)")
    seal(history)
    where = ("-d", installed_conninfo)
    erased = run_dbtrack("erase", "--subject", "of_alice", "--reason", "request 4711", "--yes", *where)
    assert erased.returncode == 0, erased.stderr
    assert told(installed_conninfo) == []
    assert retention.cleanup(history, days=90).executions > 0
    seal(history)
    assert told(installed_conninfo) == []
    assert history.value(f"SELECT count(*) FROM {VERSIONS} WHERE load_date < now() - interval '1 year'") > 0
    # What nobody's execution covers any more, the record of the cleanup does.
    for attack, kind in (
        (f"DELETE FROM {VERSIONS} WHERE {VIEW}", "missing"),
        (f"UPDATE {VERSIONS} SET definition = '{{}}' WHERE {VIEW}", "altered"),
        (f"UPDATE {VERSIONS} SET script_execution_hk = sha256('x') WHERE {VIEW}", "altered"),
    ):
        history.execute(f"CREATE TABLE script_tracking.saved AS SELECT * FROM {VERSIONS}")
        history.execute(attack)
        assert kind in [found[0] for found in told(installed_conninfo)], attack
        history.execute(f"TRUNCATE {VERSIONS}")
        history.execute(f"INSERT INTO {VERSIONS} SELECT * FROM script_tracking.saved")
        history.execute("DROP TABLE script_tracking.saved")
    assert told(installed_conninfo) == []
    # Versions go, too, once newer ones replaced them.
    history.execute("SELECT script_tracking.set_setting('retention.objects_days', '30')")
    before = history.value(f"SELECT count(*) FROM {VERSIONS}")
    retention.cleanup(history, days=90)
    assert history.value(f"SELECT count(*) FROM {VERSIONS}") < before
    seal(history)
    assert told(installed_conninfo) == []
    history.execute(f"DELETE FROM {VERSIONS} WHERE object_identity = 'public.v'")
    assert [found[0] for found in told(installed_conninfo)] == ["missing"]
