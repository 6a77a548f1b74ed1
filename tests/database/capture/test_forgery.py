"""The settings in which capture keeps its state may be written by any session: at most its own durations suffer."""

from __future__ import annotations

import pytest
from psycopg import errors

from dbtrack import reports
from dbtrack.db import Database
from tests.support.recorded import Record, Recorded
from tests.support.servers import Server
from tests.support.witness import Connection

pytestmark = pytest.mark.every_server

NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::int8"
FORGED = {
    "ddl_stack": [
        "''", "'x'", f"{NOW}::text", f"({NOW} - 3600000000)::text", f"({NOW} + 60000)::text",
        f"{NOW} || ' 1 2 3'", f"{NOW} || repeat(' ', 50)", "'0000000000000000'", "repeat('9', 16)", "repeat('9', 500)",
    ],
    "ddl_dropped": ["'x'", "repeat('0', 64) || '[[\"table\", \"public.invented\", \"public\", false]]'"],
    "ddl_dropped0": ["'x'", "repeat('0', 64) || '[[\"table\", \"public.invented\", \"public\", false]]'", "repeat('0', 64)"],
    "ddl_dropped1": ["repeat('0', 64) || '[[\"table\", \"public.invented\", \"public\", false]]'"],
    "ddl_guarded": ["'0'", "'-1'", "'31'", "'9999'", "'99999999999'", "'x'"],
    "ddl_running": ["'x'", "repeat('0', 64)", "{victim}"],
    "ddl_children": ["'x'", "'1:' || {victim}", "repeat('0', 64) || '1:' || {victim}"],
    "ddl_maintenance": ["'x'", "repeat('0', 64)", "encode(sha256('maintenance'), 'hex')"],
    "ddl_extension": ["'x'", "':'", "'0:' || repeat('0', 64)", "'1:' || repeat('0', 64)"],
    "ddl_members": ["'x'", "'1259:0'", "(SELECT string_agg('1259:' || oid, ' ') FROM pg_class)"],
    "execution": ["'x'", "''", "repeat('0', 64)", "{victim}"],
}  # fmt: skip
CASES = [(name, value) for name, values in FORGED.items() for value in values]
STATEMENTS = [
    ("CREATE TABLE", ["own.t"], "CREATE TABLE own.t (id int)"),
    ("CREATE TABLE AS", ["own.u"], "CREATE TABLE own.u AS SELECT 1 AS a"),
    ("ALTER TABLE", ["own.u", "own.u.a"], "ALTER TABLE own.u DROP COLUMN a"),
    ("DROP TABLE", ["own.u", "own.t"], "DROP TABLE own.t, own.u"),
]


@pytest.fixture
def victim(shared_record: Record) -> str:
    """The hash key, in hex, of a running operation of somebody else."""
    row = shared_record.connection.execute(
        "SELECT encode(script_tracking.track_operation('victim'), 'hex')"
    ).fetchone()
    assert row
    return str(row[0])


