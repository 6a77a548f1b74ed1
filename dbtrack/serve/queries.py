"""The texts of queries, which a server reads once."""

from __future__ import annotations

from functools import cache

from dbtrack import sql_files


@cache
def query(name: str) -> str:
    """Return the text of a file of sql/queries."""
    return sql_files.query(name)


@cache
def report_query(name: str) -> str:
    """Return the text of a file of sql/reports."""
    return sql_files.report(name)
