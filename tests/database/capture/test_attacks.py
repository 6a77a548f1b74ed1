"""What an ordinary login tries against capture itself: to run DDL unrecorded, or recorded as something else."""

from __future__ import annotations

import contextlib
import threading

import psycopg
import pytest
from psycopg import errors

from tests.support.recorded import Record
from tests.support.servers import Server
from tests.support.witness import Connection

pytestmark = pytest.mark.every_server

HARMLESS = "ALTER TABLE own.pay SET (fillfactor = 90)"
HARMFUL = "ALTER TABLE own.pay DISABLE ROW LEVEL SECURITY"
SETTINGS = (
    "ddl_string",
    "ddl_window",
    "ddl_inner",
    "ddl_client",
    "ddl_proven",
    "ddl_guarded",
    "ddl_stack",
    "ddl_block",
)
CLEAR = "; ".join(f"SET dbtrack.{name} = ''" for name in SETTINGS) + "; DISCARD SEQUENCES"
SAVE = "; ".join(
    f"SELECT set_config('kept.{name}', coalesce(current_setting('dbtrack.{name}', true), ''), false)"
    for name in SETTINGS
)
RESTORE = "; ".join(
    f"SELECT set_config('dbtrack.{name}', current_setting('kept.{name}'), false)" for name in SETTINGS
)
FORGE = (
    "SELECT set_config('dbtrack.ddl_string', repeat('0', 64) || m.moment || '::|', false),"
    " set_config('dbtrack.ddl_window', m.moment || '00000000011-' || current_query(), true),"
    " set_config('dbtrack.ddl_inner', repeat('0', 64) || m.moment || ':1:', false),"
    " set_config('dbtrack.ddl_client', m.moment || ':secrets100000:-SELECT 1', true)"
    " FROM (SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::int8 AS moment) AS m"
)
# The block of numbers that the session gets next.
DENY = "SELECT set_config('dbtrack.ddl_block', (current_setting('dbtrack.ddl_block')::int8 + 1)::text, false)"
STRINGS = {
    "cleared": f"{HARMLESS}; {CLEAR}; {HARMFUL}",
    "put back": f"{SAVE}; {HARMLESS}; {RESTORE}; {HARMFUL}",
    "put back after one": f"{HARMLESS}; {SAVE}; ALTER TABLE own.pay SET (fillfactor = 80); {RESTORE}; {HARMFUL}",
    "discarded": f"{HARMLESS}; {SAVE}; DISCARD SEQUENCES; {RESTORE}; {HARMFUL}",
    "discarded and denied": f"{HARMLESS}; {SAVE}; DISCARD SEQUENCES; {RESTORE}; {DENY}; {HARMFUL}",
    "forged": f"{HARMLESS}; {FORGE}; {HARMFUL}",
    "forged at first": f"{FORGE}; {HARMLESS}; {HARMFUL}",
    "rolled back": f"BEGIN; SAVEPOINT a; {HARMLESS}; ROLLBACK TO a; {HARMFUL}; COMMIT",
    "rolled back and cleared": f"BEGIN; SAVEPOINT a; {HARMLESS}; ROLLBACK TO a; {CLEAR}; {HARMFUL}; COMMIT",
    "committed and cleared": f"BEGIN; {HARMLESS}; COMMIT; {CLEAR}; {HARMFUL}",
    "serializable": f"BEGIN ISOLATION LEVEL SERIALIZABLE; {HARMLESS}; {CLEAR}; {HARMFUL}; COMMIT",
}


@pytest.fixture
def pay(shared_record: Record, session: Connection) -> None:
    session.execute("DROP TABLE IF EXISTS own.pay")
    session.execute("CREATE TABLE own.pay (id int)")
    session.execute("ALTER TABLE own.pay ENABLE ROW LEVEL SECURITY")


def is_secured(connection: Connection) -> bool:
    row = connection.execute("SELECT relrowsecurity FROM pg_class WHERE oid = 'own.pay'::regclass").fetchone()
    assert row
    return bool(row[0])


