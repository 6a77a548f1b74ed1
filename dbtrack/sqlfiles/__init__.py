"""The SQL half of the product, as files: found in a checkout and in the wheel."""

from __future__ import annotations

from dbtrack.sqlfiles.catalog import migrations, query, report, source, sources, sql_root
from dbtrack.sqlfiles.file import SqlFile

__all__ = ["SqlFile", "migrations", "query", "report", "source", "sources", "sql_root"]
