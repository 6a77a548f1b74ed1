"""What Kafka gets, from brokers that fail: librdkafka's mock cluster of three."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from functools import partial

import pytest

from dbtrack.errors import DbtrackError, UsageError
from dbtrack.events.event import Event
from dbtrack.stream import publish as publish_module
from dbtrack.stream.cloud_event_message import cloud_event_message
from dbtrack.stream.destination import Broker, parse_destination
from dbtrack.stream.kafka_sink import KafkaSink
from dbtrack.stream.message import KeyKind
from dbtrack.stream.publish import Delivered, Publication, publish
from dbtrack.stream.sink import BrokerAwayError
from tests.support.brokers import kafka_mock
from tests.support.brokers.kafka_mock import MockCluster, mock_cluster
from tests.support.brokers.kafka_topic import event_id, read_topic
from tests.support.published import ListCursor, events_of

encode = partial(
    cloud_event_message,
    source="postgresql://db1:5432/shop",
    database="shop",
    key_kind=KeyKind.OBJECT,
    broker=Broker.KAFKA,
)


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    with mock_cluster() as found:
        yield found.create_topic("events")


def sink_of(
    cluster: MockCluster, *, settings: dict[str, str] | None = None, patience_seconds: float = 10.0
) -> KafkaSink:
    destination = parse_destination(f"kafka://{cluster.servers}/events")
    return KafkaSink(destination, settings or {}, patience_seconds=patience_seconds)


def publication(sink: KafkaSink, said: list[str], *, once: bool = True) -> Publication:
    return Publication(sink, encode, once, said.append, Delivered())


def assert_complete(cluster: MockCluster, events: list[Event]) -> int:
    """Every event is there, and the first copies of those of one key are in order; return the number of duplicates."""
    messages = read_topic(cluster.servers, "events", count=len(events))
    wanted, found = defaultdict(list), defaultdict(list)
    for item in events:
        message = encode(item)
        wanted[message.key].append(message.id)
    for received in messages:
        found[(received.key() or b"").decode()].append(event_id(received))
    assert {key: list(dict.fromkeys(ids)) for key, ids in found.items()} == wanted
    return len(messages) - len(events)


def test_the_order_of_each_key_is_kept_while_brokers_fail(cluster: MockCluster) -> None:
    events = events_of(2000)
    said: list[str] = []

    def fail() -> None:
        cluster.refuse_next(kafka_mock.NOT_ENOUGH_REPLICAS, kafka_mock.REQUEST_TIMED_OUT)
        for partition in range(4):
            cluster.set_leader("events", partition, 1 + partition % 2)
        cluster.stop(3)

    failing = threading.Timer(0.05, fail)
    failing.start()
    publish(ListCursor(events), publication(sink_of(cluster), said))
    failing.join()
    cluster.start(3)
    assert assert_complete(cluster, events) == 0
    assert said == []


def test_the_keys_are_spread_over_partitions(cluster: MockCluster) -> None:
    publish(ListCursor(events_of(100)), publication(sink_of(cluster), []))
    messages = read_topic(cluster.servers, "events", count=100)
    assert len({message.partition() for message in messages}) > 1
    assert {message.timestamp()[1] for message in messages} == {
        int(item.time.timestamp() * 1000) for item in events_of(100)
    }


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (kafka_mock.MESSAGE_TOO_LARGE, "larger than the topic accepts"),
        (kafka_mock.TOPIC_AUTHORIZATION_FAILED, "authorization failed"),
    ],
)
def test_a_refused_message_is_not_overtaken(cluster: MockCluster, code: int, reason: str) -> None:
    events = events_of(50, objects=1)
    cursor = ListCursor(events)
    # Ten requests to one partition, of which the first is refused.
    sink = sink_of(cluster, settings={"batch.num.messages": "5"})
    sink.open()
    cluster.refuse_next(code)
    with pytest.raises(DbtrackError, match=reason):
        publish(cursor, publication(sink, []))
    assert cursor.acknowledged == 0
    publish(cursor, publication(sink_of(cluster), []))
    assert_complete(cluster, events)


def test_without_brokers_nothing_is_acknowledged_and_the_next_run_delivers(cluster: MockCluster) -> None:
    cursor = ListCursor(events_of(10))
    sink = sink_of(cluster, patience_seconds=1)
    sink.open()
    for broker in (1, 2, 3):
        cluster.stop(broker)
    with pytest.raises(BrokerAwayError, match=r"kafka://.*/events: "):
        publish(cursor, publication(sink, []))
    assert cursor.acknowledged == 0
    for broker in (1, 2, 3):
        cluster.start(broker)
    publish(cursor, publication(sink_of(cluster), []))
    assert cursor.acknowledged == 10
    assert_complete(cluster, events_of(10))


def test_an_outage_in_the_middle_is_reported_once(
    cluster: MockCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_module, "BATCH_EVENTS", 20)
    events, said = events_of(200), list[str]()
    cursor = ListCursor(events)
    sink = sink_of(cluster, patience_seconds=3)

    class StoppedError(Exception):
        pass

    def warn(text: str) -> None:
        said.append(text)
        for broker in (1, 2, 3):
            cluster.start(broker)

    def acknowledge(event: Event, plain: object = cursor.acknowledge) -> None:
        ListCursor.acknowledge(cursor, event)
        if event.number == 100:
            for broker in (1, 2, 3):
                cluster.stop(broker)

    def wait(_seconds: float) -> None:
        raise StoppedError

    monkeypatch.setattr(cursor, "acknowledge", acknowledge)
    monkeypatch.setattr(sink, "wait", wait)
    with pytest.raises(StoppedError):
        publish(cursor, Publication(sink, encode, False, warn, Delivered()))
    assert [text.endswith("trying again until it succeeds") for text in said] == [True, False]
    assert said[1] == "delivering again"
    assert_complete(cluster, events)


def test_a_broker_that_lost_the_sequence_of_the_producer_gets_all_of_it_again(cluster: MockCluster) -> None:
    """As after an unclean election of a leader; the library's producer cannot go on then."""
    events = events_of(50)
    sink = sink_of(cluster)
    sink.open()
    cluster.refuse_next(*[kafka_mock.OUT_OF_ORDER_SEQUENCE_NUMBER] * 4)
    cursor = ListCursor(events)
    with pytest.raises(BrokerAwayError, match="sequence number"):
        publish(cursor, publication(sink, []))
    assert cursor.acknowledged == 0
    cluster.refuse_nothing()
    publish(cursor, publication(sink_of(cluster), []))
    assert_complete(cluster, events)


def test_a_wrong_property_is_named(cluster: MockCluster) -> None:
    destination = parse_destination(f"kafka://{cluster.servers}/events")
    with pytest.raises(UsageError, match=r"no\.such\.property"):
        KafkaSink(destination, {"no.such.property": "1"}).open()


def test_a_user_cannot_give_up_the_guarantees(cluster: MockCluster) -> None:
    destination = parse_destination(f"kafka://{cluster.servers}/events")
    sink = KafkaSink(destination, {"acks": "0", "enable.idempotence": "false"})
    publish(ListCursor(events_of(5)), publication(sink, []))
    assert_complete(cluster, events_of(5))
