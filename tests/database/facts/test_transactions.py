"""What of a trigger's writing survives, and what it does to the transaction: PostgreSQL's own behaviour."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from psycopg import errors

from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection, Witness

pytestmark = pytest.mark.every_server


class UndoError(Exception):
    """Raised to roll a transaction back."""


def undone(connection: Connection, statement: str) -> None:
    with contextlib.suppress(UndoError), connection.transaction():
        connection.execute(statement.encode())
        raise UndoError


def appending_trigger(connection: Connection, event: str, security: str) -> None:
    connection.execute(
        f"""CREATE TABLE log (note text);
        CREATE FUNCTION write_log() RETURNS event_trigger LANGUAGE plpgsql {security} AS
        $$BEGIN INSERT INTO public.log VALUES (tg_tag); END$$;
        CREATE EVENT TRIGGER write_log ON {event} EXECUTE FUNCTION write_log()""".encode()
    )


def test_a_failed_ddl_takes_its_start_along(witness: Witness) -> None:
    with pytest.raises(errors.UndefinedObject):
        witness.connection.execute("CREATE TABLE t (id absent_type)")
    assert witness.since() == []


def test_a_failed_concurrent_index_leaves_its_start_and_an_invalid_index(witness: Witness) -> None:
    connection = witness.connection
    connection.execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)")
    with pytest.raises(errors.UniqueViolation):
        connection.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON t (id)")
    assert [(seen.event, seen.tag) for seen in witness.since()][2:] == [("ddl_command_start", "CREATE INDEX")]
    [(is_valid,)] = connection.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass")
    assert not is_valid


def test_volatile_triggers_survive_a_concurrent_index(witness: Witness) -> None:
    witness.connection.execute("CREATE TABLE t (id int)")
    assert witness.events("CREATE INDEX CONCURRENTLY i ON t (id)", "DROP INDEX CONCURRENTLY i") == [
        "ddl_command_start CREATE INDEX",
        "ddl_command_end CREATE INDEX",
        "sql_drop DROP INDEX",
        "ddl_command_end DROP INDEX",
    ]


def test_a_start_that_writes_forbids_a_concurrent_drop(connection: Connection) -> None:
    connection.execute("CREATE TABLE t (id int CONSTRAINT i UNIQUE); CREATE INDEX j ON t (id)")
    appending_trigger(connection, "ddl_command_start", "SECURITY DEFINER")
    with pytest.raises(errors.FeatureNotSupported, match="must be first action in transaction"):
        connection.execute("DROP INDEX CONCURRENTLY j")


def test_a_start_that_writes_allows_a_concurrent_detach(witness: Witness) -> None:
    witness.connection.execute(
        "CREATE TABLE whole (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE part PARTITION OF whole FOR VALUES FROM (1) TO (2)"
    )
    assert witness.events("ALTER TABLE whole DETACH PARTITION part CONCURRENTLY") == [
        "ddl_command_start ALTER TABLE",
        "ddl_command_end ALTER TABLE",
    ]


def test_a_start_that_writes_allows_a_concurrent_reindex(witness: Witness, server: Server) -> None:
    witness.connection.execute("CREATE TABLE t (id int PRIMARY KEY)")
    events = witness.events("REINDEX TABLE CONCURRENTLY t")
    assert len(events) == (2 if server.major >= 17 else 0)


def test_a_rollback_takes_the_rows_but_not_the_sequence(witness: Witness) -> None:
    witness.connection.execute("CREATE TABLE kept (id int)")
    undone(witness.connection, "CREATE TABLE t (id int)")
    witness.connection.execute("CREATE TABLE kept_too (id int)")
    ids = [row[0] for row in witness.connection.execute("SELECT id FROM witness.seen ORDER BY id")]
    assert ids == [1, 2, 5, 6]


def test_a_rollback_to_a_savepoint_hides_the_inner_ddl_only(witness: Witness) -> None:
    with witness.connection.transaction():
        witness.connection.execute("CREATE TABLE kept (id int)")
        undone(witness.connection, "CREATE TABLE t (id int)")
    assert len(witness.since()) == 2


def test_an_unprivileged_users_ddl_fails_without_security_definer(
    connection: Connection, role: RoleFactory
) -> None:
    appending_trigger(connection, "ddl_command_end", "SECURITY INVOKER")
    connection.execute(f"SET ROLE {role()}".encode())
    with pytest.raises(errors.InsufficientPrivilege, match="log"):
        connection.execute("CREATE TEMPORARY TABLE t (id int)")


def test_an_error_in_a_trigger_aborts_the_ddl(connection: Connection) -> None:
    appending_trigger(connection, "ddl_command_end", "SECURITY DEFINER")
    connection.execute("ALTER TABLE log ADD CHECK (note <> 'CREATE TABLE')")
    with pytest.raises(errors.CheckViolation):
        connection.execute("CREATE TABLE t (id int)")
    assert connection.execute("SELECT to_regclass('t')").fetchone() == (None,)


def test_the_acting_role_is_seen_beside_the_owner(witness: Witness, role: RoleFactory) -> None:
    group = role("group", login=False)
    login = role("login", member_of=[group])
    witness.connection.execute(f"CREATE SCHEMA s AUTHORIZATION {group}".encode())
    with psycopg.connect(witness.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute("CREATE TEMPORARY TABLE own (id int)")
        session.execute(f"SET ROLE {group}".encode())
        session.execute("CREATE TABLE s.t (id int)")
    seen = [(s.login, s.owner, s.role) for s in witness.since() if s.event == "ddl_command_end"]
    assert seen[-2:] == [(login, "postgres", "none"), (login, "postgres", group)]


def subtransactions(connection: Connection) -> int:
    [(count,)] = connection.execute(
        "SELECT subxact_count FROM pg_stat_get_backend_idset() AS b (id),"
        " pg_stat_get_backend_subxact(b.id) WHERE pg_stat_get_backend_pid(b.id) = pg_backend_pid()"
    )
    return int(count)


@pytest.mark.parametrize(("body", "taken"), [("PERFORM 1", 0), ("INSERT INTO t VALUES (1)", 1)])
def test_only_a_guarded_block_that_writes_takes_a_subtransaction_id(
    connection: Connection, server: Server, body: str, taken: int
) -> None:
    if server.major < 16:
        pytest.skip("pg_stat_get_backend_subxact came with 16")
    connection.execute("CREATE TABLE t (id int)")
    with connection.transaction():
        connection.execute(f"DO $$BEGIN BEGIN {body}; EXCEPTION WHEN OTHERS THEN NULL; END; END$$".encode())
        assert subtransactions(connection) == taken


@pytest.mark.parametrize("condition", ["serialization_failure", "deadlock_detected", "lock_not_available"])
def test_others_swallows_what_must_be_raised_again(connection: Connection, condition: str) -> None:
    connection.execute(f"DO $$BEGIN RAISE {condition}; EXCEPTION WHEN OTHERS THEN NULL; END$$".encode())


@pytest.mark.parametrize("condition", ["query_canceled", "assert_failure"])
def test_others_lets_cancellation_and_assertions_through(connection: Connection, condition: str) -> None:
    with pytest.raises(psycopg.Error):
        connection.execute(f"DO $$BEGIN RAISE {condition}; EXCEPTION WHEN OTHERS THEN NULL; END$$".encode())


def test_serializable_writers_that_only_append_do_not_conflict(witness: Witness) -> None:
    dsn = witness.connection.info.dsn
    with psycopg.connect(dsn) as one, psycopg.connect(dsn) as other:
        for number, session in enumerate((one, other)):
            session.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            session.execute(f"CREATE TABLE t{number} (id int)".encode())
        one.commit()
        other.commit()
    assert len(witness.since()) == 4


def test_notify_forbids_a_prepared_transaction(connection: Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("NOTIFY c")
    with pytest.raises(errors.FeatureNotSupported):
        connection.execute("PREPARE TRANSACTION 'dbtrack_notify'")


def test_a_prepared_transaction_can_hold_what_a_trigger_wrote(witness: Witness) -> None:
    connection = witness.connection
    gid = connection.info.dbname
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE t (id int)")
    connection.execute(f"PREPARE TRANSACTION '{gid}'".encode())
    assert witness.since() == []
    connection.execute(f"COMMIT PREPARED '{gid}'".encode())
    assert len(witness.since()) == 2
