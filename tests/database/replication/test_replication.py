"""What logical replication brings of the record: it counts, it is sealed, and it never stops the users' own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from dbtrack import retention, schema
from dbtrack.db import Database, Jsonb
from dbtrack.proof.erase import erase
from dbtrack.proof.seal import seal
from dbtrack.reports import REPORTS, run
from tests.support.history import past_execution
from tests.support.replicated import Node, caught_up, two_nodes
from tests.support.rollups import differences
from tests.support.sealed import kinds, record_some, verified
from tests.support.servers import Server

VAULT = (
    "TABLE cust, script_tracking.script_execution_h, script_tracking.script_execution_s, "
    "script_tracking.script_execution_parent_l"
)
NAMED = "SELECT count(*) FROM script_tracking.script_execution_s WHERE script_name LIKE %(name)s"


@pytest.fixture
def nodes(server: Server) -> Iterator[tuple[Node, Node]]:
    """Two servers of this major version."""
    with two_nodes(server.major) as nodes:
        yield nodes


def work(node: Node, name: str) -> None:
    """Write to every kind of table that dbtrack has."""
    database = node.database
    database.execute("SELECT script_tracking.track_operation(%(name)s)", {"name": f"{name} stays open"})
    record_some(database)
    database.execute("DROP TABLE made_inside")
    if not database.value("SELECT count(*) FROM script_tracking.tenant_h"):
        database.execute("SELECT script_tracking.add_tenant('acme', 'Acme')")
    database.execute("SELECT script_tracking.set_setting('partitions.months_ahead', '2')")
    database.value(
        "SELECT script_tracking.complete_operation(script_tracking.track_operation('bad'), false, 'no')"
    )
    retention.maintain(database)
    seal(database)


def operations_24h(database: Database) -> object:
    return {row[0]: row[1] for row in run(database, REPORTS["dashboard"], {})}["total_operations_24h"]


def current(database: Database) -> int:
    """How many executions of the last day there are, by their rows."""
    return int(
        database.value(
            "SELECT count(*) FROM script_tracking.script_execution_s"
            " WHERE load_end_date IS NULL AND execution_timestamp >= now() - interval '1 day'"
        )
    )


@pytest.mark.every_server
def test_a_publication_of_all_tables_does_not_stop_and_leaves_each_node_its_own(
    nodes: tuple[Node, Node],
) -> None:
    first, second = nodes
    work(second, "of the second")
    first.database.execute("SELECT script_tracking.set_setting('retention.days', '30')")
    first.publish("ALL TABLES")
    # With the copy of what is there already, which collides if anything can.
    second.subscribe(first, "copy_data = true")
    work(first, "of the first")
    first.database.execute("SELECT script_tracking.set_setting('retention.days', '90')")
    first.database.execute("INSERT INTO cust VALUES (1, 'first')")
    caught_up(first, second)
    work(first, "again")
    work(second, "again")
    caught_up(first, second)
    assert second.errors() == []
    assert second.database.value("SELECT node FROM cust WHERE id = 1") == "first"
    assert second.database.value(NAMED, {"name": "of the first%"}) == 1
    retention = "SELECT setting_value FROM script_tracking.setting WHERE setting_name = 'retention.days'"
    assert (first.database.value(retention), second.database.value(retention)) == ("90", "365")
    for node in nodes:
        seal(node.database)
        assert verified(node.server.conninfo()).findings == []
        assert differences(node.database.raw) == []
    (finding,) = schema.diagnose(first.database)
    assert (finding.subject, "all tables" in finding.message) == ("shop", True)


def test_two_nodes_that_publish_all_tables_to_each_other_go_on(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    # PostgreSQL 15 cannot keep what came from the other from going back there.
    both_ways = first.server.major > 15
    for node, other in ((second, first), (first, second))[: 1 + both_ways]:
        other.publish("ALL TABLES")
        node.subscribe(other, "copy_data = false" + (", origin = none" if both_ways else ""))
    second.pause(is_on=True)
    for node in nodes:
        work(node, "apart")
    second.pause(is_on=False)
    caught_up(first, second)
    if both_ways:
        caught_up(second, first)
    for node in nodes:
        assert node.errors() == []
        seal(node.database)
        assert verified(node.server.conninfo()).findings == []
        assert operations_24h(node.database) == current(node.database)


@pytest.mark.newest
def test_a_tenant_that_gets_another_name_has_one_current_name_on_the_other_node(
    nodes: tuple[Node, Node],
) -> None:
    first, second = nodes
    first.publish("TABLE cust, script_tracking.tenant_h, script_tracking.tenant_s")
    second.subscribe(first, "copy_data = false")
    first.database.execute("SELECT script_tracking.add_tenant('acme', 'Acme')")
    first.database.execute("SELECT script_tracking.rename_tenant('acme', 'Acme Ltd')")
    caught_up(first, second)
    names = "SELECT tenant_name, load_end_date IS NULL FROM script_tracking.tenant_s ORDER BY load_date"
    assert second.database.rows(names) == [("Acme", False), ("Acme Ltd", True)]


@pytest.mark.every_server
def test_what_arrives_after_its_time_is_counted_and_sealed(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    first.publish(VAULT)
    second.subscribe(first, "copy_data = false")
    second.pause(is_on=True)
    for hours in (1, 2, 3):
        past_execution(first.database, f"late {hours}", datetime.now(UTC) - timedelta(hours=hours))
    open_key = past_execution(
        first.database, "abandoned", datetime.now(UTC) - timedelta(hours=4), running=True
    )
    record_some(first.database)
    # The time of all of these is counted and sealed where they have not arrived.
    record_some(second.database)
    retention.maintain(second.database)
    seal(second.database)
    second.database.execute(
        "UPDATE script_tracking.seal_state SET sealed_before = now() - interval '1 second'"
    )
    second.pause(is_on=False)
    caught_up(first, second)
    assert operations_24h(second.database) == current(second.database)
    assert differences(second.database.raw) == []
    # It ends, and ends once more, where it began.
    for status in ("ABANDONED", "COMPLETED"):
        close = "SELECT script_tracking.complete_operation(%(key)s, execution_status => %(status)s)"
        assert first.database.value(close, {"key": open_key, "status": status})
        caught_up(first, second)
        retention.maintain(second.database)
        assert differences(second.database.raw) == []
    seal(second.database)
    result = verified(second.server.conninfo())
    assert result.findings == []
    assert result.replicated >= 4
    assert second.errors() == []


@pytest.mark.newest
def test_a_person_who_is_erased_is_gone_on_the_other_node_and_its_seals_hold(
    nodes: tuple[Node, Node],
) -> None:
    first, second = nodes
    first.publish(VAULT)
    second.subscribe(first, "copy_data = false")
    for node in nodes:
        record_some(node.database)
    operations = [
        {"script_name": "hers", "metadata": {"email": "alice@x.org"}},
        {"script_name": "of her", "error_message": "no role alice", "execution_status": "FAILED"},
    ]
    first.database.execute("SELECT script_tracking.record_operations(%(all)s)", {"all": Jsonb(operations)})
    caught_up(first, second)
    for node in nodes:
        retention.maintain(node.database)
        seal(node.database)
    assert erase(first.database, "alice", "request 4711").versions == 2
    caught_up(first, second)
    text = second.database.value(
        "SELECT string_agg(s::text, ' ') FROM script_tracking.script_execution_s AS s"
    ) + str(second.database.rows("SELECT message FROM script_tracking.rollup_error"))
    assert "alice" not in text
    for node in nodes:
        seal(node.database)
        result = verified(node.server.conninfo())
        assert (result.findings, result.erased) == ([], 2)
        retention.maintain(node.database)
        assert differences(node.database.raw) == []
    second.database.execute(
        "UPDATE script_tracking.script_execution_s SET error_message = 'x' WHERE script_name = 'of her'"
    )
    assert kinds(verified(second.server.conninfo()).findings) == ["erasure"]
