"""Added milliseconds: single DDL, a first of a session, four clients, a thousand in one transaction."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from time import perf_counter

import psycopg

from bench.place import Connection
from bench.timing import median, processor_time, table, times

_TRIGGERS = {
    "dbtrack": ("et_ddl_command_start", "et_ddl_command_end", "et_sql_drop"),
    "bare inserts": ("bench_bare",),
    "hand-written trigger": ("bench_hand", "bench_hand_drop"),
}
_PGAUDIT = {"pgaudit, to the server log": ("pgaudit_ddl_command_end", "pgaudit_sql_drop")}
_KINDS = ("CREATE TABLE", "ADD COLUMN", "CREATE INDEX", "COMMENT", "GRANT", "DROP")
_CLIENTS = 4
_SESSIONS = 4
_IN_ONE_TRANSACTION = 1000

Systems = Mapping[str, tuple[str, ...]]
Timer = Callable[[Callable[[int], object], int], list[float]]


def run(connection: Connection, rounds: int, statements: int) -> str:
    """Measure, and return the tables."""
    connection.execute((Path(__file__).parent / "rivals_ddl.sql").read_bytes())
    systems = {**_TRIGGERS, **(_PGAUDIT if _has_pgaudit(connection) else {})}
    tables = [
        _single(connection, systems, rounds, statements, times, "Added milliseconds per DDL, by the clock"),
        _first(connection, systems, rounds),
        _several(connection, systems, rounds, statements),
        _at_once(connection, systems, min(rounds, 5)),
    ]
    if processor := processor_time(connection):
        title = "Added milliseconds per DDL, of the server's processor"
        tables.insert(1, _single(connection, systems, rounds, statements, processor, title))
        tables.insert(2, _history(connection, rounds, statements, processor))
    return "\n\n".join(tables)


def _has_pgaudit(connection: Connection) -> bool:
    row = connection.execute("SHOW shared_preload_libraries").fetchone()
    if row is None or "pgaudit" not in row[0]:
        return False
    connection.execute("CREATE EXTENSION IF NOT EXISTS pgaudit")
    return True


def _single(
    connection: Connection, systems: Systems, rounds: int, statements: int, timer: Timer, title: str
) -> str:
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(rounds):
        for system in ("plain", *systems):
            _switch(connection, systems, system)
            for kind, action in single_kinds(connection, _NAMES):
                taken[system, kind] += timer(action, statements)
    medians = {key: median(values) for key, values in taken.items()}
    plain = [medians["plain", kind] for kind in _KINDS]
    rows = {"plain PostgreSQL, the whole": [None, *plain]}
    for system in systems:
        added = [medians[system, kind] - base for kind, base in zip(_KINDS, plain, strict=True)]
        rows[system] = [sum(added) / len(added), *added]
    return table(f"{title}, median of single statements", ["mean", *_KINDS], rows)


def _switch(connection: Connection, systems: Systems, chosen: str) -> None:
    for name, triggers in systems.items():
        for trigger in triggers:
            state = "ENABLE ALWAYS" if name == chosen else "DISABLE"
            connection.execute(f"ALTER EVENT TRIGGER {trigger} {state}")
    if "pgaudit, to the server log" in systems:
        logged = "ddl, role" if chosen in _PGAUDIT else "none"
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET pgaudit.log = '{logged}'")
        connection.execute(f"SET pgaudit.log = '{logged}'")


_NAMES = count()


def single_kinds(
    connection: Connection, names: Iterator[int]
) -> Iterator[tuple[str, Callable[[int], object]]]:
    """Yield each usual kind of DDL, and what runs it. They build on each other."""
    made: list[int] = []

    def create(_: int) -> None:
        made.append(next(names))
        connection.execute(f"CREATE TABLE bench.made_{made[-1]} (id serial PRIMARY KEY, name text)")

    yield "CREATE TABLE", create
    yield "ADD COLUMN", lambda i: connection.execute(f"ALTER TABLE bench.made_{made[i]} ADD COLUMN extra int")
    yield "CREATE INDEX", lambda i: connection.execute(f"CREATE INDEX ON bench.made_{made[i]} (name)")
    yield "COMMENT", _comment(connection)
    yield "GRANT", lambda i: connection.execute(f"GRANT SELECT ON bench.made_{made[i]} TO PUBLIC")
    yield "DROP", lambda i: connection.execute(f"DROP TABLE bench.made_{made[i]}")


def _history(connection: Connection, rounds: int, statements: int, timer: Timer) -> str:
    """With and without `capture.object_history`, in turns, on a table of 50 columns and on small ones."""
    _switch(connection, _TRIGGERS, "dbtrack")
    wide_table(connection)
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for turn in range(rounds):
        for state in ("off", "on") if turn % 2 else ("on", "off"):
            connection.execute("SELECT script_tracking.set_setting('capture.object_history', %s)", (state,))
            for kind, action in (*wide_kinds(connection, _NAMES), *single_kinds(connection, _NAMES)):
                taken[kind, state] += timer(action, statements)
    connection.execute("SELECT script_tracking.set_setting('capture.object_history', 'on')")
    kinds = list(dict.fromkeys(kind for kind, _ in taken))
    rows: dict[str, list[float | None]] = {}
    for kind in kinds:
        off, on = (median(taken[kind, state]) for state in ("off", "on"))
        rows[kind] = [off, on, on - off]
    title = "Milliseconds per DDL with the history of objects, of the server's processor"
    return table(title, ["without it", "with it", "added"], rows)


def wide_table(connection: Connection) -> None:
    """Create a table of 50 columns."""
    columns = ", ".join(f"c{number} int" + (" DEFAULT 5" if number % 5 == 0 else "") for number in range(50))
    connection.execute(f"CREATE TABLE bench.wide ({columns}, PRIMARY KEY (c0))".encode())


def wide_kinds(connection: Connection, names: Iterator[int]) -> Iterator[tuple[str, Callable[[int], object]]]:
    """Yield kinds of ALTER TABLE on the table of 50 columns, and what runs them."""
    added: list[int] = []
    several = "ALTER TABLE bench.wide " + ", ".join(f"ALTER c{n} SET DEFAULT 6" for n in range(8, 13))

    def add(_: int) -> None:
        added.append(next(names))
        connection.execute(f"ALTER TABLE bench.wide ADD CONSTRAINT k{added[-1]} CHECK (c1 > {added[-1]})")

    def rename(_: int) -> None:
        connection.execute("ALTER TABLE bench.wide RENAME COLUMN c13 TO other")
        connection.execute("ALTER TABLE bench.wide RENAME COLUMN other TO c13")

    yield (
        "SET DEFAULT, 50 columns",
        lambda i: connection.execute(f"ALTER TABLE bench.wide ALTER COLUMN c7 SET DEFAULT {i}"),
    )
    yield "ADD CHECK, 50 columns", add
    yield "5 subcommands, 50 columns", lambda _: connection.execute(several.encode())
    yield (
        "ROW LEVEL SECURITY, 50 columns",
        lambda i: connection.execute(
            f"ALTER TABLE bench.wide {'DISABLE' if i % 2 else 'ENABLE'} ROW LEVEL SECURITY".encode()
        ),
    )
    yield (
        "DROP CONSTRAINT, 50 columns",
        lambda i: connection.execute(f"ALTER TABLE bench.wide DROP CONSTRAINT k{added[i]}"),
    )
    yield "RENAME COLUMN and back, 50 columns", rename


def _first(connection: Connection, systems: Systems, rounds: int) -> str:
    """As `psql -c` has it: in a new session functions are yet to be read, and queries to be planned."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds * _SESSIONS):
        for system in ("plain", *systems):
            _switch(connection, systems, system)
            with psycopg.connect(connection.info.dsn, autocommit=True) as session:
                session.execute("SELECT 1")
                taken[system] += times(_comment(session), 2)
    rows = {system: [median(values[::2]), median(values[1::2])] for system, values in taken.items()}
    return table("The first COMMENTs of a session, the whole, milliseconds", ["first", "second"], rows)


