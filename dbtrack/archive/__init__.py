"""Archives of what a cleanup removes: a Parquet file and a manifest a month, written, queried, restored."""

from __future__ import annotations

from dbtrack.archive.cleanup import cleanup
from dbtrack.archive.duckdb_engine import require_engine
from dbtrack.archive.listing import LIST_COLUMNS, Listed, list_archive, strays
from dbtrack.archive.query import Answer, Filters, executions_query, query
from dbtrack.archive.restore import RestoreReport, restore

__all__ = [
    "LIST_COLUMNS",
    "Answer",
    "Filters",
    "Listed",
    "RestoreReport",
    "cleanup",
    "executions_query",
    "list_archive",
    "query",
    "require_engine",
    "restore",
    "strays",
]
