"""Whose index was dropped is known, though the server has room for so many locks that they are not read."""

from __future__ import annotations

from tests.database.objects.test_history import DIFFERENCES, rows
from tests.support.recorded import Record

DROPS = (
    "DROP INDEX i1",
    'drop  index if exists s."Odd ""name", s.i3',
    "DROP INDEX CONCURRENTLY i4",
    "DO $$ BEGIN DROP INDEX i5; EXECUTE 'DROP INDEX s.i6'; END $$",
    "DROP INDEX i7; DROP INDEX i8 CASCADE",
    "DROP INDEX public.i9 RESTRICT",
    "DROP INDEX parted_i",
)


def test_whose_index_was_dropped(record: Record) -> None:
    connection = record.connection
    connection.execute(
        "CREATE SCHEMA s; CREATE TABLE t (a int, b int); CREATE TABLE s.t (a int); CREATE TABLE u (a int)"
    )
    for number in (1, 4, 5, 7, 8, 9):
        connection.execute(f"CREATE INDEX i{number} ON t (a)".encode())
    # One of the same name in another schema stays.
    connection.execute(
        'CREATE INDEX "Odd ""name" ON s.t (a); CREATE INDEX i3 ON s.t (a); CREATE INDEX i6 ON s.t (a)'
    )
    connection.execute("CREATE INDEX i1 ON s.t (a); CREATE INDEX i3 ON t (b)")
    connection.execute(
        "CREATE TABLE parted (a int) PARTITION BY RANGE (a); CREATE TABLE part PARTITION OF parted DEFAULT; "
        "CREATE INDEX parted_i ON parted (a)"
    )
    # As where many locks have room: they are not read.
    for function, limit in (
        ("captured_dropped(int, text)", "<= 20000"),
        ("event_trigger_ddl_start()", "> 20000"),
    ):
        [(definition,)] = rows(
            record, f"SELECT pg_get_functiondef('script_tracking.{function}'::regprocedure)"
        )
        assert limit in definition
        connection.execute(definition.replace(limit, limit.replace("20000", "0")).encode())
    for drop in DROPS:
        connection.execute(drop.encode())
        assert rows(record, DIFFERENCES) == [], drop
    pending = "SELECT count(*) FROM script_tracking.script_execution_s WHERE metadata ? 'objects_pending'"
    assert rows(record, pending) == [(0,)]
    # A statement that is too long is left to maintain, and no error reaches the session.
    connection.execute(f"DROP INDEX s.i1 /* {'x' * 3000} */".encode())
    assert rows(record, pending) == [(1,)]