def _comment(session: Connection) -> Callable[[int], object]:
    return lambda i: session.execute(f"COMMENT ON TABLE bench.subject IS 'comment {i}'")


def _several(connection: Connection, systems: Systems, rounds: int, statements: int) -> str:
    taken: dict[tuple[str, int], list[float]] = defaultdict(list)
    for _ in range(rounds):
        for system in ("plain", *systems):
            _switch(connection, systems, system)
            for clients in (1, _CLIENTS):
                taken[system, clients].append(_rate(connection.info.dsn, clients, statements))
    rows = {}
    for system in ("plain", *systems):
        one, four = (median(taken[system, clients]) for clients in (1, _CLIENTS))
        rows[system] = [one, four, four / one]
    columns = ["1 client", f"{_CLIENTS} clients", "ratio"]
    return table("DDL a second: each client alters a table of its own", columns, rows)


def _rate(dsn: str, clients: int, statements: int) -> float:
    ready = threading.Barrier(clients + 1)
    threads = [threading.Thread(target=_alter, args=(dsn, ready, statements)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    start = perf_counter()
    for thread in threads:
        thread.join()
    return clients * statements / (perf_counter() - start)


def _alter(dsn: str, ready: threading.Barrier, statements: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        name = f"bench.own_{connection.info.backend_pid}"
        connection.execute(f"CREATE TABLE {name} (id int, value text)")
        ready.wait()
        for number in range(statements):
            connection.execute(f"ALTER TABLE {name} ALTER COLUMN value SET STATISTICS {number % 90 + 1}")


def _at_once(connection: Connection, systems: Systems, rounds: int) -> str:
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for system in ("plain", *systems):
            _switch(connection, systems, system)
            taken[system] += times(lambda _: _in_one_transaction(connection), 1)
    plain = median(taken["plain"])
    rows = {system: [median(values), median(values) / plain] for system, values in taken.items()}
    title = f"{_IN_ONE_TRANSACTION} DDL (CREATE TABLE, ADD COLUMN, COMMENT, DROP) in one transaction"
    return table(title, ["milliseconds", "times plain"], rows)


def _in_one_transaction(connection: Connection) -> None:
    with connection.transaction():
        for _ in range(_IN_ONE_TRANSACTION // 4):
            name = f"bench.made_{next(_NAMES)}"
            connection.execute(f"CREATE TABLE {name} (id int, value text)")
            connection.execute(f"ALTER TABLE {name} ADD COLUMN extra int")
            connection.execute(f"COMMENT ON TABLE {name} IS 'one of a thousand'")
            connection.execute(f"DROP TABLE {name}")
