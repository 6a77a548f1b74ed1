"""The columns of an export, which docs/export.md promises: new ones come last, and the others stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import assert_never

from dbtrack.columns import Column, Kind

SCHEMA_VERSION = 1
"""Goes up when a column is removed, or its name, type or meaning changes."""


class Subject(StrEnum):
    """What is exported beside reports: each has a query of its name in sql/queries/export/."""

    EXECUTIONS = "executions"
    OBJECTS = "objects"


class Storage(Enum):
    """The type of a column, as Parquet and DuckDB call it."""

    TEXT = "VARCHAR"
    NUMBER = "BIGINT"
    DECIMAL = "DOUBLE"
    TIME = "TIMESTAMP WITH TIME ZONE"
    LIST = "VARCHAR[]"
    BOOLEAN = "BOOLEAN"


@dataclass(frozen=True)
class ExportColumn:
    """One column.

    Args:
        is_full: long, or expensive to compute: exported with ``--full`` only.
    """

    name: str
    storage: Storage
    help: str
    is_full: bool = False


_ID = ExportColumn(
    "id",
    Storage.TEXT,
    "The version: the execution's key and when it was written. Unique; the id of its event.",
)
_KEY = ExportColumn("execution_key", Storage.TEXT, "The execution, 64 hexadecimal digits.")
_VERSION = ExportColumn(
    "version_number", Storage.NUMBER, "Ascending in one database; an execution's highest is its current one."
)
_NAME = ExportColumn("script_name", Storage.TEXT, "Name of the operation, or command tag of a captured DDL.")
_TYPE = ExportColumn("script_type", Storage.TEXT, "`MIGRATION`, `DDL_AUTO` and so on.")
_STATUS = ExportColumn(
    "execution_status", Storage.TEXT, "`RUNNING`, `COMPLETED`, `FAILED`, `CANCELLED`, `ABANDONED`."
)
_STARTED = ExportColumn("execution_timestamp", Storage.TIME, "When it began.")
_RECORDED = ExportColumn("recorded_at", Storage.TIME, "When the version was written.")
_USER = ExportColumn("db_session_user", Storage.TEXT, "The login.")
_TENANT = ExportColumn("tenant", Storage.TEXT, "The tenant's business key; null: the platform's.")
_FULL = (
    ExportColumn("sql_command", Storage.TEXT, "The statement, redacted.", is_full=True),
    ExportColumn("error_message", Storage.TEXT, "The error, redacted.", is_full=True),
    ExportColumn(
        "metadata", Storage.TEXT, "JSON: an object in JSON Lines, its text elsewhere.", is_full=True
    ),
    ExportColumn(
        "parent_key", Storage.TEXT, "The execution inside which it ran, as the session claimed.", is_full=True
    ),
)
COLUMNS: dict[Subject, tuple[ExportColumn, ...]] = {
    Subject.EXECUTIONS: (
        _ID,
        _KEY,
        _VERSION,
        _NAME,
        _TYPE,
        _STATUS,
        _STARTED,
        ExportColumn("duration_ms", Storage.DECIMAL, "To the microsecond; null while it runs."),
        _RECORDED,
        _USER,
        ExportColumn("role", Storage.TEXT, "The role that the login acted as."),
        ExportColumn("application_name", Storage.TEXT, "As the session set it."),
        ExportColumn("client_ip", Storage.TEXT, "Null for a local socket."),
        _TENANT,
        ExportColumn("affected_objects", Storage.LIST, "Identities of the objects; a JSON array in CSV."),
        ExportColumn("object_count", Storage.NUMBER, "How many there were, if not all are listed."),
        ExportColumn("record_source", Storage.TEXT, "The writer, its node and its database."),
        *_FULL,
    ),
    Subject.OBJECTS: (
        replace(_ID, help="The version. Unique together with `object_position`."),
        _KEY,
        _VERSION,
        ExportColumn("object_position", Storage.NUMBER, "1 for the first object of the version."),
        ExportColumn("object_identity", Storage.TEXT, "As PostgreSQL gives it."),
        ExportColumn("object_type", Storage.TEXT, "`table`, `index` and so on; null where nobody said."),
        _NAME,
        _TYPE,
        _STATUS,
        _STARTED,
        _RECORDED,
        _USER,
        _TENANT,
        *_FULL,
    ),
}


def columns_of(subject: Subject, *, is_full: bool) -> tuple[ExportColumn, ...]:
    """Return the columns of an export."""
    return tuple(column for column in COLUMNS[subject] if is_full or not column.is_full)


def columns_of_report(columns: Sequence[Column]) -> tuple[ExportColumn, ...]:
    """Return the columns of a report, with the types that they have in Parquet."""
    return tuple(ExportColumn(column.name, _storage(column.kind), column.help) for column in columns)


def _storage(kind: Kind) -> Storage:
    match kind:
        case Kind.TEXT | Kind.IDENTIFIER | Kind.STATUS | Kind.KEY | Kind.JSON:
            return Storage.TEXT
        case Kind.COUNT | Kind.BYTES:
            return Storage.NUMBER
        case Kind.NUMBER | Kind.RATIO | Kind.DURATION_MS | Kind.METRIC:
            return Storage.DECIMAL
        case Kind.TIME:
            return Storage.TIME
        case Kind.LIST:
            return Storage.LIST
        case Kind.BOOLEAN:
            return Storage.BOOLEAN
        case _:
            assert_never(kind)
