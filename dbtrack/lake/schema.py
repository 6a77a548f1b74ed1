"""The columns of a lake's tables, which docs/long-history.md promises, and their types in each engine."""

from __future__ import annotations

from dbtrack.export.columns import COLUMNS, ExportColumn, Storage, Subject

SCHEMA_VERSION = 1
"""Goes up with every change of the columns. They are only added, at the end, so that files of all versions
are read together."""
METADATA_KEY = "dbtrack_lake_schema"
"""Under this key each file has the version in its key-value metadata."""
SOURCE = ExportColumn("source", Storage.TEXT, "The database, as `--source` named it.")
MONTH = ExportColumn("month", Storage.TEXT, "The month of `execution_timestamp` in UTC, as `2026-01`.")


def lake_columns(table: Subject) -> tuple[ExportColumn, ...]:
    """Return the columns of a table; those that need `--full` are missing in files that were made without."""
    return (*COLUMNS[table], SOURCE, MONTH)
