"""Results of the server: rows with the names and types of their columns, and notices."""

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
    """Return the notice in a server message; None below WARNING."""
    # The localized severity of a German server is WARNUNG.
    if diagnostic.severity_nonlocalized != "WARNING":
        return None
    return Notice(diagnostic.message_primary or "", diagnostic.message_hint, diagnostic.sqlstate)


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a result.

    Args:
        name: as in the statement.
        type_name: PostgreSQL's short name without modifiers, such as `int8`, `timestamptz`, `text[]`,
            `numeric`; the type's OID if it is not built in.
    """

    name: str
    type_name: str


@dataclass(frozen=True)
class Result:
    """The result of a statement; without columns and rows if it returns none."""

    columns: list[ColumnInfo]
    rows: list[tuple[Any, ...]]


def describe(columns: Iterable[Column], adapters: AdaptersMap) -> list[ColumnInfo]:
    """Return the columns that the driver described."""
    return [ColumnInfo(column.name, _type_name(column.type_code, adapters)) for column in columns]


def _type_name(type_number: int, adapters: AdaptersMap) -> str:
    info = adapters.types.get(type_number)
    if info is None:
        return str(type_number)
    return f"{info.name}[]" if type_number == info.array_oid else info.name
