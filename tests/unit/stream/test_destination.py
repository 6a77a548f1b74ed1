"""--to names a broker and a topic, and never a password."""

from __future__ import annotations

import pytest

from dbtrack.errors import UsageError
from dbtrack.stream.destination import Broker, parse_destination


@pytest.mark.parametrize(
    ("text", "servers", "name"),
    [
        ("kafka://a:9092,b:9093/dbtrack", ("a:9092", "b:9093"), "dbtrack"),
        ("kafka://a/dbtrack", ("a:9092",), "dbtrack"),
        ("nats://a/dbtrack.shop", ("a:4222",), "dbtrack.shop"),
        ("KAFKA://[::1]:19092/t", ("[::1]:19092",), "t"),
        ("nats://[::1]/t", ("[::1]:4222",), "t"),
    ],
)
def test_a_url_names_servers_and_a_topic(text: str, servers: tuple[str, ...], name: str) -> None:
    found = parse_destination(text)
    assert (found.servers, found.name) == (servers, name)


def test_a_hyphen_is_standard_output() -> None:
    assert parse_destination("-").broker is Broker.LINES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dbtrack",
        "http://a/t",
        "kafka://",
        "kafka:///t",
        "kafka://a:9092",
        "kafka://a:9092/",
        "kafka://a:port/t",
        "kafka://a b/t",
        "kafka://a/t/u",
        "kafka://a/t u",
        "kafka://a,/t",
        "kafka://a/..",
        "nats://a/one two",
        "nats://a/orders.>",
        "nats://a/orders.*",
        "nats://a/.orders",
    ],
)
def test_what_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--to"):
        parse_destination(text)


@pytest.mark.parametrize("scheme", ["kafka", "nats"])
def test_a_password_is_refused_and_not_repeated(scheme: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_destination(f"{scheme}://app:s3cret@broker/topic")
    assert "s3cret" not in str(refusal.value)
    assert "--producer-config" in str(refusal.value)


def test_the_endpoint_is_named_after_the_topic() -> None:
    assert parse_destination("kafka://a/shop").default_endpoint == "kafka-shop"
    assert parse_destination("nats://a/db/shop:1").default_endpoint == "nats-db-shop-1"
    assert parse_destination("-").default_endpoint == "stdout"
    assert len(parse_destination(f"kafka://a/{'t' * 200}").default_endpoint) == 63
