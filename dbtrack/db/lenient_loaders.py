"""Reading values that Python cannot hold as the server sends them: stray bytes, moments out of range."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

_TEXT_TYPES = ("text", "varchar", "bpchar", "name", '"char"')
# Enumerations, xml, regclass and whatever else the driver knows no loader for.
_ANY_OTHER_TYPE = 0
_JSON_TYPES = ("json", "jsonb")
_TIME_TYPES = ("timestamptz", "timestamp", "date")


class _LenientTextLoader(Loader):
    def load(self, data: Buffer) -> str:
        return str(data, "utf-8", "backslashreplace")


class _LenientJsonLoader(Loader):
    def load(self, data: Buffer) -> Any:
        # A backslash in front of an x would break the JSON itself.
        return json.loads(str(data, "utf-8", "replace"))


class _LenientTimeLoader(Loader):
    """Loads as the driver does; what it refuses is given as the text that the server sent."""

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
    """Let a connection to an SQL_ASCII database return what it holds, stray bytes written out in hexadecimal.

    Such a server refuses to send stray bytes to a client that asked for UTF-8; other servers have none.
    """
    if connection.info.parameter_status("server_encoding") != "SQL_ASCII":
        return
    connection.execute("SET client_encoding = 'SQL_ASCII'")
    connection.adapters.register_loader(_ANY_OTHER_TYPE, _LenientTextLoader)
    for type_name in _TEXT_TYPES:
        connection.adapters.register_loader(type_name, _LenientTextLoader)
    for type_name in _JSON_TYPES:
        connection.adapters.register_loader(type_name, _LenientJsonLoader)


def accept_any_time(cursor: psycopg.Cursor[Any]) -> None:
    """Let a cursor return moments that Python cannot hold as text: one row must not break a report."""
    for type_name in _TIME_TYPES:
        cursor.adapters.register_loader(type_name, _LenientTimeLoader)
