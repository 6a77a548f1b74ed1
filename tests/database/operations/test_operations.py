from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from dbtrack import operations, reports
from dbtrack.db import Database
from dbtrack.errors import PermissionDeniedError, UsageError
from dbtrack.operations import AlreadyClosedError, UnknownExecutionError
from dbtrack.reports import REPORTS
from tests.support.servers.sandbox import RoleFactory

UNKNOWN = bytes(32)


def test_an_operation_from_start_to_end(installed: Database) -> None:
    key = operations.start_operation(
        installed, "nightly load", script_type="BACKUP", metadata={"ticket": "OPS-1"}
    )
    running = operations.find_execution(installed, key)
    assert (running.current.status, running.current.duration_ms) == ("RUNNING", None)

    operations.complete_operation(installed, key, metadata={"rows": 5}, affected_objects=["public.orders"])
    done = operations.find_execution(installed, key)
    assert [version.status for version in done.versions] == ["RUNNING", "COMPLETED"]
    assert done.versions[0].load_end_date == done.versions[1].load_date
    assert (done.current.script_name, done.current.script_type) == ("nightly load", "BACKUP")
    assert (done.current.metadata["ticket"], done.current.metadata["rows"]) == ("OPS-1", 5)
    assert done.objects == ("public.orders",)
    assert done.record_source.startswith("dbtrack_cli@")
    assert done.business_key.startswith("nightly load_")


def test_a_failure_keeps_its_reason_without_secrets(installed: Database) -> None:
    key = operations.start_operation(installed, "load", metadata={"dsn": "postgresql://bob:hunter2@db/x"})
    operations.complete_operation(installed, key, success=False, error_message="password=hunter2 refused")
    found = operations.find_execution(installed, key)
    assert (found.current.status, found.current.error_message) == ("FAILED", "password=*** refused")
    assert "hunter2" not in repr(found)


def test_a_second_end_says_when_and_how_the_first_was(installed: Database) -> None:
    key = operations.start_operation(installed, "load")
    operations.complete_operation(installed, key, status="CANCELLED")
    with pytest.raises(
        AlreadyClosedError, match=r"\(load\) was already closed: CANCELLED at \d{4}-"
    ) as caught:
        operations.complete_operation(installed, key)
    assert caught.value.exit_code == 1
    assert len(operations.find_execution(installed, key).versions) == 2


def test_the_end_of_an_unknown_operation_is_an_error(installed: Database) -> None:
    with pytest.raises(UnknownExecutionError, match="no execution has the key 0000") as caught:
        operations.complete_operation(installed, UNKNOWN)
    assert caught.value.exit_code == 1


def test_of_two_ends_at_once_one_wins(installed: Database, installed_conninfo: str) -> None:
    def end(barrier: Barrier, key: bytes, status: str) -> str | None:
        with psycopg.connect(installed_conninfo, autocommit=True) as connection:
            database = Database.wrap(connection)
            barrier.wait()
            try:
                operations.complete_operation(database, key, status=status)
            except AlreadyClosedError:
                return None
            return status

    statuses = ["COMPLETED", "FAILED", "CANCELLED", "FAILED"]
    for _ in range(5):
        key = operations.start_operation(installed, "raced")
        barrier = Barrier(len(statuses))
        with ThreadPoolExecutor(len(statuses)) as pool:
            winners = [
                won for won in pool.map(lambda status, k=key, b=barrier: end(b, k, status), statuses) if won
            ]
        found = operations.find_execution(installed, key)
        assert [found.current.status] == winners
        assert len(found.versions) == 2


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0b"])
def test_a_name_that_cannot_be_stored(installed: Database, name: str) -> None:
    with pytest.raises(UsageError):
        operations.start_operation(installed, name)


def test_an_unknown_tenant_is_named(installed: Database) -> None:
    with pytest.raises(UsageError, match=r"nosuch.*dbtrack tenant list"):
        operations.start_operation(installed, "load", tenant="nosuch")


def test_a_tenant_is_kept(installed: Database) -> None:
    installed.execute("SELECT script_tracking.add_tenant('acme', 'Acme Ltd')")
    key = operations.start_operation(installed, "load", tenant="acme")
    assert operations.find_execution(installed, key).tenant == "acme"


def test_a_role_without_rights_gets_an_error(installed_conninfo: str, role: RoleFactory) -> None:
    with psycopg.connect(installed_conninfo, user=role(), autocommit=True) as connection:
        database = Database.wrap(connection)
        with pytest.raises(PermissionDeniedError):
            operations.start_operation(database, "load")


def test_a_key_is_found_by_its_first_digits(installed: Database) -> None:
    key = operations.start_operation(installed, "load")
    for digits in (8, 9, 31, 64):
        assert operations.find_execution(installed, key.hex()[:digits]).key == key
    with pytest.raises(UnknownExecutionError, match="no execution has the key"):
        operations.find_execution(installed, "0" * 20)


def test_ddl_of_a_linked_session_is_a_proven_child(installed: Database) -> None:
    key = operations.start_operation(installed, "migration")
    installed.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": key.hex()})
    installed.execute("CREATE TABLE orders (id int)")
    installed.execute("SELECT set_config('dbtrack.execution', '', false)")
    installed.execute("CREATE TABLE unrelated (id int)")
    operations.complete_operation(installed, key)

    found = operations.find_execution(installed, key)
    [child] = found.children
    assert (child.link_type, child.status, child.is_proven) == ("tracked", "COMPLETED", True)
    assert child.affected_objects == ("public.orders",)
    assert found.objects == ("public.orders",)
    parent = operations.find_execution(installed, child.key).parent
    assert parent is not None
    assert (parent.key, parent.script_name, parent.is_proven) == (key, "migration", True)


