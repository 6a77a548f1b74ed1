"""Bytes that an execution takes in tables, indexes and write-ahead log; what compression does for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bench.place import Connection
from bench.timing import table

_STATEMENT_COLUMNS = 40  # of the CREATE TABLE that stands for a migration's long statements
_TABLES = ("script_execution_h", "script_execution_s", "script_execution_parent_l", "open_execution")
_SIZES = """
SELECT coalesce(sum(pg_table_size(t.relid)), 0), coalesce(sum(pg_indexes_size(t.relid)), 0)
FROM unnest(%s::text[]) AS n (name), pg_partition_tree(('script_tracking.' || n.name)::regclass) AS t
"""
_TOAST = """
SELECT sum(pg_column_size(s.sql_command))::bigint, sum(octet_length(s.sql_command))::bigint,
    sum(pg_column_size(s.metadata))::bigint, sum(octet_length(s.metadata::text))::bigint
FROM script_tracking.script_execution_s AS s
"""


class _Used(NamedTuple):
    tables: float
    indexes: float
    log_fresh: float
    log_later: float


def run(connection: Connection, _rounds: int, statements: int) -> str:
    """Measure with 25 times as many statements; bytes each."""
    count = statements * 25
    rows: dict[str, list[float | None]] = {}
    for name, action in _actions(connection).items():
        used = _used(connection, action, count)
        rows[name] = [used.tables, used.indexes, used.log_fresh, used.log_later]
    kinds = table(
        f"Bytes for each of {count}; WAL with full-page images, right after a checkpoint and later",
        ["tables", "indexes", "WAL, first half", "WAL, second half"],
        rows,
    )
    return f"{kinds}\n\n{_compression(connection)}"


def _actions(connection: Connection) -> dict[str, Callable[[int], object]]:
    def tracked(_: int) -> None:
        row = connection.execute("SELECT script_tracking.track_operation('operation')").fetchone()
        connection.execute("SELECT script_tracking.complete_operation(%s)", row)

    connection.execute("CREATE TABLE bench_commented (id int)")
    return {
        "COMMENT": lambda n: connection.execute(f"COMMENT ON TABLE bench_commented IS '{n}'"),
        "COMMENT, not captured": lambda n: _uncaptured(connection, n),
        "track_operation + complete_operation": tracked,
        "long CREATE TABLE": lambda n: connection.execute(_long_statement(n).encode()),
    }


def _uncaptured(connection: Connection, number: int) -> None:
    if number == 0:
        _capture(connection, "off")
    connection.execute(f"COMMENT ON TABLE bench_commented IS '{number}'".encode())


def _capture(connection: Connection, value: str) -> None:
    connection.execute("SELECT script_tracking.set_setting('capture.enabled', %s)", (value,))


def _long_statement(number: int) -> str:
    columns = ", ".join(
        f"column_{place} numeric(12, 2) NOT NULL DEFAULT {place}" for place in range(_STATEMENT_COLUMNS)
    )
    return f"CREATE TABLE bench_long_{number} ({columns})"


def _used(connection: Connection, action: Callable[[int], object], count: int) -> _Used:
    _capture(connection, "on")
    tables, indexes = _sizes(connection)
    connection.execute("CHECKPOINT")
    fresh = _log_bytes(connection, action, range(count // 2))
    later = _log_bytes(connection, action, range(count // 2, count))
    _capture(connection, "on")
    tables_after, indexes_after = _sizes(connection)
    return _Used(
        (tables_after - tables) / count,
        (indexes_after - indexes) / count,
        fresh / (count // 2),
        later / (count - count // 2),
    )


def _sizes(connection: Connection) -> tuple[int, int]:
    row = connection.execute(_SIZES, (list(_TABLES),)).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _log_bytes(connection: Connection, action: Callable[[int], object], numbers: range) -> int:
    before = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
    for number in numbers:
        action(number)
    row = connection.execute("SELECT pg_current_wal_lsn() - %s::pg_lsn", before).fetchone()
    return int(row[0]) if row else 0


def _methods(connection: Connection) -> list[str]:
    row = connection.execute(
        "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"
    ).fetchone()
    return row[0] if row else []


def _compression(connection: Connection) -> str:
    """The same rows written again under each method; what is short is not compressed by either."""
    rows: dict[str, list[float | None]] = {}
    for method in _methods(connection):
        connection.execute("DROP TABLE IF EXISTS bench_copy")
        connection.execute("CREATE TABLE bench_copy (LIKE script_tracking.script_execution_s)")
        for column in ("sql_command", "metadata", "affected_objects", "error_message"):
            connection.execute(
                f"ALTER TABLE bench_copy ALTER COLUMN {column} SET COMPRESSION {method}".encode()
            )
        # Concatenation makes a value that is not stored compressed already, so that the method takes effect.
        connection.execute(
            "INSERT INTO bench_copy SELECT (jsonb_populate_record(NULL::bench_copy, to_jsonb(s))).*"
            " FROM script_tracking.script_execution_s AS s"
        )
        row = connection.execute(
            _TOAST.replace("script_tracking.script_execution_s", "bench_copy")
        ).fetchone()
        size = connection.execute("SELECT pg_table_size('bench_copy')").fetchone()
        rows[method] = [*map(float, row or ()), float(size[0]) if size else None]
    headings = ["sql_command stored", "as text", "metadata stored", "as text", "table"]
    return table("Bytes of all rows under each compression", headings, rows)
