"""What arrives by logical replication is an event of the node where it arrives, whatever numbers the nodes draw."""

from __future__ import annotations

import pytest

from dbtrack.events import Event
from tests.support.endpoints import assert_consecutive, read_once
from tests.support.replicated import two_nodes
from tests.support.servers import found_majors
from tests.support.waiting import wait_until

VAULT = (
    "TABLE script_tracking.script_execution_h, script_tracking.script_execution_s,"
    " script_tracking.script_execution_parent_l"
)


@pytest.mark.slow
@pytest.mark.any_server
def test_a_subscriber_sends_what_arrives_once() -> None:
    with two_nodes(found_majors()[-1]) as (publisher, subscriber):
        publisher.publish(VAULT + " WITH (publish_via_partition_root = true)")
        subscriber.subscribe(publisher, "copy_data = false")
        for node in (publisher, subscriber):
            node.database.call("create_endpoint", p_name="receiver", p_kind="webhook")
        for number in range(10):
            for node in (publisher, subscriber):
                node.database.call("track_operation", script_name=f"{node.server.port} {number}")
        count = "SELECT count(*) FROM script_tracking.event WHERE subject LIKE %(name)s"
        wait_until(lambda: subscriber.database.value(count, {"name": f"{publisher.server.port} %"}) == 10)
        sent = read_once(subscriber.database, "receiver", 3)
        assert_consecutive(sent)
        assert len({event.id for event in sent}) == len(sent) == 20
        assert [event.subject for event in read_once(publisher.database, "receiver")] == own(
            publisher.server.port
        )
        assert of(sent, publisher.server.port) == own(publisher.server.port)
        assert of(sent, subscriber.server.port) == own(subscriber.server.port)


def own(port: int) -> list[str]:
    """What a node has recorded itself."""
    return [f"{port} {number}" for number in range(10)]


def of(events: list[Event], port: int) -> list[str]:
    """What was sent of one node, in its order."""
    return [event.subject for event in events if event.subject.startswith(str(port))]
