"""The columns of an archive file: as the server sends them, as they are stored, as they are hashed.

The order is that of sql/queries/archive/rows.sql; the hash is that of sql/queries/archive/digest.sql.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, assert_never


class Storage(Enum):
    """The type of a column in the Parquet file."""

    TEXT = "VARCHAR"  # also inet and jsonb, as PostgreSQL writes them
    BYTES = "BLOB"
    NUMBER = "BIGINT"
    TIME = "TIMESTAMP WITH TIME ZONE"
    LIST = "VARCHAR[]"


class ArchiveColumn(NamedTuple):
    """One column of an archive file, named as in the view archivable_row."""

    name: str
    storage: Storage = Storage.TEXT


COLUMNS = (
    ArchiveColumn("row_kind"),
    ArchiveColumn("script_execution_hk", Storage.BYTES),
    ArchiveColumn("load_date", Storage.TIME),
    ArchiveColumn("tenant_hk", Storage.BYTES),
    ArchiveColumn("record_source"),
    ArchiveColumn("script_execution_bk"),
    ArchiveColumn("load_end_date", Storage.TIME),
    ArchiveColumn("hash_diff", Storage.BYTES),
    ArchiveColumn("version_number", Storage.NUMBER),
    ArchiveColumn("script_name"),
    ArchiveColumn("script_type"),
    ArchiveColumn("execution_status"),
    ArchiveColumn("execution_timestamp", Storage.TIME),
    ArchiveColumn("execution_duration_ms", Storage.NUMBER),
    ArchiveColumn("db_session_user"),
    ArchiveColumn("client_ip"),
    ArchiveColumn("affected_objects", Storage.LIST),
    ArchiveColumn("sql_command"),
    ArchiveColumn("error_message"),
    ArchiveColumn("metadata"),
    ArchiveColumn("script_execution_parent_hk", Storage.BYTES),
    ArchiveColumn("parent_execution_hk", Storage.BYTES),
    ArchiveColumn("link_type"),
)


def csv_types() -> str:
    """Return the types of the server's CSV, as a DuckDB struct; times are microseconds, bytes hex."""
    numbers = (Storage.NUMBER, Storage.TIME)
    return ", ".join(
        f"'{column.name}': '{'BIGINT' if column.storage in numbers else 'VARCHAR'}'" for column in COLUMNS
    )


def stored_columns() -> str:
    """Return the SQL expressions that turn the server's CSV into the file's columns."""
    return ", ".join(f"{_stored(column)} AS {column.name}" for column in COLUMNS)


def row_hash() -> str:
    """Return the SQL expression that hashes a row of the file to the same number as on the server."""
    texts = ", ".join(f"coalesce({_hashed(column)}, chr(30))" for column in COLUMNS)
    return f"('0x' || left(sha256(concat_ws(chr(31), {texts})), 15))::UBIGINT::HUGEINT"


def restored_columns() -> str:
    """Return the SQL expressions that turn a row of the file into the arguments of restore_archived."""
    return ", ".join(f"{_restored(column)} AS {column.name}" for column in COLUMNS)


def _stored(column: ArchiveColumn) -> str:
    match column.storage:
        case Storage.TEXT | Storage.NUMBER:
            return column.name
        case Storage.BYTES:
            return f"unhex({column.name})"
        case Storage.TIME:
            return f"make_timestamptz({column.name})"
        case Storage.LIST:
            return f"{column.name}::JSON::VARCHAR[]"
        case _:
            assert_never(column.storage)


def _hashed(column: ArchiveColumn) -> str:
    if column.storage is Storage.LIST:
        items = f"array_to_string([coalesce(item, chr(30)) FOR item IN {column.name}], chr(29))"
        # Before 2.0, DuckDB returns NULL for an empty list.
        return f"CASE WHEN {column.name} IS NOT NULL THEN coalesce({items}, '') END"
    return f"{_restored(column)}::VARCHAR"


def _restored(column: ArchiveColumn) -> str:
    match column.storage:
        case Storage.TEXT | Storage.NUMBER | Storage.LIST:
            return column.name
        case Storage.BYTES:
            return f"lower(hex({column.name}))"
        case Storage.TIME:
            return f"epoch_us({column.name})"
        case _:
            assert_never(column.storage)
