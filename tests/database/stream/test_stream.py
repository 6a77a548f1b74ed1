"""`dbtrack stream` publishes the record, whole and in order, whatever stops it."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.events import EventCursor
from dbtrack.stream.destination import parse_destination
from dbtrack.stream.endpoint import StreamFormat, StreamOptions, use_endpoint
from dbtrack.stream.line_sink import LineSink
from dbtrack.stream.message import KeyKind
from tests.support.brokers import kafka_mock
from tests.support.brokers.kafka_mock import MockCluster, mock_cluster
from tests.support.brokers.kafka_topic import event_id, read_topic
from tests.support.brokers.many_events import MANY_EVENTS
from tests.support.brokers.nats_cluster import nats_cluster
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.servers import Server
from tests.support.standby import start_standby
from tests.support.streaming import (
    by_table,
    documents,
    first_copies,
    record_changes,
    recorded_events,
    streaming,
)
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def connection(installed_conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(installed_conninfo, autocommit=True) as found:
        yield found


@pytest.fixture
def stream(installed_conninfo: str, tmp_path: Path) -> Run:
    def run(*words: str, timeout_seconds: float = 60) -> subprocess.CompletedProcess[str]:
        environment = {"DBTRACK_STATE": str(tmp_path)}
        return run_dbtrack(
            "stream",
            "-d",
            installed_conninfo,
            *words,
            environment=environment,
            timeout_seconds=timeout_seconds,
        )

    return run


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    with mock_cluster() as found:
        # It keeps the last 5 MB of a partition only.
        yield found.create_topic("shop", partitions=100)


def acknowledged(connection: psycopg.Connection[Any], name: str) -> int:
    row = connection.execute(
        "SELECT events_sent FROM script_tracking.get_endpoints() WHERE endpoint_name = %s", (name,)
    ).fetchone()
    return row[0] if row else 0


def endpoints(connection: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in connection.execute("SELECT endpoint_name FROM script_tracking.event_endpoint")]


def end_lease(connection: psycopg.Connection[Any], name: str) -> None:
    """What passes by itself some time after a worker was killed."""
    connection.execute(
        "UPDATE script_tracking.event_endpoint SET lease_until = NULL WHERE endpoint_name = %s", (name,)
    )


def test_standard_output_gets_one_document_a_line(stream: Run, connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE TABLE orders (id int)")
    connection.execute("GRANT SELECT ON orders TO PUBLIC")
    done = stream("--to", "-", "--once", "--from-beginning")
    assert (done.returncode, done.stderr) == (0, "")
    found = documents(done.stdout)
    assert [(item["id"], item["data"]) for item in found] == recorded_events(connection)
    assert [item["type"] for item in found] == [
        "io.dbtrack.execution.completed",
        "io.dbtrack.privilege.changed",
    ]
    assert stream("--to", "-", "--once").stdout == "", "they are delivered"
    connection.execute("DROP TABLE orders")
    assert [item["subject"] for item in documents(stream("--to", "-", "--once").stdout)] == ["DROP TABLE"]


def test_a_stream_gets_the_types_and_tenants_that_it_asked_for(
    stream: Run, connection: psycopg.Connection[Any]
) -> None:
    words = ("--to", "-", "--once", "--events", "privilege.changed,execution.failed")
    assert stream(*words).returncode == 0
    connection.execute("CREATE TABLE orders (id int)")
    connection.execute("GRANT SELECT ON orders TO PUBLIC")
    assert [item["subject"] for item in documents(stream(*words).stdout)] == ["GRANT"]
    assert stream("--to", "-", "--once", "--events", "execution.*").returncode == 0
    connection.execute("DROP TABLE orders")
    assert [item["subject"] for item in documents(stream("--to", "-", "--once").stdout)] == ["DROP TABLE"]


def test_debezium_gets_schema_changes_only(stream: Run, connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE TABLE orders (id serial PRIMARY KEY)")
    connection.execute("GRANT SELECT ON orders TO PUBLIC")
    connection.execute("SELECT script_tracking.track_operation('nightly')")
    connection.execute("DROP TABLE orders")
    done = stream("--to", "-", "--once", "--from-beginning", "--format", "debezium", "--verbose")
    found = documents(done.stdout)
    database = connection.info.dbname
    assert [(item["ddl"], item["tableChanges"]) for item in found] == [
        (
            "CREATE TABLE orders (id serial PRIMARY KEY)",
            [{"type": "CREATE", "id": f'"{database}"."public"."orders"'}],
        ),
        ("DROP TABLE orders", [{"type": "DROP", "id": f'"{database}"."public"."orders"'}]),
    ]
    assert done.stderr == "dbtrack: delivered 2 events\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--to", "-", "--events", "nothing"), 2, 'there is no type of event "nothing"'),
        (("--to", "-", "--events", "a,,b"), 2, "a type of event is empty"),
        (("--to", "-", "--tenant", "nobody"), 2, "nobody"),
        (("--to", "-", "--name", "a b"), 2, "cannot be the name of an endpoint"),
        (("--to", "kafka://u:p@h/t"), 2, "must not contain a login"),
        (("--to", "http://h/t"), 2, "--to needs kafka://"),
        (("--to", "kafka://127.0.0.1:1/t"), 12, "dbtrack: kafka://127.0.0.1:1/t: "),
        (("--to", "nats://127.0.0.1:1/t"), 12, "dbtrack: nats://127.0.0.1:1/t: "),
    ],
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(
    stream: Run, words: tuple[str, ...], code: int, message: str
) -> None:
    done = stream(*words, "--once")
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("to", ["kafka://127.0.0.1:1/typo", "nats://127.0.0.1:1/typo"])
def test_a_broker_that_never_answered_leaves_no_endpoint(
    stream: Run, connection: psycopg.Connection[Any], to: str
) -> None:
    assert stream("--to", to, "--once").returncode == 12
    assert endpoints(connection) == []


def test_a_topic_that_is_not_there_leaves_no_endpoint(
    installed_conninfo: str, connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    with nats_cluster(tmp_path / "nats", nodes=1) as cluster:
        to = f"nats://{cluster.servers}/typo"
        with streaming(installed_conninfo, "--to", to, state=tmp_path) as process:
            assert process.wait(timeout=60) == 1
    assert endpoints(connection) == []


def test_a_stream_that_waits_for_its_broker_publishes_what_is_recorded_meanwhile(
    installed_conninfo: str, connection: psycopg.Connection[Any], stream: Run, tmp_path: Path
) -> None:
    with nats_cluster(tmp_path / "nats", nodes=1) as cluster:
        cluster.create_stream("SHOP", "shop")
        to = f"nats://{cluster.servers}/shop"
        cluster.nodes[0].kill()
        with streaming(installed_conninfo, "--to", to, state=tmp_path):
            wait_until(lambda: endpoints(connection) == ["nats-shop"])
            connection.execute("CREATE TABLE orders (id int)")
            cluster.nodes[0].start()
            wait_until(lambda: acknowledged(connection, "nats-shop") == 1)


def test_a_new_endpoint_has_what_is_recorded_while_the_broker_answers(
    installed: Database, connection: psycopg.Connection[Any]
) -> None:
    class SlowSink(LineSink):
        def open(self) -> None:
            connection.execute("CREATE TABLE orders (id int)")

    options = StreamOptions("slow", parse_destination("-"), StreamFormat.CLOUDEVENTS, KeyKind.OBJECT)
    use_endpoint(installed, options, SlowSink(io.StringIO()), once=True)
    assert [event.subject for event in EventCursor(installed, "slow").claim()] == ["CREATE TABLE"]


def test_an_endpoint_keeps_its_topic_and_format(stream: Run) -> None:
    assert stream("--to", "-", "--once", "--name", "mine").returncode == 0
    done = stream("--to", "-", "--once", "--name", "mine", "--format", "debezium")
    assert (done.returncode, "--name" in done.stderr) == (2, True)


def test_an_endpoint_of_a_webhook_is_not_taken(stream: Run, connection: psycopg.Connection[Any]) -> None:
    connection.execute("SELECT script_tracking.create_endpoint('mine', 'webhook')")
    done = stream("--to", "-", "--once", "--name", "mine")
    assert (done.returncode, "mine is a webhook" in done.stderr) == (2, True)


def test_a_pause_and_another_worker_end_a_single_run(
    stream: Run, connection: psycopg.Connection[Any]
) -> None:
    assert stream("--to", "-", "--once").returncode == 0
    connection.execute("SELECT script_tracking.lease_endpoint('stdout', 60, 'other')")
    assert stream("--to", "-", "--once").returncode == 11
    end_lease(connection, "stdout")
    connection.execute("SELECT script_tracking.pause_endpoint('stdout', 'we move')")
    paused = stream("--to", "-", "--once")
    assert (paused.returncode, "we move" in paused.stderr) == (1, True)


def test_a_reader_that_goes_away_ends_it_quietly(
    installed_conninfo: str, connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    record_changes(connection, 1000)
    words = f"dbtrack stream -d '{installed_conninfo}' --to - --once --from-beginning | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {words}"],
        env=clean_environment({"DBTRACK_STATE": str(tmp_path)}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (141, "")
    assert acknowledged(connection, "stdout") < 1000


def test_new_events_are_published_as_they_are_recorded(
    installed_conninfo: str, connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    with streaming(installed_conninfo, "--to", "-", state=tmp_path, stdout=subprocess.PIPE) as process:
        wait_until(lambda: connection.execute("SELECT FROM script_tracking.event_endpoint").rowcount)
        connection.execute("CREATE TABLE orders (id int)")
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["subject"] == "CREATE TABLE"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
        process.stdout.close()
    assert connection.execute("SELECT lease_until FROM script_tracking.event_endpoint").fetchone() == (None,)


def test_the_database_goes_and_comes_back(
    installed_conninfo: str, connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    with streaming(installed_conninfo, "--to", "-", state=tmp_path, stdout=subprocess.PIPE) as process:
        wait_until(lambda: acknowledged_or_leased(connection))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'dbtrack' AND datname = current_database()"
        )
        connection.execute("CREATE TABLE orders (id int)")
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["subject"] == "CREATE TABLE"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == -signal.SIGTERM
        process.stdout.close()


def acknowledged_or_leased(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("SELECT leased_by FROM script_tracking.event_endpoint").fetchone() not in {
        None,
        (None,),
    }


def test_kafka_gets_everything_while_workers_are_killed_and_brokers_fail(
    installed_conninfo: str,
    connection: psycopg.Connection[Any],
    cluster: MockCluster,
    stream: Run,
    tmp_path: Path,
) -> None:
    publish_while_all_fails(installed_conninfo, connection, cluster, stream, tmp_path, count=2000, kills=3)


@pytest.mark.matrix
@pytest.mark.release
@pytest.mark.timeout(900)
def test_kafka_gets_many_events(
    installed_conninfo: str,
    connection: psycopg.Connection[Any],
    cluster: MockCluster,
    stream: Run,
    tmp_path: Path,
) -> None:
    publish_while_all_fails(
        installed_conninfo, connection, cluster, stream, tmp_path, count=MANY_EVENTS, kills=10
    )


def has_advanced(connection: psycopg.Connection[Any], before: int, recording: threading.Thread) -> bool:
    return acknowledged(connection, "kafka-shop") > before or not recording.is_alive()


def publish_while_all_fails(
    conninfo: str,
    connection: psycopg.Connection[Any],
    cluster: MockCluster,
    stream: Run,
    state: Path,
    *,
    count: int,
    kills: int,
) -> None:
    words = ("--to", f"kafka://{cluster.servers}/shop")
    assert stream(*words, "--once", "--from-beginning").returncode == 0
    recording = threading.Thread(target=record_changes, args=(connection, count), kwargs={"tables": 200})
    recording.start()
    with psycopg.connect(conninfo, autocommit=True) as other:
        for turn in range(kills):
            before = acknowledged(other, "kafka-shop")
            with streaming(conninfo, *words, state=state) as process:
                wait_until(partial(has_advanced, other, before, recording))
                cluster.refuse_next(kafka_mock.NOT_ENOUGH_REPLICAS, kafka_mock.REQUEST_TIMED_OUT)
                cluster.stop(1 + turn % 3)
                process.kill()
            cluster.start(1 + turn % 3)
            end_lease(other, "kafka-shop")
        recording.join()
        done = stream(*words, "--once", timeout_seconds=600)
        assert (done.returncode, done.stderr) == (0, "")
        events = [item for item in recorded_events(other) if item[1]["objects"]]
    messages = read_topic(cluster.servers, "shop", count=len(events))
    received = first_copies(((message.key() or b"").decode(), event_id(message)) for message in messages)
    assert received == by_table(events)
    assert len(events) >= count


@pytest.mark.slow
def test_nats_gets_everything_while_a_server_is_killed(
    installed_conninfo: str, connection: psycopg.Connection[Any], stream: Run, tmp_path: Path
) -> None:
    publish_while_a_server_is_killed(connection, stream, tmp_path, count=2000)


@pytest.mark.matrix
@pytest.mark.release
@pytest.mark.timeout(900)
def test_nats_gets_many_events(
    installed_conninfo: str, connection: psycopg.Connection[Any], stream: Run, tmp_path: Path
) -> None:
    publish_while_a_server_is_killed(connection, stream, tmp_path, count=MANY_EVENTS)


def publish_while_a_server_is_killed(
    connection: psycopg.Connection[Any], stream: Run, folder: Path, *, count: int
) -> None:
    record_changes(connection, count)
    events = recorded_events(connection)
    with nats_cluster(folder / "nats") as cluster:
        cluster.create_stream("SHOP", "dbtrack.shop")
        leader = cluster.leader("SHOP")
        killing = threading.Timer(2.0, leader.kill)
        killing.start()
        words = ("--to", f"nats://{cluster.servers}/dbtrack.shop", "--once", "--from-beginning")
        done = stream(*words, timeout_seconds=600)
        killing.join()
        assert (done.returncode, done.stderr) == (0, "")
        found = [json.loads(message.data)["id"] for message in cluster.read("SHOP", count=len(events))]
    assert found == [event_id for event_id, _ in events]


@pytest.mark.slow
def test_with_a_standby_events_are_delivered_once_it_has_them(
    server: Server, stream: Run, connection: psycopg.Connection[Any]
) -> None:
    standby = start_standby(server)
    try:
        connection.execute("CREATE TABLE orders (id int)")
        done = stream("--to", "-", "--once", "--from-beginning", "--deliver-after", "standby")
        assert (done.returncode, done.stderr) == (0, "")
        assert [item["subject"] for item in documents(done.stdout)] == ["CREATE TABLE"]
    finally:
        standby.stop()
