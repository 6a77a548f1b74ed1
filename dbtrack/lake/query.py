"""Query a lake by DuckDB, after its files were verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack.archive.duckdb_engine import InterruptibleConnection, engine, literal
from dbtrack.archive.query import QueryResult, only_select, run_select
from dbtrack.archive.views import restrict_access
from dbtrack.errors import UsageError
from dbtrack.export.columns import Subject
from dbtrack.lake.manifest import LakeManifest, Selection
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
        # A percentile holds all its values in memory.
        engine(to_query=True, is_unbounded=True) as connection,
        InterruptibleConnection(connection) as interruptible,
        ExitStack() as opened,
    ):
        tables = _tables_of(connection, statement)
        manifests = lake.manifests(selection, *tables)
        paths: list[Path] = []
        for table in Subject:
            groups = [
                opened.enter_context(lake.verified(alike, verify=verify))
                for alike in _alike([manifest for manifest in manifests if manifest.table == table])
            ]
            sources = [_reading(group) for group in groups if group]
            connection.execute(f"CREATE VIEW {table} AS {view_of(table, sources)}")
            paths += [path for group in groups for path in group]
        restrict_access(connection, paths)
        yield run_select(connection, interruptible, statement)


def view_of(table: Subject, sources: Sequence[str]) -> str:
    """Return the SELECT of a table's view: columns that no file has are NULL, and newer ones are there.

    Args:
        sources: calls of read_parquet, which may have different columns.
    """
    typed = ", ".join(f"NULL::{column.storage.value} AS {column.name}" for column in lake_columns(table))
    return " UNION ALL BY NAME ".join(
        [f"SELECT {typed} WHERE false", *(f"SELECT * FROM {source}" for source in sources)]
    )


def _alike(manifests: Sequence[LakeManifest]) -> list[list[LakeManifest]]:
    """Return manifests whose files have the same columns together: DuckDB opens one of them to know these."""

    def columns(manifest: LakeManifest) -> tuple[int, bool]:
        return manifest.schema_version, manifest.is_full

    return [list(alike) for _, alike in groupby(sorted(manifests, key=columns), columns)]


def _reading(paths: Sequence[Path]) -> str:
    # The files have all columns themselves, so that the names of directories decide nothing.
    return f"read_parquet([{', '.join(map(literal, paths))}], hive_partitioning = false)"


def _tables_of(connection: Connection, statement: str) -> list[Subject]:
    import duckdb

    chosen = only_select(connection, statement)
    try:
        names = {name.lower() for name in connection.get_table_names(chosen)}
    except duckdb.Error as error:
        raise UsageError(str(error).partition("\n")[0]) from error
    return [table for table in Subject if table in names] or [Subject.EXECUTIONS]
