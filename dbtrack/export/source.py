"""The database that events are about."""

from __future__ import annotations

from dataclasses import dataclass

from dbtrack.export.reading import Reading, read_place


@dataclass(frozen=True)
class Source:
    """A database, as a receiver of events knows it.

    Args:
        database: its name.
        uid: names it among all databases: the cluster's system identifier and its own OID.
        host: the server's host name or address; empty for a local socket.
    """

    database: str
    uid: str
    host: str
    port: int

    @classmethod
    def of(cls, reading: Reading) -> Source:
        """Return the database that is read."""
        info, place = reading.database.raw.info, reading.place or read_place(reading.database)
        return cls(
            database=info.dbname,
            uid=f"{place.system_identifier}/{place.database_oid}",
            host="" if info.host.startswith("/") else info.host,
            port=info.port,
        )