def tells_no_lie(statement: str | None) -> bool:
    """Return whether a harmful statement is recorded as itself, as the beginning of its string, or not at all."""
    return statement is None or HARMFUL in statement or statement.endswith(" characters]")


@pytest.mark.parametrize("string", STRINGS.values(), ids=STRINGS)
@pytest.mark.parametrize("warm", [False, True])
def test_no_ddl_of_a_string_is_recorded_as_another(
    shared_record: Record, session: Connection, pay: None, string: str, warm: bool
) -> None:
    if warm:
        session.execute("COMMENT ON TABLE own.pay IS 'a'; COMMENT ON TABLE own.pay IS 'b'")
    before = shared_record.mark()
    with contextlib.suppress(psycopg.Error):
        session.execute(string.encode())
    if is_secured(shared_record.connection):
        return  # refused: nothing happened
    assert tells_no_lie(shared_record.since(before)[-1].statement)


@pytest.mark.parametrize("string", ["cleared", "put back", "put back after one", "forged"])
@pytest.mark.parametrize("warm", [False, True])
def test_no_ddl_that_code_runs_is_recorded_as_another(
    shared_record: Record, session: Connection, pay: None, string: str, warm: bool
) -> None:
    if warm:
        session.execute(
            "DO $$BEGIN EXECUTE 'COMMENT ON TABLE own.pay IS ''a''; COMMENT ON TABLE own.pay IS ''b'''; END$$"
        )
    before = shared_record.mark()
    with contextlib.suppress(psycopg.Error):
        session.execute(f"DO $do$BEGIN EXECUTE $execute${STRINGS[string]}$execute$; END$do$".encode())
    if is_secured(shared_record.connection):
        return
    assert tells_no_lie(shared_record.since(before)[-1].statement)


def test_a_string_that_contains_another_of_its_kind_keeps_its_place(
    shared_record: Record, session: Connection, pay: None
) -> None:
    session.execute(
        "CREATE OR REPLACE FUNCTION own.inner_one() RETURNS int LANGUAGE plpgsql AS $$BEGIN"
        " EXECUTE 'COMMENT ON TABLE own.pay IS ''a''; COMMENT ON TABLE own.pay IS ''b'''; RETURN 1; END$$"
    )
    before = shared_record.mark()
    session.execute(f"DO $do$BEGIN EXECUTE '{HARMLESS}; SELECT own.inner_one(); {HARMFUL}'; END$do$".encode())
    assert [execution.statement for execution in shared_record.since(before)] == [
        HARMLESS,
        "COMMENT ON TABLE own.pay IS 'a'",
        "COMMENT ON TABLE own.pay IS 'b'",
        HARMFUL,
    ]


def test_an_index_and_what_is_named_otherwise_keep_their_statements(
    shared_record: Record, session: Connection
) -> None:
    statements = [
        'CREATE TABLE own."Odd ""name""" (id int, UNIQUE (id))',
        'CREATE INDEX ON own."Odd ""name""" (id)',
        "CREATE TABLE own.straße (id int)",
        "CREATE INDEX ON own.straße (id)",
        "CREATE FUNCTION own.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION own.f(int) RENAME TO g",
        "COMMENT ON FUNCTION own.g IS 'it'",
        "CREATE TYPE own.mood AS ENUM ('a')",
        "ALTER TYPE own.mood ADD VALUE 'b'",
        "CREATE VIEW OWN.V AS SELECT 1 AS one",
        "ALTER VIEW own.v RENAME COLUMN one TO two",
        "CREATE POLICY p ON own.straße USING (true)",
        "ALTER TABLE own.straße ADD CONSTRAINT positive CHECK (id > 0)",
        "COMMENT ON CONSTRAINT positive ON own.straße IS 'it'",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA own GRANT SELECT ON TABLES TO PUBLIC",
        "DROP VIEW own.v",
        "DROP FUNCTION own.g; DROP TYPE own.mood; DROP TABLE own.straße",
    ]
    before = shared_record.mark()
    session.execute("; ".join(statements).encode())
    assert [execution.statement for execution in shared_record.since(before)] == "; ".join(statements).split(
        "; "
    )
    string = 'CREATE TABLE own.U&"d\\0061t" (id int); CREATE INDEX ON own.dat (id); DROP TABLE own.dat'
    before = shared_record.mark()
    session.execute(string.encode())
    assert [execution.statement for execution in shared_record.since(before)] == string.split("; ")
    session.execute(
        'DROP TABLE own."Odd ""name"""; ALTER DEFAULT PRIVILEGES IN SCHEMA own REVOKE SELECT ON TABLES FROM PUBLIC'
    )


