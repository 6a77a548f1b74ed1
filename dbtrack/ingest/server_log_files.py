"""Read the server's own log files through SQL."""

from __future__ import annotations

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, PermissionDeniedError, UsageError
from dbtrack.ingest.log_stream import BLOCK_BYTES
from dbtrack.sql_files import query


class ServerStream:
    """A file of the server's log directory.

    Args:
        name: of the file, without the directory.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._offset = 0

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`.

        Raises:
            PermissionDeniedError: the role may not read the server's files; the hint names the grants.
        """
        parameters = {"name": self._name, "offset": self._offset, "bytes": min(size, BLOCK_BYTES)}
        try:
            data = bytes(self._database.value(query("ingest/read_server_log"), parameters) or b"")
        except PermissionDeniedError as error:
            raise PermissionDeniedError(
                f"reading the server's log requires privileges that your login lacks: {error.message}",
                hint="a superuser can run: GRANT pg_read_server_files TO your login; "
                "GRANT EXECUTE ON FUNCTION pg_read_binary_file(text,bigint,bigint,boolean) TO your login",
            ) from error
        self._offset += len(data)
        return data

    def seek(self, offset: int, /) -> None:
        """As `LogStream.seek`."""
        self._offset = offset


def server_logs(database: Database) -> list[tuple[str, int]]:
    """Return name and size in bytes of each file in the server's log directory, the oldest first.

    Raises:
        PermissionDeniedError: the role may not list them; the hint names the grant.
        UsageError: the server has no log directory.
    """
    try:
        return [(name, size) for name, size, _ in database.rows(query("ingest/list_server_logs"))]
    except PermissionDeniedError as error:
        raise PermissionDeniedError(
            f"listing the server's log requires privileges that your login lacks: {error.message}",
            hint="a superuser can run: GRANT pg_monitor TO your login",
        ) from error
    except DbtrackError as error:
        if "could not open directory" not in error.message:
            raise
        raise UsageError(
            "the server has no log directory",
            hint="logging_collector is off: give the server's log as a FILE",
        ) from error
