"""What a JetStream stream gets, from servers of NATS that fail."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from dbtrack.errors import DbtrackError, UsageError
from dbtrack.stream.cloud_event_message import cloud_event_message
from dbtrack.stream.destination import Broker, parse_destination
from dbtrack.stream.message import KeyKind
from dbtrack.stream.nats_sink import NatsSink
from dbtrack.stream.publish import Delivered, Publication, publish
from dbtrack.stream.sink import BrokerAwayError, BrokerRefusalError
from tests.support.brokers.nats_cluster import NatsCluster, nats_cluster
from tests.support.certificates import self_signed
from tests.support.published import ListCursor, event, events_of

encode = partial(
    cloud_event_message,
    source="postgresql://db1:5432/shop",
    database="shop",
    key_kind=KeyKind.OBJECT,
    broker=Broker.NATS,
)


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsCluster]:
    with nats_cluster(tmp_path_factory.mktemp("nats"), nodes=1) as found:
        found.create_stream("SHOP", "dbtrack.shop")
        found.create_stream("MANY", "many.>")
        yield found


def sink_of(
    cluster: NatsCluster,
    subject: str = "dbtrack.shop",
    settings: dict[str, str] | None = None,
    patience_seconds: float = 10.0,
) -> NatsSink:
    destination = parse_destination(f"nats://{cluster.servers}/{subject}")
    return NatsSink(destination, settings or {}, patience_seconds=patience_seconds)


def publication(sink: NatsSink, *, once: bool = True) -> Publication:
    return Publication(sink, encode, once, lambda _text: None, Delivered())


# The default run has the same with the whole program, in tests/database/stream/test_stream.py.
@pytest.mark.matrix
def test_three_servers_lose_nothing_when_the_leader_is_killed(tmp_path: Path) -> None:
    with nats_cluster(tmp_path) as cluster:
        cluster.create_stream("SHOP", "dbtrack.shop")
        leader = cluster.leader("SHOP")
        events = events_of(2000)
        cursor = ListCursor(events)
        failing = threading.Timer(0.3, leader.kill)
        failing.start()
        publish(cursor, publication(sink_of(cluster)))
        failing.join()
        assert cursor.acknowledged == len(events)
        # All of them, each once, in the order of the record: JetStream recognised what was sent again.
        assert [json.loads(message.data)["id"] for message in cluster.read("SHOP", count=len(events))] == [
            item.id for item in events
        ]


def test_what_is_sent_again_is_stored_once(single: NatsCluster) -> None:
    single.create_stream("AGAIN", "again")
    for _ in range(2):
        publish(ListCursor(events_of(20)), publication(sink_of(single, "again")))
    messages = single.read("AGAIN", count=20)
    assert [(message.headers or {})["Nats-Msg-Id"] for message in messages] == [
        item.id for item in events_of(20)
    ]


def test_a_name_with_any_characters_is_a_header(single: NatsCluster) -> None:
    single.create_stream("NAMES", "names")
    names = ["zwölf €", "one\ntwo", "100 %"]
    events = [event(number, subject=name) for number, name in enumerate(names, start=1)]
    publish(ListCursor(events), publication(sink_of(single, "names")))
    found = single.read("NAMES", count=3)
    assert [json.loads(message.data)["subject"] for message in found] == names


def test_a_stream_is_found_by_its_name(single: NatsCluster) -> None:
    publish(ListCursor(events_of(3)), publication(sink_of(single, "SHOP")))
    assert {message.subject for message in single.read("SHOP", count=3)} == {"dbtrack.shop"}


def test_a_subject_that_no_stream_keeps_is_refused(single: NatsCluster) -> None:
    with pytest.raises(DbtrackError, match="no JetStream stream keeps it") as refusal:
        sink_of(single, "nobody.listens").open()
    assert "nats stream add" in str(refusal.value)


def test_a_stream_of_many_subjects_needs_a_subject(single: NatsCluster) -> None:
    with pytest.raises(UsageError, match=r"many\.>"):
        sink_of(single, "MANY").open()
    publish(ListCursor(events_of(1)), publication(sink_of(single, "many.shop")))
    assert [message.subject for message in single.read("MANY", count=1)] == ["many.shop"]


def test_the_server_goes_and_comes_back(tmp_path: Path) -> None:
    with nats_cluster(tmp_path, nodes=1) as cluster:
        cluster.create_stream("SHOP", "dbtrack.shop")
        sink = sink_of(cluster, patience_seconds=1)
        cursor = ListCursor(events_of(30))
        sink.open()
        cluster.nodes[0].kill()
        with pytest.raises(BrokerAwayError, match="nats://"):
            publish(cursor, publication(sink))
        assert cursor.acknowledged == 0
        cluster.nodes[0].start()
        publish(cursor, publication(sink_of(cluster)))
        assert len(cluster.read("SHOP", count=30)) == 30


def test_a_refused_login_is_reported_as_one(tmp_path: Path) -> None:
    login = 'accounts { A { jetstream: enabled, users: [{user: app, password: "s3cret"}] } }'
    with nats_cluster(tmp_path, nodes=1, settings=login) as cluster:
        with pytest.raises(BrokerRefusalError) as refusal:
            _open_when_started(sink_of(cluster, settings={"user": "app", "password": "wr0ng"}))
        assert "wr0ng" not in str(refusal.value)
        with pytest.raises(DbtrackError, match="no JetStream stream"):
            sink_of(cluster, settings={"user": "app", "password": "s3cret"}).open()


def _open_when_started(sink: NatsSink) -> None:
    for _ in range(50):
        try:
            return sink.open()
        except BrokerAwayError:
            continue
    raise AssertionError("the server did not start")


def test_tls_with_the_files_of_the_settings(tmp_path: Path) -> None:
    files = self_signed(tmp_path, "nats")
    settings = f'tls {{ cert_file: "{files.certificate}", key_file: "{files.key}" }}'
    with nats_cluster(tmp_path / "nats", nodes=1, settings=settings) as cluster:
        with pytest.raises(DbtrackError, match="no JetStream stream"):
            _open_when_started(sink_of(cluster, settings={"ca": str(files.certificate)}))
        with pytest.raises(BrokerAwayError, match="certificate verify failed"):
            sink_of(cluster, patience_seconds=1).open()
        with pytest.raises(UsageError, match="there is no file"):
            sink_of(cluster, settings={"ca": str(tmp_path / "nothing")}).open()


def test_a_server_that_is_not_there_is_reported_in_plain_words() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"nats://127.0.0.1:{closed.getsockname()[1]}/dbtrack.shop"
        sink = NatsSink(parse_destination(place), {}, patience_seconds=5.0)
        with pytest.raises(BrokerAwayError) as raised:
            publish(ListCursor(events_of(1)), publication(sink))
    assert str(raised.value) == f"{place}: Connection refused"
