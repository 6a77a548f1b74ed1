"""Reading text from a database that does not know its own encoding."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader

_TEXT_TYPES = ("text", "varchar", "bpchar", "name", '"char"')
# Enumerations, xml, regclass and whatever else the driver knows no loader for.
_ANY_OTHER_TYPE = 0
_JSON_TYPES = ("json", "jsonb")


class _LenientTextLoader(Loader):
    def load(self, data: Buffer) -> str:
        return str(data, "utf-8", "backslashreplace")


class _LenientJsonLoader(Loader):
    def load(self, data: Buffer) -> Any:
        # A backslash in front of an x would break the JSON itself.
        return json.loads(str(data, "utf-8", "replace"))


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


def sent_text(query: str, connection: psycopg.Connection[Any]) -> str | bytes:
    """The statement as the driver can send it: by itself it would encode it as ASCII for SQL_ASCII."""
    return query.encode() if connection.info.encoding == "ascii" else query
