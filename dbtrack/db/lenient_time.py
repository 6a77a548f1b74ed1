"""Reading moments that Python has no value for: before the year 1, after 9999, and infinity."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

_TIME_TYPES = ("timestamptz", "timestamp", "date")


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


def accept_any_time(cursor: psycopg.Cursor[Any]) -> None:
    """Let a cursor return moments that Python cannot hold as text: one row must not break a report."""
    for type_name in _TIME_TYPES:
        cursor.adapters.register_loader(type_name, _LenientTimeLoader)
