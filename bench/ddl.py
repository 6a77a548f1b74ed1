"""Added milliseconds per DDL: systems take turns on the same server, statement kind by statement kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench.place import Connection
from bench.timing import median, table, times

_TRIGGERS = {
    "dbtrack": ("et_ddl_command_start", "et_ddl_command_end", "et_sql_drop"),
    "bare inserts": ("bench_bare",),
    "hand-written trigger": ("bench_hand", "bench_hand_drop"),
}
_KINDS = ("CREATE TABLE", "ADD COLUMN", "CREATE INDEX", "COMMENT", "GRANT", "DROP")


def run(connection: Connection, rounds: int, statements: int) -> str:
    """Measure, and return the table."""
    connection.execute((Path(__file__).parent / "rivals_ddl.sql").read_bytes())
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    names = count()
    for _ in range(rounds):
        for system in ("plain", *_TRIGGERS):
            _switch(connection, system)
            for kind, action in _actions(connection, names):
                taken[system, kind] += times(action, statements)
    medians = {key: median(values) for key, values in taken.items()}
    plain = [medians["plain", kind] for kind in _KINDS]
    rows = {"plain PostgreSQL, whole time": [None, *plain]}
    for system in _TRIGGERS:
        added = [medians[system, kind] - base for kind, base in zip(_KINDS, plain, strict=True)]
        rows[system] = [sum(added) / len(added), *added]
    return table("Added milliseconds per DDL, median of single statements", ["mean", *_KINDS], rows)


def _switch(connection: Connection, system: str) -> None:
    for name, triggers in _TRIGGERS.items():
        for trigger in triggers:
            state = "ENABLE ALWAYS" if name == system else "DISABLE"
            connection.execute(f"ALTER EVENT TRIGGER {trigger} {state}")


def _actions(connection: Connection, names: Iterator[int]) -> Iterator[tuple[str, Callable[[int], object]]]:
    made: list[int] = []

    def create(_: int) -> None:
        made.append(next(names))
        connection.execute(f"CREATE TABLE bench.made_{made[-1]} (id serial PRIMARY KEY, name text)")

    yield "CREATE TABLE", create
    yield "ADD COLUMN", lambda i: connection.execute(f"ALTER TABLE bench.made_{made[i]} ADD COLUMN extra int")
    yield "CREATE INDEX", lambda i: connection.execute(f"CREATE INDEX ON bench.made_{made[i]} (name)")
    yield "COMMENT", lambda i: connection.execute(f"COMMENT ON TABLE bench.subject IS 'comment {i}'")
    yield "GRANT", lambda i: connection.execute(f"GRANT SELECT ON bench.made_{made[i]} TO PUBLIC")
    yield "DROP", lambda i: connection.execute(f"DROP TABLE bench.made_{made[i]}")
