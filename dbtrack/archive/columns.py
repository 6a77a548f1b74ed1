"""The columns of a file: how they come from the server, how they are stored, how they are hashed.

The order is that of sql/queries/archive/rows.sql; the hash is that of sql/queries/archive/digest.sql.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, assert_never


class Storage(Enum):
    """What a column holds."""

    TEXT = "VARCHAR"  # inet and jsonb too: as PostgreSQL writes them
    BYTES = "BLOB"
    NUMBER = "BIGINT"
    TIME = "TIMESTAMP WITH TIME ZONE"
    LIST = "VARCHAR[]"


class ArchiveColumn(NamedTuple):
    """One column of the file, named as in the view archivable_row."""

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
    """The columns of the CSV that the server sends, as a DuckDB struct: times are microseconds, bytes hex."""
    numbers = (Storage.NUMBER, Storage.TIME)
    return ", ".join(
        f"'{column.name}': '{'BIGINT' if column.storage in numbers else 'VARCHAR'}'" for column in COLUMNS
    )


def stored_columns() -> str:
    """The expressions that make the file's columns of what the server sends."""
    return ", ".join(f"{_stored(column)} AS {column.name}" for column in COLUMNS)


def row_hash() -> str:
    """The expression that makes of a row of the file the number that the server makes of its row."""
    texts = ", ".join(f"coalesce({_hashed(column)}, chr(30))" for column in COLUMNS)
    return f"('0x' || left(sha256(concat_ws(chr(31), {texts})), 15))::UBIGINT::HUGEINT"


def restored_columns() -> str:
    """The expressions that make of a row of the file what restore_archived takes."""
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
        # Of an empty list, DuckDB before 2.0 makes NULL.
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
