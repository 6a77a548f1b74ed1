"""Two servers and logical replication: whose operation it is, who ran a DDL, and which settings hold."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.evidence.reading import read_numbers
from dbtrack.proof.seal import seal
from dbtrack.reports import REPORTS, run
from tests.support.command_line import run_dbtrack
from tests.support.recorded import Record, Recorded
from tests.support.servers import find_binaries, start_server

_SETTINGS = "wal_level = logical\nwal_retrieve_retry_interval = '100ms'\n"
_PUBLISHED = (
    "script_tracking.script_execution_h, script_tracking.script_execution_s, script_tracking.open_execution,"
    " script_tracking.setting, public.queue"
)
_RUN_DDL = """
CREATE FUNCTION run_ddl() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE NEW.ddl; RETURN NULL; END'
"""


@dataclass(frozen=True)
class Pair:
    """A publisher and its subscriber, each with dbtrack."""

    publisher: psycopg.Connection[Any]
    subscriber: psycopg.Connection[Any]


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Two servers; the second applies with its owner's rights what the first writes."""
    binaries = find_binaries(18)
    assert binaries
    servers = [start_server(18, binaries, _SETTINGS) for _ in range(2)]
    try:
        connections = [psycopg.connect(server.conninfo("postgres"), autocommit=True) for server in servers]
        for connection in connections:
            connection.execute("CREATE TABLE queue (id int PRIMARY KEY, ddl text)")
            schema.install(Database.wrap(connection))
        publisher, subscriber = connections
        subscriber.execute(_RUN_DDL)
        subscriber.execute("CREATE TRIGGER run AFTER INSERT ON queue FOR EACH ROW EXECUTE FUNCTION run_ddl()")
        subscriber.execute("ALTER TABLE queue ENABLE REPLICA TRIGGER run")
        publisher.execute(
            f"CREATE PUBLICATION news FOR TABLE {_PUBLISHED} WITH (publish_via_partition_root = true)".encode()
        )
        subscriber.execute(
            f"CREATE SUBSCRIPTION news CONNECTION '{servers[0].conninfo('postgres')}' PUBLICATION news"
            " WITH (run_as_owner = true, origin = none, copy_data = false)".encode()
        )
        yield Pair(publisher, subscriber)
        for connection in connections:
            connection.close()
    finally:
        for server in servers:
            server.stop()


def value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(400):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not arrive")


def test_an_operation_is_given_up_by_its_own_server_alone(pair: Pair) -> None:
    status = "SELECT execution_status FROM script_tracking.current_execution WHERE script_name = 'migration'"
    with psycopg.connect(pair.publisher.info.dsn, autocommit=True) as worker:
        worker.execute("SELECT script_tracking.track_operation('migration', bound_to_connection => true)")
        wait_for(lambda: value(pair.subscriber, status) == "RUNNING")
        assert value(pair.subscriber, "SELECT script_tracking.close_abandoned()") == 0
        assert value(pair.subscriber, status) == "RUNNING"
    wait_for(lambda: value(pair.publisher, "SELECT script_tracking.close_abandoned()") == 1)
    wait_for(lambda: value(pair.subscriber, status) == "ABANDONED")


def test_settings_are_each_servers_own(pair: Pair) -> None:
    shown = "SELECT script_tracking.current_setting_value('redaction.mode')"
    in_force = "SELECT redaction FROM script_tracking.capture_setting"
    pair.publisher.execute("SELECT script_tracking.set_setting('redaction.mode', 'all')")
    pair.publisher.execute("INSERT INTO queue VALUES (0, 'CREATE TABLE public.arrived (id int)')")
    wait_for(lambda: bool(value(pair.subscriber, "SELECT to_regclass('public.arrived') IS NOT NULL")))
    assert (value(pair.subscriber, shown), value(pair.subscriber, in_force)) == ("secrets", "secrets")


@pytest.fixture(scope="module")
def repeated(pair: Pair) -> list[Recorded]:
    """What the subscriber recorded of what ann did on the publisher, in one transaction each."""
    pair.publisher.execute(
        "CREATE ROLE ann LOGIN; GRANT CREATE ON SCHEMA public TO ann; GRANT INSERT ON queue TO ann"
    )
    record = Record(pair.subscriber)
    mark = record.mark()
    table = "CREATE TABLE public.shipped (id int)"
    columns = [f"ALTER TABLE public.shipped ADD COLUMN c{number} int" for number in (1, 2)]
    with psycopg.connect(pair.publisher.info.dsn, user="ann", autocommit=True) as ann:
        for number, statements in enumerate(([table], columns), 1):
            with ann.transaction():
                for place, statement in enumerate(statements):
                    ann.execute(statement.encode())
                    ann.execute("INSERT INTO queue VALUES (%s, %s)", (number * 10 + place, statement))
    counted = (
        "SELECT count(*) FROM script_tracking.script_execution_s"
        " WHERE metadata ? 'replicated' AND 'public.shipped' = ANY (affected_objects)"
    )
    wait_for(lambda: value(pair.subscriber, counted) == 3)
    return [found for found in record.since(mark) if found.objects == ["public.shipped"]]


def test_the_record_says_that_a_worker_ran_a_ddl_and_of_which_subscription(repeated: list[Recorded]) -> None:
    # Those of ann came too, with the record of the publisher.
    assert sorted((found.login, found.metadata.get("replicated") is not None) for found in repeated) == (
        [("ann", False)] * 3 + [("postgres", True)] * 3
    )
    for said in (found.metadata for found in repeated if found.login == "postgres"):
        assert said["session_replication_role"] == "replica"
        # Its name is a longer one from PostgreSQL 17 on.
        assert said["backend_type"].startswith("logical replication")
        assert said["subscription"] == "news"
        assert said["replication_origin"].startswith("pg_")
        assert said["replicated"] == {"software": "logical replication"}


