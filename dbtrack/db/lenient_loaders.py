"""Load values that Python cannot represent: invalid bytes, times out of range."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

_TEXT_TYPES = ("text", "varchar", "bpchar", "name", '"char"')
# Enumerations, xml, regclass and all other types for which the driver has no loader.
_ANY_OTHER_TYPE = 0
_JSON_TYPES = ("json", "jsonb")
_TIME_TYPES = ("timestamptz", "timestamp", "date")


class _LenientTextLoader(Loader):
    def load(self, data: Buffer) -> str:
        return str(data, "utf-8", "backslashreplace")


class _LenientJsonLoader(Loader):
    def load(self, data: Buffer) -> Any:
        # A backslash before an x would make the JSON invalid.
        return json.loads(str(data, "utf-8", "replace"))


class _LenientTimeLoader(Loader):
    """Loads times as the driver does; a time that the driver rejects is returned as the server's text."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        plain = psycopg.adapters.get_loader(oid, Format.TEXT)
        self._loader = plain(oid, context) if plain else None

    def load(self, data: Buffer) -> Any:
        try:
            return self._loader.load(data) if self._loader else str(data, "ascii")
        except psycopg.DataError:
            return str(data, "ascii")


def accept_any_bytes(connection: psycopg.Connection[Any]) -> None:
    """Let a connection to an SQL_ASCII database return any text, with invalid bytes in hexadecimal.

    Such a server refuses to send invalid bytes to a client with the encoding UTF-8; others have none.
    """
    if connection.info.parameter_status("server_encoding") != "SQL_ASCII":
        return
    connection.execute("SET client_encoding = 'SQL_ASCII'")
    accept_any_text(connection)


def accept_any_text(connection: AdaptContext) -> None:
    """Let a connection with the encoding SQL_ASCII return any text, with invalid bytes in hexadecimal."""
    connection.adapters.register_loader(_ANY_OTHER_TYPE, _LenientTextLoader)
    for type_name in _TEXT_TYPES:
        connection.adapters.register_loader(type_name, _LenientTextLoader)
    for type_name in _JSON_TYPES:
        connection.adapters.register_loader(type_name, _LenientJsonLoader)


def accept_any_time(cursor: AdaptContext) -> None:
    """Let a cursor or a connection return times that Python cannot represent as text, for reports."""
    for type_name in _TIME_TYPES:
        cursor.adapters.register_loader(type_name, _LenientTimeLoader)