@pytest.fixture
def failures(shared_record: Record) -> list[tuple[str, str]]:
    """Empty the list of failures, as an administrator does."""
    shared_record.connection.execute("TRUNCATE script_tracking.capture_failure")
    return []


def accounted(shared_record: Record, before: int, name: str, outsider: str) -> bool:
    """Return whether a table that is there was recorded, or its failure counted with who and when."""
    connection = shared_record.connection
    made = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone()
    if made == (False,):
        return True
    counted = connection.execute(
        "SELECT db_session_user, occurred_at IS NOT NULL FROM script_tracking.capture_failure"
    ).fetchall()
    return any(e.objects == [name] for e in shared_record.since(before)) or counted == [(outsider, True)]


@pytest.mark.parametrize("mode", ["warn", "block"])
def test_ddl_at_the_end_of_the_stack_is_recorded_counted_or_refused(
    shared_record: Record, session: Connection, outsider: str, mode: str, failures: list[tuple[str, str]]
) -> None:
    """Deep in a recursion the DDL fits the stack and its capture does not."""
    shared_record.connection.execute(
        f"SELECT script_tracking.set_setting('capture.on_error', '{mode}')".encode()
    )
    session.execute(
        "CREATE OR REPLACE FUNCTION own.dive(depth int, name text) RETURNS int LANGUAGE plpgsql AS $$BEGIN"
        " IF depth > 0 THEN RETURN own.dive(depth - 1, name); END IF;"
        " EXECUTE format('CREATE TABLE own.%I ()', name); RETURN 0; END$$"
    )
    fits, too_deep = 0, 100_000
    with contextlib.suppress(errors.StatementTooComplex):
        session.execute(f"SELECT own.dive({too_deep}, 'never')".encode())
    while too_deep - fits > 1:
        middle = (fits + too_deep) // 2
        try:
            session.execute(f"SELECT own.dive({middle}, 'tried')".encode())
            fits = middle
            session.execute("DROP TABLE own.tried")
        except (errors.StatementTooComplex, errors.RaiseException, psycopg.DatabaseError):
            too_deep = middle
    for depth in range(max(fits - 60, 0), fits + 20, 2):
        shared_record.connection.execute("TRUNCATE script_tracking.capture_failure")
        before = shared_record.mark()
        with contextlib.suppress(psycopg.DatabaseError):
            session.execute(f"SELECT own.dive({depth}, 'deep')".encode())
        assert accounted(shared_record, before, "own.deep", outsider)
        if mode == "block":
            assert (
                shared_record.connection.execute("SELECT * FROM script_tracking.capture_failure").fetchall()
                == []
            )
        session.execute("DROP TABLE IF EXISTS own.deep")
    shared_record.connection.execute("SELECT script_tracking.set_setting('capture.on_error', 'warn')")


@pytest.mark.slow
@pytest.mark.parametrize(
    "megabytes",
    [
        20,
        pytest.param(60, marks=[pytest.mark.matrix, pytest.mark.newest]),
        pytest.param(140, marks=[pytest.mark.matrix, pytest.mark.any_server, pytest.mark.release]),
    ],
)
def test_a_huge_statement_is_recorded(shared_record: Record, session: Connection, megabytes: int) -> None:
    before = shared_record.mark()
    padding = "x" * (megabytes * 1_000_000)
    session.execute(f"CREATE /* {padding} */ TABLE own.huge (id int)".encode())
    session.execute(f"DROP TABLE own.huge; SELECT '{padding}'".encode())
    assert [execution.objects for execution in shared_record.since(before)] == [["own.huge"], ["own.huge"]]