def recorded(shared_record: Record, before: int, outsider: str) -> list[Recorded]:
    """Return what was recorded, all of it by the login."""
    executions = shared_record.since(before)
    assert {(e.status, e.login) for e in executions} == {("COMPLETED", outsider)}
    assert shared_record.connection.execute("SELECT * FROM script_tracking.capture_failure").fetchall() == []
    return executions


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_forged_setting_hides_nothing_and_invents_nothing(
    shared_record: Record, session: Connection, outsider: str, victim: str, name: str, value: str
) -> None:
    forge = f"SELECT set_config('dbtrack.{name}', {value.format(victim=repr(victim))}, false)"
    before = shared_record.mark()
    for _tag, _objects, statement in STATEMENTS:
        session.execute(forge.encode())
        session.execute(statement.encode())
    assert [(e.tag, e.objects, e.statement) for e in recorded(shared_record, before, outsider)] == STATEMENTS
    assert untouched(shared_record, victim)


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_forged_within_the_statement_hides_nothing(
    shared_record: Record, session: Connection, outsider: str, victim: str, name: str, value: str
) -> None:
    forge = f"PERFORM set_config('dbtrack.{name}', {value.format(victim=repr(victim))}, true);"
    before = shared_record.mark()
    block = "".join(f"{forge} {statement};" for _tag, _objects, statement in STATEMENTS)
    session.execute(f"DO $$BEGIN {block} END$$".encode())
    expected = [(tag, objects) for tag, objects, _statement in STATEMENTS]
    assert [(e.tag, e.objects) for e in recorded(shared_record, before, outsider)] == expected
    assert untouched(shared_record, victim)


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_forged_by_a_function_that_the_ddl_calls_hides_nothing(
    shared_record: Record, session: Connection, outsider: str, victim: str, name: str, value: str
) -> None:
    forge = f"PERFORM set_config('dbtrack.{name}', {value.format(victim=repr(victim))}, true);"
    session.execute(
        "CREATE OR REPLACE FUNCTION own.f() RETURNS int LANGUAGE plpgsql AS $$BEGIN"
        f" {forge} CREATE TABLE own.within (); DROP TABLE own.within; {forge} RETURN 1; END$$".encode()
    )
    before = shared_record.mark()
    session.execute("CREATE TABLE own.around AS SELECT own.f()")
    assert [(e.tag, e.objects) for e in recorded(shared_record, before, outsider)] == [
        ("CREATE TABLE", ["own.within"]),
        ("DROP TABLE", ["own.within"]),
        ("CREATE TABLE AS", ["own.around"]),
    ]
    session.execute("DROP TABLE own.around")
    assert untouched(shared_record, victim)


def untouched(shared_record: Record, victim: str) -> bool:
    """Return whether somebody else's operation is as it was, with no child that a reader would believe."""
    [(statuses, parents)] = shared_record.connection.execute(
        "SELECT (SELECT array_agg(s.execution_status) FROM script_tracking.script_execution_s AS s"
        " WHERE s.script_execution_hk = k.victim),"
        " (SELECT count(*) FROM script_tracking.script_execution_parent_l AS l WHERE l.child_execution_hk = k.victim)"
        " FROM (SELECT decode(%s, 'hex') AS victim) AS k",
        (victim,),
    ).fetchall()
    database = Database.wrap(shared_record.connection)
    children = reports.run(database, reports.REPORTS["show_children"], {"key": victim})
    names = [column.name for column in reports.REPORTS["show_children"].columns]
    believed = [child for child in children if child[names.index("is_proven")]]
    return bool(statuses == ["RUNNING"] and parents == 0 and believed == [])


def test_a_concurrent_index_that_fails_is_recorded_though_its_nesting_is_forged(
    shared_record: Record, session: Connection, server: Server
) -> None:
    """The forger guesses the moment, again and again: a start within the statement would make it look nested."""
    session.execute("CREATE TABLE own.t (id int)")
    session.execute("INSERT INTO own.t VALUES (1), (1)")
    for delay_us in range(40, 1000, 15):
        before = shared_record.mark()
        session.execute(f"SELECT set_config('dbtrack.ddl_stack', ({NOW} + {delay_us})::text, false)".encode())
        with pytest.raises(errors.UniqueViolation):
            session.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON own.t (id)")
        assert [(e.tag, e.status) for e in shared_record.since(before)] == [("CREATE INDEX", "RUNNING")]
        session.execute("DROP INDEX own.i")


def test_the_secret_of_the_authentication_cannot_be_read(session: Connection) -> None:
    for statement in (
        "SELECT * FROM script_tracking.capture_secret",
        "SELECT script_tracking.capture_digest('x')",
        "SELECT script_tracking.captured_in_extension()",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            session.execute(statement.encode())


@pytest.mark.parametrize("words", ["attach partition", "detach partition"])
def test_a_comment_adds_no_partition_to_a_record(record: Record, words: str) -> None:
    record.of("CREATE TABLE victim (id int)", "CREATE TABLE own (id int)")
    [execution] = record.of(f"ALTER TABLE own ADD COLUMN x int /* {words} public.victim */")
    assert execution.objects == ["public.own"]
