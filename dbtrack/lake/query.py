"""Query a lake by DuckDB, after its files were verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack.archive.duckdb_engine import InterruptibleConnection, engine, literal
from dbtrack.archive.query import QueryResult, only_select, run_select
from dbtrack.archive.views import restrict_access
from dbtrack.errors import UsageError
from dbtrack.export.columns import Subject
from dbtrack.lake.manifest import Selection
from dbtrack.lake.read import Lake
from dbtrack.lake.schema import lake_columns

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


@contextmanager
def query_lake(
    lake: Lake, statement: str, selection: Selection, *, verify: bool = True
) -> Iterator[QueryResult]:
    """Run one SELECT from the tables `executions` and `objects`; only those that it names are read.

    Raises:
        UsageError: it is not a single SELECT, or invalid; or there is no lake.
        AlteredError: a file is missing or was altered.
        DbtrackError: DuckDB is not installed, or a file cannot be read.
    """
    with (
        engine(to_query=True) as connection,
        InterruptibleConnection(connection) as interruptible,
        ExitStack() as opened,
    ):
        tables = _tables_of(connection, statement)
        manifests = lake.manifests(selection, *tables)
        paths: list[Path] = []
        for table in Subject:
            chosen = [manifest for manifest in manifests if manifest.table == table]
            found = opened.enter_context(lake.verified(chosen, verify=verify))
            connection.execute(f"CREATE VIEW {table} AS {view_of(table, found)}")
            paths += found
        restrict_access(connection, paths)
        yield run_select(connection, interruptible, statement)


def view_of(table: Subject, paths: Sequence[Path | str]) -> str:
    """Return the SELECT of a table's view: columns that no file has are NULL, and newer ones are there.

    Args:
        paths: of files, or a pattern.
    """
    typed = ", ".join(f"NULL::{column.storage.value} AS {column.name}" for column in lake_columns(table))
    empty = f"SELECT {typed} WHERE false"
    if not paths:
        return empty
    # The files have all columns themselves, so that the names of directories decide nothing.
    options = "union_by_name = true, hive_partitioning = false"
    return (
        f"{empty} UNION ALL BY NAME SELECT * FROM read_parquet([{', '.join(map(literal, paths))}], {options})"
    )


def _tables_of(connection: Connection, statement: str) -> list[Subject]:
    import duckdb

    chosen = only_select(connection, statement)
    try:
        names = {name.lower() for name in connection.get_table_names(chosen)}
    except duckdb.Error as error:
        raise UsageError(str(error).partition("\n")[0]) from error
    return [table for table in Subject if table in names] or [Subject.EXECUTIONS]
