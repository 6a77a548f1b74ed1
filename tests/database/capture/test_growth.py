"""What a DDL costs does not depend on what its transaction or its string holds: what can be counted without a clock."""

from __future__ import annotations

import re
from collections import Counter

import psycopg
import pytest

from tests.support.paths import ROOT
from tests.support.recorded import Record
from tests.support.witness import Connection

ROUTINES = ROOT / "sql" / "routines" / "capture"
GUARDED = 40


@pytest.fixture
def early(record: Record) -> Record:
    """A database in which capture goes without guarded blocks from the fortieth command of a transaction on."""
    record.connection.execute(
        f"SELECT script_tracking.set_setting('capture.guarded_commands', '{GUARDED}')".encode()
    )
    return record


def blocks(connection: Connection, statement: str) -> int:
    """Return how many subtransactions a statement had, which the server reports at its most detailed message level."""
    messages: Counter[str] = Counter()

    def count(notice: psycopg.errors.Diagnostic) -> None:
        messages[(notice.message_primary or "").split(" ")[0]] += 1

    connection.execute("SET client_min_messages = debug5")
    connection.add_notice_handler(count)
    connection.execute(statement.encode())
    found = messages["StartSubTransaction(2)"]
    connection.execute("SET client_min_messages = notice")
    connection.remove_notice_handler(count)
    return found


def sink(connection: Connection, count: int, prefix: str) -> None:
    for number in range(count):
        connection.execute(f"CREATE TABLE {prefix}{number} (id int)".encode())


@pytest.mark.parametrize(
    ("routine", "trigger"),
    [("capture_command", "event_trigger_ddl_end"), ("capture_drop", "event_trigger_sql_drop")],
)
def test_the_lines_that_run_without_a_guard_are_those_that_run_with_one(routine: str, trigger: str) -> None:
    def middle(name: str) -> list[str]:
        text = (ROUTINES / f"{name}.sql").read_text()
        lines = text.split("-- Equal from here.\n")[1].split("-- Equal up to here.")[0].splitlines()
        return [line.strip() for line in lines if line.strip()]

    assert middle(routine) == middle(trigger)


@pytest.mark.every_server
@pytest.mark.parametrize(
    ("kind", "early_blocks"),
    [
        ("CREATE TABLE t{} ()", 1),
        ("COMMENT ON TABLE base IS '{}'", 1),
        ("CREATE INDEX ON base (id)", 1),
        ("ALTER TABLE base ADD COLUMN c{} int", 1),
        ("DROP TABLE base{}", 2),
        ("GRANT SELECT ON base TO PUBLIC", 2),
        ("DO $$BEGIN CREATE TABLE d{} (); END$$", 1),
        ("CREATE TABLE x{} (); SELECT 1", 1),
        ("CREATE TABLE c{} AS SELECT 1 AS a", 1),
    ],
)
def test_a_ddl_has_one_guarded_block_and_none_once_its_kind_is_proven(
    early: Record, kind: str, early_blocks: int
) -> None:
    connection = early.connection
    connection.execute("CREATE TABLE base (id int)")
    sink(connection, 4, "base")
    assert blocks(connection, kind.format(0)) == early_blocks
    with connection.transaction():
        sink(connection, GUARDED + 1, "filler")
        blocks(connection, kind.format(1))
        assert blocks(connection, kind.format(2)) == 0


ALIKE = """
SELECT count(*), bool_and(h.script_execution_hk = script_tracking.calculate_hash_key(h.script_execution_bk)),
    bool_and(s.hash_diff = script_tracking.calculate_hash_diff(s.tenant_hk, s.script_name, s.script_type,
        s.execution_status, s.execution_timestamp, s.execution_duration_ms, s.db_session_user, s.client_ip,
        s.affected_objects, s.sql_command, s.error_message, s.metadata, s.record_source)),
    count(DISTINCT (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(s.metadata) AS k)), count(DISTINCT s.record_source)
FROM script_tracking.script_execution_s AS s
JOIN script_tracking.script_execution_h AS h USING (script_execution_hk, load_date)
WHERE s.version_number > %s
"""


