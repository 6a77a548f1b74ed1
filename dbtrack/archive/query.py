"""Query an archive, in SQL or by filters, read-only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbtrack.archive.duckdb_engine import (
    InterruptibleConnection,
    engine,
    first_line,
    literal,
    translate_errors,
)
from dbtrack.archive.manifest import Manifest, read_manifests
from dbtrack.archive.views import create_views, restrict_access
from dbtrack.columns import Column, Kind
from dbtrack.config import SystemZone
from dbtrack.errors import AlteredError, UsageError
from dbtrack.reports.run import read_moments

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

# Larger batches are not faster, and a row can have ten million characters.
_ROWS_A_BATCH = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER", "UHUGEINT"}
_NUMBERS = {"FLOAT", "DOUBLE"}
_KINDS = {
    "script_name": Kind.IDENTIFIER,
    "execution_status": Kind.STATUS,
    "execution_duration_ms": Kind.DURATION_MS,
    "metadata": Kind.JSON,
}


@dataclass(frozen=True)
class Filters:
    """Filters for the executions of an archive; None does not restrict.

    Args:
        since: a time as reports read it: 2026-01-01, 02:00, friday, 90d.
        tenant: a business key, or a hash key in hexadecimal.
        zone: in which times without a zone are read; None for the machine's.
    """

    since: str | None = None
    until: str | None = None
    name: str | None = None
    type: str | None = None
    status: str | None = None
    tenant: str | None = None
    limit: int | None = None
    zone: tzinfo | None = None


@dataclass(frozen=True)
class QueryResult:
    """The columns of a result, and its rows as they are read."""

    columns: tuple[Column, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def query(directory: Path, statement: str, *, verify: bool = True) -> Iterator[QueryResult]:
    """Run one SELECT against the views `executions`, `versions` and `links` of an archive.

    Args:
        verify: compare each file with its manifest first.

    Raises:
        UsageError: it is not a single SELECT or invalid, or there is no archive.
        AlteredError: a file is missing or was altered.
        DbtrackError: DuckDB is not installed.
    """
    manifests = read_manifests(directory)
    if verify:
        _refuse_altered(directory, manifests)
    with engine(to_query=True) as connection, InterruptibleConnection(connection) as interruptible:
        create_views(connection, directory, manifests)
        restrict_access(connection, [directory / manifest.file for manifest in manifests])
        yield run_select(connection, interruptible, statement)


def executions_query(filters: Filters) -> str:
    """Return a SELECT for the filters, the latest first, with the column names of the report `history`.

    Raises:
        UsageError: a time cannot be read.
    """
    conditions = ["true"]
    words = {"since": filters.since, "until": filters.until}
    moments = read_moments(words, datetime.now(UTC), filters.zone or SystemZone())
    for name, comparison in (("since", ">="), ("until", "<")):
        moment = moments[name]
        if moment is not None:
            shown = literal(moment.isoformat())
            conditions.append(f"execution_timestamp {comparison} {shown}::TIMESTAMPTZ")
    for column, value in (("script_name", filters.name), ("script_type", filters.type)):
        if value is not None:
            conditions.append(f"{column} = {literal(value)}")
    if filters.status is not None:
        conditions.append(f"execution_status = {literal(filters.status.upper())}")
    if filters.tenant is not None:
        conditions.append(
            f"lower(hex(tenant_hk)) IN ({literal(filters.tenant.lower())}, {_tenant_hash(filters.tenant)})"
        )
    limit = "" if filters.limit is None else f" LIMIT {filters.limit}"
    return (
        "SELECT script_execution_hk AS execution_key, script_name, script_type, execution_status,"
        " execution_timestamp, execution_duration_ms, db_session_user, affected_objects"
        f" FROM executions WHERE {' AND '.join(conditions)} ORDER BY execution_timestamp DESC{limit}"
    )


def _tenant_hash(tenant: str) -> str:
    return literal(sha256(tenant.encode()).hexdigest())


def _refuse_altered(directory: Path, manifests: Sequence[Manifest]) -> None:
    altered = [manifest.file for manifest in manifests if not manifest.is_intact(directory)]
    if altered:
        what = "was altered" if (directory / altered[0]).is_file() else "is missing"
        more = f", and {len(altered) - 1} more are not as they were written" if altered[1:] else ""
        raise AlteredError(
            f"{directory / altered[0]} {what}{more}",
            hint="list the damaged files with: dbtrack archive list",
        )


def run_select(connection: Engine, interruptible: InterruptibleConnection, statement: str) -> QueryResult:
    """Run one SELECT, and return its rows as they are read.

    Raises:
        UsageError: it is not a single SELECT, or invalid.
    """
    return _run(connection, interruptible, only_select(connection, statement))


def only_select(connection: Engine, statement: str) -> str:
    """Return the statement without its semicolon.

    Raises:
        UsageError: it is not a single SELECT.
    """
    import duckdb

    try:
        statements = connection.extract_statements(statement)
    except duckdb.Error as error:
        raise UsageError(first_line(str(error))) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError("an archive query must be a single SELECT")
    return statement.strip().rstrip(";")


def _run(connection: Engine, interruptible: InterruptibleConnection, statement: str) -> QueryResult:
    import duckdb

    try:
        described = connection.execute(f"DESCRIBE ({statement}\n)").fetchall()
        columns = tuple(_column(str(row[0]), str(row[1])) for row in described)
        expressions = ", ".join(
            _fetch_expression(position, str(row[1])) for position, row in enumerate(described, start=1)
        )
        interruptible.call(lambda: connection.execute(f"SELECT {expressions} FROM ({statement}\n)"))
    except duckdb.Error as error:
        raise UsageError(first_line(str(error))) from error
    return QueryResult(columns, _rows(connection, interruptible, columns))


def _column(name: str, type_name: str) -> Column:
    if name in _KINDS:
        return Column(name, _KINDS[name])
    plain = type_name.partition("(")[0]
    if plain.endswith("[]"):
        return Column(name, Kind.LIST)
    if plain in _COUNTS:
        return Column(name, Kind.COUNT)
    if plain in _NUMBERS or plain == "DECIMAL":
        return Column(name, Kind.NUMBER)
    kinds = {"BLOB": Kind.KEY, "BOOLEAN": Kind.BOOLEAN, "TIMESTAMP WITH TIME ZONE": Kind.TIME}
    return Column(name, kinds.get(plain, Kind.TEXT))


def _fetch_expression(position: int, type_name: str) -> str:
    """Return the expression that fetches a column; times as numbers, as DuckDB's need another library."""
    plain = type_name.partition("(")[0]
    if plain == "TIMESTAMP WITH TIME ZONE":
        return f"epoch_us(#{position})"
    if plain in _COUNTS | _NUMBERS | {"DECIMAL", "BLOB", "BOOLEAN", "VARCHAR", "VARCHAR[]"}:
        return f"#{position}"
    if plain.endswith("[]"):
        return f"#{position}::VARCHAR[]"
    return f"#{position}::VARCHAR"


def _rows(
    connection: Engine, interruptible: InterruptibleConnection, columns: tuple[Column, ...]
) -> Iterator[tuple[Any, ...]]:
    times = [position for position, column in enumerate(columns) if column.kind is Kind.TIME]
    while True:
        with translate_errors():
            batch = interruptible.call(lambda: connection.fetchmany(_ROWS_A_BATCH))
        if not batch:
            return
        for row in batch:
            yield _with_times(row, times) if times else row


def _with_times(row: tuple[Any, ...], times: list[int]) -> tuple[Any, ...]:
    values = list(row)
    for position in times:
        if values[position] is not None:
            values[position] = _as_time(values[position])
    return tuple(values)


def _as_time(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise UsageError(
            "a time is outside the years 1 to 9999", hint="select it as text: the_time::VARCHAR"
        ) from error
