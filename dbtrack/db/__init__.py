"""Connections, transactions, one translation of the driver's errors: the only user of psycopg."""

from __future__ import annotations

from psycopg import Connection
from psycopg.types.json import Jsonb

from dbtrack.db.database import Database, Parameters, Row
from dbtrack.db.errors import sqlstate_of, translate_errors
from dbtrack.db.quoting import quote_identifier, quote_literal
from dbtrack.db.results import ColumnInfo, Notice, Result
from dbtrack.db.snapshot import exported_snapshot, shared_snapshot
from dbtrack.db.target_identity import describe_place

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
    "quote_identifier",
    "quote_literal",
    "shared_snapshot",
    "sqlstate_of",
    "translate_errors",
]
