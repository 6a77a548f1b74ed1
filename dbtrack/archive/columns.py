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


class Field(NamedTuple):
    """One column of the file, named as in the view archivable_row."""

    name: str
    storage: Storage = Storage.TEXT


FIELDS = (
    Field("row_kind"),
    Field("script_execution_hk", Storage.BYTES),
    Field("load_date", Storage.TIME),
    Field("tenant_hk", Storage.BYTES),
    Field("record_source"),
    Field("script_execution_bk"),
    Field("load_end_date", Storage.TIME),
    Field("hash_diff", Storage.BYTES),
    Field("version_number", Storage.NUMBER),
    Field("script_name"),
    Field("script_type"),
    Field("execution_status"),
    Field("execution_timestamp", Storage.TIME),
    Field("execution_duration_ms", Storage.NUMBER),
    Field("db_session_user"),
    Field("client_ip"),
    Field("affected_objects", Storage.LIST),
    Field("sql_command"),
    Field("error_message"),
    Field("metadata"),
    Field("script_execution_parent_hk", Storage.BYTES),
    Field("parent_execution_hk", Storage.BYTES),
    Field("link_type"),
)


def sent_types() -> str:
    """The columns of the CSV that the server sends, as a DuckDB struct: times are microseconds, bytes hex."""
    numbers = (Storage.NUMBER, Storage.TIME)
    return ", ".join(
        f"'{field.name}': '{'BIGINT' if field.storage in numbers else 'VARCHAR'}'" for field in FIELDS
    )


def stored_columns() -> str:
    """The expressions that make the file's columns of what the server sends."""
    return ", ".join(f"{_stored(field)} AS {field.name}" for field in FIELDS)


def row_hash() -> str:
    """The expression that makes of a row of the file the number that the server makes of its row."""
    texts = ", ".join(f"coalesce({_hashed(field)}, chr(30))" for field in FIELDS)
    return f"('0x' || left(sha256(concat_ws(chr(31), {texts})), 15))::UBIGINT::HUGEINT"


def restored_columns() -> str:
    """The expressions that make of a row of the file what restore_archived takes."""
    return ", ".join(f"{_restored(field)} AS {field.name}" for field in FIELDS)


def _stored(field: Field) -> str:
    match field.storage:
        case Storage.TEXT | Storage.NUMBER:
            return field.name
        case Storage.BYTES:
            return f"unhex({field.name})"
        case Storage.TIME:
            return f"make_timestamptz({field.name})"
        case Storage.LIST:
            return f"{field.name}::JSON::VARCHAR[]"
        case _:
            assert_never(field.storage)


def _hashed(field: Field) -> str:
    if field.storage is Storage.LIST:
        items = f"array_to_string([coalesce(item, chr(30)) FOR item IN {field.name}], chr(29))"
        # Of an empty list, DuckDB before 2.0 makes NULL.
        return f"CASE WHEN {field.name} IS NOT NULL THEN coalesce({items}, '') END"
    return f"{_restored(field)}::VARCHAR"


def _restored(field: Field) -> str:
    match field.storage:
        case Storage.TEXT | Storage.NUMBER | Storage.LIST:
            return field.name
        case Storage.BYTES:
            return f"lower(hex({field.name}))"
        case Storage.TIME:
            return f"epoch_us({field.name})"
        case _:
            assert_never(field.storage)