def test_a_short_lock_timeout_does_not_lose_the_record(shared_record: Record, session: Connection) -> None:
    """A cleanup that waits for a reader of the record blocks its writers for a moment."""
    session.execute("SET lock_timeout = '1ms'")
    before = shared_record.mark()
    dsn = shared_record.connection.info.dsn
    with psycopg.connect(dsn) as holder:
        holder.execute("LOCK TABLE script_tracking.script_execution_s IN ACCESS EXCLUSIVE MODE")
        with psycopg.connect(session.info.dsn, user=session.info.user, autocommit=True) as waiting:
            waiting.execute("SET lock_timeout = '1ms'")
            pid = waiting.info.backend_pid
            thread = threading.Thread(target=lambda: waiting.execute("CREATE TABLE own.waited ()"))
            thread.start()
            while holder.execute(
                "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", (pid,)
            ).fetchone() != ("Lock",):
                pass
            holder.rollback()
            thread.join()
    assert [execution.objects for execution in shared_record.since(before)] == [["own.waited"]]
    session.execute("DROP TABLE own.waited")


def test_a_transaction_made_read_only_by_the_ddl_itself_is_refused(
    shared_record: Record, session: Connection
) -> None:
    """Then neither the record nor its failure can be written: only the session itself can have done it."""
    with pytest.raises(psycopg.DatabaseError, match="could not record this CREATE TABLE AS"):
        session.execute("CREATE TABLE own.hidden AS SELECT set_config('transaction_read_only', 'on', true)")
    assert shared_record.connection.execute("SELECT to_regclass('own.hidden')").fetchone() == (None,)


def test_no_message_of_the_inside_reaches_a_client(
    shared_record: Record, server: Server, outsider: str
) -> None:
    """Whatever the session says of how strings are written, and of which messages it wants."""
    words = (
        "CREATE TABLE own.quiet (id serial PRIMARY KEY, name text DEFAULT 'a')",
        "COMMENT ON TABLE own.quiet IS 'it is'; COMMENT ON COLUMN own.quiet.id IS 'password'",
        "DO $$BEGIN EXECUTE 'CREATE INDEX ON own.quiet (name); COMMENT ON TABLE own.quiet IS ''x'''; END$$",
        "GRANT SELECT ON own.quiet TO PUBLIC",
        "DROP TABLE own.quiet",
    )
    seen: list[str] = []
    for conforming in ("on", "off"):
        for quote in ("on", "off", "safe_encoding"):
            for warning in ("on", "off"):
                for level in ("debug1", "log", "notice", "warning"):
                    with psycopg.connect(
                        shared_record.connection.info.dsn, user=outsider, autocommit=True
                    ) as fresh:
                        fresh.add_notice_handler(lambda notice: seen.append(str(notice.message_primary)))
                        fresh.execute(
                            f"SET standard_conforming_strings = {conforming}; SET backslash_quote = {quote};"
                            f" SET escape_string_warning = {warning}; SET client_min_messages = {level}".encode()
                        )
                        for statement in words:
                            fresh.execute(statement.encode())
    ours = [
        message
        for message in seen
        if "dbtrack" in message
        or "script_tracking" in message
        or "escape" in message
        or "nonstandard" in message
    ]
    assert ours == []