def test_a_nested_link_is_proven_by_the_transaction_that_both_ran_in(installed: Database) -> None:
    installed.execute("CREATE FUNCTION make() RETURNS int LANGUAGE sql AS 'CREATE TABLE inside (); SELECT 1'")
    installed.execute("CREATE TABLE outside AS SELECT make()")
    installed.execute("CREATE TABLE elsewhere (id int)")
    keys = {
        objects[0]: bytes(key)
        for objects, key in installed.rows(
            "SELECT affected_objects, script_execution_hk FROM script_tracking.current_execution"
        )
    }
    installed.execute(
        "INSERT INTO script_tracking.script_execution_parent_l (script_execution_parent_hk, parent_execution_hk,"
        " child_execution_hk, link_type, load_date, record_source)"
        " VALUES (sha256('forged'), %(parent)s, %(child)s, 'nested', now(), 'somebody')",
        {"parent": keys["public.outside"], "child": keys["public.elsewhere"]},
    )
    expected = {"public.inside": True, "public.elsewhere": False}
    children = operations.find_execution(installed, keys["public.outside"]).children
    assert {child.affected_objects[0]: child.is_proven for child in children} == expected
    report = REPORTS["show_children"]
    names = [column.name for column in report.columns]
    key = keys["public.outside"].hex()
    rows = [dict(zip(names, row, strict=True)) for row in reports.run(installed, report, {"key": key})]
    assert {row["affected_objects"][0]: row["is_proven"] for row in rows} == expected
    for name, proven in expected.items():
        parent = operations.find_execution(installed, keys[name]).parent
        assert parent is not None
        assert parent.is_proven is proven


def test_a_claim_after_the_end_is_unproven(installed: Database) -> None:
    key = operations.start_operation(installed, "migration")
    operations.complete_operation(installed, key)
    installed.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": key.hex()})
    installed.execute("CREATE TABLE orders (id int)")
    found = operations.find_execution(installed, key)
    assert [child.is_proven for child in found.children] == [False]
    assert found.objects == ()


@pytest.mark.every_server
def test_the_keys_are_those_of_the_public_functions(installed: Database) -> None:
    installed.execute("CREATE TABLE keyed (id serial)")
    operations.start_operation(installed, "by hand", metadata={"ticket": "Ü-1"})
    rows = installed.rows(
        """
        SELECT s.script_execution_hk = script_tracking.calculate_hash_key(h.script_execution_bk),
            h.script_execution_bk ~ ('^' || s.script_name || '_[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9:]{8}[.][0-9]{6}_[0-9a-f]{6}$'),
            s.record_source = script_tracking.record_source(split_part(s.record_source, '@', 1)),
            s.hash_diff = script_tracking.calculate_hash_diff(s.tenant_hk, s.script_name, s.script_type,
                s.execution_status, s.execution_timestamp, s.execution_duration_ms, s.db_session_user, s.client_ip,
                s.affected_objects, s.sql_command, s.error_message, s.metadata, s.record_source)
        FROM script_tracking.script_execution_s AS s
        JOIN script_tracking.script_execution_h AS h USING (script_execution_hk, load_date)
        """
    )
    assert rows == [(True, True, True, True)] * 2


@pytest.mark.parametrize(
    "call",
    [
        "SELECT script_tracking.complete_operation(script_tracking.track_operation('x'), execution_status => %(status)s)",
        (
            "SELECT script_tracking.record_operations(jsonb_build_array(jsonb_build_object("
            "'script_name', 'x', 'execution_status', %(status)s::text)))"
        ),
        (
            "SELECT script_tracking.restore_archived(jsonb_build_array(jsonb_build_object('row_kind', 'version', "
            "'script_execution_hk', repeat('00', 32), 'load_date', 0, 'hash_diff', '', 'version_number', 1, "
            "'script_name', 'x', 'script_type', 'MANUAL', 'execution_status', %(status)s::text, "
            "'execution_timestamp', 0, 'db_session_user', 'x', 'affected_objects', '[]'::jsonb, 'metadata', '{}', "
            "'record_source', 'x')))"
        ),
        (
            "SELECT script_tracking.ingest_log_records(jsonb_build_array(jsonb_build_object('script_name', 'x', "
            "'execution_status', %(status)s::text, 'execution_timestamp', now(), 'db_session_user', 'x', "
            "'session_statement', 'session 1 line 1')), "
            '\'{"source_hash": "aa", "tail_hash": "bb", "source_name": "a.log", '
            '"log_format": "jsonlog", "from_offset": 0, "to_offset": 1}\')'
        ),
    ],
    ids=["complete_operation", "record_operations", "restore_archived", "ingest_log_records"],
)
def test_functions_that_take_a_status_refuse_an_unknown_one(installed: Database, call: str) -> None:
    """No CHECK does it: the server would read that again for each DDL."""
    with pytest.raises(psycopg.Error, match=r"cannot end as done|cannot have ended as done|not-null"):
        installed.raw.execute(call, {"status": "done"})
    installed.raw.execute(call, {"status": "COMPLETED"})
    assert installed.value(
        "SELECT array_agg(DISTINCT execution_status) FROM script_tracking.current_execution"
    ) == ["COMPLETED"]
