"""Archive what a cleanup removes, a Parquet file and a manifest for each month; query and restore it."""

from __future__ import annotations

from dbtrack.archive.cleanup import cleanup
from dbtrack.archive.duckdb_engine import require_engine
from dbtrack.archive.fetched import archive_directory
from dbtrack.archive.listing import ARCHIVED_FILE_COLUMNS, ArchivedFile, files_without_manifest, list_archive
from dbtrack.archive.query import Filters, QueryResult, executions_query, query
from dbtrack.archive.restore import RestoreReport, restore

__all__ = [
    "ARCHIVED_FILE_COLUMNS",
    "ArchivedFile",
    "Filters",
    "QueryResult",
    "RestoreReport",
    "archive_directory",
    "cleanup",
    "executions_query",
    "files_without_manifest",
    "list_archive",
    "query",
    "require_engine",
    "restore",
]