def test_an_extension_whose_capture_failed_does_not_hide_what_follows(
    shared_record: Record, session: Connection
) -> None:
    """At the end of the stack the record of CREATE EXTENSION fails; the next DROP is not part of the script."""
    session.execute(
        "CREATE OR REPLACE FUNCTION own.sink(depth int) RETURNS void LANGUAGE plpgsql AS $$BEGIN"
        " IF depth > 0 THEN PERFORM own.sink(depth - 1);"
        " ELSE CREATE EXTENSION IF NOT EXISTS plpgsql; END IF; END$$"
    )
    for number in range(40):
        session.execute(f"CREATE TABLE own.seen{number} ()".encode())
    before = shared_record.mark()
    session.execute(
        "DO $$DECLARE fits int := 0; too_deep int := 20000; middle int; BEGIN"
        " SET LOCAL client_min_messages = error;"
        " WHILE too_deep - fits > 1 LOOP middle := (fits + too_deep) / 2;"
        "  BEGIN PERFORM own.sink(middle); fits := middle;"
        "  EXCEPTION WHEN OTHERS THEN too_deep := middle; END; END LOOP;"
        " FOR number IN 0 .. 39 LOOP"
        "  BEGIN PERFORM own.sink(fits + 2 - number); EXCEPTION WHEN OTHERS THEN NULL; END;"
        "  EXECUTE format('DROP TABLE own.seen%s', number); END LOOP; END$$"
    )
    dropped = [
        execution.objects for execution in shared_record.since(before) if execution.tag == "DROP TABLE"
    ]
    assert dropped == [[f"own.seen{number}"] for number in range(40)]


def test_bound_parameters_do_not_pass_for_code(shared_record: Record, session: Connection) -> None:
    """With this setting they stand in the context of an error, as code that runs DDL does."""
    session.execute("CREATE TABLE own.twice AS SELECT 1 AS id UNION ALL SELECT 1")
    session.execute("SET log_parameter_max_length_on_error = -1")
    comment = f"/* {'x' * 2000} */"
    statements = {
        f"{comment} CREATE UNIQUE INDEX CONCURRENTLY twice_i ON own.twice (id)": ("RUNNING", []),
        f"{comment} CREATE VIEW own.bound AS SELECT 1 AS id": ("COMPLETED", ["own.bound"]),
        f"{comment} DROP INDEX own.twice_i": ("COMPLETED", ["own.twice_i"]),
    }
    before = shared_record.mark()
    for statement in statements:
        session.pgconn.exec_params(statement.encode(), [b'x\nSQL statement "SELECT 1"'], [25])
    assert [
        (execution.statement, (execution.status, execution.objects))
        for execution in shared_record.since(before)
    ] == list(statements.items())
    session.execute("DROP TABLE own.twice; DROP VIEW own.bound")


def test_an_index_made_concurrently_is_recorded_once_whatever_the_session_says_of_nesting(
    shared_record: Record, session: Connection
) -> None:
    session.execute("CREATE TABLE own.once (id int)")
    session.execute("SET dbtrack.ddl_stack = 'this is not a start, but long enough for one and another'")
    before = shared_record.mark()
    session.execute("CREATE INDEX CONCURRENTLY once_i ON own.once (id)")
    assert [(execution.status, execution.objects) for execution in shared_record.since(before)] == [
        ("COMPLETED", ["own.once_i"])
    ]
    session.execute("DROP TABLE own.once")


@pytest.mark.parametrize("sign", ["\x01", "\x1f", "\x7f"])
def test_no_sign_in_a_comment_breaks_the_description(
    shared_record: Record, session: Connection, pay: None, sign: str
) -> None:
    before = shared_record.mark()
    session.execute(f"ALTER TABLE own.pay /* attach partition {sign} */ ADD COLUMN x int".encode())
    [execution] = shared_record.since(before)
    assert execution.objects == ["own.pay"]
    assert "not_described" not in execution.metadata


def test_discarded_sequences_take_no_statement_away(
    shared_record: Record, session: Connection, pay: None
) -> None:
    before = shared_record.mark()
    named = "CREATE FUNCTION own.named() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    session.execute(f"{HARMLESS}; {HARMLESS}; DISCARD SEQUENCES; {HARMFUL}; {named}; DROP FUNCTION own.named")
    executions = shared_record.since(before)
    # A statement like those before it cannot be distinguished from them.
    assert HARMFUL in executions[2].statement
    assert executions[2].metadata["statement_is_whole"]
    assert [execution.statement for execution in executions if execution is not executions[2]] == [
        HARMLESS,
        HARMLESS,
        named,
        "DROP FUNCTION own.named",
    ]
