"""A class stays with what it was given to: through renamings, moves, partitions, and drop and create."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.operations.classes import classify
from dbtrack.proof.seal import seal
from dbtrack.tenants.tenants import map_schema
from tests.support.recorded import Record
from tests.support.sealed import verified
from tests.support.tenancy import Tenancy, values
from tests.support.witness import Connection

pytestmark = pytest.mark.any_server

_LIST = (
    "SELECT object_identity, column_name, class_name, basis, is_dropped FROM script_tracking.get_classes()"
)
_CHANGED = (
    "SELECT DISTINCT split_part(object_identity, '.ssn', 1) FROM script_tracking.get_access_changes('-infinity')"
    " WHERE change IN ('classified', 'access gained')"
)
_PRESENT = _LIST + " WHERE NOT is_dropped"


def listed(connection: Connection, statement: str = _PRESENT) -> list[tuple[object, ...]]:
    return connection.execute(statement.encode()).fetchall()


def refusal(database: Database, *words: str, removes: bool = False) -> str:
    with pytest.raises(DbtrackError) as caught:
        classify(database, *words, removes=removes)
    return str(caught.value)


def test_a_class_follows_its_object_and_its_column(record: Record) -> None:
    connection = record.connection
    database = Database.wrap(connection)
    run = connection.execute
    run('CREATE SCHEMA "HR.x"; CREATE TABLE "HR.x"."Sta""ff" (id int, "S.S N" text, note text)')
    key = classify(database, '"HR.x"."Sta""ff"."S.S N"', "PII", "law, password=hunter2")
    assert key is not None
    name = '"HR.x"."Sta""ff"'
    assert listed(connection) == [(name, "S.S N", "pii", "classified", False)]
    assert classify(database, f'{name}."S.S N"', "pii") is None
    row = run("SELECT reason, login, script_execution_hk FROM script_tracking.get_classes()").fetchone()
    assert row is not None
    assert row[1:] == ("postgres", key)
    assert "hunter2" not in row[0]
    # Renamed, moved, with its column.
    run('ALTER TABLE "HR.x"."Sta""ff" RENAME "S.S N" TO ssn; ALTER TABLE "HR.x"."Sta""ff" RENAME TO people')
    run('CREATE SCHEMA hr; ALTER TABLE "HR.x".people SET SCHEMA hr')
    assert listed(connection) == [("hr.people", "ssn", "pii", "classified", False)]
    # The column is dropped, and one of its last name added.
    run("ALTER TABLE hr.people DROP ssn")
    assert listed(connection) == []
    assert listed(connection, _LIST) == [("hr.people", "ssn", "pii", "classified", True)]
    run("ALTER TABLE hr.people ADD ssn bytea")
    assert listed(connection) == [("hr.people", "ssn", "pii", "same name", False)]
    # The table is dropped and created, as a migration does it; then somebody classifies it again.
    run("DROP TABLE hr.people")
    assert listed(connection) == []
    run("CREATE TABLE hr.people (ssn text)")
    assert listed(connection) == [("hr.people", "ssn", "pii", "same name", False)]
    assert classify(database, "hr.people.ssn", "pii", "still") is not None
    assert listed(connection) == [("hr.people", "ssn", "pii", "classified", False)]
    # Taken away: from this one and from the one before, so that it does not come back.
    assert classify(database, "hr.people.ssn", "pii", "masked", removes=True) is not None
    assert listed(connection, _LIST) == []
    run("DROP TABLE hr.people; CREATE TABLE hr.people (ssn text)")
    assert listed(connection, _LIST) == []
    # What was said before can be read later.
    count = "SELECT count(*), count(*) FILTER (WHERE is_removed) FROM script_tracking.object_class_s"
    assert listed(connection, count) == [(4, 2)]
    seal(database)
    assert verified(connection.info.dsn).findings == []


def test_what_was_classified_earlier_can_be_asked(record: Record) -> None:
    connection = record.connection
    database = Database.wrap(connection)
    connection.execute("CREATE TABLE people (ssn text)")
    key = classify(database, "people.ssn", "pii")
    classify(database, "people.ssn", "pii", removes=True)
    assert key is not None
    told = connection.execute(
        "SELECT class_name FROM script_tracking.get_classes(%s)", (_time(connection, key),)
    )
    assert told.fetchall() == [("pii",)]
    assert listed(connection) == []


def _time(connection: Connection, key: bytes) -> object:
    row = connection.execute(
        "SELECT load_date FROM script_tracking.object_class_s WHERE script_execution_hk = %s", (key,)
    ).fetchone()
    assert row is not None
    return row[0]


def test_partitions_and_children_have_the_class_of_their_parent(record: Record) -> None:
    connection = record.connection
    database = Database.wrap(connection)
    connection.execute(
        "CREATE TABLE visit (day date, findings text, room int) PARTITION BY RANGE (day);"
        "CREATE TABLE visit_2026 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
        "CREATE TABLE visit_old (room int, findings text, day date)"
    )
    classify(database, "visit.findings", "phi")
    classify(database, "visit_2026", "secret")
    connection.execute(
        "ALTER TABLE visit ATTACH PARTITION visit_old FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
    )
    assert listed(connection) == [
        ("public.visit", "findings", "phi", "classified", False),
        ("public.visit_2026", None, "secret", "classified", False),
        ("public.visit_2026", "findings", "phi", "inherited", False),
        ("public.visit_old", "findings", "phi", "inherited", False),
    ]
    message = refusal(database, "visit_old.findings", "phi", removes=True)
    assert "by inheritance" in message
    assert "public.visit" in message
    connection.execute("ALTER TABLE visit DETACH PARTITION visit_old")
    assert ("public.visit_old", "findings", "phi", "inherited", False) not in listed(connection)


def test_what_cannot_be_classified_is_refused_and_nothing_is_recorded(record: Record) -> None:
    connection = record.connection
    database = Database.wrap(connection)
    connection.execute("CREATE SCHEMA a; CREATE TABLE a.b (x int); CREATE TABLE a (b int); CREATE SEQUENCE s")
    assert "no class" in refusal(database, "a.b", "personal")
    assert "also a column" in refusal(database, "a.b", "pii")
    assert "has no column y" in refusal(database, "a.b.y", "pii")
    assert "no table or view" in refusal(database, "s", "pii")
    assert "no table or view" in refusal(database, "pg_catalog.pg_class", "pii")
    assert "not a name" in refusal(database, 'a."b', "pii")
    assert "too many parts" in refusal(database, "a.b.c.d", "pii")
    assert "not classified" in refusal(database, "a.b.x", "pii", removes=True)
    assert classify(database, "public.a.b", "pii") is not None
    assert classify(database, "a.b.x", "pii") is not None
    # A class of their own; and nobody else writes the type.
    connection.execute("SELECT script_tracking.set_setting('classes.names', 'PHI, Works Council')")
    assert classify(database, "a.b.x", "Works council") is not None
    # As a setting of an earlier version can have it.
    connection.execute(
        "UPDATE script_tracking.setting SET setting_value = 'PHI' WHERE setting_name = 'classes.names'"
    )
    assert database.value("SELECT script_tracking.class_names()") == ["phi"]
    with pytest.raises(psycopg.Error, match="reserved"):
        connection.execute("SELECT script_tracking.track_operation('x', 'CLASSIFICATION')")
    rows = listed(
        connection,
        "SELECT count(*) FROM script_tracking.current_execution WHERE script_type = 'CLASSIFICATION'",
    )
    assert rows == [(3,)]


def test_a_tenant_sees_the_classes_of_its_schemas_and_classifies_nothing(tenancy: Tenancy) -> None:
    database = Database.wrap(tenancy.superuser)
    for tenant in ("acme", "globex"):
        tenancy.run(f"CREATE SCHEMA of_{tenant}; CREATE TABLE of_{tenant}.t (ssn text)")
        map_schema(database, f"of_{tenant}", tenant)
    tenancy.run("CREATE TABLE own (ssn text)")
    for name in ("of_acme.t.ssn", "of_globex.t.ssn", "own.ssn"):
        classify(database, name, "pii", "law")
    statements = (
        "SELECT object_identity FROM script_tracking.get_classes()",
        "SELECT DISTINCT object_identity FROM script_tracking.get_class_access()",
        "SELECT DISTINCT object_identity FROM script_tracking.get_access_review()",
        "SELECT object_identity FROM script_tracking.object_class_s",
        _CHANGED,
    )
    with tenancy.acme() as acme:
        for statement in statements:
            assert values(acme, statement) == ["of_acme.t"], statement
        with pytest.raises(psycopg.Error, match="permission denied"):
            acme.execute("SELECT script_tracking.classify_object('of_acme.t', 'pii')")
    with tenancy.connect(tenancy.service) as service:
        for statement in statements:
            assert values(service, statement) == [], statement
    assert len(values(tenancy.superuser, statements[0])) == 3