def test_rows_are_alike_wherever_in_a_transaction(early: Record) -> None:
    """The first, those whose rows are written after the guard, and those without any."""
    before = early.mark()
    with early.connection.transaction():
        sink(early.connection, GUARDED + 10, "t")
    found = early.connection.execute(ALIKE, (before,)).fetchone()
    assert found == (GUARDED + 10, True, True, 1, 1)


@pytest.mark.every_server
def test_a_long_string_keeps_each_statement_and_no_more(early: Record) -> None:
    early.connection.execute("CREATE TABLE filler (a int, note text)")
    statements = [
        f"CREATE TABLE t{number} (a int, note text DEFAULT 'é;{number}')"
        if number % 3
        else f"COMMENT ON TABLE filler IS 'no; {number}'"
        for number in range(1500)
    ]
    between = "INSERT INTO filler VALUES (1, 'a; b')"
    before = early.mark()
    early.connection.execute(f";\n{between};\n".join(statements).encode())
    executions = early.since(before)
    assert [execution.statement for execution in executions] == statements
    [(most,)] = early.connection.execute(
        "SELECT max(pg_column_size(s.*) - octet_length(s.sql_command)) FROM script_tracking.script_execution_s AS s"
        " WHERE s.version_number > %s",
        (before,),
    )
    assert most < 2000


@pytest.mark.every_server
def test_a_block_with_many_statements_keeps_each(early: Record) -> None:
    block = "DO $$BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE t%s (); COMMENT ON TABLE t%1$s IS ''no %1$s''', i); END LOOP; END$$"
    before = early.mark()
    early.connection.execute(block.encode())
    executions = early.since(before)
    assert [execution.statement for execution in executions] == [
        statement
        for number in range(1, 301)
        for statement in (f"CREATE TABLE t{number} ()", f"COMMENT ON TABLE t{number} IS 'no {number}'")
    ]


@pytest.mark.slow
@pytest.mark.any_server
@pytest.mark.parametrize("megabytes", [5, pytest.param(20, marks=[pytest.mark.matrix, pytest.mark.release])])
def test_a_string_of_many_megabytes_keeps_each_statement(record: Record, megabytes: int) -> None:
    long = "x" * 20_000
    statements = [f"COMMENT ON SCHEMA public IS '{number} {long}'" for number in range(50 * megabytes)]
    before = record.mark()
    record.connection.execute(";".join(statements).encode())
    assert [execution.statement for execution in record.since(before)] == statements


@pytest.mark.every_server
def test_discarded_sequences_late_in_a_string_abort_nothing(early: Record) -> None:
    statements = [f"CREATE TABLE t{number} ()" for number in range(GUARDED + 10)]
    executions = early.of("; ".join([*statements, "DISCARD SEQUENCES", "CREATE TABLE last ()"]))
    assert [execution.statement for execution in executions] == [*statements, "CREATE TABLE last ()"]
    assert early.warnings == []


TIDY = "CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$BEGIN EXECUTE 'DISCARD SEQUENCES'; END$$"


@pytest.mark.every_server
def test_sequences_that_code_discards_late_in_a_string_abort_nothing(early: Record) -> None:
    """The string itself shows no DISCARD. The statements before it are not taken for those after it."""
    early.connection.execute(TIDY)
    statements = [f"CREATE TABLE t{number} ()" for number in range(GUARDED + 10)]
    after = ["CREATE TABLE next ()", "COMMENT ON TABLE next IS 'x'", "CREATE TABLE last ()"]
    executions = early.of("; ".join([*statements, "SELECT tidy()", *after]))
    assert [execution.statement for execution in executions] == [*statements, *after]
    executions = early.of("; ".join([f"DROP TABLE {name}" for name in ("t1", "t2")]))
    assert [execution.statement for execution in executions] == ["DROP TABLE t1", "DROP TABLE t2"]
    assert early.warnings == []


