"""What the server returns: rows with the names and types of their columns, and notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Column
from psycopg.adapt import AdaptersMap
from psycopg.errors import Diagnostic


@dataclass(frozen=True)
class Notice:
    """A WARNING of the server: its message, hint and five-character SQLSTATE."""

    message: str
    hint: str | None
    sqlstate: str | None


def warning_of(diagnostic: Diagnostic) -> Notice | None:
    """The notice that a server message makes; None below WARNING."""
    # The localised severity of a German server is WARNUNG.
    if diagnostic.severity_nonlocalized != "WARNING":
        return None
    return Notice(diagnostic.message_primary or "", diagnostic.message_hint, diagnostic.sqlstate)


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a result.

    Args:
        name: as the statement names it.
        type_name: PostgreSQL's short name without modifiers: `int8`, `timestamptz`, `text[]`, `numeric`; the
            type's number where it is not built in.
    """

    name: str
    type_name: str


@dataclass(frozen=True)
class Result:
    """Everything that a statement returned; no columns and no rows where it returns none."""

    columns: list[ColumnInfo]
    rows: list[tuple[Any, ...]]


def describe(columns: Iterable[Column], adapters: AdaptersMap) -> list[ColumnInfo]:
    """The columns that the driver described."""
    return [ColumnInfo(column.name, _type_name(column.type_code, adapters)) for column in columns]


def _type_name(type_number: int, adapters: AdaptersMap) -> str:
    info = adapters.types.get(type_number)
    if info is None:
        return str(type_number)
    return f"{info.name}[]" if type_number == info.array_oid else info.name
