"""librdkafka's mock cluster: brokers inside this process that speak Kafka's protocol and fail as they are told to.

The library comes with confluent-kafka's wheel; its functions for the mock cluster have no Python names.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Self

import confluent_kafka

_PRODUCER = 0
_API_PRODUCE = 0
MESSAGE_TOO_LARGE = 10
NOT_ENOUGH_REPLICAS = 19
REQUEST_TIMED_OUT = 7
TOPIC_AUTHORIZATION_FAILED = 29
OUT_OF_ORDER_SEQUENCE_NUMBER = 45


@cache
def _library() -> ctypes.CDLL:
    package = Path(confluent_kafka.__file__).parent
    found = next((package.parent / "confluent_kafka.libs").glob("librdkafka*"))
    library = ctypes.CDLL(str(found))
    library.rd_kafka_conf_new.restype = ctypes.c_void_p
    library.rd_kafka_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return library


class MockCluster:
    """Brokers numbered from 1."""

    def __init__(self, library: ctypes.CDLL, cluster: int) -> None:
        self._library = library
        self._cluster = ctypes.c_void_p(cluster)

    @property
    def servers(self) -> str:
        """`host:port` of each broker."""
        found: bytes = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        return found.decode()

    def create_topic(self, name: str, *, partitions: int = 4, replicas: int = 3) -> Self:
        """Create a topic."""
        assert not self._library.rd_kafka_mock_topic_create(
            self._cluster, name.encode(), partitions, replicas
        )
        return self

    def set_leader(self, topic: str, partition: int, broker: int) -> None:
        """Make a broker the leader of a partition."""
        assert not self._library.rd_kafka_mock_partition_set_leader(
            self._cluster, topic.encode(), partition, broker
        )

    def stop(self, broker: int) -> None:
        """Close a broker's connections and its port."""
        assert not self._library.rd_kafka_mock_broker_set_down(self._cluster, broker)

    def start(self, broker: int) -> None:
        """Open the port again."""
        assert not self._library.rd_kafka_mock_broker_set_up(self._cluster, broker)

    def refuse_next(self, *errors: int) -> None:
        """Answer the next requests to produce with these error codes of Kafka's protocol, in turn."""
        self._library.rd_kafka_mock_push_request_errors(
            self._cluster,
            ctypes.c_int16(_API_PRODUCE),
            ctypes.c_size_t(len(errors)),
            *map(ctypes.c_int, errors),
        )

    def refuse_nothing(self) -> None:
        """Forget the errors that were not answered yet."""
        self._library.rd_kafka_mock_clear_request_errors(self._cluster, ctypes.c_int16(_API_PRODUCE))


@contextmanager
def mock_cluster(brokers: int = 3) -> Iterator[MockCluster]:
    """Run a mock cluster."""
    library = _library()
    error = ctypes.create_string_buffer(512)
    settings = ctypes.c_void_p(library.rd_kafka_conf_new())
    library.rd_kafka_conf_set(settings, b"log_level", b"0", error, len(error))
    client = ctypes.c_void_p(library.rd_kafka_new(_PRODUCER, settings, error, len(error)))
    assert client.value, error.value
    cluster = library.rd_kafka_mock_cluster_new(client, brokers)
    try:
        yield MockCluster(library, cluster)
    finally:
        library.rd_kafka_mock_cluster_destroy(ctypes.c_void_p(cluster))
        library.rd_kafka_destroy(client)
