"""What happens to several masters, and what each of them then has of it in its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbtrack import retention
from dbtrack.proof.seal import seal
from dbtrack.reports import REPORTS, run
from dbtrack.schema.reconcile import reconcile
from tests.support.masters import Master, Masters
from tests.support.sealed import verified

_OWN = """
SELECT s.affected_objects[1], s.metadata ->> 'command_tag', s.metadata ? 'replicated',
    (SELECT o.record_source FROM script_tracking.get_original_execution(s.script_execution_hk) AS o)
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.record_source LIKE %(source)s AND s.load_date >= %(since)s
    AND s.affected_objects[1] LIKE 'public.%%' AND s.script_type = 'DDL_AUTO'
ORDER BY 1, 2
"""
# All versions but those that replication's own workers wrote, which stay where they are.
_SHARED = """
SELECT s.script_execution_hk, s.load_date, s.load_end_date, s.hash_diff, s.execution_status, s.record_source
FROM script_tracking.script_execution_s AS s
WHERE s.load_date >= %(since)s AND NOT s.metadata ? 'replicated' ORDER BY 1, 2
"""
_KEYS = """
SELECT count(*), count(DISTINCT s.script_execution_hk) FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.execution_timestamp > statement_timestamp() - interval '24 hours'
"""
_NOW = "SELECT clock_timestamp()"


@dataclass(frozen=True)
class Outcome:
    """What a fault led to.

    Args:
        fault: what was done.
        replication: what became of replication, and what had to be done.
        ran: how often a DDL ran on a node, as the catalogs and the workers show.
        recorded: how many executions the nodes have of it, each of its own.
        applied: how many of these say that replication ran them.
        originals: of how many of those the node knows the original execution.
        differences: versions that one node has and another lacks or has otherwise.
    """

    fault: str
    replication: str
    ran: int
    recorded: int
    applied: int
    originals: int
    differences: int


@dataclass(frozen=True)
class Faults:
    """What is wrong with the records of all nodes, also of one that was removed.

    Args:
        unattributed: what reconcile found since the last time that nobody had recorded.
        unsound: findings of verify, after each node sealed what it has.
        miscounted: nodes whose dashboard counts another number than there are executions.
    """

    unattributed: int
    unsound: int
    miscounted: int


def begin(masters: Masters) -> None:
    """Let each node remember its catalogs as they are."""
    for node in masters.nodes:
        reconcile(node.database, baseline=True)


def ordinary_work(masters: Masters) -> Outcome:
    """Run DDL on each node in turn, about one table."""
    first, second, third = masters.nodes[:3]
    since = _now(masters)
    masters.ddl(first, "CREATE TABLE public.orders (id int PRIMARY KEY)")
    masters.caught_up(first)
    masters.ddl(second, "ALTER TABLE public.orders ADD COLUMN placed_by text")
    masters.caught_up(second)
    masters.ddl(third, "CREATE VIEW public.order_ids AS SELECT id FROM public.orders")
    return _outcome(masters, "DDL on each node in turn", "nothing stopped", since, ran=9)


def same_table_on_two(masters: Masters) -> Outcome:
    """Create one table on two nodes that do not hear each other."""
    first, second = masters.nodes[:2]
    since = _now(masters)
    _apart(masters, is_on=True)
    for node in (first, second):
        masters.ddl(node, "CREATE TABLE public.invoice (id int PRIMARY KEY)")
    _apart(masters, is_on=False)
    # Each of the two refuses the other's, and every other node the one that comes later.
    count = len(masters.nodes)
    said = masters.settle_conflicts(count)
    return _outcome(masters, "the same table made on two nodes at once", said, since, ran=count)


def one_away(masters: Masters) -> Outcome:
    """Stop a node, change things on the others, seal and count there, and start it again."""
    first, second, third = masters.nodes[:3]
    since = _now(masters)
    third.stop()
    masters.ddl(first, "CREATE TABLE public.parcel (id int PRIMARY KEY)")
    key = first.database.value("SELECT script_tracking.track_operation('while one is away')")
    for node in (first, second):
        _tidy(node)
    first.database.value("SELECT script_tracking.complete_operation(%(key)s)", {"key": key})
    masters.ddl(first, "ALTER TABLE public.parcel ADD COLUMN weight int")
    third.start()
    said = masters.reconnect()
    return _outcome(masters, "a node stopped, and started again", said, since, ran=2 * len(masters.nodes))


def all_apart(masters: Masters) -> Outcome:
    """Let no node hear another while each works, counts and seals, and then let them hear again."""
    since = _now(masters)
    _apart(masters, is_on=True)
    for node in masters.nodes:
        masters.ddl(node, f"CREATE TABLE public.of_{node.name} (id int PRIMARY KEY)")
        node.database.value(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation(%(name)s), false, 'no')",
            {"name": f"alone on {node.name}"},
        )
        _tidy(node)
    _apart(masters, is_on=False)
    return _outcome(
        masters,
        "no node hears another; each works, counts and seals",
        "all caught up by themselves",
        since,
        ran=len(masters.nodes) ** 2,
    )


def one_added(masters: Masters) -> Outcome:
    """Add a node, and run DDL on it and on an old one."""
    added = masters.join("m4")
    reconcile(added.database, baseline=True)
    since = _now(masters)
    masters.ddl(added, "CREATE TABLE public.by_the_new (id int PRIMARY KEY)")
    masters.caught_up(added)
    masters.ddl(masters.nodes[0], "ALTER TABLE public.by_the_new ADD COLUMN note text")
    return _outcome(
        masters, "a node added", "it has the record of the first", since, ran=2 * len(masters.nodes)
    )


def one_removed(masters: Masters) -> Outcome:
    """Remove a node, and run DDL on one that stays."""
    masters.leave(masters.nodes[2])
    since = _now(masters)
    masters.ddl(masters.nodes[0], "CREATE TABLE public.without_it (id int PRIMARY KEY)")
    return _outcome(masters, "a node removed", "the others went on", since, ran=len(masters.nodes))


def examine(masters: Masters) -> Faults:
    """Seal, count and reconcile on each node, and return what is wrong."""
    nodes = [*masters.nodes, *masters.removed]
    unattributed = sum(len(reconcile(node.database).unattributed) for node in nodes)
    for node in nodes:
        _tidy(node)
    masters.caught_up()
    return Faults(
        unattributed=unattributed,
        unsound=sum(len(verified(node.server.conninfo("app")).findings) for node in nodes),
        miscounted=sum(not _is_counted(node) for node in nodes),
    )


FAULTS: Sequence[Callable[[Masters], Outcome]] = (
    ordinary_work,
    same_table_on_two,
    one_away,
    all_apart,
    one_added,
    one_removed,
)
"""In the order in which they are tried on one set of masters."""


def _now(masters: Masters) -> datetime:
    masters.caught_up()
    moments: list[datetime] = [node.database.value(_NOW) for node in masters.nodes]
    return max(moments)


def _apart(masters: Masters, *, is_on: bool) -> None:
    for node in masters.nodes:
        masters.pause(node, is_on=is_on)


def _tidy(node: Master) -> None:
    retention.maintain(node.database)
    seal(node.database)


def _outcome(masters: Masters, fault: str, replication: str, since: datetime, *, ran: int) -> Outcome:
    masters.caught_up()
    own = [row for node in masters.nodes for row in _own(node, since)]
    applied = [row for row in own if row[2]]
    shared = [_shared(node, since) for node in masters.nodes]
    return Outcome(
        fault=fault,
        replication=replication,
        ran=ran,
        recorded=len(own),
        applied=len(applied),
        originals=sum(row[3] is not None for row in applied),
        differences=max(len(shared[0] ^ other) for other in shared),
    )


def _own(node: Master, since: datetime) -> list[Any]:
    return node.database.rows(_OWN, {"source": f"%@{node.name}:%", "since": since})


def _shared(node: Master, since: datetime) -> set[Any]:
    return set(node.database.rows(_SHARED, {"since": since}))


def _is_counted(node: Master) -> bool:
    rows, keys = node.database.rows(_KEYS)[0]
    counted = {row[0]: row[1] for row in run(node.database, REPORTS["dashboard"], {})}
    return bool(rows == keys == counted["total_operations_24h"])
