"""What a message looks like: CloudEvents, Debezium's schema changes, keys, sizes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured
from cloudevents.core.formats.json import JSONFormat

from dbtrack.events.event import Event
from dbtrack.stream.cloud_event_message import cloud_event_message
from dbtrack.stream.destination import Broker
from dbtrack.stream.message import MOST_BYTES, KeyKind, Message, key_of
from dbtrack.stream.schema_change import schema_change_message
from tests.support.published import event

SOURCE = "postgresql://db1:5432/shop"


def cloud_event(of: Event, broker: Broker = Broker.KAFKA, key_kind: KeyKind = KeyKind.OBJECT) -> Message:
    return cloud_event_message(of, source=SOURCE, database="shop", key_kind=key_kind, broker=broker)


def schema_change(of: Event, key_kind: KeyKind = KeyKind.OBJECT) -> dict[str, Any] | None:
    message = schema_change_message(of, server="prod", database="shop", key_kind=key_kind)
    return None if message is None else json.loads(message.body)


def test_the_library_of_cloudevents_reads_a_message() -> None:
    message = cloud_event(event(3))
    headers = {name: value.encode() for name, value in message.headers}
    read = from_structured(KafkaMessage(headers, message.key, message.body), JSONFormat())
    assert read.get_id() == event(3).id
    assert read.get_source() == SOURCE
    assert read.get_type() == "io.dbtrack.execution.completed"
    assert read.get_subject() == "ALTER TABLE"
    data: Any = read.get_data()
    assert data["statement"] == "ALTER TABLE orders ADD c3 int"


def test_headers_repeat_the_attributes_so_that_a_consumer_can_route() -> None:
    headers = dict(cloud_event(event(3)).headers)
    assert headers["content-type"] == "application/cloudevents+json; charset=UTF-8"
    assert headers["ce_type"] == "io.dbtrack.execution.completed"
    assert headers["ce_partitionkey"] == "public.orders"
    assert headers["ce_sequence"] == "00000000000000000003"


def test_headers_of_nats_are_percent_encoded() -> None:
    headers = dict(cloud_event(event(subject='zwölf "x"\n%'), Broker.NATS).headers)
    assert headers["ce-subject"] == "zw%C3%B6lf%20%22x%22%0A%25"


@pytest.mark.parametrize(
    ("objects", "types", "key"),
    [
        (["public.orders"], ["table"], "public.orders"),
        (["public.orders.total"], ["table column"], "public.orders"),
        (['"Big Shop"."My.Orders"."Total"'], ["table column"], '"Big Shop"."My.Orders"'),
        (["t on public.orders"], ["trigger"], "public.orders"),
        (['"my policy" on public."Orders"'], ["policy"], 'public."Orders"'),
        (["for public.orders.total"], ["default value"], "public.orders"),
        (["public.total(bigint,text)"], ["function"], "public.total(bigint,text)"),
        (
            ["public.orders_id_seq", "public.orders", "public.orders_pkey"],
            ["sequence", "table", "index"],
            "public.orders",
        ),
        (["public.b", "public.a"], ["table", "table"], "public.b"),
        (["public.i", "public.j"], None, "public.i"),
        (["shop"], ["schema"], "shop"),
    ],
)
def test_the_key_is_the_object(objects: list[str], types: list[str] | None, key: str) -> None:
    metadata = {} if types is None else {"object_types": types}
    assert key_of(event(objects=objects, metadata=metadata)) == key


def test_without_objects_the_key_is_the_execution_and_else_the_subject() -> None:
    started = event(7, kind="execution.started", objects=[])
    ended = event(7, kind="execution.failed", objects=[])
    assert key_of(started) == key_of(ended) == f"{7:064x}"
    assert key_of(event(kind="alert.fired", subject="no backup", objects=None, execution=None)) == "no backup"


def test_with_the_key_database_all_events_are_in_one_partition() -> None:
    keys = {cloud_event(event(n, objects=[f"public.t{n}"]), key_kind=KeyKind.DATABASE).key for n in range(5)}
    assert keys == {"shop"}


def test_a_schema_change_has_the_members_that_debezium_has() -> None:
    found = schema_change(event(3))
    assert found is not None
    assert found["ts_ms"] == found["source"]["ts_ms"] == int(event(3).time.timestamp() * 1000)
    assert found["databaseName"] == found["source"]["db"] == "shop"
    assert (found["schemaName"], found["source"]["table"]) == ("public", "orders")
    assert found["ddl"] == "ALTER TABLE orders ADD c3 int"
    assert found["tableChanges"] == [{"type": "ALTER", "id": '"shop"."public"."orders"'}]


@pytest.mark.parametrize(
    ("tag", "change"),
    [
        ("CREATE TABLE", "CREATE"),
        ("CREATE TABLE AS", "CREATE"),
        ("SELECT INTO", "CREATE"),
        ("IMPORT FOREIGN SCHEMA", "CREATE"),
        ("ALTER TABLE", "ALTER"),
        ("COMMENT", "ALTER"),
        ("DROP TABLE", "DROP"),
        ("DROP SCHEMA", "DROP"),
    ],
)
def test_a_table_change_has_the_kind_of_the_command(tag: str, change: str) -> None:
    found = schema_change(event(subject=tag))
    assert found is not None
    assert [entry["type"] for entry in found["tableChanges"]] == [change]


@pytest.mark.parametrize(
    "tag", ["GRANT", "REVOKE", "ALTER DEFAULT PRIVILEGES", "REINDEX", "TRUNCATE", "ALTER SYSTEM"]
)
def test_what_changes_no_definition_is_not_a_schema_change(tag: str) -> None:
    assert schema_change(event(subject=tag)) is None


def test_only_ddl_that_succeeded_is_a_schema_change() -> None:
    assert schema_change(event(kind="execution.failed")) is None
    assert schema_change(event(type="MIGRATION", subject="CREATE something")) is None


def test_a_quoted_name_is_quoted_once() -> None:
    found = schema_change(
        event(
            objects=['"Big ""S"""."My.Orders"', "public.t.c", "public.t"],
            metadata={"object_types": ["table", "table column", "table"]},
        )
    )
    assert found is not None
    assert [entry["id"] for entry in found["tableChanges"]] == [
        '"shop"."Big ""S"""."My.Orders"',
        '"shop"."public"."t"',
    ]


def test_the_key_of_a_schema_change_is_that_of_debezium_on_request() -> None:
    message = schema_change_message(event(), server="prod", database="shop", key_kind=KeyKind.DATABASE)
    assert message is not None
    assert json.loads(message.key) == {"databaseName": "shop"}


def test_a_message_is_never_larger_than_brokers_take() -> None:
    objects = [f"public.{'t' * 50}{number}" for number in range(20_000)]
    message = cloud_event(event(objects=objects, statement="x" * 2_000_000))
    assert len(message.body) < MOST_BYTES
    data = json.loads(message.body)["data"]
    assert data["shortened"] == ["objects", "statement"]
    assert data["objects"] == objects[:100]
    assert data["statement"] == "x" * 20_000


def test_text_of_any_script_stays_readable() -> None:
    message = cloud_event(event(statement="COMMENT ON TABLE t IS 'žluťoučký 🐘'"))
    assert "žluťoučký 🐘".encode() in message.body