@pytest.mark.every_server
@pytest.mark.parametrize("discard", ["'DISCARD SEQUENCES'", "'DIS' || 'CARD SEQUENCES'"])
def test_sequences_that_are_discarded_late_by_code_abort_nothing(early: Record, discard: str) -> None:
    connection = early.connection
    early.connection.execute("CREATE SEQUENCE own")
    before = early.mark()
    with connection.transaction():
        for number in range(GUARDED + 5):
            connection.execute(f"DO $$BEGIN EXECUTE 'CREATE TABLE t{number} ()'; END$$".encode())
        connection.execute("DO $$BEGIN EXECUTE 'CREATE TABLE a (); CREATE TABLE b ()'; END$$")
        connection.execute(
            f"DO $$BEGIN EXECUTE 'CREATE TABLE x (); CREATE TABLE x1 ()'; EXECUTE {discard};"
            " EXECUTE 'CREATE TABLE y ()'; EXECUTE 'CREATE TABLE z (); CREATE TABLE z1 ()'; END$$".encode()
        )
    names = [*(f"t{number}" for number in range(GUARDED + 5)), "a", "b", "x", "x1", "y", "z", "z1"]
    assert [execution.statement for execution in early.since(before)] == [
        f"CREATE TABLE {name} ()" for name in names
    ]
    assert early.warnings == []


def test_a_session_keeps_its_place_at_the_end_of_a_block_of_numbers(early: Record) -> None:
    """A session takes the numbers that reveal a DISCARD SEQUENCES in blocks of 4096."""
    connection = early.connection
    connection.execute("CREATE TABLE same ()")
    connection.execute("COMMENT ON TABLE same IS 'a'; COMMENT ON TABLE same IS 'b'")
    take = "SELECT count(nextval('script_tracking.capture_discard_seq')) FROM generate_series(1, %s)"
    [(number,)] = connection.execute("SELECT nextval('script_tracking.capture_discard_seq') % 4096")
    connection.execute(take, (4080 - number,))
    statements = [f"COMMENT ON TABLE same IS '{number % 3}'" for number in range(30)]
    assert [execution.statement for execution in early.of("; ".join(statements))] == statements


def test_a_string_that_cannot_be_split_is_not_stored_with_each_of_its_ddl(record: Record) -> None:
    record.connection.execute("SET standard_conforming_strings = off")
    string = ";".join(f"CREATE TABLE t{number} ()" for number in range(400))
    executions = record.of(string)
    assert len(executions) == 400
    assert {execution.metadata["statement_is_whole"] for execution in executions} == {True}
    assert {execution.statement for execution in executions} == {
        f"{string[:1000]}... [cut: {len(string)} characters]"
    }


BREAKS = {
    "a table of settings renamed": "ALTER TABLE script_tracking.capture_setting RENAME TO renamed",
    "a column renamed": "ALTER TABLE script_tracking.capture_setting RENAME COLUMN redaction TO renamed",
    "a function dropped": "DROP FUNCTION script_tracking.redact_message(text)",
    "a function replaced": "CREATE OR REPLACE FUNCTION script_tracking.capture_digest(p_payload text)"
    " RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE division_by_zero; END'",
}


@pytest.mark.every_server
@pytest.mark.parametrize("breaks", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("place", [5, 36, GUARDED + 5])
def test_a_transaction_that_breaks_capture_lives(early: Record, breaks: str, place: int) -> None:
    """The guard is there again after a command that may have changed dbtrack itself."""
    connection = early.connection
    connection.execute("BEGIN")
    sink(connection, place, "before")
    connection.execute(breaks.encode())
    early.warnings.clear()
    sink(connection, 3, "after")
    connection.execute("DROP TABLE after0, after1")
    assert connection.execute("SELECT to_regclass('after2') IS NOT NULL").fetchone() == (True,)
    connection.execute("ROLLBACK")
    early.warnings.clear()


def test_no_guarded_block_is_added_by_a_rollback_to_a_savepoint(early: Record) -> None:
    connection = early.connection
    before = early.mark()
    with connection.transaction():
        sink(connection, GUARDED + 5, "t")
        connection.execute("SAVEPOINT s")
        sink(connection, 2, "undone")
        connection.execute("ROLLBACK TO s")
        assert blocks(connection, "CREATE TABLE kept ()") == 0
    objects = [execution.objects for execution in early.since(before)]
    assert len(objects) == GUARDED + 6
    assert not re.search("undone", str(objects))
