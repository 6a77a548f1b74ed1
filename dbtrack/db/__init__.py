"""Connections, transactions, and the translation of the driver's errors. Only this package uses psycopg."""

from __future__ import annotations

from psycopg import Connection
from psycopg.types.json import Jsonb

from dbtrack.db.database import Database, Parameters, Row, exported_snapshot, shared_snapshot
from dbtrack.db.errors import sqlstate_of, translate_errors
from dbtrack.db.libpq_keywords import describe_place, fixed_target, libpq_environment, server_of
from dbtrack.db.results import ColumnInfo, Notice, Result
from dbtrack.db.statement_text import quote_identifier, quote_literal

__all__ = [
    "ColumnInfo",
    "Connection",
    "Database",
    "Jsonb",
    "Notice",
    "Parameters",
    "Result",
    "Row",
    "describe_place",
    "exported_snapshot",
    "fixed_target",
    "libpq_environment",
    "quote_identifier",
    "quote_literal",
    "server_of",
    "shared_snapshot",
    "sqlstate_of",
    "translate_errors",
]