def test_each_repetition_knows_its_own_original(pair: Pair, repeated: list[Recorded]) -> None:
    found = pair.subscriber.execute(
        """
        SELECT s.sql_command, v.sql_command, o.db_session_user, o.found_by
        FROM script_tracking.script_execution_s AS s
        CROSS JOIN LATERAL script_tracking.get_original_execution(s.script_execution_hk) AS o
        CROSS JOIN LATERAL script_tracking.execution_versions(o.script_execution_hk) AS v
        WHERE 'public.shipped' = ANY (s.affected_objects)
        """
    ).fetchall()
    assert len(found) == 3
    for repetition, original, *others in found:
        assert (repetition, others) == (original, ["ann", "transaction"])


def test_the_history_of_objects_has_what_replication_changed(pair: Pair, repeated: list[Recorded]) -> None:
    described = """
        SELECT count(*) FROM script_tracking.object_s AS o
        JOIN script_tracking.script_execution_s AS s USING (script_execution_hk)
        WHERE s.metadata ? 'replicated' AND o.object_identity = 'public.shipped'
    """
    assert value(pair.subscriber, described) == 3


def test_nobody_is_said_to_have_done_on_this_node_what_replication_did(
    pair: Pair, repeated: list[Recorded]
) -> None:
    subscriber = pair.subscriber
    judged = subscriber.execute(
        """
        SELECT s.metadata ? 'replicated', p.login, p.is_pipeline, p.exceptions
        FROM script_tracking.get_evidence_population(now() - interval '1 hour', now() + interval '1 hour') AS p
        JOIN script_tracking.script_execution_s AS s USING (script_execution_hk)
        WHERE 'public.shipped' = ANY (s.affected_objects) ORDER BY 1
        """
    ).fetchall()
    assert judged == [
        *[(False, "ann", False, ["outside_pipeline", "no_ticket"])] * 3,
        *[(True, None, False, [])] * 3,
    ]
    key = value(
        subscriber,
        "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.script_execution_s"
        " WHERE metadata ? 'replicated' AND sql_command LIKE '%shipped (%'",
    )
    assert value(subscriber, f"SELECT script_tracking.implementers(decode('{key}', 'hex'))") == ["ann"]
    by_user = dict(
        subscriber.execute(
            "SELECT subject, operations FROM script_tracking.get_performance_by('user')"
        ).fetchall()
    )
    assert by_user["ann"] == 3
    assert by_user["(replication)"] >= 3
    window = {"since": "-infinity", "until": "infinity", "tenant": None}
    assert read_numbers(Database.wrap(subscriber), window)["replicated"] >= 3
    shown_names = [column.name for column in REPORTS["show_execution"].columns]
    (row,) = run(Database.wrap(subscriber), REPORTS["show_execution"], {"key": key})
    shown = dict(zip(shown_names, row, strict=True))
    assert (shown["original_user"], shown["found_by"]) == ("ann", "transaction")


def test_evidence_of_what_replication_did_follows_from_the_sealed_rows(
    pair: Pair, repeated: list[Recorded], tmp_path: Path
) -> None:
    seal(Database.wrap(pair.subscriber))
    words = ("evidence", "-d", pair.subscriber.info.dsn, "--framework", "hipaa", "--since", "1h")
    document = tmp_path / "evidence.md"
    done = run_dbtrack(*words, "--sample", "500", "-o", str(document))
    assert done.returncode == 0, done.stderr
    (data,) = tmp_path.glob("*.json")
    checked = run_dbtrack("evidence", "verify", str(data))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@contextmanager
def broken(connection: psycopg.Connection[Any], function: str) -> Iterator[None]:
    """Let one of dbtrack's functions fail."""
    definition = value(connection, f"SELECT pg_get_functiondef('script_tracking.{function}'::regprocedure)")
    body = "$function$BEGIN RAISE EXCEPTION 'broken'; END$function$"
    disable = "ALTER EVENT TRIGGER et_ddl_command_end DISABLE"
    enable = "ALTER EVENT TRIGGER et_ddl_command_end ENABLE ALWAYS"
    for text in (
        re.sub(r"[$]function[$].*[$]function[$]", lambda _: body, definition, flags=re.DOTALL),
        definition,
    ):
        connection.execute(disable.encode())
        connection.execute(text.encode())
        connection.execute(enable.encode())
        if text is not definition:
            yield


def test_a_ddl_whose_description_fails_is_replicated_too(pair: Pair) -> None:
    record = Record(pair.subscriber)
    mark = record.mark()
    with broken(pair.subscriber, "captured_statement(text, text, text[], text[], boolean)"):
        pair.publisher.execute("INSERT INTO queue VALUES (30, 'CREATE TABLE public.partly (id int)')")
        wait_for(lambda: bool(value(pair.subscriber, "SELECT to_regclass('public.partly') IS NOT NULL")))
    (execution,) = (found for found in record.since(mark) if found.objects == ["public.partly"])
    assert "statement" in execution.metadata["not_described"]
    assert execution.metadata["replicated"] == {"software": "logical replication"}


def test_a_person_who_sets_the_role_is_not_a_worker(record: Record) -> None:
    record.connection.execute("SET session_replication_role = replica")
    (execution,) = record.of("CREATE TABLE t (id int)")
    assert execution.metadata["session_replication_role"] == "replica"
    assert execution.metadata["backend_type"] == "client backend"
    assert not execution.metadata.keys() & {"subscription", "replicated"}
    record.connection.execute("RESET session_replication_role")
    (execution,) = record.of("CREATE TABLE u (id int)")
    assert not execution.metadata.keys() & {"session_replication_role", "backend_type"}
