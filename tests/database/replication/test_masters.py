"""Three masters: each DDL is recorded once for each node where it ran, and known as repeated there, through all faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple

import psycopg
import pytest

from tests.support.master_faults import (
    FAULTS,
    Faults,
    Outcome,
    begin,
    examine,
    one_away,
    one_removed,
    ordinary_work,
    same_table_on_two,
)
from tests.support.masters import Masters, NativeMasters, PglogicalMasters, eventually, masters
from tests.support.required import missing

pytestmark = [pytest.mark.matrix, pytest.mark.release, pytest.mark.any_server, pytest.mark.slow]

# How many DDL people ran.
_BY_PEOPLE = {
    "ordinary_work": 3,
    "same_table_on_two": 2,
    "one_away": 2,
    "all_apart": 3,
    "one_added": 2,
    "one_removed": 1,
}
_ORIGINALS = """
SELECT s.metadata ->> 'subscription', s.metadata -> 'replicated', s.metadata ->> 'role', s.db_session_user,
    o.db_session_user, o.found_by, v.metadata ->> 'backend_pid'
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL script_tracking.get_original_execution(s.script_execution_hk) AS o
CROSS JOIN LATERAL script_tracking.execution_versions(o.script_execution_hk) AS v
WHERE s.affected_objects[1] = 'public.by_ann'
"""
_BY_ANN = "CREATE TABLE public.by_ann (id int PRIMARY KEY, note text DEFAULT 'p_pid := 1, p_provider_name := ''x''')"


@pytest.fixture(scope="module")
def native() -> Iterator[Masters]:
    """Three nodes with native replication."""
    with masters(NativeMasters) as nodes:
        yield nodes


@pytest.fixture(scope="module")
def pglogical() -> Iterator[Masters]:
    """Three nodes with pglogical."""
    packages = PglogicalMasters.missing()
    if packages:
        missing("pglogical", f"apt-get install {packages}")
    with masters(PglogicalMasters) as nodes:
        yield nodes


def survive(nodes: Masters, faults: Sequence[Callable[[Masters], Outcome]]) -> None:
    """Try faults: everything is recorded where it ran, and nothing else is wrong."""
    begin(nodes)
    for fault in faults:
        outcome = fault(nodes)
        applied = outcome.ran - _BY_PEOPLE[fault.__name__]
        assert astuple(outcome)[3:] == (outcome.ran, applied, applied, 0), outcome
    assert examine(nodes) == Faults(unattributed=0, unsound=0, miscounted=0)


def test_native_masters_record_each_ddl_once_on_each_node_through_all_faults(native: Masters) -> None:
    found = shown_by_ann(
        native, lambda statement: f"INSERT INTO ddl_queue VALUES ('m1', 1000, $q${statement}$q$)"
    )
    subscription, replicated, _, login, original, found_by, _ = found
    assert (subscription, login, original, found_by) == ("shop_from_m1", "postgres", "ann", "commit time")
    assert replicated == {"software": "logical replication"}
    ends_on_another_node(native)
    survive(native, FAULTS)


def test_pglogical_masters_record_each_ddl_once_on_each_node_through_all_faults(pglogical: Masters) -> None:
    found = shown_by_ann(pglogical, lambda statement: statement)
    subscription, replicated, role, login, original, found_by, pid = found
    # pglogical runs it as the role that ran the original.
    assert (subscription, role, login) == ("m2_from_m1", "ann", "postgres")
    assert (original, found_by) == ("ann", "transaction")
    assert replicated == {"software": "pglogical", "provider": "m1", "provider_pid": int(str(pid))}
    # The others take most of the time; `python -m bench topology multimaster` tries them too.
    survive(pglogical, (ordinary_work, same_table_on_two, one_away, one_removed))


def ends_on_another_node(nodes: Masters) -> None:
    """Start an operation on one node and end it on another: it is ended on both, once."""
    first, second = nodes.nodes[:2]
    key = {"key": first.database.value("SELECT script_tracking.track_operation('moved')")}
    nodes.caught_up(first)
    arrived = "SELECT count(*) FROM script_tracking.execution_versions(%(key)s)"
    eventually(lambda: second.database.value(arrived, key) == 1)
    assert second.database.value("SELECT script_tracking.complete_operation(%(key)s)", key)
    statuses = "SELECT array_agg(s.execution_status::text) FROM script_tracking.current_execution AS s WHERE s.script_name = 'moved'"
    eventually(lambda: first.database.value(statuses) == ["COMPLETED"])
    assert not first.database.value("SELECT script_tracking.complete_operation(%(key)s)", key)
    assert second.database.value(statuses) == ["COMPLETED"]


def shown_by_ann(nodes: Masters, worded: Callable[[str], str]) -> tuple[object, ...]:
    """Let ann run a DDL on the first node, and return what the second says of its repetition."""
    for node in nodes.nodes:
        node.run("CREATE ROLE ann LOGIN SUPERUSER")
        if isinstance(nodes, PglogicalMasters):
            node.run("SELECT pgl_ddl_deploy.add_role(oid) FROM pg_roles WHERE rolname = 'ann'")
    with psycopg.connect(nodes.nodes[0].server.conninfo("app", "ann"), autocommit=True) as ann:
        ann.execute(worded(_BY_ANN).encode())
    nodes.caught_up()
    (row,) = nodes.nodes[1].database.rows(_ORIGINALS)
    return tuple(row)
